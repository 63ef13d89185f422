"""Counts of two coders in, intervals of kappa out: one for this corpus, one for new interviews.

Two claims, two intervals. Segments of one interview resemble each other, so an interval that takes them for
independent is too short for interviews not yet held; the one for this corpus need not mind.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.alpha import alpha_of_parts, alphas_binary
from pipeline.agree.several import cohen_error
from pipeline.agree.two import Coefficient
from pipeline.agree.two import kappas as kappas

LEVEL = 0.95
DRAWS = 4000
FEWEST = 5  # uses of a code under which no interval holds its promise (measured: design notes, F4)

Interval = tuple[float, float]


def corpus_interval(
    table: NDArray[np.float64], *, seed: int = 0, level: float = LEVEL, of: Coefficient = kappas
) -> Interval | None:
    """Return the interval of kappa, or of another coefficient, for this corpus: as if more of it were read.

    ``table`` (4,) counts both, first alone, second alone, neither. Quantiles over DRAWS tables from the Dirichlet
    posterior with half a unit a cell (Jeffreys). None with fewer than FEWEST uses of the code.

    >>> [round(end, 2) for end in corpus_interval(np.array([40.0, 10, 10, 140]))]
    [0.6, 0.82]
    """
    if uses(table) < FEWEST:
        return None
    shares = np.random.default_rng(seed).dirichlet(np.asarray(table) + 0.5, DRAWS)
    low, high = np.quantile(of(shares), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def transfer_interval(tables: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval of kappa for new interviews of the same kind.

    ``tables`` (K, 4) holds one table an interview. Delete-one-interview jackknife on the atanh scale, with t of
    K - 1 degrees of freedom, half a unit added to each cell; never narrower than what independent segments would
    give (Fleiss, Cohen & Everitt 1969), and never short of the interval for this corpus, which claims less.
    Coverage, measured: docs/methods.md. None with fewer than FEWEST uses of the code, or one interview.

    >>> same = np.tile([10.0, 2, 2, 36], (8, 1))
    >>> [round(end, 2) for end in transfer_interval(same)]
    [0.67, 0.85]
    """
    total = tables.sum(axis=0)
    if len(tables) < 2 or uses(total) < FEWEST:
        return None
    centre = float(np.arctanh(kappas(total + 0.5)))
    left_out = np.arctanh(kappas(total - tables + 0.5))
    floor = _asymptotic(total + 0.5) / (1 - np.tanh(centre) ** 2)
    ends = _back(centre, max(jackknife(left_out), floor), len(tables), level)
    return _hull(ends, corpus_interval(total, level=level))


