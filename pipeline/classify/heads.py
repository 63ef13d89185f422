"""Features and labels in, one logistic head a code out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def fit_heads(
    features: Any, labels: NDArray[np.float64], *, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit an L2-regularised logistic head per code; return weights (C, F) and biases (C,).

    ``features`` is dense or sparse (N, F). ``labels`` (N, C) is the share of coders who applied the code: a
    passage on which they differ counts half for, half against. ``strength`` is scikit-learn's C. A code that
    nobody (or everybody) applied gets weights 0 and the bias of its smoothed share.
    """
    heads = [_fit_one(features, labels[:, code], strength) for code in range(labels.shape[1])]
    return np.stack([weights for weights, _ in heads]), np.array([bias for _, bias in heads], np.float32)


def _fit_one(features: Any, share: NDArray[np.float64], strength: float) -> tuple[NDArray[np.float32], float]:
    """Fit one head on soft labels: a shared passage enters twice, weighed."""
    from sklearn.linear_model import LogisticRegression

    yes, no = np.flatnonzero(share > 0), np.flatnonzero(share < 1)
    if not len(yes) or not len(no):
        odds = (share.sum() + 0.5) / (len(share) - share.sum() + 0.5)
        return np.zeros(features.shape[1], np.float32), float(np.log(odds))
    rows = np.concatenate([yes, no])
    target = np.repeat([1, 0], [len(yes), len(no)])
    weight = np.concatenate([share[yes], 1 - share[no]])
    # Positives are rare (3 to 12 %): without balance the heads hardly move.
    weight /= np.where(target == 1, share.sum(), (1 - share).sum()) * 2 / len(share)
    head = LogisticRegression(C=strength, solver="liblinear", tol=1e-4, random_state=0)
    head.fit(features[rows], target, sample_weight=weight)
    return head.coef_[0].astype(np.float32), float(head.intercept_[0])


def logits(features: Any, weights: NDArray[np.float32], biases: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the score of each head on each row, (N, C), on the logit scale."""
    return np.asarray(features @ weights.T, dtype=np.float64) + biases
