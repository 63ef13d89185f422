"""Readings in; where coders differ, most consequential first, and which code is said for which, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.pairs import Pair, tables_of
from pipeline.agree.reading import Reading
from pipeline.agree.two import kappas
from pipeline.codebook import Codebook
from pipeline.records import Segment

NOTHING = ""  # what a coder says instead of a code when they say nothing

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A segment on which coders differ about one code.

    ``sides`` says what each coder who read it put there, machine included. ``gain`` is what kappa, averaged over
    codes and pairs, would gain were this one settled; ``weight`` the same for all the codes in dispute there.
    """

    code: str
    transcript: str
    start: int
    end: int
    sides: tuple[tuple[str, frozenset[str]], ...]
    gain: float
    weight: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """Within one dimension, what one coder says (rows) where the other says something else (columns), in segments.

    ``names`` are the codes, then NOTHING; the diagonal counts what both say.
    """

    dimension: str
    coders: tuple[str, str]
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def worst(self) -> tuple[str, str, int] | None:
        """The code of the first, that which the second says in its place most often, and how often."""
        codes = range(len(self.names) - 1)
        every = [(self.counts[i][j], -i, -j) for i in codes for j in codes if i != j]
        count, i, j = max(every)
        return (self.names[-i], self.names[-j], count) if count else None


def disagreements(
    reading: Reading, segments: Sequence[Segment], *, judges: Sequence[str]
) -> tuple[Disagreement, ...]:
    """List what ``judges`` differ on, a line a segment and code; codes and passages of most consequence first."""
    chosen = reading.of(judges)
    said = np.where(chosen.seen[:, :, None], chosen.labels, False)
    yes, read = said.sum(axis=0), chosen.seen.sum(axis=0)
    differs = (yes > 0) & (yes < read[:, None])
    gains = _gains(chosen) * differs
    weights = gains.sum(axis=1)
    importance = gains.sum(axis=0)
    rows, columns = np.nonzero(differs)
    order = sorted(
        zip(rows.tolist(), columns.tolist(), strict=True),
        key=lambda place: (-importance[place[1]], place[1], -round(weights[place[0]], 12), place[0]),
    )
    return tuple(
        _disagreement(reading, segments[n], n, reading.codes[c], float(gains[n, c]), float(weights[n]))
        for n, c in order
    )


def confusions(
    reading: Reading, codebook: Codebook, *, pairs: Sequence[Pair] | None = None
) -> tuple[Confusion, ...]:
    """Return a table for each pair (every pair, unless ``pairs`` says) and each dimension of two codes or more.

    >>> from pipeline.codebook import parse_codebook
    >>> book = parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": c, "label": c} for c in "xy"]}]})
    >>> labels = np.array([[[1, 0], [1, 0], [1, 0]], [[0, 1], [1, 0], [0, 0]]], dtype=bool)
    >>> seen, group = np.ones((2, 3), bool), np.zeros(3, int)
    >>> reading = Reading(("a", "b"), ("x", "y"), "segment", labels, seen, group, ("e",))
    >>> confusions(reading, book)[0].counts
    ((1, 1, 1), (0, 0, 0), (0, 0, 0))
    """
    found = []
    for pair in combinations(reading.coders, 2) if pairs is None else pairs:
        one, other = map(reading.coders.index, pair)
        both = reading.seen[one] & reading.seen[other]
        for dimension in codebook.dimensions:
            if len(dimension.codes) > 1:
                columns = [reading.codes.index(code.id) for code in dimension.codes]
                mine, theirs = (reading.labels[n][both][:, columns] for n in (one, other))
                names = tuple(code.id for code in dimension.codes)
                found.append(Confusion(dimension.id, pair, (*names, NOTHING), _confusion(mine, theirs)))
    return tuple(found)


def _confusion(mine: NDArray[np.bool_], theirs: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Count, (N, C) each: both say c; one says c where the other says k instead; or says nothing instead."""
    only, also = mine & ~theirs, theirs & ~mine
    counts = only.astype(int).T @ also.astype(int)
    np.fill_diagonal(counts, (mine & theirs).sum(axis=0))
    right = (only & ~np.asarray(also.any(axis=1))[:, None]).sum(axis=0)
    below = (also & ~np.asarray(only.any(axis=1))[:, None]).sum(axis=0)
    neither = int((~mine.any(axis=1) & ~theirs.any(axis=1)).sum())
    whole = np.block([[counts, right[:, None]], [below[None, :], np.array([[neither]])]])
    return tuple(tuple(int(n) for n in row) for row in whole)


def _gains(reading: Reading) -> Array:
    """Return what settling each segment and code would add to the mean kappa, (N, C)."""
    gains = np.zeros(reading.labels.shape[1:])
    pairs = list(combinations(range(len(reading.coders)), 2))
    for one, other in pairs:
        table = tables_of(reading, one, other).sum(axis=0)
        both = (reading.seen[one] & reading.seen[other])[:, None]
        for cell, mine, theirs in ((1, reading.labels[one], reading.labels[other]),
                                   (2, reading.labels[other], reading.labels[one])):  # fmt: skip
            gains += (mine & ~theirs & both) * _gain(table, cell)[None, :]
    return gains / max(len(pairs), 1) / max(len(reading.codes), 1)


def _gain(tables: Array, cell: int) -> Array:
    """Return what kappa gains when one unit of ``cell`` moves to agreement, whichever side gains most, (C,)."""
    moved = []
    for target in (0, 3):
        step = np.zeros(4)
        step[target], step[cell] = 1, -1
        moved.append(np.nan_to_num(kappas(np.maximum(tables + step, 0))))
    return np.asarray(np.maximum(*moved) - np.nan_to_num(kappas(tables)))


def _disagreement(
    reading: Reading, segment: Segment, n: int, code: str, gain: float, weight: float
) -> Disagreement:
    """Lay out one line."""
    sides = tuple(
        (coder, frozenset(np.array(reading.codes)[reading.labels[r, n]].tolist()))
        for r, coder in enumerate(reading.coders) if reading.seen[r, n]
    )  # fmt: skip
    return Disagreement(code, segment.transcript.id, segment.start, segment.end, sides, gain, weight)
