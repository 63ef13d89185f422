"""Segments and codings in, matrices out: which coder marked which segment with which code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Coding, Segment, Transcript

OVERLAP = 0.5
OVERLAP_RULE = (
    "Un passage marque un segment s’il couvre au moins la moitié de ses caractères, "
    "ou si au moins la moitié du passage s’y trouve."
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What one coder said of N segments: ``labels`` (N, C), and ``seen`` (N,), whether they read it."""

    labels: NDArray[np.bool_]
    seen: NDArray[np.bool_]


def mark(segments: Sequence[Segment], codings: Sequence[Coding], *, coder: str, codes: Sequence[str]) -> Marks:
    """Project one coder's passages on segments by OVERLAP_RULE.

    A coder with any coding in a transcript has read the whole of it.
    """
    by_transcript = _by_transcript(codings, coder)
    column = {code: c for c, code in enumerate(codes)}
    labels = np.zeros((len(segments), len(codes)), dtype=bool)
    seen = np.zeros(len(segments), dtype=bool)
    for row, segment in enumerate(segments):
        passages = by_transcript.get(segment.transcript.id)
        seen[row] = passages is not None
        for coding in passages or ():
            if covers(coding.start, coding.end, segment.start, segment.end):
                labels[row, [column[code] for code in coding.codes if code in column]] = True
    return Marks(labels, seen)


def characters(
    transcript: Transcript, codings: Sequence[Coding], *, coder: str, codes: Sequence[str]
) -> NDArray[np.bool_]:
    """Return which codes hold on each character of the respondents' turns, (L, C), blanks included."""
    column = {code: c for c, code in enumerate(codes)}
    whole = np.zeros((len(transcript.text), len(codes)), dtype=bool)
    for coding in _by_transcript(codings, coder).get(transcript.id, ()):
        whole[coding.start : coding.end, [column[code] for code in coding.codes if code in column]] = True
    return np.asarray(whole[spoken(transcript)])


def spoken(transcript: Transcript) -> NDArray[np.bool_]:
    """Return which characters of a transcript are the respondents', (L,)."""
    mask = np.zeros(len(transcript.text), dtype=bool)
    for turn in transcript.turns:
        mask[turn.start : turn.end] |= turn.role == "respondent"
    return mask


def _by_transcript(codings: Sequence[Coding], coder: str) -> dict[str, list[Coding]]:
    """Group one coder's codings by transcript."""
    grouped: dict[str, list[Coding]] = {}
    for coding in codings:
        if coding.coder == coder:
            grouped.setdefault(coding.transcript, []).append(coding)
    return grouped


def covers(start: int, end: int, first: int, last: int) -> bool:
    """Apply OVERLAP_RULE to a passage start-end and a segment first-last.

    >>> covers(0, 10, 5, 25), covers(0, 10, 6, 26)
    (True, False)
    """
    shared = min(end, last) - max(start, first)
    return shared > 0 and shared >= OVERLAP * min(end - start, last - first)
