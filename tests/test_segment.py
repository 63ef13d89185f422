"""Segments of the sixteen simulated interviews: exact offsets, nothing lost, nothing said twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.read.study import read_study
from pipeline.records import Segment, Transcript
from pipeline.segment import LONGEST, load_senter, segment_all, words

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def groups() -> list[tuple[Transcript, list[Segment]]]:
    talks = read_study(ROOT / "corpora/rsn-pe").transcripts
    return list(zip(talks, segment_all(talks, nlp=load_senter()), strict=True))


def test_segments_are_ordered_disjoint_and_inside_a_respondent_turn(
    groups: list[tuple[Transcript, list[Segment]]],
) -> None:
    for _, group in groups:
        at = 0
        for segment in group:
            assert at <= segment.start < segment.end
            assert segment.turn.start <= segment.start
            assert segment.end <= segment.turn.end
            assert segment.turn.role == "respondent"
            assert segment.text == segment.text.strip()
            at = segment.end


def test_every_letter_of_a_respondent_is_in_one_segment(groups: list[tuple[Transcript, list[Segment]]]) -> None:
    for talk, group in groups:
        held = {at for segment in group for at in range(segment.start, segment.end)}
        aside = {at for match in re.finditer(r"\([^()]*\)|\[[^]]*\]", talk.text) for at in range(*match.span())}
        spoken = {at for t in talk.turns if t.role == "respondent" for at in range(t.start, t.end)}
        assert "".join(talk.text[at] for at in sorted(spoken - held - aside) if talk.text[at].isalnum()) == ""


def test_no_unit_is_endless(groups: list[tuple[Transcript, list[Segment]]]) -> None:
    assert max(words(segment.text) for _, group in groups for segment in group) <= LONGEST + 3
