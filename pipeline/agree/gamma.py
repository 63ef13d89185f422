"""Free spans in, Mathet's gamma out (Mathet, Widloecher & Metivier 2015, Computational Linguistics 41:437).

The best alignment of the coders' units and its disorder are exact and computed here; gamma itself compares that
disorder with chance, sampled by ``pygamma-agreement`` (an extra): it is reproducible to about 0.02, and slow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from pipeline.agree.unitizing import Bounded
from pipeline.errors import MissingExtra

DELTA = 1.0  # what it costs to leave a unit alone


@dataclass(frozen=True, slots=True)
class Gamma:
    """gamma (where and what), gamma-cat (what, where units were aligned), and how many samples gave chance."""

    gamma: float
    gamma_cat: float | None
    samples: int


@dataclass(frozen=True, slots=True)
class GammaLine:
    """gamma on one dimension: means over the ``interviews`` in which every coder coded something."""

    dimension: str
    interviews: int
    gamma: float | None
    gamma_cat: float | None


def d_pos(one: tuple[int, int], other: tuple[int, int], delta: float = DELTA) -> float:
    """Return how far apart two units stand: ((|ds| + |de|) / (length + length))^2 delta.

    >>> d_pos((1, 5), (2, 6))
    0.0625
    """
    shift = abs(one[0] - other[0]) + abs(one[1] - other[1])
    return float((shift / (one[1] - one[0] + other[1] - other[0])) ** 2 * delta)


def disorder(spans: Mapping[str, Sequence[Bounded]], *, delta: float = DELTA) -> float:
    """Return the disorder of the best alignment, position and code weighing the same; 0 is perfect.

    Every way to align one unit or none of each coder is a candidate; which to keep, so that each unit is aligned
    once, is an integer programme. For tens of units a coder. Raises ValueError without any unit.

    >>> disorder({"a": [(1, 5, "x")], "b": [(2, 6, "x")]})
    0.0625
    """
    from scipy.optimize import LinearConstraint, milp

    units = [list(one) for one in spans.values()]
    count = sum(map(len, units))
    if not count:
        raise ValueError("no unit to align")
    worst = delta * len(units) * (len(units) - 1) / 2
    ways = [
        way for way in product(*([None, *range(len(one))] for one in units)) if any(n is not None for n in way)
    ]
    costs = np.array([_cost(way, units, delta) for way in ways])
    kept = [n for n, way in enumerate(ways) if costs[n] <= worst or sum(one is not None for one in way) == 1]
    first = np.cumsum([0, *map(len, units)])
    cover = np.zeros((count, len(kept)))
    for column, n in enumerate(kept):
        for coder, unit in enumerate(ways[n]):
            if unit is not None:
                cover[first[coder] + unit, column] = 1
    best = milp(costs[kept], constraints=LinearConstraint(cover, 1, 1), integrality=1, bounds=(0, 1))
    pairs = len(units) * (len(units) - 1) / 2
    return float(best.fun / pairs / (count / len(units)))


def gamma(spans: Mapping[str, Sequence[Bounded]], *, seed: int = 0) -> Gamma:
    """Return gamma and gamma-cat by pygamma-agreement. Raises MissingExtra where it is not installed."""
    try:
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum
    except ImportError:
        raise MissingExtra(
            "L’accord γ demande un paquet de plus : pip install 'filrouge[gamma]'. "
            "Sans lui, les autres mesures sur les passages libres (u-alpha) restent disponibles."
        ) from None
    continuum = Continuum()
    for coder, passages in spans.items():
        for start, end, code in passages:
            continuum.add(coder, Segment(start, end), code)
    cost = CombinedCategoricalDissimilarity(alpha=1, beta=1, delta_empty=DELTA)
    state, level = np.random.get_state(), logging.root.manager.disable
    try:
        np.random.seed(seed)  # the package draws from numpy's global generator, which is given back as it was
        logging.disable(logging.WARNING)  # a warning a sample that CBC is not there; GLPK gives the same
        found = continuum.compute_gamma(cost)
    finally:
        np.random.set_state(state)
        logging.disable(level)
    among = found.gamma_cat
    return Gamma(float(found.gamma), None if np.isnan(among) else float(among), int(found.n_samples))


def gamma_line(
    dimension: str, by_interview: Iterable[Mapping[str, Sequence[Bounded]]], *, seed: int = 0
) -> GammaLine:
    """Return the mean gamma over interviews, each a continuum of its own. Raises MissingExtra."""
    found = [gamma(spans, seed=seed) for spans in by_interview if len(spans) > 1 and all(spans.values())]
    among = [one.gamma_cat for one in found if one.gamma_cat is not None]
    return GammaLine(
        dimension,
        len(found),
        float(np.mean([one.gamma for one in found])) if found else None,
        float(np.mean(among)) if among else None,
    )


def _cost(way: Sequence[int | None], units: Sequence[Sequence[Bounded]], delta: float) -> float:
    """Return the disorder of one alignment, summed over pairs of coders."""
    chosen = [None if n is None else one[n] for one, n in zip(units, way, strict=True)]
    return sum(_apart(one, other, delta) for one, other in combinations(chosen, 2))


def _apart(one: Bounded | None, other: Bounded | None, delta: float) -> float:
    """Return how far apart two units are, in place and code; ``delta`` where one is missing."""
    if one is None or other is None:
        return delta
    return d_pos(one[:2], other[:2], delta) + delta * (one[2] != other[2])
