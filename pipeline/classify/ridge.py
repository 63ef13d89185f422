"""The default coder: ridge regression on words and vectors of a segment, its neighbours and its whole answer.

Least squares on the coders' shares (Hoerl & Kennard 1970) in its dual form (Saunders et al. 1998): one Cholesky
factor serves every code. What surrounds a segment is a mixture of its neighbours' own features, so it costs next
to nothing to compute. What each part is worth: `scripts/benchmark_coder.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Besides, Passages, joined
from pipeline.classify.sequence import smoothed
from pipeline.classify.words import WORD_COLUMNS, ngrams, rarity

# Leave-one-firm-out macro kappa on rsn-pe with the bank (simulated, `scripts/benchmark_coder.py`) is 0.384 with
# these; a half or a double of any costs at most 0.015. Without the answer 0.362, without vectors 0.340, without
# smoothing 0.324. They were chosen on those same firms: expect a little less elsewhere.
PENALTY = 16.0
ANSWER_WEIGHT = 0.7
VECTOR_WEIGHT = 5.0
SMOOTHING = 0.2
# Vectors of the segment, of its neighbours (reach, decay), and of its answer.
SCALES = ((0, 1.0), (2, 0.5), (4, 0.7))
ANSWER_REACH = 20  # segments on each side, within one turn
_LOGIT = 10.0  # shares of coders, 0 to 1, on about the scale of logits: calibration is penalised
CLOSE, ROUNDS = 1e-4, 500  # what is left of the target when the system is solved; about a hundred rounds do it


@dataclass(frozen=True, slots=True)
class Ridge:
    """Weights over hashed n-grams and vectors.

    ``columns`` (K,) are the n-grams kept, ``idf`` (K,) their rarity; ``words`` and ``answer`` (C, K) weigh them
    in the segment and in its answer; ``vectors`` (C, S x D) the vectors at each scale; ``bias`` is (C,).
    """

    columns: NDArray[np.int32]
    idf: NDArray[np.float32]
    words: NDArray[np.float32]
    answer: NDArray[np.float32]
    vectors: NDArray[np.float32]
    bias: NDArray[np.float32]

    def logits(self, passages: Passages, counts: Any = None) -> NDArray[np.float64]:
        """Score passages, (N, C); neighbours of one interview lend each other weight, twice.

        ``counts`` are the n-grams of the passages, where they have been counted already.
        """
        own = _weighted(passages, self.columns, self.idf, counts)
        answer = unit_blocks(mixture(passages, ANSWER_REACH, 1.0, answer=True) @ own, _split(self.columns))
        # In float64 the order of adding up leaves no trace in what is kept of a score.
        by_vectors = _scaled_vectors(passages).astype(np.float64) @ self.vectors.T.astype(np.float64)
        scores = own @ self.words.T + answer @ self.answer.T + by_vectors
        for _ in range(2):
            scores = smoothed(scores, passages.interview, pull=SMOOTHING)
        return np.asarray((scores + self.bias) * _LOGIT, dtype=np.float64)

    def word_logits(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Score texts by their own words alone, (T, C), on the scale of ``logits``."""
        counts = ngrams(texts)[:, self.columns]
        rows = unit_blocks(counts.multiply(self.idf).tocsr(), _split(self.columns))
        return np.asarray(rows @ self.words.T * _LOGIT, dtype=np.float64)

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """Return what a model folder stores."""
        return {name: getattr(self, name) for name in self.__slots__}


def fit(
    passages: Passages,
    labels: NDArray[np.float64],
    *,
    seed: int,
    least: int = 2,
    besides: Besides | None = None,
    **_: object,
) -> Ridge:
    """Fit on N passages and the share of coders (N, C) who applied each code.

    N-grams of fewer than ``least`` passages are left out.
    """
    del seed  # a linear system has one solution: nothing here is random
    passages, labels = joined(passages, labels, besides)
    counts = ngrams(passages.own)
    rare = rarity(counts, least=least)
    columns = np.flatnonzero(rare).astype(np.int32)
    idf = rare[columns]
    own = _weighted(passages, columns, idf, counts)
    around = mixture(passages, ANSWER_REACH, 1.0, answer=True)
    answer = unit_blocks(around @ own, _split(columns))
    vectors = _scaled_vectors(passages)
    bias = labels.mean(axis=0)
    dual = _solved([own, answer * np.float32(np.sqrt(ANSWER_WEIGHT)), vectors], (labels - bias).astype(np.float32))
    return Ridge(
        columns, idf, _weights(own, dual), _weights(answer, dual * np.float32(ANSWER_WEIGHT)),
        _weights(vectors, dual), bias.astype(np.float32),
    )  # fmt: skip


