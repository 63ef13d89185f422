"""Documents: what their margins say becomes codings, what was struck out goes, what pages repeat goes."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from html import escape

import pytest
from writers import archive, docx, odt, pdf, xlsx

from pipeline.read import Draft, cast
from pipeline.read.odt import read_odt
from pipeline.read.page import read_page
from pipeline.read.pdf import read_pdf
from pipeline.read.rtf import read_rtf
from pipeline.read.sheets import read_sheets
from pipeline.read.word import read_word


def quoted(draft: Draft) -> list[tuple[str, set[str], str]]:
    """Return who coded what as what."""
    return [(coding.coder, set(coding.codes), draft.text[coding.start : coding.end]) for coding in draft.codings]


def run(words: str) -> str:
    """Write a run of Word."""
    return f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def comment(number: int, author: str, *paragraphs: str) -> str:
    """Write a comment of Word."""
    told = "".join(f"<w:p>{run(words)}</w:p>" for words in paragraphs)
    return f'<w:comment w:id="{number}" w:author="{author}">{told}</w:comment>'


def test_word_comments_stand_where_they_were_put_whatever_the_accents() -> None:
    summer = "e\u0301te\u0301"
    body = (
        f"<w:p>{run(f'Q : E{summer[1:]} ?')}</w:p>"
        f'<w:p>{run(f"R : L’{summer}, ")}<w:commentRangeStart w:id="1"/>{run("on exporte ")}'
        f'<w:commentRangeStart w:id="2"/>{run("au Japon")}<w:commentRangeEnd w:id="1"/>{run(". 🎌")}</w:p>'
        f'<w:p>{run("Sauf l’hiver.")}<w:commentRangeEnd w:id="2"/><w:r><w:commentReference w:id="2"/></w:r></w:p>'
        f'<w:p>{run("Q : Bien.")}<w:r><w:commentReference w:id="3"/></w:r></w:p>'
    )
    notes = comment(1, "Léa", "Export", "à relire") + comment(2, "Tom", "Pays") + comment(3, "", "Fin")
    draft = read_word(docx(body, comments=notes + comment(4, "Léa", "Nulle part")), name="e1.docx")
    assert draft.text == "Q : Été ?\nR : L’été, on exporte au Japon. 🎌\nSauf l’hiver.\nQ : Bien.\n"
    assert quoted(draft) == [
        ("Léa", {"Export à relire"}, "on exporte au Japon"),
        ("Tom", {"Pays"}, "au Japon. 🎌\nSauf l’hiver."),
        ("commentaire", {"Fin"}, "Q : Bien."),
    ]
    assert draft.codings[0].note == "Export\nà relire"


def test_a_comment_on_what_was_struck_out_marks_nothing() -> None:
    body = (
        f'<w:p>{run("R : On ")}<w:commentRangeStart w:id="1"/>'
        "<w:del><w:r><w:delText>vend</w:delText></w:r></w:del>"
        f'<w:commentRangeEnd w:id="1"/>{run("exporte.")}</w:p>'
    )
    draft = read_word(docx(body, comments=comment(1, "Léa", "Vente")), name="e1.docx")
    assert (draft.text, draft.codings) == ("R : On exporte.\n", ())
    assert draft.notes == ("1 révision, version acceptée lue.",)


def test_an_independent_writer_of_word_is_understood() -> None:
    import docx as python_docx

    document = python_docx.Document()
    document.add_paragraph("Q : Et l’export ?")
    paragraph = document.add_paragraph("R : ")
    marked = [paragraph.add_run("On exporte "), paragraph.add_run("au Japon")]
    paragraph.add_run(".")
    document.add_comment(marked, text="Export", author="Léa", initials="L")
    document.add_table(1, 1).cell(0, 0).text = "Q : Bien."
    file = io.BytesIO()
    document.save(file)
    draft = read_word(file.getvalue(), name="e1.docx")
    assert draft.text == "Q : Et l’export ?\nR : On exporte au Japon.\nQ : Bien.\n"
    assert quoted(draft) == [("Léa", {"Export"}, "On exporte au Japon")]


def test_a_strict_document_whose_main_part_has_another_name() -> None:
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    relation = '<Relationship Type="x/officeDocument" Target="/word/document2.xml"/>'
    data = archive({
        "_rels/.rels": f'<Relationships xmlns="r">{relation}</Relationships>',
        "word/document2.xml": f'<w:document xmlns:w="{strict}"><w:body><w:p>{run("R : Oui.")}</w:p></w:body>'
        "</w:document>",
    })  # fmt: skip
    assert read_word(data, name="e1.docx").text == "R : Oui.\n"


def remark(name: str, author: str, words: str) -> str:
    """Write a remark of OpenDocument."""
    return (
        f'<office:annotation office:name="{name}"><dc:creator>{author}</dc:creator><text:p>{words}</text:p>'
        "</office:annotation>"
    )


def test_opendocument_keeps_blanks_drops_deletions_and_reads_remarks() -> None:
    body = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>vend</text:p>'
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:h>Entretien\n   1</text:h><text:p/>"
        f'<text:p>R :<text:s text:c="2"/>On {remark("a1", "Léa", "Export")}exporte'
        "<text:note><text:p>une note</text:p></text:note>"
        '<office:annotation-end office:name="a1"/> <text:span> peu</text:span><text:tab/>'
        "mais<text:line-break/>bien.</text:p>"
        f"<table><text:p>{remark('a2', 'Tom', 'Lieu')}Q : Où ?</text:p></table>"
    )
    draft = read_odt(odt(body), name="e1.odt")
    assert draft.text == "Entretien 1\n\nR :  On exporte peu\tmais\nbien.\nQ : Où ?\n"
    assert quoted(draft) == [("Léa", {"Export"}, "exporte"), ("Tom", {"Lieu"}, "Q : Où ?")]
    assert draft.notes == ("1 révision, version acceptée lue.",)


def test_an_independent_writer_of_opendocument_is_understood() -> None:
    odfdo = pytest.importorskip("odfdo", reason="odfdo, of the extra « test », writes the document")
    document = odfdo.Document("text")
    document.body.clear()
    for words in ("Q :  Et  l’export ?", "R : Oui,\tbeaucoup.\nÀ l’été."):
        document.body.append(odfdo.Paragraph(words))
    file = io.BytesIO()
    document.save(file)
    assert read_odt(file.getvalue(), name="e1.odt").text == "Q :  Et  l’export ?\nR : Oui,\tbeaucoup.\nÀ l’été.\n"


def test_rich_text_reads_the_accepted_version() -> None:
    told = (
        r"{\rtf1\ansi\ansicpg1252 {\header CONFIDENTIEL}\b Q\~:\b0  Et l\rquote\'e9t\'e9 ?\par "
        r"R\~: On {\deleted\revauthdel0 vend}{\revised\revauth0 exporte}\emdash peu \u8239?!{\footnote note}\par }"
    )
    draft = read_rtf(told.encode("ascii"), name="e1.rtf")
    assert draft.text == "Q\u00a0: Et l’été ?\nR\u00a0: On exporte—peu \u202f!\n"
    assert draft.notes == ("2 révisions, version acceptée lue.",)


Placed = Sequence[tuple[float, float, str]]


def page(number: int, lines: Sequence[str], *, top: str, foot: str) -> Placed:
    """Lay lines out under a header, over a footer."""
    body = [(60.0, 760.0 - 14 * n, line) for n, line in enumerate(lines)]
    return [(60, 800, top), *body, (280, 30, foot.format(number))]


FULL = "mmmm " * 10  # as wide as the text is


def test_headers_and_footers_go_and_wrapped_lines_are_joined() -> None:
    one = ["Q : Et l’export ?", f"R : On vend {FULL}à des", "clients."]
    two = [f"Q : Depuis {FULL}toujours", "ou presque ?", f"R : Oui, {FULL}la visi-", "bilité, peut-"]
    three = ["être. C’est tout.", "Q : Merci."]
    pages = [
        page(n, lines, top="Entretien 12 – privé", foot="– {} –") for n, lines in enumerate((one, two, three))
    ]
    draft = read_pdf(pdf(pages), name="e1.pdf")
    assert draft.text == (
        f"Q : Et l’export ?\nR : On vend {FULL}à des clients.\nQ : Depuis {FULL}toujours ou presque ?\n"
        f"R : Oui, {FULL}la visibilité, peut-être. C’est tout.\nQ : Merci.\n"
    )
    assert draft.notes[1] == "En-têtes et pieds de page hors du texte : « – 0 – », « Entretien 12 – privé »."


def test_a_turn_that_opens_two_pages_is_no_header() -> None:
    pages = [[(60, 800 - 20 * n, "Q : Et après ?"), (60, 700 + 40 * n, f"R : Réponse {n}.")] for n in range(1, 3)]
    draft = read_pdf(pdf(pages), name="e1.pdf")
    assert draft.text.count("Q : Et après ?") == 2


def test_a_new_speaker_after_a_full_line_begins_a_paragraph() -> None:
    lines = [f"Q : {FULL}et donc ?", "R : Oui.", f"Q : {FULL}et", "Note : dix.", "R : Bien."]
    draft = read_pdf(pdf([[(60, 700 - 14 * n, line) for n, line in enumerate(lines)]]), name="e1.pdf")
    assert draft.text == f"Q : {FULL}et donc ?\nR : Oui.\nQ : {FULL}et Note : dix.\nR : Bien.\n"


def test_each_sheet_of_a_workbook_with_known_headers_is_an_interview() -> None:
    head = ("Locuteur", "Début", "Fin", "Texte", "Codes", "Codeuse")
    book = xlsx({
        "Firme A": [head, ("Q", datetime.time(0, 0, 3), 5, "Et ?", None, None),
                    ("R", "0:05", 9.5, "On exporte.", "Export ; Prix", "Léa"),
                    ("Q", None, None, "Bien.", "", "Léa")],
        "Notes": [("À faire", "Quand"), ("relire", "lundi")],
        "Firme B": [head[:1] + head[3:5], ("Q", "Et vous ?", ""), ("R", "Non.", "Refus")],
    })  # fmt: skip
    draft = read_sheets(book, name="e1.xlsx")
    assert (draft.part, [one.part for one in draft.more]) == ("Firme A", ["Firme B"])
    assert [(t.began, t.ended) for t in draft.turns or ()] == [(3.0, 5.0), (5.0, 9.5), (None, None)]
    assert quoted(draft) == [("Léa", {"Export", "Prix"}, "On exporte."), ("Léa", set(), "Bien.")]
    assert quoted(draft.more[0]) == [("tableau", {"Refus"}, "Non.")]
    assert draft.notes == ("Feuilles sans colonne de texte, laissées de côté : Notes.",)


def test_any_other_page_is_read_as_a_text() -> None:
    told = (
        "<!DOCTYPE html><title>x</title><h1>Entretien</h1><p><b>Q&nbsp;:</b> Et\n<i>vous</i>&nbsp;?<br>Là ?</p>"
        "<ul><li>R : &laquo; Oui &raquo;.</li></ul><script>alert(1)</script>"
    )
    draft = read_page(told.encode(), name="e1.html")
    assert draft.text == "Entretien\n\nQ\u00a0: Et vous\u00a0?\nLà ?\n\nR : « Oui ».\n"
    assert [turn.role for turn in cast(draft).turns] == ["interviewer", "respondent"]
    assert draft.notes == ("Page HTML sans minutage de noScribe : lue comme un texte.",)
