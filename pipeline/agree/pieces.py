"""Codings by spans in, matrices by character out, without a row a character.

The text is cut wherever any passage compared begins or ends: within a piece every character is coded alike, so
that it stands for all of its characters, by its weight. An hour of talk is some hundred rows, not fifty thousand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.reading import NOBODY, Lists, Place, Reading, by_talk, listed
from pipeline.records import Coding, Segment, Transcript


def by_character(
    segments: Sequence[Segment],
    codings: Sequence[Coding],
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    lists: Lists = NOBODY,
) -> Reading:
    """Lay coders' passages on the respondents' characters, blanks included; transcripts that some coder read."""
    said: dict[str, list[Coding]] = {}
    for coding in codings:
        if coding.coder in coders:
            said.setdefault(coding.transcript, []).append(coding)
    parts = {
        coder: by_talk(_places(segments, listed(segments, codings, coder, lists[coder])))
        for coder in coders if coder in lists
    }  # fmt: skip
    every = {segment.transcript.id: segment.transcript for segment in segments}
    bounds, labels, seen = [], [], []
    for name in (name for name in every if name in said):
        given = [places for one in parts.values() for places in one.get(name, ())]
        at = pieces(every[name], [*((coding.start, coding.end) for coding in said[name]), *given])
        readers = {coding.coder for coding in said[name]}
        masks = [
            _within(at, parts[coder].get(name, ())) if coder in parts else np.full(len(at), coder in readers)
            for coder in coders
        ]
        bounds.append(at)
        labels.append(_labels(at, said[name], coders, codes))
        seen.append(np.array(masks))
    mask = np.concatenate([np.zeros((len(coders), 0), dtype=bool), *seen], axis=1)
    marked = np.concatenate([np.zeros((len(coders), 0, len(codes)), dtype=bool), *labels], axis=1)
    group = np.repeat(np.arange(len(bounds)), [len(at) for at in bounds])
    places = np.concatenate([np.zeros((0, 2), np.int64), *bounds])
    names = tuple(name for name in every if name in said)
    marked &= mask[:, :, None]
    return Reading(tuple(coders), tuple(codes), "caractère", marked, mask, group, names, places)


def pieces(talk: Transcript, spans: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    r"""Cut the respondents' turns of a transcript wherever a span begins or ends: (P, 2) offsets, in order.

    >>> from pipeline.records import Turn
    >>> talk = Transcript("e", "Q : Et ?\nR : On exporte.", (Turn(4, 8, "Q", "interviewer"),
    ...                                                      Turn(13, 24, "R", "respondent")))
    >>> pieces(talk, [(0, 16), (5, 20)]).tolist()
    [[13, 16], [16, 20], [20, 24]]
    """
    turns = [(turn.start, turn.end) for turn in talk.turns if turn.role == "respondent"]
    edges = np.unique(np.array([*turns, *spans], np.int64).reshape(-1))
    cut = np.stack([edges[:-1], edges[1:]], axis=1)
    return cut[_within(cut, turns)]


def _labels(
    at: NDArray[np.int64], codings: Sequence[Coding], coders: Sequence[str], codes: Sequence[str]
) -> NDArray[np.bool_]:
    """Return which codes each coder put on each piece of one transcript, (R, P, C)."""
    column = {code: c for c, code in enumerate(codes)}
    row = {coder: r for r, coder in enumerate(coders)}
    labels = np.zeros((len(coders), len(at), len(codes)), dtype=bool)
    for coding in codings:
        if coding.coder in row:
            first, last = _reach(at, coding.start, coding.end)
            columns = [column[code] for code in coding.codes if code in column]
            labels[row[coding.coder], first:last, columns] = True
    return labels


def _within(at: NDArray[np.int64], spans: Sequence[tuple[int, int]]) -> NDArray[np.bool_]:
    """Return which pieces lie in any of the spans, (P,); pieces never straddle a span's end."""
    inside = np.zeros(len(at), dtype=bool)
    for start, end in spans:
        first, last = _reach(at, start, end)
        inside[first:last] = True
    return inside


def _reach(at: NDArray[np.int64], start: int, end: int) -> tuple[int, int]:
    """Return the first piece of a span, and the one after its last."""
    return int(np.searchsorted(at[:, 0], start)), int(np.searchsorted(at[:, 1], end, side="right"))


def _places(segments: Sequence[Segment], read: NDArray[np.bool_]) -> list[Place]:
    """Return where the segments that were read stand."""
    return [(one.transcript.id, one.start, one.end) for one, seen in zip(segments, read, strict=True) if seen]
