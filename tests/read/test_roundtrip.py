"""What a format can hold comes back letter for letter, whatever the signs: property tests over the writers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writers import (
    Speeches,
    cha,
    docx,
    eaf,
    noscribe,
    odt,
    otr,
    rtf,
    table,
    tei,
    textgrid,
    trs,
    whisperx,
    xlsx,
)  # fmt: skip

from pipeline.read import read_file
from pipeline.records import Transcript

LETTERS = "abcdeéèàçôœ ’.?!,…–()\u00a0\u202f\u0301😀🎌8"
MARKUP = LETTERS + "<>&\"'{}\\[]*#:;/|_+%@~="
# Suffix -> how a dialogue is written, and the signs that its words may hold.
WRITERS: dict[str, tuple[Callable[[Speeches], bytes], str]] = {
    ".trs": (trs, MARKUP),
    ".eaf": (eaf, MARKUP),
    ".xml": (tei, MARKUP),
    ".json": (whisperx, MARKUP.replace(":", "").replace("[", "").replace("<", "").replace("{", "")),
    ".textgrid": (lambda speeches: textgrid(speeches).encode("utf-16"), MARKUP),
    ".xlsx": (lambda speeches: xlsx(speeches=speeches), MARKUP),
    ".csv": (lambda speeches: table(";", speeches).encode(), MARKUP.replace('"', "")),
    ".html": (noscribe, MARKUP.replace(":", "").replace("[", "").replace("/", "")),
    ".cha": (cha, LETTERS.replace(".", "").replace(",", "")),
    ".docx": (lambda speeches: docx(speeches=speeches), LETTERS + "<>&"),
    ".odt": (lambda speeches: odt(speeches=speeches), LETTERS + "<>&"),
    ".otr": (otr, LETTERS + "<>&"),
    ".rtf": (rtf, LETTERS + "{}\\"),
}


def dialogues(signs: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Draw four speeches of two voices; each begins with a letter and holds no two blanks in a row."""
    words = st.text(alphabet=signs, max_size=30).map(
        lambda drawn: "A" + re.sub(r"\s\s+", " ", drawn).rstrip() + "a"
    )
    pairs = st.lists(words, min_size=4, max_size=4)
    return pairs.map(lambda said: list(zip(("Enquêteur", "Mme L.") * 2, said, strict=True)))


def said(transcript: Transcript) -> list[tuple[str, str]]:
    """Return who says what."""
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


@pytest.mark.parametrize("suffix", WRITERS)
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_words_come_back_letter_for_letter(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    written, signs = WRITERS[suffix]
    speeches = data.draw(dialogues(signs))
    path = tmp_path / f"e1{suffix}"
    path.write_bytes(written(speeches))
    (interview,) = read_file(path)
    talk = interview.transcript
    assert said(talk) == [(who, unicodedata.normalize("NFC", words)) for who, words in speeches]
    assert talk.text == unicodedata.normalize("NFC", talk.text)
    assert "\r" not in talk.text


@settings(deadline=None, max_examples=60)
@given(
    before=st.text(alphabet=LETTERS + "\n", max_size=20),
    marked=st.text(alphabet="abe\u0301é 😀", min_size=1, max_size=12),
    after=st.text(alphabet="abc \n", max_size=9),
)
def test_a_remark_marks_the_same_words_before_and_after_composition(before: str, marked: str, after: str) -> None:
    from pipeline.read.draft import canonical
    from pipeline.read.remarks import Remark, codings_of

    raw = f"{before}x{marked}y{after}"
    start = len(before) + 1
    text = canonical(raw)
    found = codings_of(raw, text, [Remark("Léa", "Code", start, start + len(marked))])
    expected = unicodedata.normalize("NFC", f"x{marked}")[1:].strip()
    if marked[0] == "\u0301":
        return  # an accent that lands on the letter before belongs to it
    assert [text[coding.start : coding.end] for coding in found] == ([expected] if expected else [])
