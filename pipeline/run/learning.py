"""The machine of a session: quick heads on vectors computed once; words from the coder that reads words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import Passages, ridge
from pipeline.classify.explain import heavy_words
from pipeline.classify.heads import fit_heads, logits
from pipeline.classify.statements import Statements

# With few answers a head must hardly move from the middle, with many it may: macro-F1 on SIB-200 (French) with 20
# answers drawn at random is .38 at .05 and .28 at 1, with 300 it is .67 and .75; rsn-pe (simulated) wants less.
STRENGTH, AT, GROWTH = 0.05, 20, 0.5


class Heads:
    """Learns N passages by logistic heads on the vectors of a segment and of its neighbours.

    What the codebook says (``statements``) is learnt beside the answers.
    """

    def __init__(self, passages: Passages, statements: Statements | None = None) -> None:
        self._passages = passages
        self.features = features(passages)
        self._stated = features(statements[0]) if statements else self.features[:0]
        self._says = statements[1] if statements else np.zeros((0, 0))

    def cold(self) -> NDArray[np.float64] | None:
        """Return what the codebook alone makes of the N passages, (N, C); None without statements."""
        none = np.zeros((0, self._says.shape[1]))
        return self.probabilities(np.zeros(0, np.int64), none) if len(self._stated) else None

    def probabilities(self, rows: NDArray[np.int64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Learn from M rows and labels (M, C), NaN where nothing is known; return (N, C)."""
        strength = STRENGTH * max(1.0, len(rows) / AT) ** GROWTH
        known = ~np.isnan(labels)
        says = self._says if len(self._stated) else np.zeros((0, labels.shape[1]))
        scores = np.zeros((len(self.features), labels.shape[1]))
        for c in range(labels.shape[1]):
            mine = rows[known[:, c]]
            if len(mine) + len(says):
                told = np.vstack([self.features[mine], self._stated])
                target = np.concatenate([labels[known[:, c], c], says[:, c]])[:, None]
                weights, bias = fit_heads(told, target, strength=strength)
                scores[:, c] = logits(self.features, weights, bias)[:, 0]
        return np.asarray(1 / (1 + np.exp(-scores)))

    def words(
        self, rows: NDArray[np.int64], labels: NDArray[np.float64], row: int, column: int
    ) -> tuple[str, ...]:
        """Return the words of passage ``row`` that weigh most for one code, heaviest first."""
        said = ~np.isnan(labels[:, column])
        mask = np.zeros(len(self.features), dtype=bool)
        mask[rows[said]] = True
        order = np.argsort(rows[said], kind="stable")
        read = ridge.fit(self._passages.take(mask), labels[said][order, column : column + 1], seed=0)
        asked = np.zeros(len(self.features), dtype=bool)
        asked[row] = True
        return heavy_words(read, self._passages.take(asked), np.ones((1, 1), dtype=bool)).get((0, 0), ())


def features(passages: Passages) -> NDArray[np.float32]:
    """Lay the vectors of segments and neighbours side by side, take their mean off, bring them to unit length."""
    width = passages.vectors.shape[1] // 3
    rows = passages.vectors[:, : 2 * width].astype(np.float32)
    if not len(rows):
        return rows
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12), np.float32)
