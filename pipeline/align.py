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
            if _marks(coding, segment):
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
    spoken = np.zeros(len(transcript.text), dtype=bool)
    for turn in transcript.turns:
        spoken[turn.start : turn.end] |= turn.role == "respondent"
    return np.asarray(whole[spoken])


def _by_transcript(codings: Sequence[Coding], coder: str) -> dict[str, list[Coding]]:
    """Group one coder's codings by transcript."""
    grouped: dict[str, list[Coding]] = {}
    for coding in codings:
        if coding.coder == coder:
            grouped.setdefault(coding.transcript, []).append(coding)
    return grouped


def _marks(coding: Coding, segment: Segment) -> bool:
    """Apply OVERLAP_RULE."""
    shared = min(coding.end, segment.end) - max(coding.start, segment.start)
    shortest = min(coding.end - coding.start, segment.end - segment.start)
    return shared > 0 and shared >= OVERLAP * shortest
