"""Counts of two coders in, intervals of kappa out: one for this corpus, one for new interviews.

Two claims, two intervals. Segments of one interview resemble each other, so an interval that takes them for
independent is too short for interviews not yet held; the one for this corpus need not mind.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.two import kappas as kappas

LEVEL = 0.95
DRAWS = 4000
FEWEST = 5  # uses of a code under which no interval holds its promise (measured: design notes, F4)

Interval = tuple[float, float]


def corpus_interval(table: NDArray[np.float64], *, seed: int = 0, level: float = LEVEL) -> Interval | None:
    """Return the interval of kappa for this corpus, as if more of the same segments were read.

    ``table`` (4,) counts both, first alone, second alone, neither. Quantiles of kappa over DRAWS tables from the
    Dirichlet posterior with half a unit a cell (Jeffreys). None with fewer than FEWEST uses of the code.

    >>> [round(end, 2) for end in corpus_interval(np.array([40.0, 10, 10, 140]))]
    [0.6, 0.82]
    """
    if _uses(table) < FEWEST:
        return None
    shares = np.random.default_rng(seed).dirichlet(np.asarray(table) + 0.5, DRAWS)
    low, high = np.quantile(kappas(shares), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def transfer_interval(tables: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval of kappa for new interviews of the same kind.

    ``tables`` (K, 4) holds one table an interview. Delete-one-interview jackknife on the atanh scale, with t of
    K - 1 degrees of freedom, half a unit added to each cell; never narrower than what independent segments would
    give (Fleiss, Cohen & Everitt 1969). Coverage, measured: 93 % to 98 % (design notes, A3). None with fewer than
    FEWEST uses of the code, or one interview.

    >>> same = np.tile([10.0, 2, 2, 36], (8, 1))
    >>> [round(end, 2) for end in transfer_interval(same)]
    [0.67, 0.85]
    """
    total = tables.sum(axis=0)
    if len(tables) < 2 or _uses(total) < FEWEST:
        return None
    from scipy.stats import t

    centre = float(np.arctanh(kappas(total + 0.5)))
    left_out = np.arctanh(kappas(total - tables + 0.5))
    spread = max(_jackknife(left_out), _asymptotic(total + 0.5) / (1 - np.tanh(centre) ** 2))
    reach = t.ppf((1 + level) / 2, len(tables) - 1) * spread
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def mean_transfer_interval(tables: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval, for new interviews, of the mean kappa over codes; ``tables`` has shape (K, C, 4).

    As ``transfer_interval``, without its floor: the codes of one segment are not independent. Codes used fewer
    than FEWEST times are left out; None where none is left.
    """
    total = tables.sum(axis=0)
    kept = np.array([_uses(one) >= FEWEST for one in total], dtype=bool)
    if len(tables) < 2 or not kept.any():
        return None
    from scipy.stats import t

    centre = float(np.arctanh(kappas(total[kept] + 0.5).mean()))
    left_out = np.arctanh(kappas((total - tables)[:, kept] + 0.5).mean(axis=1))
    reach = t.ppf((1 + level) / 2, len(tables) - 1) * _jackknife(left_out)
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def _uses(table: NDArray[np.float64]) -> float:
    """Return how often the code was used, as the mean of the two coders."""
    return float(table[0] + (table[1] + table[2]) / 2)


def _jackknife(left_out: NDArray[np.float64]) -> float:
    """Return the jackknife standard error from the K values that each leave one out."""
    k = len(left_out)
    return float(np.sqrt((k - 1) / k * ((left_out - left_out.mean()) ** 2).sum()))


def _asymptotic(table: NDArray[np.float64]) -> float:
    """Return the large-sample standard error of kappa on independent units (Fleiss, Cohen & Everitt 1969)."""
    p = np.array([[table[0], table[1]], [table[2], table[3]]]) / table.sum()
    row, column = p.sum(axis=1), p.sum(axis=0)
    observed, expected = float(np.trace(p)), float(row @ column)
    kappa = (observed - expected) / (1 - expected)
    sums = column[:, None] + row[None, :]
    on = sum(p[i, i] * (1 - (row[i] + column[i]) * (1 - kappa)) ** 2 for i in range(2))
    off = (1 - kappa) ** 2 * (p[0, 1] * sums[0, 1] ** 2 + p[1, 0] * sums[1, 0] ** 2)
    variance = (on + off - (kappa - expected * (1 - kappa)) ** 2) / (1 - expected) ** 2 / table.sum()
    return float(np.sqrt(max(variance, 0.0)))