def alpha_transfer_interval(sums: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval, for new interviews, of one code's alpha between any number of coders.

    ``sums`` (K, 3) are each interview's coincidences yes-yes, yes-no, no-no (``binary_coincidences``). As
    ``transfer_interval``: half a unit a cell for two coders is 1 on each sum, and pairs of coders taken for
    independent units give the floor. None with fewer than FEWEST uses.
    """
    total = sums.sum(axis=0)
    if len(sums) < 2 or (total[0] + total[1]) / 2 < FEWEST:
        return None
    centre = float(np.arctanh(alphas_binary(total + 1)))
    left_out = np.arctanh(alphas_binary(total - sums + 1))
    pairs = np.array([total[0], total[1], total[1], total[2]]) / 2
    floor = _asymptotic(pairs + 0.5) / (1 - np.tanh(centre) ** 2)
    ends = _back(centre, max(jackknife(left_out), floor), len(sums), level)
    return _hull(ends, corpus_interval(pairs, level=level))


def sets_transfer_interval(
    apart: NDArray[np.float64], used: NDArray[np.float64], distances: NDArray[np.float64], *, level: float = LEVEL
) -> Interval | None:
    """Return the interval, for new interviews, of alpha on any values, from its ``parts`` by interview.

    ``apart`` (K,), ``used`` (K, Q), ``distances`` (Q, Q). None with one interview, or where it is undefined or
    perfect with any one interview left out: a jackknife then has nothing to say.
    """
    if len(apart) < 2:
        return None
    whole = alpha_of_parts(apart.sum(), used.sum(axis=0), distances)
    left = alpha_of_parts(apart.sum() - apart, used.sum(axis=0) - used, distances)
    if not np.isfinite(left).all() or left.max() >= 1 or not -1 < left.min() or not -1 < whole < 1:
        return None
    return _back(float(np.arctanh(whole)), jackknife(np.arctanh(left)), len(apart), level)


def difference_interval(joint: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval, for new interviews, of kappa(machine, human) - kappa(other human, human).

    ``joint`` (K, 2, 2, 2) counts segments by interview, then no or yes of the machine, the other human, the human.
    Delete-one-interview jackknife of the difference, t of K - 1 degrees of freedom, half a unit a cell of either
    table, never narrower than what independent segments would give (delta method). None with one interview, or
    fewer than FEWEST uses in either comparison.

    >>> joint = np.tile([[[36.0, 1], [1, 1]], [[2, 1], [1, 9]]], (8, 1, 1, 1))
    >>> [round(end, 2) for end in difference_interval(joint)]
    [-0.14, 0.05]
    """
    total = joint.sum(axis=0)
    if len(joint) < 2 or min(uses(table) for table in _both(total)) < FEWEST:
        return None
    left = np.array([_excess(total - one + 0.25) for one in joint])
    spread = max(jackknife(left), _asymptotic_excess(total + 0.25))
    centre, reach = _excess(total + 0.25), _reach(spread, len(joint), level)
    return centre - reach, centre + reach


def mean_transfer_interval(tables: NDArray[np.float64], *, level: float = LEVEL) -> Interval | None:
    """Return the interval, for new interviews, of the mean kappa over codes; ``tables`` has shape (K, C, 4).

    As ``transfer_interval``, without its floor: the codes of one segment are not independent. Codes used fewer
    than FEWEST times are left out; None where none is left.
    """
    total = tables.sum(axis=0)
    kept = np.array([uses(one) >= FEWEST for one in total], dtype=bool)
    if len(tables) < 2 or not kept.any():
        return None
    centre = float(np.arctanh(kappas(total[kept] + 0.5).mean()))
    left_out = np.arctanh(kappas((total - tables)[:, kept] + 0.5).mean(axis=1))
    return _back(centre, jackknife(left_out), len(tables), level)


def uses(table: NDArray[np.float64]) -> float:
    """Return how often the code was used, as the mean of the two coders, of a table (4,)."""
    return float(table[0] + (table[1] + table[2]) / 2)


def jackknife(left_out: NDArray[np.float64]) -> float:
    """Return the jackknife standard error from the K values that each leave one out."""
    k = len(left_out)
    return float(np.sqrt((k - 1) / k * ((left_out - left_out.mean()) ** 2).sum()))


def _reach(spread: float, k: int, level: float) -> float:
    """Return how far an interval goes on either side: t of k - 1 degrees of freedom."""
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, k - 1) * spread)


def _back(centre: float, spread: float, k: int, level: float) -> Interval:
    """Return an interval from its centre and standard error on the atanh scale."""
    reach = _reach(spread, k, level)
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def _hull(ends: Interval, least: Interval | None) -> Interval:
    """Stretch an interval so that it holds another."""
    return ends if least is None else (min(ends[0], least[0]), max(ends[1], least[1]))


def _asymptotic(table: NDArray[np.float64]) -> float:
    """Return the large-sample standard error of kappa on independent units (Fleiss, Cohen & Everitt 1969)."""
    return cohen_error(np.asarray(table).reshape(2, 2))


def _both(joint: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return, of joint counts (2, 2, 2), the tables machine-human and other human-human: a, b, c, d."""
    return joint.sum(axis=1)[::-1, ::-1].ravel(), joint.sum(axis=0)[::-1, ::-1].ravel()


def _excess(joint: NDArray[np.float64]) -> float:
    """Return kappa(machine, human) - kappa(other human, human)."""
    machine, human = (float(kappas(table)) for table in _both(joint))
    return machine - human


def _asymptotic_excess(joint: NDArray[np.float64]) -> float:
    """Return the large-sample standard error of ``_excess`` on independent units, by the delta method."""
    step = joint.sum() * 1e-6
    slopes = np.zeros(joint.size)
    for n in range(joint.size):
        nudge = np.zeros(joint.size)
        nudge[n] = step
        more, less = joint + nudge.reshape(joint.shape), joint - nudge.reshape(joint.shape)
        slopes[n] = (_excess(more) - _excess(less)) / (2 * step)
    p = joint.ravel() / joint.sum()
    variance = float(p @ slopes**2 - (p @ slopes) ** 2) * float(joint.sum())
    return float(np.sqrt(max(variance, 0.0)))
