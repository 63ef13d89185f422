"""The first honest coder: words and vectors, a logistic head each a code, averaged on the logit, smoothed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Besides, Passages, joined
from pipeline.classify.heads import fit_heads, logits
from pipeline.classify.sequence import smoothed
from pipeline.classify.words import ngrams, rarity, weighted

# Leave-one-firm-out macro kappa on rsn-pe (simulated) is 0.287 with these; `scripts/benchmark_coder.py` prints
# what others give: within 0.01 from 0.3 to 10 (words), to 1 (vectors), without smoothing; 0.02 less beyond.
WORD_STRENGTH = 1.0
VECTOR_STRENGTH = 1.0
SMOOTHING = 0.2


@dataclass(frozen=True, slots=True)
class Blend:
    """Heads over n-grams of the segment and of its context, and heads over encoder vectors.

    ``columns`` (K,) are the hashed n-grams kept, ``idf`` (2, K) their rarity in segments and in contexts;
    ``words`` (C, 2K) and ``vectors`` (C, V) are weights, the biases are (C,).
    """

    columns: NDArray[np.int32]
    idf: NDArray[np.float32]
    words: NDArray[np.float32]
    word_bias: NDArray[np.float32]
    vectors: NDArray[np.float32]
    vector_bias: NDArray[np.float32]

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score passages, (N, C), on the logit scale; segments of one interview lend each other weight."""
        by_words = logits(_word_features(passages, self.columns, self.idf), self.words, self.word_bias)
        by_vectors = logits(passages.vectors, self.vectors, self.vector_bias)
        return smoothed((by_words + by_vectors) / 2, passages.interview, pull=SMOOTHING)

    def tensors(self) -> dict[str, NDArray[np.generic]]:
        """Return what a model folder stores."""
        return {name: getattr(self, name) for name in self.__slots__}


def fit(
    passages: Passages, labels: NDArray[np.float64], *, seed: int, besides: Besides | None = None, **_: object
) -> Blend:
    """Fit both kinds of heads on N passages and the share of coders (N, C) who applied each code."""
    del seed  # liblinear's path is fixed: nothing here is random
    passages, labels = joined(passages, labels, besides)
    own, context = ngrams(passages.own), ngrams(passages.context)
    rare = rarity(own), rarity(context)
    columns = np.flatnonzero((rare[0] > 0) | (rare[1] > 0)).astype(np.int32)
    idf = np.stack([one[columns] for one in rare])
    words, word_bias = fit_heads(_word_features(passages, columns, idf), labels, strength=WORD_STRENGTH)
    vectors, vector_bias = fit_heads(passages.vectors, labels, strength=VECTOR_STRENGTH)
    return Blend(columns, idf, words, word_bias, vectors, vector_bias)


def restore(tensors: Mapping[str, NDArray[np.generic]]) -> Blend:
    """Rebuild the classifier from what ``tensors`` gave; KeyError if a part is missing."""
    return Blend(**{name: tensors[name] for name in Blend.__slots__})  # type: ignore[arg-type]


def _word_features(passages: Passages, columns: NDArray[np.int32], idf: NDArray[np.float32]) -> Any:
    """Lay the n-grams of segment and context side by side; sparse (N, 2K)."""
    from scipy.sparse import hstack

    return hstack(
        [
            weighted(ngrams(passages.own), columns, idf[0]),
            weighted(ngrams(passages.context), columns, idf[1]),
        ],
        format="csr",
    )
