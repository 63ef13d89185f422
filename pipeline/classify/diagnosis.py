"""Cross-validated scores in, what a reader should know of them out: calibration, and where the machine errs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks


def reliability(
    probabilities: NDArray[np.float64], shares: NDArray[np.float64], *, bins: int = 10
) -> tuple[list[dict[str, float]], float]:
    """Compare scores with what the coders did, bin by bin, and return the expected calibration error.

    ``probabilities`` and ``shares`` (the share of coders who applied the code) have one shape. A bin holds the
    scores between two tenths: "score" and "observed" are means, "n" how many. The error is the mean gap between
    both, weighed by n (Naeini, Cooper & Hauskrecht 2015).

    >>> rows, error = reliability(np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 0.0, 1.0, 0.5]))
    >>> [row["n"] for row in rows], round(error, 3)
    ([2, 2], 0.125)
    """
    p, y = probabilities.ravel(), shares.ravel()
    which = np.minimum((p * bins).astype(int), bins - 1)
    rows = [
        {
            "score": float(p[which == b].mean()),
            "observed": float(y[which == b].mean()),
            "n": int((which == b).sum()),
        }
        for b in range(bins)
        if (which == b).any()
    ]
    error = sum(row["n"] * abs(row["score"] - row["observed"]) for row in rows) / max(1, len(p))
    return [{key: round(value, 6) for key, value in row.items()} for row in rows], round(error, 6)


def by_case(
    decided: NDArray[np.bool_], marks: Mapping[str, Marks], seen: NDArray[np.bool_], cases: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return, case by case, how the machine (rows of ``seen``) and the first two coders fare.

    ``cases`` (N,) names the case of each segment; the result numbers them in alphabetical order, for a firm's name
    has no place in a model. "macro" is the mean over coders and codes of Cohen's kappa on the case's segments,
    "human" that of the two coders, "missed" and "added" count the codes that all coders put and the machine did
    not, and the reverse.
    """
    whole = np.zeros((len(seen), decided.shape[1]), dtype=bool)
    whole[seen] = decided
    coders = list(marks.values())
    every, some = (
        np.logical_and.reduce([mark.labels for mark in coders]),
        np.logical_or.reduce([mark.labels for mark in coders]),
    )
    found: dict[str, dict[str, Any]] = {}
    for number, case in enumerate(sorted(set(cases)), 1):
        mine = np.array([one == case for one in cases]) & seen
        against = [mean_kappa(whole[mine & mark.seen], mark.labels[mine & mark.seen]) for mark in coders]
        known = [value for value in against if value is not None]
        both = mine & coders[0].seen & coders[1].seen if len(coders) > 1 else mine
        found[f"cas {number}"] = {
            "segments": int(mine.sum()),
            "macro": round(float(np.mean(known)), 6) if known else None,
            "human": mean_kappa(coders[0].labels[both], coders[1].labels[both]) if len(coders) > 1 else None,
            "missed": int((every & ~whole)[mine].sum()),
            "added": int((whole & ~some)[mine].sum()),
        }
    return found


def mean_kappa(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float | None:
    """Return the mean of Cohen's kappa over the columns where it is defined; None if there is none."""
    if not len(one):
        return None
    observed, p, q = (one == other).mean(axis=0), one.mean(axis=0), other.mean(axis=0)
    expected = p * q + (1 - p) * (1 - q)
    known = expected < 1
    return round(float(((observed - expected)[known] / (1 - expected)[known]).mean()), 6) if known.any() else None
