"""What a session may say of its machine: out-of-fold on the random sample; whether predictions still move.

Kappa on queried segments is wrong by .13 to .20, for they are the hard ones; on the random stream by .02 to .03
(design notes, E3). It stays an indication: the figure to publish comes from a fresh audit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.agree import agreement
from pipeline.annotate.ledger import Ledger
from pipeline.annotate.material import Machine

FOLDS = 5
FEWEST = 20  # segments of the random sample: with fewer, no figure


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: kappa (C,) with NaN where undefined, on ``sample`` segments; ``stability`` or None."""

    answers: int
    kappas: NDArray[np.float64]
    sample: int
    stability: float | None


def measure(
    machine: Machine,
    ledger: Ledger,
    sample: NDArray[np.int64],
    interview: NDArray[np.int64],
    before: NDArray[np.bool_] | None,
    now: NDArray[np.bool_],
) -> Measured:
    """Measure a machine on the random ``sample``, leaving interviews (N,) out in turn.

    ``before`` and ``now`` (N, C) are what the machine says of every segment at the last measure and at this one.
    """
    columns = ledger.labels.shape[1]
    kappas = np.full(columns, np.nan)
    if len(sample) >= FEWEST:
        predicted = out_of_fold(machine, ledger, sample, interview) >= 0.5
        for c in range(columns):
            said = ~np.isnan(ledger.labels[sample, c])
            kappas[c] = _kappa(predicted[said, c], ledger.labels[sample[said], c] == 1)
    left = ~ledger.decided
    moved = None if before is None else stability(before[left], now[left])
    return Measured(ledger.answers, kappas, len(sample), moved)


def out_of_fold(
    machine: Machine, ledger: Ledger, sample: NDArray[np.int64], interview: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Predict each segment of the sample, (M, C), from answers given in other interviews.

    Within one interview, other segments have to do.
    """
    known = ledger.known
    many = len(set(interview[sample].tolist())) > 1
    fold = (np.unique(interview, return_inverse=True)[1] if many else np.arange(len(interview))) % FOLDS
    predicted = np.zeros((len(sample), ledger.labels.shape[1]))
    for one in np.unique(fold[sample]):
        rows = known[fold[known] != one]
        held = fold[sample] == one
        predicted[held] = machine.probabilities(rows, ledger.labels[rows])[sample[held]]
    return predicted


def stability(before: NDArray[np.bool_], now: NDArray[np.bool_]) -> float | None:
    """Return the mean over codes of kappa between successive models (Bloodgood & Vijay-Shanker 2009).

    A code of which neither ever says yes has no kappa; None where no code has one.

    >>> stability(np.array([[True], [False]]), np.array([[True], [False]]))
    1.0
    """
    values = np.array([_kappa(before[:, c], now[:, c]) for c in range(before.shape[1])])
    return float(np.nanmean(values)) if not np.isnan(values).all() else None


def _kappa(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return Cohen's kappa, NaN where it is undefined."""
    found = agreement(one, other).kappa
    return np.nan if found is None else found
