"""Segments in, a worklist for a second coder out: how many, and which, drawn at random over all interviews.

Never whole interviews: with 4 of 16 read, 95 % intervals hold in 74 to 94 % of studies (docs/methods.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.intervals import DRAWS, FEWEST, LEVEL
from pipeline.agree.two import kappas
from pipeline.records import Segment

GUESS = 0.7  # kappa expected where nothing is known
UNKNOWN = 0.1  # how often a code is used where nobody has coded yet


@dataclass(frozen=True, slots=True)
class Task:
    """One segment to read: where it stands, its interview, how likely it was to be drawn, its turn."""

    transcript: str
    start: int
    end: int
    stratum: str
    probability: float
    seed: int
    rank: int


@dataclass(frozen=True, slots=True)
class Need:
    """What one code asks for: segments to read for the wished width; None where even the whole corpus is too few.

    ``width`` is what to expect once ``segments`` are read, or the whole corpus.
    """

    code: str
    prevalence: float
    segments: int | None
    width: float | None


def width_of(
    n: int, prevalence: float, kappa: float = GUESS, *, level: float = LEVEL, seed: int = 0
) -> float | None:
    """Return how wide kappa's interval for this corpus is expected to be once ``n`` segments are read by both.

    None where fewer than FEWEST uses are to be expected.

    >>> round(width_of(300, 0.1), 2)
    0.27
    """
    if n * prevalence < FEWEST:
        return None
    p = min(prevalence, 1 - 1e-9)
    split = (1 - kappa) * p * (1 - p)
    table = n * np.array([p - split, split, split, 1 - p - split])
    shares = np.random.default_rng(0).dirichlet(table + 0.5, DRAWS)
    low, high = np.quantile(kappas(shares), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(high - low)


def need_of(code: str, prevalence: float, *, width: float, most: int, kappa: float = GUESS) -> Need:
    """Return how many segments of ``most`` to read so that a code's interval is no wider than ``width``.

    >>> need_of("a", 0.25, width=0.3, most=2000).segments
    120
    """
    whole = width_of(most, prevalence, kappa)
    if whole is None or whole > width:
        return Need(code, prevalence, None, whole)
    few, enough = 0, most
    while enough - few > 5:
        middle = (few + enough) // 2
        found = width_of(middle, prevalence, kappa)
        few, enough = (few, middle) if found is not None and found <= width else (middle, enough)
    n = min(most, -(-enough // 5) * 5)
    return Need(code, prevalence, n, width_of(n, prevalence, kappa))


def shares_of(sizes: Sequence[int], n: int) -> list[int]:
    """Share ``n`` segments among interviews in proportion to their sizes, one at least each.

    Largest remainders; an interview never gives more than it has.

    >>> shares_of([100, 50, 10], 16), shares_of([3, 3], 6), shares_of([5, 5, 5], 1)
    ([10, 5, 1], [3, 3], [1, 1, 1])
    """
    total = sum(sizes)
    wanted = min(max(n, len(sizes)), total)
    exact = [wanted * size / total for size in sizes]
    given = [min(size, max(1, int(share))) for size, share in zip(sizes, exact, strict=True)]
    while sum(given) < wanted:
        open_ = [k for k in range(len(sizes)) if given[k] < sizes[k]]
        given[max(open_, key=lambda k: exact[k] - given[k])] += 1
    while sum(given) > wanted:
        open_ = [k for k in range(len(sizes)) if given[k] > 1]
        given[max(open_, key=lambda k: given[k] - exact[k])] -= 1
    return given


def draw(segments: Sequence[Segment], n: int, *, seed: int) -> tuple[Task, ...]:
    """Draw ``n`` segments at random, in proportion by interview, and give them an order to be read in.

    Interviews alternate along the order, so that whoever stops early has read a part of each. ``probability`` is
    the chance that the segment had of being drawn. Same segments, same seed: same list.
    """
    groups = [list(group) for _, group in groupby(segments, key=lambda segment: segment.transcript.id)]
    rng = np.random.default_rng(seed)
    counts = shares_of([len(group) for group in groups], n)
    drawn: list[tuple[float, Segment, float]] = []
    for group, count in zip(groups, counts, strict=True):
        picked: NDArray[np.int64] = rng.permutation(len(group))[:count]
        turns = (np.arange(count) + rng.random(count)) / count
        drawn += [(float(turn), group[k], count / len(group)) for turn, k in zip(turns, picked, strict=True)]
    drawn.sort(key=lambda item: (item[0], item[1].transcript.id, item[1].start))
    return tuple(
        Task(one.transcript.id, one.start, one.end, one.transcript.id, chance, seed, rank)
        for rank, (_, one, chance) in enumerate(drawn, 1)
    )
