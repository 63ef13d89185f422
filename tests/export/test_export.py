"""What leaves filrouge: everything escaped, every format written."""

from __future__ import annotations

import csv
import io

import pytest

from pipeline.codebook import parse_codebook
from pipeline.export import WRITERS, Results
from pipeline.records import Coding, Segment, Transcript, Turn

SPEECH = "<script>alert(1)</script> =1+1 « oui » 😀"
TALK = Transcript("e1", f"R : {SPEECH}", (Turn(4, 4 + len(SPEECH), "R", "respondent"),))
DIMENSION = {"id": "d", "codes": [{"id": "a", "label": "A & <i>"}]}
CODEBOOK = parse_codebook({"name": "<b>", "dimensions": [DIMENSION]})
RESULTS = Results(
    "<b>étude", CODEBOOK, (TALK,), (Segment(TALK, 4, 4 + len(SPEECH), TALK.turns[0]),),
    (Coding("e1", 4, 4 + len(SPEECH), "machine:x", frozenset({"a"}), {"a": 0.75}),),
    (), (), (("<f>", "x"),), "x", "0",
)  # fmt: skip


@pytest.mark.parametrize("name", WRITERS)
def test_every_export_is_the_same_twice_and_names_the_transcript(name: str) -> None:
    assert "e1" in WRITERS[name](RESULTS)
    assert WRITERS[name](RESULTS) == WRITERS[name](RESULTS)


def test_speech_is_text_and_never_markup() -> None:
    page = WRITERS["rapport.html"](RESULTS)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "<f>" not in page


def test_codings_keep_the_exact_words() -> None:
    (row,) = csv.DictReader(io.StringIO(WRITERS["codings.csv"](RESULTS)))
    assert (row["quote"], row["code"], row["score"]) == (SPEECH, "a", "0.7500")
