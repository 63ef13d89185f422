"""Scores that no passage helped to learn, and the calibration and thresholds drawn from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Passages

MOST_FOLDS = 10
# Before FEW passages were read, a code is expected on PRIOR of them, with the weight of PRIOR_WEIGHT passages.
FEW, PRIOR, PRIOR_WEIGHT = 30, 0.1, 20.0
# What "sure" means. The certificate a reviewer wants is an audit of the piles by hand; these say where to start.
SURE_SHARE = 0.8  # at least, with 95 % confidence, of the passages above
LOST_SHARE = 0.05

Score = Callable[[Passages], NDArray[np.float64]]
Fit = Callable[[Passages, NDArray[np.float64]], Score]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per code, all (C,): probability = sigmoid(slope x logit + offset); retained from ``threshold`` up.

    From ``sure_yes`` up the machine is sure that the code holds, under ``sure_no`` that it does not; between the
    two a human should decide.
    """

    slope: NDArray[np.float64]
    offset: NDArray[np.float64]
    threshold: NDArray[np.float64]
    sure_yes: NDArray[np.float64]
    sure_no: NDArray[np.float64]

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn logits (N, C) into probabilities (N, C)."""
        return np.asarray(1 / (1 + np.exp(-(logits * self.slope + self.offset))))

    def piles(self, probabilities: NDArray[np.float64]) -> NDArray[np.int8]:
        """Sort probabilities (N, C) into 1 (surely), -1 (surely not) and 0 (ask a human)."""
        yes, no = probabilities >= self.sure_yes, probabilities < self.sure_no
        return np.where(yes, 1, np.where(no, -1, 0)).astype(np.int8)


def folds(cases: Sequence[str], *, most: int = MOST_FOLDS) -> list[NDArray[np.bool_]]:
    """Split passages by case (a firm, say), never within one: a list of masks (N,), each a fold to leave out.

    ``cases`` (N,) names the case of each. Up to ``most`` folds; with more cases than that, whole cases are dealt
    round.

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
    for done, held in enumerate(splits, 1):
        score = fit(passages.take(~held), labels[~held])
        scores[held] = score(passages.take(held))
        if progress:
            progress(done, len(splits))
    return scores


def calibrate(logits: NDArray[np.float64], labels: NDArray[np.float64]) -> Calibration:
    """Fit, per code, Platt's sigmoid (1999) on out-of-fold logits, and thresholds.

    While few passages were read, a code nobody applied keeps the weak scale of ``uncalibrated``.
    """
    weak = uncalibrated(logits)
    fitted = [
        _platt(logits[:, c], labels[:, c]) if labels[:, c].any() else (weak.slope[c], weak.offset[c])
        for c in range(labels.shape[1])
    ]
    slope, offset = np.array([a for a, _ in fitted]), np.array([b for _, b in fitted])
    p = Calibration(slope, offset, *[offset] * 3).probabilities(logits)
    threshold = np.array([matching_threshold(p[:, c], _expected(labels[:, c])) for c in range(labels.shape[1])])
    sure = np.array([sure_thresholds(p[:, c], labels[:, c]) for c in range(labels.shape[1])])
    yes, no = np.maximum(sure[:, 0], threshold), np.minimum(sure[:, 1], threshold)
    return Calibration(slope, offset, threshold, yes, no)


def uncalibrated(logits: NDArray[np.float64]) -> Calibration:
    """Return what to make of logits (N, C) that nobody's codings can calibrate: weak scores, never sure.

    Each code is retained on PRIOR of the passages, the best ones, and a score one standard deviation above the
    mean is half a logit above PRIOR.
    """
    spread = logits.std(axis=0)
    slope = np.where(spread > 1e-6, 0.5 / np.maximum(spread, 1e-6), 0.0)
    offset = np.log(PRIOR / (1 - PRIOR)) - slope * logits.mean(axis=0)
    codes = logits.shape[1]
    never, always = np.full(codes, 1.1), np.zeros(codes)
    p = Calibration(slope, offset, never, never, always).probabilities(logits)
    threshold = np.array([matching_threshold(p[:, c], PRIOR * len(p)) for c in range(codes)])
    return Calibration(slope, offset, np.where(slope > 0, threshold, never), never, always)


