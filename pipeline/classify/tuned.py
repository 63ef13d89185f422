"""A coder that reads each answer whole: the encoder's top layers, trained on coded windows.

A window is the question and up to ten segments of the answer, with one more on each side; the tokens of each
segment are averaged after the last layer, and one linear head a code (and one for "any code at all") reads them.
The layers under the trained ones are run once and kept. What it adds: `scripts/benchmark_quality.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Layers, Passages, Window
from pipeline.errors import ModelError

EPOCHS, RATE = 5, 2e-4
# On top of layers that learnt other material: as good beside words and vectors as learning both together (0.396
# against 0.390 on two firms of rsn-pe left out, simulated), and that material is read once, not once a fold.
EPOCHS_AFTER, RATE_AFTER = 4, 1.5e-4
HEAD_RATE = 4e-3
DECAY = 0.01
WARMED = 0.1  # share of the steps over which the rate rises
DROPOUT = 0.1
BUDGET = 3000  # tokens a step
SEGMENTS, OVERLAP = 10, 1  # of a window, and more on each side
FEWEST = 500  # passages under which the layers would learn by heart; measured nowhere below the whole bank
_AT_ONCE = 256  # windows in memory while coding
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """One window: what is read, which of its segments are asked for, and their rows."""

    window: Window
    first: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tuned:
    """Trained top layers, as float16 arrays by name; ``head.weight`` has shape (C + 1, D)."""

    weights: Mapping[str, NDArray[Any]]

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score passages, (N, C), on the logit scale. Raises ModelError without ``passages.layers``."""
        import torch

        if passages.layers is None:
            raise ModelError(
                "Ce modèle a entraîné les couches de son encodeur, et cet encodeur ne peut pas être ouvert ici. "
                "Réinstallez filrouge, ou réentraînez le modèle avec filrouge train --fast."
            )
        net = _Net(passages.layers, len(self.weights["head.bias"]))
        net.load(_as_tensors(self.weights))
        scores = np.zeros((len(passages.own), len(self.weights["head.bias"]) - 1))
        found = places(passages)
        with torch.no_grad():
            for start in range(0, len(found), _AT_ONCE):
                part = found[start : start + _AT_ONCE]
                for batch in _batches(_read(part, passages.layers, keep=False)):
                    out, rows = net.score(batch)
                    scores[rows] = out[:, :-1].numpy()
        return scores

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

    AdamW (Loshchilov & Hutter 2019), a rate that rises then falls linearly, cross-entropy with shares as targets.
    ``progress`` hears of each epoch. The same seed on the same machine gives the same weights.
    """
    import torch

    assert passages.layers is not None
    read = _read(places(passages), passages.layers, keep=True)
    most, top_rate = epochs(after=start is not None), RATE_AFTER if start else RATE
    target = torch.tensor(np.hstack([labels, labels.max(axis=1, keepdims=True)]), dtype=torch.float32)
    rng = random.Random(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = _Net(passages.layers, target.shape[1], bias=target.mean(dim=0))
        if start:
            net.load(_as_tensors(start.weights))
        optimizer = torch.optim.AdamW(
            [
                {"params": net.layers.parameters(), "lr": top_rate},
                {"params": net.head.parameters(), "lr": HEAD_RATE},
            ],
            weight_decay=DECAY,
        )
        steps = most * len(list(_batches(read)))
        rate = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / (WARMED * steps)) * max(0.02, 1 - step / steps)
        )
        net.learn()
        for epoch in range(most):
            for batch in _batches(read, rng):
                out, rows = net.score(batch)
                loss = torch.nn.functional.binary_cross_entropy_with_logits(out, target[rows]) * target.shape[1]
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(net.layers.parameters(), 1.0)
                optimizer.step()
                rate.step()
            if progress:
                progress(epoch + 1, most)
    return Tuned(net.saved())


def places(passages: Passages) -> list[Place]:
    """Lay passages out in windows, in order; every passage is asked for exactly once.

    >>> alone = np.array([0, 0, 1])
    >>> talk = Passages(("a", "b", "c"), ("",) * 3, np.zeros((3, 3)), alone, alone, ("Q", "Q", "R"))
    >>> [(place.window, place.first, place.rows) for place in places(talk)]
    [(('Q', ('a', 'b')), 0, (0, 1)), (('R', ('c',)), 0, (2,))]
    """
    asked = passages.asked or ("",) * len(passages.own)
    edges = np.flatnonzero(np.diff(passages.turn, prepend=-1, append=-1)).tolist() if len(passages.own) else []
    found = []
    for start, end in pairwise(edges):
        for first in range(start, end, SEGMENTS):
            last = min(first + SEGMENTS, end)
            low, high = max(start, first - OVERLAP), min(end, last + OVERLAP)
            window = asked[first], passages.own[low:high]
            found.append(Place(window, first - low, tuple(range(first, last))))
    return found


Read = tuple[Any, tuple[tuple[int, int], ...], tuple[int, ...]]  # states, spans asked for, rows


def _read(found: Sequence[Place], layers: Layers, *, keep: bool) -> list[Read]:
    """Run the lower layers over windows."""
    states = layers.read([place.window for place in found], keep=keep)
    return [
        (state, spans[place.first : place.first + len(place.rows)], place.rows)
        for place, (state, spans) in zip(found, states, strict=True)
    ]


def _batches(read: Sequence[Read], rng: random.Random | None = None) -> Iterator[list[Read]]:
    """Deal windows into batches of about BUDGET tokens, of like lengths; shuffled with ``rng``."""
    order = list(read)
    if rng:
        rng.shuffle(order)
    batches: list[list[Read]] = []
    for start in range(0, len(order), 64):
        batch: list[Read] = []
        for one in sorted(order[start : start + 64], key=lambda one: len(one[0])):
            if batch and (len(batch) + 1) * len(one[0]) > BUDGET:
                batches.append(batch)
                batch = []
            batch.append(one)
        batches += [batch] if batch else []
    if rng:
        rng.shuffle(batches)
    yield from batches


def _as_tensors(weights: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Turn stored weights into float32 tensors."""
    import torch

    return {name: torch.from_numpy(np.asarray(value, np.float32)) for name, value in weights.items()}


