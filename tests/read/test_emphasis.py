"""Questions told apart by bold or italics alone, as many transcripts of Word and LibreOffice do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import pytest
from writers import docx, odt

from pipeline.read import cast
from pipeline.read.odt import read_odt
from pipeline.read.word import read_word

Paragraphs = Sequence[tuple[str, str]]  # (style, words); « mot » stands for a style on one word of the paragraph
INTERVIEW: Paragraphs = (
    ("gras", "Entretien avec la directrice"),
    ("gras", "Depuis quand vendez-vous là-bas ?"),
    ("", "Depuis dix ans."),
    ("", ""),
    ("", "Enfin, onze. Vous voyez ?"),
    ("gras", "Et comment ça a commencé ?"),
    ("", "Par un salon."),
    ("gras", "D’accord. Et la page, elle sert à quoi ?"),
    ("", "À être vus."),
)
ASKED = [
    ("interviewer", "Entretien avec la directrice\nDepuis quand vendez-vous là-bas ?"),
    ("respondent", "Depuis dix ans.\n\nEnfin, onze. Vous voyez ?"),
    ("interviewer", "Et comment ça a commencé ?"),
    ("respondent", "Par un salon."),
    ("interviewer", "D’accord. Et la page, elle sert à quoi ?"),
    ("respondent", "À être vus."),
]
WORD = {"gras": "<w:b/>", "italique": "<w:i/>", "souligné": '<w:u w:val="single"/>', "": '<w:b w:val="0"/>'}
FO = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
ODT = {
    "gras": 'fo:font-weight="bold"',
    "italique": 'fo:font-style="italic"',
    "souligné": 'style:text-underline-style="solid"',
    "": 'fo:font-weight="normal"',
}


def in_word(paragraphs: Paragraphs) -> bytes:
    """Write a Word document whose runs bear the styles."""
    body = "".join(
        f"<w:p><w:r><w:rPr>{WORD[style]}</w:rPr><w:t>{escape(words)}</w:t></w:r></w:p>"
        for style, words in paragraphs
    )
    return docx(body)


def in_opendocument(paragraphs: Paragraphs) -> bytes:
    """Write an OpenDocument text whose paragraphs, or spans for italics, bear automatic styles."""
    styles = "".join(
        f'<style:style style:name="S{name}"><style:text-properties {sign}/></style:style>'
        for name, sign in ODT.items()
    )
    body = ""
    for style, words in paragraphs:
        key = f'text:style-name="S{style}"'
        told = escape(words)
        inner = style == "italique"
        body += (
            f"<text:p><text:span {key}>{told}</text:span></text:p>" if inner else f"<text:p {key}>{told}</text:p>"
        )
    page = f"<office:automatic-styles>{styles}</office:automatic-styles>"
    return odt(body, before=page, names=f' xmlns:fo="{FO}" xmlns:style="{STYLE}"')


READ = {"docx": (in_word, read_word), "odt": (in_opendocument, read_odt)}


def told(form: str, paragraphs: Paragraphs) -> tuple[list[tuple[str, str]], bool, str]:
    """Return who says what, whether that is sure, and the doubts."""
    write, read = READ[form]
    draft = read(write(paragraphs), name=f"e1.{form}")
    found = cast(draft)
    said = [(turn.role, draft.text[turn.start : turn.end]) for turn in found.turns]
    return [(str(role), words) for role, words in said], found.sure, " ".join((*draft.notes, *found.doubts))


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("style", ["gras", "italique", "souligné"])
def test_questions_in_one_style_are_the_interviewers(form: str, style: str) -> None:
    paragraphs = [(style if name else "", words) for name, words in INTERVIEW]
    said, sure, doubts = told(form, paragraphs)
    assert said == ASKED
    assert sure
    assert doubts == f"Pas d’étiquettes : les paragraphes en {style} sont tenus pour les questions."


@pytest.mark.parametrize("form", READ)
def test_answers_in_italics_are_the_respondents(form: str) -> None:
    paragraphs = [("" if name else "italique", words) for name, words in INTERVIEW]
    said, sure, doubts = told(form, paragraphs)
    assert (said, sure) == (ASKED, True)
    assert doubts.endswith("les paragraphes en italique sont tenus pour les réponses.")


Change = Callable[[Paragraphs], Paragraphs]
OTHERWISE: dict[str, Change] = {
    "labels tell already": lambda told: [(s, f"{'Q' if s else 'R'} : {w}" if w else "") for s, w in told],
    "one question alone is in bold": lambda told: [(s if n == 1 else "", w) for n, (s, w) in enumerate(told)],
    "nobody asks": lambda told: [(s, w.replace("?", ".")) for s, w in told],
    "both ask": lambda told: [(s, w + " ?" if w else "") for s, w in told],
}


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize("case", OTHERWISE)
def test_emphasis_says_nothing_where(form: str, case: str) -> None:
    assert "paragraphes en" not in told(form, OTHERWISE[case](INTERVIEW))[2]


def test_a_stressed_word_is_no_question() -> None:
    words = "".join(
        f"<w:p><w:r><w:t>{said} </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>jamais ?</w:t></w:r></w:p>"
        for _, said in INTERVIEW
    )
    assert read_word(docx(words), name="e1.docx").turns is None
