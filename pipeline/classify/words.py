"""Texts in, sparse rows out: hashed n-grams of words and characters, weighted by rarity.

N-grams are hashed (Weinberger et al. 2009), not listed: a model folder holds no word of the interviews.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

WORD_COLUMNS = 2**17
CHARACTER_COLUMNS = 2**18
COLUMNS = WORD_COLUMNS + CHARACTER_COLUMNS


def ngrams(texts: Sequence[str]) -> Any:
    """Count words, pairs of words and runs of 3 to 5 characters; sparse (N, COLUMNS), log-damped.

    >>> ngrams(["On exporte", "On exporte"]).shape
    (2, 393216)
    """
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import HashingVectorizer

    words = HashingVectorizer(
        n_features=WORD_COLUMNS, ngram_range=(1, 2), token_pattern=r"(?u)\b\w+", norm=None,
        alternate_sign=False, strip_accents="unicode", dtype=np.float32,
    )  # fmt: skip
    characters = HashingVectorizer(
        n_features=CHARACTER_COLUMNS, analyzer="char_wb", ngram_range=(3, 5), norm=None,
        alternate_sign=False, strip_accents="unicode", dtype=np.float32,
    )  # fmt: skip
    counts = hstack([words.transform(texts), characters.transform(texts)], format="csr")
    counts.data = 1 + np.log(counts.data)
    return counts


def rarity(counts: Any, *, least: int = 2) -> NDArray[np.float32]:
    """Return the inverse document frequency of each column (COLUMNS,), 0 where fewer than ``least`` texts have it.

    A column that one text alone has can hardly help elsewhere and would betray it. Smooth idf of scikit-learn:
    ln((1 + n) / (1 + df)) + 1.
    """
    df = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + df)) + 1
    return np.where(df < least, 0, idf).astype(np.float32)


def weighted(counts: Any, columns: NDArray[np.int32], idf: NDArray[np.float32]) -> Any:
    """Keep K columns, weigh them by rarity, bring words and characters each to unit length; sparse (N, K).

    ``columns`` (K,) is sorted, so words come before characters; ``idf`` has shape (K,).
    """
    from scipy.sparse import diags, hstack
    from sklearn.preprocessing import normalize

    rows = counts[:, columns] @ diags(idf)
    words = int(np.searchsorted(columns, WORD_COLUMNS))
    return hstack([normalize(rows[:, :words]), normalize(rows[:, words:])], format="csr")
