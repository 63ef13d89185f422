"""Krippendorff's alpha: any number of coders, missing cells, any distance between values.

alpha = 1 - Do / De, where o_ck = sum over units of ordered pairs (c, k) of different coders / (m_u - 1), and
Do = sum o_ck d_ck / n, De = sum n_c n_k d_ck / (n (n - 1)), n_c = sum_k o_ck (Krippendorff 2011, 2019).
Units read by one coder drop out. d is a squared difference, or any distance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def tallies(choices: NDArray[np.int64], categories: int) -> Array:
    """Count, for (N, R) choices, the coders by unit and category: (N, Q). Negative choices are missing.

    >>> tallies(np.array([[0, 1], [1, -1]]), 2).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    counts = np.zeros((len(choices), categories))
    for category in range(categories):
        for column in choices.T:
            counts[:, category] += column == category
    return counts


def coincidences(counts: Array) -> Array:
    """Return the (Q, Q) coincidences of (N, Q) counts.

    >>> coincidences(np.array([[2.0, 0], [1, 1]])).tolist()
    [[2.0, 1.0], [1.0, 0.0]]
    """
    read = counts.sum(axis=1)
    paired = counts[read > 1]
    weighted = paired / (read[read > 1, None] - 1)
    return np.asarray(paired.T @ weighted - np.diag(weighted.sum(axis=0)))


def alpha(counts: Array, apart: ArrayLike | None = None) -> float:
    """Return alpha of (N, Q) counts; ``apart`` (Q, Q) says how far values stand, by default 0 or 1 (nominal).

    nan where one value was used throughout, or no unit was read twice: undefined, never 1.

    >>> ones = tallies(np.array([[0, 0], [1, 1], [0, 1], [0, 0]]), 2)
    >>> round(alpha(ones), 4)
    0.5333
    """
    return alpha_of(coincidences(counts), apart)


def alpha_of(pairs: Array, apart: ArrayLike | None = None) -> float:
    """Return alpha of (Q, Q) coincidences."""
    distance = 1 - np.eye(len(pairs)) if apart is None else np.asarray(apart, np.float64)
    uses = pairs.sum(axis=1)
    expected = float(uses @ distance @ uses)
    if expected <= 0:
        return float("nan")
    return 1 - (float(uses.sum()) - 1) * float((pairs * distance).sum()) / expected


def parts(choices: NDArray[np.int64], apart: Array, group: NDArray[np.int64], groups: int) -> tuple[Array, Array]:
    """Return what alpha is made of, by group of units: disagreement (G,), and uses of each value (G, Q).

    alpha of any groups together is ``alpha_of_parts`` of their sums: one reading of the units serves a jackknife.

    >>> choices = np.array([[0, 0], [1, 1], [0, 1], [0, 0]])
    >>> found = parts(choices, 1 - np.eye(2), np.array([0, 0, 1, 1]), 2)
    >>> round(float(alpha_of_parts(found[0].sum(), found[1].sum(axis=0), 1 - np.eye(2))), 4)
    0.5333
    """
    seen = choices >= 0
    read = seen.sum(axis=1)
    rows = np.flatnonzero(read > 1)
    cells, seen, where = choices[rows], seen[rows], group[rows]
    share = 1 / (read[rows] - 1)
    values = len(apart)
    disagreement = np.zeros(groups)
    uses = np.zeros((groups, values))
    for i in range(cells.shape[1]):
        mine = seen[:, i]
        flat = np.bincount(where[mine] * values + cells[mine, i], minlength=groups * values)
        uses += flat.reshape(groups, values)
        for j in range(i):
            both = mine & seen[:, j]
            far = apart[cells[both, i], cells[both, j]] * share[both]
            disagreement += 2 * np.bincount(where[both], weights=far, minlength=groups)
    return disagreement, uses


def alpha_of_parts(disagreement: ArrayLike, uses: Array, apart: Array) -> Array:
    """Return alpha from sums of parts: disagreement (...), uses (..., Q); nan where it is undefined."""
    n = uses.sum(axis=-1)
    expected = ((uses @ apart) * uses).sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (n - 1) * np.asarray(disagreement) / np.where(expected <= 0, np.nan, expected))


def alphas_binary(sums: Array) -> Array:
    """Return nominal alpha of a yes-or-no value from (..., 3) sums of coincidences: yes-yes, yes-no, no-no.

    "yes-no" counts one order of the pair. Used on thousands of codes, interviews left out and pairs at once.

    >>> alphas_binary(np.array([[2.0, 1, 4], [0, 0, 8]])).round(4).tolist()
    [0.5333, nan]
    """
    both, split, none = np.moveaxis(np.asarray(sums, np.float64), -1, 0)
    yes, no = both + split, none + split
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (yes + no - 1) * split / np.where(yes * no == 0, np.nan, yes * no))


def binary_coincidences(yes: Array, read: Array) -> Array:
    """Return the (..., 3) coincidences of units where ``yes`` of ``read`` coders put the code; 0 where read < 2.

    >>> binary_coincidences(np.array([2.0, 1.0]), np.array([2.0, 3.0])).tolist()
    [[2.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
    """
    no = read - yes
    weight = np.where(read > 1, 1 / np.maximum(read - 1, 1), 0.0)
    return np.stack([yes * (yes - 1) * weight, yes * no * weight, no * (no - 1) * weight], axis=-1) + 0.0


def nominal(values: ArrayLike, uses: Array) -> Array:
    """Return 1 between different values."""
    return np.asarray(1 - np.eye(len(uses)))


def interval(values: ArrayLike, uses: Array) -> Array:
    """Return squared differences."""
    values = np.asarray(values, np.float64)
    return np.asarray((values[:, None] - values[None, :]) ** 2)


def ratio(values: ArrayLike, uses: Array) -> Array:
    """Return squared differences, each over the squared sum."""
    values = np.asarray(values, np.float64)
    sums = values[:, None] + values[None, :]
    return np.asarray(((values[:, None] - values[None, :]) / np.where(sums == 0, 1, sums)) ** 2)


def ordinal(values: ArrayLike, uses: Array) -> Array:
    """Return squared numbers of uses that lie between two ranks, half of each end's own."""
    middle = np.cumsum(uses) - uses / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2)


# To add a level of measurement: a function (values in order, uses of each) -> (Q, Q) distances, and a line here.
LEVELS: dict[str, Callable[[ArrayLike, Array], Array]] = {
    "nominal": nominal,
    "ordinal": ordinal,
    "interval": interval,
    "ratio": ratio,
}


def alpha_of_values(rows: Sequence[Sequence[float | None]], level: str = "nominal") -> float:
    """Return alpha of numbers, a row a unit, None where a coder did not read it.

    Krippendorff (2011), example C, four coders and twelve units:

    >>> rows = [[1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
    ...         [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1],
    ...         [None, None, 3, None]]
    >>> [round(alpha_of_values(rows, level), 3) for level in LEVELS]
    [0.743, 0.815, 0.849, 0.797]
    """
    values = sorted({value for row in rows for value in row if value is not None})
    place = {value: n for n, value in enumerate(values)}
    choices = np.array([[-1 if value is None else place[value] for value in row] for row in rows])
    pairs = coincidences(tallies(choices, len(values)))
    return alpha_of(pairs, LEVELS[level](values, pairs.sum(axis=1)))
