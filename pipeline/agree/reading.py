"""Codings by spans in, matrices of units out: who put which code on what, and who read what.

Two units: the segments that filrouge cuts, with OVERLAP_RULE, and the respondents' characters, as NVivo counts.
A coder with any coding in a transcript has read the whole of it; unless they were given a worklist and coded
nothing outside: they have read the list, and of it only what they coded if they ever said "read, nothing applies".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.align import characters, covers, mark, spoken
from pipeline.records import Coding, Segment

Place = tuple[str, int, int]
Lists = Mapping[str, Collection[Place]]
NOBODY: Lists = {}


@dataclass(frozen=True, slots=True)
class Reading:
    """What R coders said of N units of C codes: ``labels`` (R, N, C), ``seen`` (R, N), ``group`` (N,).

    ``group`` is the number of each unit's interview in ``interviews``, in order; ``unit`` its French name.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    unit: str
    labels: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    group: NDArray[np.int64]
    interviews: tuple[str, ...]

    def of(self, coders: Sequence[str]) -> Reading:
        """Return what some of the coders said."""
        rows = [self.coders.index(coder) for coder in coders]
        return Reading(
            tuple(coders), self.codes, self.unit, self.labels[rows], self.seen[rows], self.group, self.interviews
        )


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
        one.seen & _listed(segments, codings, coder, lists[coder]) if coder in lists else one.seen
        for coder, one in zip(coders, marks, strict=True)
    ]
    names = tuple(dict.fromkeys(segment.transcript.id for segment in segments))
    place = {name: n for n, name in enumerate(names)}
    group = np.array([place[segment.transcript.id] for segment in segments], np.int64)
    shape = (len(coders), len(segments), len(codes))
    read = np.array(seen, dtype=bool).reshape(shape[:2])
    labels = np.array([one.labels for one in marks], dtype=bool).reshape(shape) & read[:, :, None]
    return Reading(tuple(coders), tuple(codes), "segment", labels, read, group, names)


def by_character(
    segments: Sequence[Segment],
    codings: Sequence[Coding],
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    lists: Lists = NOBODY,
) -> Reading:
    """Lay coders' passages on the respondents' characters, blanks included."""
    talks = list({segment.transcript.id: segment.transcript for segment in segments}.values())
    read = {coder: {c.transcript for c in codings if c.coder == coder} for coder in coders}
    kept = [talk for talk in talks if any(talk.id in read[coder] for coder in coders)]
    labels, seen = [], []
    for coder in coders:
        matrices = [characters(talk, codings, coder=coder, codes=codes) for talk in kept]
        labels.append(np.concatenate(matrices or [np.zeros((0, len(codes)), dtype=bool)]))
        part = _part(segments, codings, coder, lists.get(coder))
        parts = [spoken(talk) & part.get(talk.id, talk.id in read[coder]) for talk in kept]
        masks = [one[spoken(talk)] for one, talk in zip(parts, kept, strict=True)]
        seen.append(np.concatenate(masks or [np.zeros(0, dtype=bool)]))
    sizes = [int(spoken(talk).sum()) for talk in kept]
    group = np.repeat(np.arange(len(kept)), sizes)
    mask = np.array(seen)
    names = tuple(talk.id for talk in kept)
    return Reading(
        tuple(coders), tuple(codes), "caractère", np.array(labels) & mask[:, :, None], mask, group, names
    )


def inside(codings: Sequence[Coding], coder: str, places: Collection[Place]) -> bool:
    """Tell whether a coder coded something, and all of it on places of a worklist."""
    by_talk = _by_talk(places)
    mine = [coding for coding in codings if coding.coder == coder]
    return bool(mine) and all(
        any(min(c.end, end) > max(c.start, start) for start, end in by_talk.get(c.transcript, ())) for c in mine
    )


def _listed(
    segments: Sequence[Segment], codings: Sequence[Coding], coder: str, places: Collection[Place]
) -> NDArray[np.bool_]:
    """Return which segments a coder with a worklist has read, (N,)."""
    by_talk = _by_talk(places)
    mine = [coding for coding in codings if coding.coder == coder]
    told = _by_talk({(c.transcript, c.start, c.end) for c in mine})
    explicit = any(not coding.codes for coding in mine)
    found = np.zeros(len(segments), dtype=bool)
    for n, segment in enumerate(segments):
        key, start, end = segment.transcript.id, segment.start, segment.end
        found[n] = any(covers(a, b, start, end) for a, b in by_talk.get(key, ()))
        if explicit and found[n]:
            found[n] = any(min(b, end) > max(a, start) for a, b in told.get(key, ()))
    return found


def _part(
    segments: Sequence[Segment], codings: Sequence[Coding], coder: str, places: Collection[Place] | None
) -> dict[str, NDArray[np.bool_]]:
    """Return, by transcript, which characters a coder with a worklist has read; nothing without a worklist."""
    if places is None:
        return {}
    masks: dict[str, NDArray[np.bool_]] = {}
    read = _listed(segments, codings, coder, places)
    for key, members in groupby(zip(segments, read, strict=True), key=lambda pair: pair[0].transcript.id):
        for segment, seen in members:
            mask = masks.setdefault(key, np.zeros(len(segment.transcript.text), dtype=bool))
            mask[segment.start : segment.end] |= bool(seen)
    return masks


def _by_talk(places: Collection[Place]) -> dict[str, list[tuple[int, int]]]:
    """Group places by transcript."""
    grouped: dict[str, list[tuple[int, int]]] = {}
    for key, start, end in places:
        grouped.setdefault(key, []).append((start, end))
    return grouped
