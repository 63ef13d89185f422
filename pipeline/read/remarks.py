"""Remarks in the margin of a document (Word, LibreOffice): where they stand, and the codings they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.read.draft import canonical
from pipeline.records import Coding

_NOBODY = "commentaire"  # the coder, where the remark names no author


@dataclass(slots=True)
class Remark:
    """A remark and, once the document was walked, the places it bounds in the raw text."""

    author: str
    words: str
    start: int | None = None
    end: int | None = None


def codings_of(raw: str, text: str, remarks: Iterable[Remark]) -> tuple[Coding, ...]:
    """Return each anchored remark as a coding of its author, whose one code is what the remark says.

    ``raw`` is the text that the places count in, ``text`` what became of it. A remark that bounds nothing stands
    for the line where it is.

    >>> codings_of("Oui, on vend.", "Oui, on vend.", [Remark("Léa", "Ventes", 5, 12)])[0].codes
    frozenset({'Ventes'})
    """
    found, same = [], raw.rstrip("\n") == text.rstrip("\n")
    for remark in remarks:
        if remark.start is None or not remark.words:
            continue
        bounds = (remark.start, remark.end) if remark.end is not None else _line(raw, remark.start)
        start, end = (min(place if same else len(canonical(raw[:place])), len(text)) for place in bounds)
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end:
            code = " ".join(remark.words.split())
            found.append(Coding("", start, end, remark.author or _NOBODY, frozenset({code}), note=remark.words))
    return tuple(sorted(found, key=lambda coding: (coding.start, coding.end, coding.coder)))


def _line(raw: str, place: int) -> tuple[int, int]:
    """Return the bounds of the line around a place."""
    end = raw.find("\n", place)
    return raw.rfind("\n", 0, place) + 1, len(raw) if end < 0 else end


def revisions(count: int) -> tuple[str, ...]:
    """Tell tracked changes.

    >>> revisions(1), revisions(0)
    (('1 révision, version acceptée lue.',), ())
    """
    return (f"{count} révision{'s' if count > 1 else ''}, version acceptée lue.",) if count else ()
