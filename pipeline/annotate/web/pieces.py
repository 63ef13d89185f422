"""A transcript and what a coder said of it in, its turns cut at every bound out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.annotate.events import Event
from pipeline.records import Transcript, Turn

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
    here = [e for e in events if e.kind in MARKS and e.codes and e.start < turn.end and e.end > turn.start]
    bounds = {max(e.start, turn.start) for e in here} | {min(e.end, turn.end) for e in here}
    pieces = []
    for left, right in pairwise(sorted(bounds | {turn.start, turn.end})):
        held = [e for e in here if e.start < right and e.end > left]
        codes = tuple(code for code in order if any(code in e.codes for e in held))
        ends = tuple(e for e in held if min(e.end, turn.end) == right)
        pieces.append(Piece(left, transcript.text[left:right], codes, ends))
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
