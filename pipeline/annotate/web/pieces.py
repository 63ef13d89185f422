"""A transcript and what a coder said of it in, its turns cut at every bound out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import spans
from pipeline.annotate.events import Event
from pipeline.records import Transcript, Turn
from pipeline.spans import Span

MARKS = ("decision", "span")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text on which the same codes hold; ``ends`` are the events whose passage closes on it."""

    start: int
    text: str
    codes: tuple[str, ...]
    ends: tuple[Event, ...]


def cut(transcript: Transcript, turn: Turn, events: Sequence[Event], order: Sequence[str]) -> list[Piece]:
    """Cut one turn wherever a passage begins or ends; the pieces joined give the turn back.

    ``order`` is that of the codebook. An event that goes on beyond the turn closes at the turn's end.
    """
    here = [e for e in events if e.kind in MARKS and e.codes]
    text = transcript.text[turn.start : turn.end]
    pieces = []
    for piece in spans.cut(text, [Span(e.start, e.end, e) for e in here], at=turn.start):
        codes = tuple(code for code in order if any(code in e.codes for e in piece.held))
        ends = tuple(e for e in piece.held if min(e.end, turn.end) == piece.end)
        pieces.append(Piece(piece.start, piece.text, codes, ends))
    return pieces


def heading(transcript: Transcript) -> str:
    """Return what the file says before anybody speaks, the first label left out."""
    first = transcript.turns[0].start if transcript.turns else 0
    return transcript.text[:first].rpartition("\n")[0].strip()


def find(text: str, quote: str) -> list[tuple[int, int]]:
    r"""Return where a quotation stands in a text; spaces and apostrophes of any kind are the same.

    >>> find("On exporte.\nOn exporte, l’été.", "exporte, l'été")
    [(15, 29)]
    >>> find("a a", " a "), find("abc", " ")
    ([(0, 1), (2, 3)], [])
    """
    words = [re.escape(word) for word in quote.split()]
    if not words:
        return []
    pattern = re.sub(r"['’]", "['’]", r"\s+".join(words))
    return [found.span() for found in re.finditer(pattern, text)]