class _Net:
    """The trained layers and the heads; a plain holder, so that torch is imported only where it is used."""

    def __init__(self, layers: Layers, outputs: int, *, bias: Any = None) -> None:
        import torch

        self.layers, self.half, self._drop = layers.top().eval(), layers.half, 0.0
        self.head = torch.nn.Linear(layers.dimension, outputs)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        if bias is not None:
            self.head.bias.data[:] = torch.logit(bias.clamp(0.01, 0.99))

    def learn(self) -> None:
        """Begin to drop states at random."""
        self.layers.train()
        self._drop = DROPOUT

    def load(self, weights: Mapping[str, Any]) -> None:
        """Take weights by name."""
        self.layers.load_state_dict({n[7:]: value for n, value in weights.items() if n.startswith("layers.")})
        self.head.load_state_dict({"weight": weights["head.weight"], "bias": weights["head.bias"]})

    def saved(self) -> dict[str, NDArray[Any]]:
        """Return weights by name, as float16."""
        named = {f"layers.{n}": value for n, value in self.layers.state_dict().items()}
        named |= {"head.weight": self.head.weight, "head.bias": self.head.bias}
        return {name: value.detach().numpy().astype(np.float16) for name, value in named.items()}

    def score(self, batch: Sequence[Read]) -> tuple[Any, list[int]]:
        """Score the passages of a batch, (P, outputs), and say which rows they are."""
        import torch

        longest, most = max(len(one[0]) for one in batch), max(len(one[1]) for one in batch)
        states = torch.zeros((len(batch), longest, batch[0][0].shape[1]), dtype=batch[0][0].dtype)
        present = torch.zeros((len(batch), longest), dtype=torch.bool)
        mean = torch.zeros((len(batch), most, longest))
        asked = torch.zeros((len(batch), most), dtype=torch.bool)
        for row, (state, spans, _) in enumerate(batch):
            states[row, : len(state)] = state
            present[row, : len(state)] = True
            asked[row, : len(spans)] = True
            for column, (start, end) in enumerate(spans):
                mean[row, column, start:end] = 1 / max(1, end - start)
        mask = torch.zeros(present.shape, dtype=states.dtype).masked_fill(~present, -1e9)[:, None, None, :]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.half):
            for layer in self.layers:
                out = layer(states, mask)
                states = out[0] if isinstance(out, tuple) else out
        pooled = torch.bmm(mean, states.float())[asked]
        scores = self.head(torch.nn.functional.dropout(pooled, self._drop, training=self._drop > 0))
        return scores, [row for _, _, rows in batch for row in rows]