def _expected(share: NDArray[np.float64]) -> float:
    """Return how often a code is expected among passages (N,), given the share of coders who applied it."""
    n = len(share)
    if n >= FEW:
        return float(share.sum())
    return float(n * (share.sum() + PRIOR * PRIOR_WEIGHT) / (n + PRIOR_WEIGHT))


def crossed(
    logits: NDArray[np.float64], labels: NDArray[np.float64], held: Sequence[NDArray[np.bool_]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int8]]:
    """Calibrate each fold on the others; probabilities (N, C), decisions (N, C) and piles (N, C).

    ``held`` are masks (N,) of passages, one a fold. No threshold is chosen on a passage it decides;
    but the scores it is drawn from come from classifiers that learnt from the fold decided (a nested
    cross-validation would cost as many fits again for each fold).
    """
    probabilities, decided = np.zeros(logits.shape), np.zeros(logits.shape, dtype=bool)
    piles = np.zeros(logits.shape, np.int8)
    for mask in held:
        rest = calibrate(logits[~mask], labels[~mask])
        probabilities[mask] = rest.probabilities(logits[mask])
        decided[mask] = probabilities[mask] >= rest.threshold
        piles[mask] = rest.piles(probabilities[mask])
    return probabilities, decided, piles


def matching_threshold(probabilities: NDArray[np.float64], uses: float) -> float:
    """Return the probability from which the code is retained as often as the coders applied it, ``uses`` times.

    Midway between two passages; 1.1 (never) for no use. Against the threshold of the best kappa
    (``scripts/benchmark_coder.py``) it holds better on firms not seen, and the machine's counts can be read beside
    the coders'.

    >>> matching_threshold(np.array([0.1, 0.2, 0.6, 0.8]), 2)
    0.4
    """
    wanted = round(uses)
    if not 0 < wanted < len(probabilities):
        return 0.0 if wanted else 1.1
    p = np.sort(probabilities)[::-1]
    return float(np.round((p[wanted - 1] + p[wanted]) / 2, 12))


def sure_thresholds(probabilities: NDArray[np.float64], share: NDArray[np.float64]) -> tuple[float, float]:
    """Return from which probability the machine is sure of a code, and under which it is sure it does not hold.

    Sure: coders applied the code to SURE_SHARE of the passages above, or more (lower end of Wilson's interval,
    1927, one-sided 95 %). Sure it does not: at most LOST_SHARE of what coders coded stands below. 1.1 and 0
    (never) where nothing fits.

    >>> p = np.arange(40) / 40
    >>> sure_thresholds(p, (p > 0.5).astype(float))
    (0.5, 0.525)
    """
    order = np.argsort(-probabilities, kind="stable")
    p, y = probabilities[order], share[order]
    right, rank = np.cumsum(y), np.arange(1, len(p) + 1)
    ends = np.append(p[1:] < p[:-1], True)  # a threshold cannot part equal scores
    share_right, z = right / rank, 1.645
    centre, spread = share_right + z**2 / (2 * rank), share_right * (1 - share_right) / rank + z**2 / (4 * rank**2)
    fit = np.flatnonzero(ends & ((centre - z * np.sqrt(spread)) / (1 + z**2 / rank) >= SURE_SHARE))
    yes = float(p[fit[-1]]) if len(fit) else 1.1
    kept = np.flatnonzero(ends & (right >= (1 - LOST_SHARE) * share.sum() - 1e-9))
    no = float(p[kept[0]]) if len(kept) and share.sum() else 0.0
    return yes, no


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
