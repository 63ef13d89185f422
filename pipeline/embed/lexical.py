"""An encoder without weights: hashed runs of characters. Deterministic; poor, but good enough for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


class LexicalEncoder:
    """Counts hashed runs of 3 to 4 characters."""

    name = "lexical"
    fingerprint = "lexical-1"
    arithmetic = "counts"
    dimension = 256
    layers = None

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, 256); an empty text gives zeros."""
        from sklearn.feature_extraction.text import HashingVectorizer

        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        hashing = HashingVectorizer(n_features=self.dimension, analyzer="char_wb", ngram_range=(3, 4))
        rows = hashing.transform(texts).toarray().astype(np.float32)
        if progress:
            progress(len(texts))
        return np.asarray(rows)
