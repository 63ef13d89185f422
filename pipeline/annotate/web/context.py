"""A segment and its neighbours in, the lines of the interview around it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Segment, Turn


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as it is shown: what stands before the segment in it, the segment, what stands after.

    ``passage`` is empty where the segment lies in another turn; all is then in ``before``.
    """

    speaker: str
    role: str
    before: str
    passage: str = ""
    after: str = ""


def lines_around(
    segment: Segment, asked: str, before: Sequence[Segment] = (), after: Sequence[Segment] = ()
) -> list[Line]:
    """Show the interview from the first neighbour to the last, the interviewer's turns between them whole.

    ``asked`` comes right before the segment's turn, unless the interviewer's turn shows already.
    """
    talk = segment.transcript
    first = min([segment.start, *(part.start for part in before)])
    last = max([segment.end, *(part.end for part in after)])
    lines: list[Line] = []
    for turn in talk.turns:
        if turn.start <= segment.start < turn.end:
            if asked and not (lines and lines[-1].role == "interviewer"):
                lines.append(Line(_asker(talk.turns, turn), "interviewer", asked))
            lines.append(_around(segment, turn, first, last))
        elif turn.start < last and turn.end > first:
            lines.append(_clipped(talk.text, turn, first, last))
    return lines or [Line(segment.turn.speaker, segment.turn.role, "", segment.text)]


def _around(segment: Segment, turn: Turn, first: int, last: int) -> Line:
    """Cut the segment's own turn in three; an ellipsis stands for what is left out."""
    text = segment.transcript.text
    left, right = max(first, turn.start), max(segment.end, min(last, turn.end))
    before = ("… " if left > turn.start else "") + text[left : segment.start].lstrip()
    after = text[segment.end : right].rstrip() + (" …" if right < turn.end else "")
    return Line(turn.speaker, turn.role, before, segment.text, after)


def _clipped(text: str, turn: Turn, first: int, last: int) -> Line:
    """Cut a respondent's turn to the window; a question is shown whole."""
    if turn.role == "interviewer":
        return Line(turn.speaker, turn.role, text[turn.start : turn.end])
    left, right = max(first, turn.start), min(last, turn.end)
    said = text[left:right].strip()
    return Line(
        turn.speaker, turn.role, ("… " if left > turn.start else "") + said + (" …" if right < turn.end else "")
    )


def _asker(turns: Sequence[Turn], turn: Turn) -> str:
    """Return the label of the last interviewer's turn before ``turn``."""
    return next((t.speaker for t in reversed(turns) if t.role == "interviewer" and t.end <= turn.start), "")
