"""Sets of codes in, how far apart they stand out; and alpha on sets. The distance is a choice: always name it.

Passonneau's own data give .01 to .24 with nominal, .39 to .58 with Jaccard, .68 to .80 with MASI distances.
The empty set is a value ("read, nothing applies"): it is at 0 from itself and at 1 from any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.alpha import alpha, tallies

Codes = Collection[str]


def jaccard(one: Codes, other: Codes) -> float:
    """Return Jaccard's distance: 1 - shared / all.

    >>> round(jaccard({"a", "b"}, {"a"}), 2), jaccard(set(), set()), jaccard(set(), {"a"})
    (0.5, 0.0, 1.0)
    """
    one, other = frozenset(one), frozenset(other)
    return 1 - len(one & other) / len(one | other) if one | other else 0.0


def dice(one: Codes, other: Codes) -> float:
    """Return Dice's distance: 1 - 2 shared / (size + size).

    >>> round(dice({"a", "b"}, {"a"}), 4)
    0.3333
    """
    one, other = frozenset(one), frozenset(other)
    return 1 - 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def masi(one: Codes, other: Codes) -> float:
    """Return the MASI distance (Passonneau 2006): 1 - J x M; M is 1, 2/3 (subset), 1/3 (crossing) or 0.

    >>> round(masi({"1", "2"}, {"1", "2", "3", "4"}), 4), masi({"a"}, {"b"})
    (0.6667, 1.0)
    """
    one, other = frozenset(one), frozenset(other)
    if one == other:
        return 0.0
    monotonic = 2 / 3 if one < other or other < one else 1 / 3 if one & other else 0.0
    return 1 - (1 - jaccard(one, other)) * monotonic


def exact(one: Codes, other: Codes) -> float:
    """Return 1 unless the sets are the same: nominal distance.

    >>> exact({"a"}, {"a", "b"}), exact({"a"}, {"a"})
    (1.0, 0.0)
    """
    return float(frozenset(one) != frozenset(other))


# To add a distance between sets of codes: a function above, and a line here (name, as it is told -> function).
DISTANCES: dict[str, Callable[[Codes, Codes], float]] = {
    "MASI": masi,
    "Jaccard": jaccard,
    "Dice": dice,
    "nominal": exact,
}


def alpha_sets(rows: Sequence[Sequence[Codes | None]], distance: Callable[[Codes, Codes], float] = masi) -> float:
    """Return alpha of sets, a row a unit, None where a coder did not read it; nan where it is undefined.

    >>> rows = [[{"a"}, {"a"}], [{"b"}, {"a", "b"}], [set(), set()], [{"a"}, {"a"}]]
    >>> round(alpha_sets(rows, jaccard), 4), round(alpha_sets(rows, masi), 4)
    (0.8108, 0.7586)
    """
    choices, sets = numbered(rows)
    return alpha(tallies(choices, len(sets)), distances(sets, distance))


def numbered(rows: Sequence[Sequence[Codes | None]]) -> tuple[NDArray[np.int64], list[frozenset[str]]]:
    """Give each set a number: (N, R) choices with -1 for None, and the sets in the order of their numbers."""
    sets = sorted({frozenset(cell) for row in rows for cell in row if cell is not None}, key=sorted)
    place = {one: n for n, one in enumerate(sets)}
    cells = [[-1 if cell is None else place[frozenset(cell)] for cell in row] for row in rows]
    return np.array(cells, np.int64).reshape(len(rows), -1), sets


def distances(sets: Sequence[Codes], distance: Callable[[Codes, Codes], float]) -> NDArray[np.float64]:
    """Return the (Q, Q) distances between sets."""
    return np.array([[distance(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))


def alpha_multi_valued(rows: Sequence[Sequence[Codes | None]]) -> float:
    """Return the multi-valued nominal alpha of Krippendorff & Craggs (2016), CMM 10:181.

    The distance is Dice's; what chance would give is drawn from codes, given the sizes of the sets, and not from
    the sets as they stand. Exponential in the size of the sets: for ten codes or so.
    """
    kept = [[frozenset(cell) for cell in row if cell is not None] for row in rows]
    kept = [row for row in kept if len(row) > 1]
    cells = sum(len(row) for row in kept)
    if not cells:
        return float("nan")
    observed = sum(
        dice(one, other) * 2 / (len(row) - 1) for row in kept for one, other in combinations(row, 2)
    ) / cells  # fmt: skip
    expected = _expected_multi_valued([one for row in kept for one in row])
    return 1 - observed / expected if expected > 0 else float("nan")


def _expected_multi_valued(sets: Sequence[frozenset[str]]) -> float:
    """Return the disagreement of two sets whose sizes are drawn from those seen, and whose codes from the uses."""
    sizes = Counter(len(one) for one in sets)
    uses = Counter(code for one in sets for code in one)
    total = len(sets)
    return sum(
        sizes[p] * sizes[q] / total**2 * _mean_distance(p, q, uses)
        for p in sizes for q in sizes
    )  # fmt: skip


def _mean_distance(p: int, q: int, uses: Mapping[str, int]) -> float:
    """Return the mean Dice distance over sets of ``p`` and ``q`` codes, weighted by how often codes are used."""
    if not p and not q:
        return 0.0
    weights, weighted = 0.0, 0.0
    for one in combinations(sorted(uses), p):
        for other in combinations(sorted(uses), q):
            shared = frozenset(one) & frozenset(other)
            weight = prod(uses[c] for c in one) * prod(uses[k] - (k in shared) for k in other)
            weights += weight
            weighted += weight * dice(one, other)
    return weighted / weights if weights else 0.0


def cost_multi_valued(codes: int, largest: int) -> int:
    """Return how many pairs of sets ``alpha_multi_valued`` would look at.

    >>> cost_multi_valued(7, 3)
    4096
    """
    return sum(comb(codes, size) for size in range(largest + 1)) ** 2
