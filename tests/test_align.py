"""From passages to matrices: which coder marked which segment, and which characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align import characters, mark
from pipeline.records import Coding, Segment, Transcript, Turn

TEXT = "Q : Et alors ? R : " + "x" * 100
TURN = Turn(19, 119, "R", "respondent")
TALK = Transcript("e1", TEXT, (Turn(4, 14, "Q", "interviewer"), TURN))


def said(start: int, end: int, *codes: str, coder: str = "anne", transcript: str = "e1") -> Coding:
    """Return one passage."""
    return Coding(transcript, start, end, coder, frozenset(codes))


@pytest.mark.parametrize(
    ("passage", "marks"),
    [
        ((20, 40), True),  # the segment itself
        ((25, 28), True),  # a short passage inside it
        ((19, 119), True),  # the whole turn
        ((20, 30), True),  # half of the segment
        ((11, 29), True),  # half of the passage
        ((10, 29), False),  # less than half of both
        ((30, 70), True),  # half of the segment, at its end
        ((31, 70), False),  # just under half of it, and of the passage
        ((40, 60), False),  # touching
        ((5, 20), False),
        ((60, 90), False),
    ],
)
def test_half_of_either_is_enough(passage: tuple[int, int], marks: bool) -> None:
    found = mark([Segment(TALK, 20, 40, TURN)], [said(*passage, "a")], coder="anne", codes=("a", "b"))
    assert found.labels.tolist() == [[marks, False]]
    assert found.seen.tolist() == [True]


def test_passages_add_up_and_codes_out_of_the_grid_are_left_out() -> None:
    codings = [said(20, 40, "a"), said(25, 40, "b", "inconnu"), said(20, 40, "b", coder="bob")]
    found = mark([Segment(TALK, 20, 40, TURN)], codings, coder="anne", codes=("a", "b"))
    assert found.labels.tolist() == [[True, True]]


def test_read_and_left_uncoded_is_not_the_same_as_never_read() -> None:
    segments = [Segment(TALK, 20, 40, TURN)]
    read = mark(segments, [said(19, 119)], coder="anne", codes=("a",))
    absent = mark(segments, [said(20, 40, "a", transcript="e2")], coder="anne", codes=("a",))
    assert (read.labels.tolist(), read.seen.tolist()) == ([[False]], [True])
    assert (absent.labels.tolist(), absent.seen.tolist()) == ([[False]], [False])


@given(st.integers(19, 118), st.integers(1, 60), st.integers(19, 118), st.integers(1, 60))
def test_the_rule_is_symmetric_and_needs_a_common_character(a: int, la: int, b: int, lb: int) -> None:
    one, other = (a, min(119, a + la)), (b, min(119, b + lb))

    def marks(segment: tuple[int, int], passage: tuple[int, int]) -> bool:
        found = mark([Segment(TALK, *segment, TURN)], [said(*passage, "a")], coder="anne", codes=("a",))
        return bool(found.labels[0, 0])

    shared = len(set(range(*one)) & set(range(*other)))
    assert marks(one, other) == marks(other, one) == (2 * shared >= min(one[1] - one[0], other[1] - other[0]) > 0)


def test_characters_are_those_of_respondents_alone() -> None:
    matrix = characters(TALK, [said(0, 29, "a"), said(118, 119, "b")], coder="anne", codes=("a", "b"))
    assert matrix.shape == (100, 2)
    assert matrix[:, 0].tolist() == [True] * 10 + [False] * 90
    assert matrix[:, 1].tolist() == [False] * 99 + [True]
