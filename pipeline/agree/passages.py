"""Coders' own passages in, the u-alpha family out: where they put bounds counts, not only which code.

The text is that which every coder compared has read of the respondents, transcripts end to end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.agree.reading import Reading
from pipeline.agree.unitizing import Bounded, UAlpha, merged, u_alpha
from pipeline.codebook import Codebook
from pipeline.records import Coding

CROSSING = "des passages de codes différents se chevauchent : u-alpha se lit code par code"
_NOTHING = UAlpha(None, None, None, {}, {})


@dataclass(frozen=True, slots=True)
class SpanLine:
    """u-alpha of one code, or of one dimension where no two codes overlap; ``why`` it is undefined, in French."""

    name: str
    kind: str
    coders: tuple[str, ...]
    length: int
    alpha: UAlpha
    why: str = ""


@dataclass(frozen=True, slots=True)
class Merging:
    """Passages of one coder, transcript and code that overlapped and were united: how many disappeared."""

    coder: str
    transcript: str
    code: str
    count: int


def overlapping(codings: Sequence[Coding], coders: Sequence[str]) -> tuple[Merging, ...]:
    """Find the passages of one coder that overlap with the same code."""
    spans: dict[tuple[str, str, str], list[Bounded]] = {}
    for coding in codings:
        for code in coding.codes if coding.coder in coders else ():
            spans.setdefault((coding.coder, coding.transcript, code), []).append((coding.start, coding.end, code))
    counts = {key: merged(one)[1] for key, one in sorted(spans.items())}
    return tuple(Merging(*key, count) for key, count in counts.items() if count)


def on_passages(reading: Reading, codings: Sequence[Coding], codebook: Codebook) -> tuple[SpanLine, ...]:
    """Return a line a code, then a line a dimension; ``reading`` is by character and says who read what."""
    spans, length = laid(reading, codings)
    lines = [_line(code, "code", reading.coders, spans, {code}, length) for code in codebook.ids]
    for dimension in codebook.dimensions:
        if len(dimension.codes) > 1:
            codes = {code.id for code in dimension.codes}
            lines.append(_line(dimension.id, "dimension", reading.coders, spans, codes, length))
    return tuple(lines)


def laid(reading: Reading, codings: Sequence[Coding]) -> tuple[dict[str, list[Bounded]], int]:
    """Return each coder's passages on the text that all have read, and its length.

    What lies outside is cut away, transcripts stand end to end, and passages of one code that overlap are united.
    """
    if reading.places is None:
        raise ValueError("a reading by character is needed")
    read = np.asarray(reading.seen.all(axis=0))
    before = np.concatenate([[0], np.cumsum(reading.weights * read)])
    ends = {}
    for n, name in enumerate(reading.interviews):
        rows = np.flatnonzero(reading.group == n)
        ends[name] = reading.places[rows, 1], before[rows[0] : rows[-1] + 2]
    spans: dict[str, list[Bounded]] = {coder: [] for coder in reading.coders}
    for coding in codings:
        if coding.coder in spans and coding.transcript in ends:
            bounds, laid_ = ends[coding.transcript]
            start, end = (
                int(laid_[np.searchsorted(bounds, at, side="right")]) for at in (coding.start, coding.end)
            )
            if start < end:
                spans[coding.coder] += [(start, end, code) for code in sorted(coding.codes)]
    return {coder: merged(one)[0] for coder, one in spans.items()}, int(before[-1])


def _line(
    name: str,
    kind: str,
    coders: Sequence[str],
    spans: Mapping[str, Sequence[Bounded]],
    codes: set[str],
    length: int,
) -> SpanLine:
    """Return the family for the passages that carry some codes."""
    kept = {coder: sorted(span for span in one if span[2] in codes) for coder, one in spans.items()}
    why = ""
    if not length:
        why = "aucun texte lu par tous les codeurs"
    elif not any(kept.values()):
        why = "aucun passage"
    elif any(one[n][1] > one[n + 1][0] for one in kept.values() for n in range(len(one) - 1)):
        why = CROSSING
    return SpanLine(name, kind, tuple(coders), length, _NOTHING if why else u_alpha(kept, length), why)
