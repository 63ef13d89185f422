"""Transcripts that tell their questions by bold or italics alone: which lines are so, whose turns they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

from pipeline.read.draft import Draft
from pipeline.read.turns import find_turns
from pipeline.records import Role, Turn

STYLES = ("gras", "italique", "souligné")
_MOST = 0.9  # of the letters of a line: less, and a word is stressed, not the line
_LEAST = 2  # turns on either side
_ASKS, _GAP = 0.5, 0.3  # share of turns with a question mark among the interviewer's, and above the others'


class Emphasis:
    """Gathers, line by line, how many letters bear each style while a document is walked."""

    def __init__(self) -> None:
        self._lines: list[Counter[str]] = [Counter()]

    def add(self, piece: str, styles: Collection[str] = ()) -> None:
        """Note a piece of text and the styles that it bears."""
        for number, part in enumerate(piece.split("\n")):
            if number:
                self._lines.append(Counter())
            letters = sum(sign.isalnum() for sign in part)
            self._lines[-1].update(dict.fromkeys(("", *styles), letters))

    def of(self, style: str) -> list[bool]:
        """Tell, line by line, whether it is in that style."""
        return [line[""] > 0 and line[style] >= _MOST * line[""] for line in self._lines]


def told_by_emphasis(draft: Draft, emphasis: Emphasis) -> Draft:
    """Give a draft without labels the turns that its emphasis tells, if one style parts questions from answers."""
    if find_turns(draft.text).kind != "paragraphs":
        return draft
    for style in STYLES:
        marked = emphasis.of(style)
        spans = list(_spans(draft.text, marked))
        role = _role([(draft.text[start:end], held) for start, end, held in spans])
        if role:
            other: Role = "respondent" if role == "interviewer" else "interviewer"
            turns = tuple(Turn(start, end, "", role if held else other) for start, end, held in spans)
            whose = "questions" if role == "interviewer" else "réponses"
            note = f"Pas d’étiquettes : les paragraphes en {style} sont tenus pour les {whose}."
            return Draft(draft.text, turns, (*draft.notes, note), draft.format, codings=draft.codings)
    return draft


def _spans(text: str, marked: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
    """Join the lines of one kind that follow each other, empty lines between or not."""
    lines, place = [], 0
    for number, line in enumerate(text.split("\n")):
        start = place + len(line) - len(line.lstrip())
        if line.strip() and number < len(marked):
            lines.append((start, place + len(line.rstrip()), marked[number]))
        place += len(line) + 1
    for held, group in groupby(lines, key=lambda line: line[2]):
        block = list(group)
        yield block[0][0], block[-1][1], held


def _role(turns: Sequence[tuple[str, bool]]) -> Role | None:
    """Return whose the marked turns are, by who asks; None where that is not plain."""
    marked = ["?" in words for words, held in turns if held]
    plain = ["?" in words for words, held in turns if not held]
    if min(len(marked), len(plain)) < _LEAST:
        return None
    one, other = sum(marked) / len(marked), sum(plain) / len(plain)
    if max(one, other) < _ASKS or abs(one - other) < _GAP:
        return None
    return "interviewer" if one > other else "respondent"