def _weights(features: Any, dual: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn a weight a segment, (N, C), into a weight a feature, (C, F)."""
    return np.ascontiguousarray((features.T @ dual).T, dtype=np.float32)


def restore(tensors: Mapping[str, NDArray[np.generic]]) -> Ridge:
    """Rebuild the classifier from what ``tensors`` gave; KeyError if a part is missing."""
    return Ridge(**{name: tensors[name] for name in Ridge.__slots__})  # type: ignore[arg-type]


def mixture(passages: Passages, reach: int, decay: float, *, answer: bool = False) -> Any:
    """Return the sparse (N, N) matrix that sums each segment's neighbours of the same interview.

    A neighbour at distance d counts ``decay`` to the power d, up to ``reach``. With ``answer``, neighbours are
    those of the same turn and the segment itself is left out; without, it counts 1.
    """
    from scipy.sparse import diags

    n = len(passages.own)
    group = passages.turn if answer else passages.interview
    steps = [step for step in range(-reach, reach + 1) if abs(step) < n and not (answer and step == 0)]
    bands = []
    for step in steps:
        first, second = (group[: n - step], group[step:]) if step >= 0 else (group[-step:], group[: n + step])
        bands.append((first == second) * np.float32(decay ** abs(step)))
    if not bands:
        return diags([np.zeros(n, np.float32)], [0], format="csr")
    return diags(bands, steps, shape=(n, n), format="csr", dtype=np.float32)


def unit_blocks(rows: Any, split: int) -> Any:
    """Bring words (columns before ``split``) and characters each to unit length; sparse in, sparse out."""
    from scipy.sparse import hstack
    from sklearn.preprocessing import normalize

    blocks = [block if 0 in block.shape else normalize(block) for block in (rows[:, :split], rows[:, split:])]
    return hstack(blocks, format="csr", dtype=np.float32)


def _split(columns: NDArray[np.int32]) -> int:
    """Return how many of the columns, which are sorted, are words."""
    return int(np.searchsorted(columns, WORD_COLUMNS))


def _weighted(passages: Passages, columns: NDArray[np.int32], idf: NDArray[np.float32], counts: Any = None) -> Any:
    """Weigh the n-grams of each segment by rarity."""
    from scipy.sparse import diags

    counts = ngrams(passages.own) if counts is None else counts
    return unit_blocks(counts[:, columns] @ diags(idf), _split(columns))


def _scaled_vectors(passages: Passages) -> NDArray[np.float32]:
    """Lay the vectors of the segment at every scale side by side, (N, S x D)."""
    mine = passages.vectors[:, : passages.vectors.shape[1] // 3]
    mixed = [mine if not reach else mixture(passages, reach, decay) @ mine for reach, decay in SCALES]
    mixed.append(mine + mixture(passages, ANSWER_REACH, 1.0, answer=True) @ mine)
    units = [rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12) for rows in mixed]
    return np.asarray(np.hstack(units) * np.sqrt(VECTOR_WEIGHT), dtype=np.float32)


def _solved(features: list[Any], target: NDArray[np.float32]) -> NDArray[np.float32]:
    """Solve (F F' + PENALTY I) A = target for A (N, C), F being the features side by side.

    Conjugate gradients (Hestenes & Stiefel 1952), the C systems side by side: F F' is never laid out, so memory
    grows with the words, not with the square of the segments.
    """
    found = np.zeros_like(target)
    rest, way = target.copy(), target.copy()
    length = (rest * rest).sum(axis=0)
    enough = np.maximum(length, 1e-30) * CLOSE**2
    for _ in range(ROUNDS):
        step = PENALTY * way + sum(part @ (part.T @ way) for part in features)
        pace = length / np.maximum((way * step).sum(axis=0), 1e-30)
        found += pace * way
        rest -= pace * step
        last, length = length, (rest * rest).sum(axis=0)
        if (length <= enough).all():
            break
        way = rest + length / np.maximum(last, 1e-30) * way
    return np.asarray(found, dtype=np.float32)
