"""The parts of a page: pieces of a turn, context, quotations, keys, curve."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from stand_in import talk

from pipeline.annotate.events import Event
from pipeline.annotate.questions import Point
from pipeline.annotate.web.context import lines_around
from pipeline.annotate.web.curve import draw
from pipeline.annotate.web.hotkeys import KEYS, RESERVED
from pipeline.annotate.web.pieces import cut, find, heading


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), st.sampled_from(["a", "b"])), max_size=8))
def test_pieces_give_each_turn_back_and_every_mark_closes_once_a_turn(bounds: list[tuple[int, int, str]]) -> None:
    made, _ = talk(turns=2)
    events = [
        Event(str(n), "m", "span", "", "e1", min(a, b), max(a, b) + 1, frozenset({code}))
        for n, (a, b, code) in enumerate(bounds)
    ]
    for turn in made.turns:
        pieces = cut(made, turn, events, ("a", "b"))
        assert "".join(piece.text for piece in pieces) == made.text[turn.start : turn.end]
        closed = [event.key for piece in pieces for event in piece.ends]
        assert sorted(closed) == sorted(e.key for e in events if e.start < turn.end and e.end > turn.start)
        for piece in pieces:
            at = piece.start
            assert piece.codes == tuple(
                c for c in "ab" if any(e.start <= at < e.end and c in e.codes for e in events)
            )


def test_context_shows_the_question_once_and_the_passage_whole() -> None:
    made, parts = talk(turns=3)
    for at, part in enumerate(parts):
        lines = lines_around(part, "Et les réseaux ? 🤔", parts[max(0, at - 3) : at], parts[at + 1 : at + 4])
        assert [line.passage for line in lines if line.passage] == [part.text]
        roles = [line.role for line in lines]
        here = next(n for n, line in enumerate(lines) if line.passage)
        assert roles[here - 1] == "interviewer"
        assert all(one != other for one, other in pairwise(roles))
    assert heading(made) == "Entreprise: Pixelune 🏛"


def test_a_quotation_is_found_whatever_its_spaces_and_apostrophes() -> None:
    assert find("L’été (1)\u00a0: a", "l’été") == []
    assert find("L’été (1)\u00a0: a", "L'été (1) :") == [(0, 11)]


def test_no_code_takes_the_key_of_a_command() -> None:
    assert not set(KEYS) & (RESERVED | {"0"})
    assert len(KEYS) == len(set(KEYS))


def test_a_curve_that_falls_under_zero_stays_in_its_frame() -> None:
    drawing = draw([Point(20, -0.5, 4), Point(30, None, 5), Point(40, 1.0, 8)])
    assert drawing
    assert [(x, y) for x, y, _ in drawing.dots] == [(30.0, 126.0), (288.0, 12.0)]
