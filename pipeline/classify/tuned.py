"""A coder that reads each answer whole: the encoder's top layers, trained on coded windows.

A window is the question and up to ten segments of the answer, with one more on each side; the tokens of each
segment are averaged after the last layer, and one linear head a code (and one for "any code at all") reads them.
The layers under the trained ones are run once and kept. What it adds: `scripts/benchmark_quality.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Passages
from pipeline.classify.net import Net, as_tensors, batches, places, read
from pipeline.errors import ModelError

EPOCHS, RATE = 5, 2e-4
# On top of layers that learnt other material: as good as learning both together (docs/benchmarks.md, what was
# tried), and that material is read once, not once a fold.
EPOCHS_AFTER, RATE_AFTER = 4, 1.5e-4
HEAD_RATE = 4e-3
FEWEST = 500  # passages under which the layers would learn by heart; measured nowhere below the whole bank
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Tuned:
    """Trained top layers, as float16 arrays by name; ``head.weight`` has shape (C + 1, D)."""

    weights: Mapping[str, NDArray[Any]]

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score passages, (N, C), on the logit scale. Raises ModelError without ``passages.layers``."""
        if passages.layers is None:
            raise ModelError(
                "Ce modèle a entraîné les couches de son encodeur, et cet encodeur ne peut pas être ouvert ici. "
                "Réinstallez filrouge, ou réentraînez le modèle avec filrouge train --fast."
            )
        found = places(passages)
        named = as_tensors({n[7:]: value for n, value in self.weights.items() if n.startswith("layers.")})
        states = np.zeros((len(passages.own), passages.layers.dimension))
        for place, means in zip(found, passages.layers.pooled([p.window for p in found], named), strict=True):
            states[list(place.rows)] = means[place.first : place.first + len(place.rows)]
        head, bias = (np.asarray(self.weights[f"head.{part}"], np.float64)[:-1] for part in ("weight", "bias"))
        return np.asarray(states @ head.T + bias)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a model folder stores."""
        return dict(self.weights)


def restore(tensors: Mapping[str, NDArray[Any]]) -> Tuned:
    """Rebuild the classifier from what ``tensors`` gave; KeyError if a part is missing."""
    tensors["head.weight"], tensors["head.bias"]
    return Tuned(dict(tensors))


def epochs(*, after: bool = False) -> int:
    """Return how often ``fit`` reads its passages, ``after`` layers that learnt other material or not."""
    return EPOCHS_AFTER if after else EPOCHS


def fit(
    passages: Passages,
    labels: NDArray[np.float64],
    *,
    seed: int,
    start: Tuned | None = None,
    progress: Progress | None = None,
) -> Tuned:
    """Train on N passages and the share of coders (N, C) who applied each code, from ``start`` on if given.

    Cross-entropy with shares as targets. ``progress`` hears of each epoch. The same seed on the same machine gives
    the same weights.
    """
    import torch

    assert passages.layers is not None
    windows = read(places(passages), passages.layers, keep=True)
    most, rate = epochs(after=start is not None), RATE_AFTER if start else RATE
    target = torch.tensor(np.hstack([labels, labels.max(axis=1, keepdims=True)]), dtype=torch.float32)
    rng = random.Random(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net(passages.layers, target.shape[1], bias=target.mean(dim=0))
        if start:
            net.load(as_tensors(start.weights))
        steps = most * len(list(batches(windows)))
        optimizer, pace = net.descent(steps, rate=rate, head_rate=HEAD_RATE)
        net.learn()
        for epoch in range(most):
            for batch in batches(windows, rng):
                out, rows = net.score(batch)
                loss = torch.nn.functional.binary_cross_entropy_with_logits(out, target[rows]) * target.shape[1]
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(list(net.weights.values()), 1.0)
                optimizer.step()
                pace.step()
            if progress:
                progress(epoch + 1, most)
    return Tuned(net.saved())
