"""Scores that no passage helped to learn, and the calibration and thresholds drawn from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Passages

Score = Callable[[Passages], NDArray[np.float64]]
Fit = Callable[[Passages, NDArray[np.float64]], Score]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per code, all (C,): probability = sigmoid(slope x logit + offset); retained from ``threshold`` up."""

    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    threshold: NDArray[np.float64]

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn logits (N, C) into probabilities (N, C)."""
        return np.asarray(1 / (1 + np.exp(-(logits * self.slope + self.offset))))


def folds(cases: Sequence[str], *, most: int = 10) -> list[NDArray[np.bool_]]:
    """Split interviews by case (a firm, say), never within one: a list of masks (I,), each a fold to leave out.

    Up to ``most`` folds; with more cases than that, whole cases are dealt round.

    >>> [fold.tolist() for fold in folds(["a", "b", "a"])]
    [[True, False, True], [False, True, False]]
    """
    names = sorted(set(cases))
    fold_of = {name: i % most for i, name in enumerate(names)}
    numbers = np.array([fold_of[case] for case in cases], dtype=np.int64)
    return [numbers == fold for fold in range(min(most, len(names)))]


def out_of_fold(
    passages: Passages,
    labels: NDArray[np.float64],
    splits: Sequence[NDArray[np.bool_]],
    *,
    fit: Fit,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float64]:
    """Score every passage by a classifier that never saw its case; logits (N, C)."""
    scores = np.zeros(labels.shape)
    for done, split in enumerate(splits, 1):
        held = split[passages.interview]
        score = fit(passages.take(~held), labels[~held])
        scores[held] = score(passages.take(held))
        if progress:
            progress(done, len(splits))
    return scores


def calibrate(logits: NDArray[np.float64], labels: NDArray[np.float64]) -> Calibration:
    """Fit, per code, Platt's sigmoid (1999) on out-of-fold logits, and a threshold."""
    fitted = [_platt(logits[:, code], labels[:, code]) for code in range(labels.shape[1])]
    slope, offset = np.array([a for a, _ in fitted]), np.array([b for _, b in fitted])
    probabilities = Calibration(slope, offset, offset).probabilities(logits)
    threshold = [matching_threshold(probabilities[:, c], labels[:, c]) for c in range(labels.shape[1])]
    return Calibration(slope, offset, np.array(threshold))


def crossed(
    logits: NDArray[np.float64], labels: NDArray[np.float64], held: Sequence[NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Calibrate each fold on the others; probabilities (N, C) and decisions (N, C).

    ``held`` are masks (N,) of passages, one a fold. No threshold is chosen on a passage it decides;
    but the scores it is drawn from come from classifiers that learnt from the fold decided (a nested
    cross-validation would cost as many fits again for each fold).
    """
    probabilities, decided = np.zeros(logits.shape), np.zeros(logits.shape, dtype=bool)
    for mask in held:
        rest = calibrate(logits[~mask], labels[~mask])
        probabilities[mask] = rest.probabilities(logits[mask])
        decided[mask] = probabilities[mask] >= rest.threshold
    return probabilities, decided


def matching_threshold(probabilities: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    """Return the probability from which the code is retained as often as the coders applied it.

    ``share`` (N,) in [0, 1]. Midway between two passages; 1.1 (never) if nobody applied the code. Against the
    threshold of the best kappa (``scripts/benchmark_coder.py``) it holds better on firms not seen, and the
    machine's counts can be read beside the coders'.

    >>> matching_threshold(np.array([0.1, 0.2, 0.6, 0.8]), np.array([0.0, 1.0, 0.0, 1.0]))
    0.4
    """
    wanted = round(float(share.sum()))
    if wanted in (0, len(share)):
        return 0.0 if wanted else 1.1
    p = np.sort(probabilities)[::-1]
    return float(np.round((p[wanted - 1] + p[wanted]) / 2, 12))


def _platt(logit: NDArray[np.float64], share: NDArray[np.float64]) -> tuple[float, float]:
    """Fit slope and offset with a light ridge (C = 1, the best at every size in the design notes)."""
    from sklearn.linear_model import LogisticRegression

    yes, no = np.flatnonzero(share > 0), np.flatnonzero(share < 1)
    if not len(yes) or not len(no):
        return 1.0, 0.0
    rows = np.concatenate([yes, no])
    target = np.repeat([1, 0], [len(yes), len(no)])
    weight = np.concatenate([share[yes], 1 - share[no]])
    head = LogisticRegression(C=1.0).fit(logit[rows, None], target, sample_weight=weight)
    return max(float(head.coef_[0, 0]), 1e-3), float(head.intercept_[0])
