"""Codings by spans in, matrices of units out: who put which code on what, and who read what.

Two units: the segments that filrouge cuts, with OVERLAP_RULE (here), and the respondents' characters, as NVivo
counts them (``pieces.py``).
A coder with any coding in a transcript has read the whole of it; unless they were given a worklist and coded
nothing outside: they have read the list, and of it only what they coded if they ever said "read, nothing applies".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.align import covers, mark
from pipeline.records import Coding, Segment

Place = tuple[str, int, int]
Lists = Mapping[str, Collection[Place]]
NOBODY: Lists = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """What R coders said of N units of C codes: ``labels`` (R, N, C), ``seen`` (R, N), ``group`` (N,).

    ``group`` is the number of each unit's interview in ``interviews``, in order; ``unit`` its French name. By
    character, a row is a piece of text within which nothing changes: ``places`` (N, 2) bound it, None elsewhere.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    unit: str
    labels: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    group: NDArray[np.int64]
    interviews: tuple[str, ...]
    places: NDArray[np.int64] | None = None

    @property
    def weights(self) -> NDArray[np.int64]:
        """How many units each row stands for, (N,): its characters, or 1."""
        if self.places is None:
            return np.ones(len(self.group), np.int64)
        return np.asarray(self.places[:, 1] - self.places[:, 0])

    def of(self, coders: Sequence[str]) -> Reading:
        """Return what some of the coders said."""
        rows = [self.coders.index(coder) for coder in coders]
        return replace(self, coders=tuple(coders), labels=self.labels[rows], seen=self.seen[rows])


def by_segment(
    segments: Sequence[Segment],
    codings: Sequence[Coding],
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    lists: Lists = NOBODY,
) -> Reading:
    """Lay coders' passages on segments."""
    marks = [mark(segments, codings, coder=coder, codes=codes) for coder in coders]
    seen = [
        one.seen & listed(segments, codings, coder, lists[coder]) if coder in lists else one.seen
        for coder, one in zip(coders, marks, strict=True)
    ]
    names = tuple(dict.fromkeys(segment.transcript.id for segment in segments))
    place = {name: n for n, name in enumerate(names)}
    group = np.array([place[segment.transcript.id] for segment in segments], np.int64)
    shape = (len(coders), len(segments), len(codes))
    read = np.array(seen, dtype=bool).reshape(shape[:2])
    labels = np.array([one.labels for one in marks], dtype=bool).reshape(shape) & read[:, :, None]
    return Reading(tuple(coders), tuple(codes), "segment", labels, read, group, names)


def inside(codings: Sequence[Coding], coder: str, places: Collection[Place]) -> bool:
    """Tell whether a coder coded something, and all of it on places of a worklist."""
    grouped = by_talk(places)
    mine = [coding for coding in codings if coding.coder == coder]
    return bool(mine) and all(
        any(min(c.end, end) > max(c.start, start) for start, end in grouped.get(c.transcript, ())) for c in mine
    )


def listed(
    segments: Sequence[Segment], codings: Sequence[Coding], coder: str, places: Collection[Place]
) -> NDArray[np.bool_]:
    """Return which segments a coder with a worklist has read, (N,)."""
    grouped = by_talk(places)
    mine = [coding for coding in codings if coding.coder == coder]
    told = by_talk({(c.transcript, c.start, c.end) for c in mine})
    explicit = any(not coding.codes for coding in mine)
    found = np.zeros(len(segments), dtype=bool)
    for n, segment in enumerate(segments):
        key, start, end = segment.transcript.id, segment.start, segment.end
        found[n] = any(covers(a, b, start, end) for a, b in grouped.get(key, ()))
        if explicit and found[n]:
            found[n] = any(min(b, end) > max(a, start) for a, b in told.get(key, ()))
    return found


def by_talk(places: Collection[Place]) -> dict[str, list[tuple[int, int]]]:
    """Group places by transcript."""
    grouped: dict[str, list[tuple[int, int]]] = {}
    for key, start, end in places:
        grouped.setdefault(key, []).append((start, end))
    return grouped
