"""The default coder: what the codebook says, what words and vectors say, what the whole answer says.

Three scorers on one scale. The codebook's statements alone decide while a code has no passage; the passages take
over as they come. Trained layers join where there are passages enough and the encoder can be opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import contrast, ridge, tuned
from pipeline.classify.context import Besides, Passages, joined
from pipeline.classify.ridge import SMOOTHING, Ridge
from pipeline.classify.sequence import echoed, smoothed
from pipeline.classify.statements import Statements
from pipeline.classify.tuned import Progress, Tuned
from pipeline.classify.words import ngrams

# A code leans on its n passages with weight n / (n + worth of its statements): STATEMENT passages each, up to
# STATEMENTS. Macro kappa on firms not read (simulated, `scripts/benchmark_quality.py`) without any passage: 0.08.
STATEMENT, STATEMENTS = 2.0, 10.0
# What trained layers weigh beside words and vectors: kappa between 0.50 and 0.51 for 0.3 to 0.8, and 0.41 without
# layers, firms of rsn-pe left out in turn (simulated; docs/benchmarks.md, what was tried). Those that learnt from
# few passages weigh FEW_WEIGHT, chosen on the validation sentences of SIB-200 French.
TUNED_WEIGHT, FEW_WEIGHT = 0.5, 1.0
# How much of the best of its answer a passage takes, where no layers read the whole of it: 0.42 instead of 0.40
# with two banks, 0.42 instead of 0.41 with three, on the same firms. Beside trained layers it adds nothing.
ECHO = 0.5


Tensors = Mapping[str, NDArray[Any]]
Keep = Callable[[Callable[[], Tensors]], Tensors]


@dataclass(frozen=True, slots=True)
class Contextual:
    """``trust`` (C,): how far each code leans on its passages; ``scale`` (C,) puts the statements beside them.

    ``worth`` (1,) is what trained layers weigh beside words and vectors, ``echo`` (1,) what the best of an answer
    weighs beside a passage where there are none.
    """

    trust: NDArray[np.float32]
    scale: NDArray[np.float32]
    worth: NDArray[np.float32]
    echo: NDArray[np.float32]
    learnt: Ridge | None = None
    tuned: Tuned | None = None
    stated: Ridge | None = None

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score passages, (N, C), on the logit scale."""
        scores = np.zeros((len(passages.own), len(self.trust)))
        counts = ngrams(passages.own)
        if self.learnt is not None:
            found = _learnt(self.learnt, self.tuned, float(self.worth[0]), passages, counts)
            scores += self.trust * echoed(found, passages.turn, pull=float(self.echo[0]))
        if self.stated is not None:
            scores += (1 - self.trust) * self.scale * self.stated.logits(passages, counts)
        return scores

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return what a model folder stores."""
        found: dict[str, NDArray[Any]] = {
            name: getattr(self, name) for name in ("trust", "scale", "worth", "echo")
        }
        for name in ("learnt", "tuned", "stated"):
            part = getattr(self, name)
            if part is not None:
                found |= {f"{name}.{key}": value for key, value in part.tensors().items()}
        return found


def fit(
    passages: Passages,
    labels: NDArray[np.float64],
    *,
    seed: int,
    statements: Statements | None = None,
    besides: Besides | None = None,
    progress: Progress | None = None,
) -> Contextual:
    """Fit on N passages and the share of coders (N, C) who applied each code; N may be 0 with ``statements``.

    Layers trained on what is learnt ``besides`` go on from there; with too few passages they stay as they are.
    """
    codes = labels.shape[1]
    stated = ridge.fit(*statements, seed=seed, least=1) if statements else None
    if not len(labels) and besides is None:
        ones = np.ones(codes, np.float32)
        return Contextual(0 * ones, ones, ones[:1], 0 * ones[:1], stated=stated)
    learnt = ridge.fit(passages, labels, seed=seed, besides=besides)
    trained, worth = besides.start if besides else None, TUNED_WEIGHT
    if tunable(passages):
        trained = tuned.fit(passages, labels, seed=seed, start=trained, progress=progress)
    elif trained is None and contrast.learnable(passages, labels):
        few = passages, labels
        if statements:
            few = passages.joined(statements[0]), np.vstack([labels, statements[1]])
        trained, worth = contrast.fit(*few, seed=seed), FEW_WEIGHT
    passages, labels = joined(passages, labels, besides)
    trust, scale = np.ones(codes), np.ones(codes)
    if stated is not None and statements is not None:
        uses = labels.sum(axis=0)
        trust = uses / (uses + np.clip(STATEMENT * statements[1].sum(axis=0), STATEMENT, STATEMENTS))
        counts = ngrams(passages.own)
        wide, narrow = (part.logits(passages, counts).std(axis=0) for part in (learnt, stated))
        scale = np.where((wide > 0) & (narrow > 0), wide / np.maximum(narrow, 1e-9), 1.0)
    return Contextual(
        trust.astype(np.float32),
        scale.astype(np.float32),
        np.array([worth], np.float32),
        np.array([0.0 if trained else ECHO], np.float32),
        learnt,
        trained,
        stated,
    )


def tunable(passages: Passages) -> bool:
    """Tell whether layers would be trained on these passages."""
    return passages.layers is not None and len(passages.own) >= tuned.FEWEST


def rounds(passages: Passages, besides: Besides | None = None) -> int:
    """Return how often ``fit`` tells its progress on these passages; each takes long where there is one."""
    return tuned.epochs(after=besides is not None and tunable(besides.passages)) if tunable(passages) else 0


def begin(besides: Besides, *, seed: int, keep: Keep, progress: Progress | None = None) -> Besides:
    """Train layers, once for every fit to come, on what is learnt besides; ``keep`` may remember them."""
    if not tunable(besides.passages):
        return besides
    kept = keep(lambda: tuned.fit(besides.passages, besides.labels, seed=seed, progress=progress).tensors())
    return replace(besides, start=tuned.restore(kept))


def restore(tensors: Mapping[str, NDArray[Any]]) -> Contextual:
    """Rebuild the classifier from what ``tensors`` gave; KeyError if a part is missing."""
    parts: dict[str, dict[str, NDArray[Any]]] = {}
    for name, value in tensors.items():
        part, _, key = name.partition(".")
        parts.setdefault(part, {})[key] = value
    return Contextual(
        tensors["trust"], tensors["scale"], tensors["worth"], tensors.get("echo", np.zeros(1, np.float32)),
        ridge.restore(parts["learnt"]) if "learnt" in parts else None,
        tuned.restore(parts["tuned"]) if "tuned" in parts else None,
        ridge.restore(parts["stated"]) if "stated" in parts else None,
    )  # fmt: skip


def _learnt(
    words: Ridge, layers: Tuned | None, worth: float, passages: Passages, counts: Any
) -> NDArray[np.float64]:
    """Add the trained layers, smoothed over neighbours, to words and vectors."""
    scores = words.logits(passages, counts)
    if layers is None:
        return scores
    read = layers.logits(passages)
    for _ in range(2):
        read = smoothed(read, passages.interview, pull=SMOOTHING)
    return scores + worth * read
