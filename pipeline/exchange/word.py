"""A Project in, a Word document a transcript out: passages shaded, each code a real comment by its coder."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.codebook import Codebook
from pipeline.colours import safe
from pipeline.exchange.archive import settled
from pipeline.exchange.project import Options, Project, is_machine, merged
from pipeline.exchange.schema import legal
from pipeline.records import Coding, Transcript
from pipeline.spans import Piece, Span, cut

_PAPER = 0.72  # share of white in a shade, so that black is read on any code's colour


def write_word(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out one document a transcript, in a folder."""
    documents = {}
    for talk in project.transcripts:
        codings = [coding for coding in merged(project.codings) if coding.transcript == talk.id]
        documents[f"{talk.id}.docx"] = _document(talk, codings, project.codebook, options)
    return documents


def remark(coding: Coding, code: str, codebook: Codebook | None) -> list[str]:
    """Return what the comment of a code says, a paragraph each: the code's label, its score, the coder's note.

    >>> remark(Coding("e", 0, 1, "machine:m", frozenset({"a"}), {"a": 0.8214}), "a", None)
    ['a', 'score : 0,82']
    """
    label = next((entry.label for entry in codebook.codes if entry.id == code), code) if codebook else code
    score = (coding.scores or {}).get(code)
    told = "" if score is None else f"score\u202f: {score:.2f}".replace(".", ",").replace("\u202f", " ")
    return [line for line in (label or "lu, rien ne s’applique", told, coding.note) if line]


def _document(talk: Transcript, codings: Sequence[Coding], codebook: Codebook | None, options: Options) -> bytes:
    """Write one transcript."""
    import docx

    document = docx.Document()
    when = datetime.fromisoformat(options.date)
    document.core_properties.created = document.core_properties.modified = when.replace(tzinfo=None)
    document.core_properties.author = "filrouge"
    document.core_properties.title = legal(talk.id)
    _page(document.sections[0], talk)
    runs = _runs(document, talk, codings, codebook)
    for coding in codings:
        held = [run for piece, run in runs if coding.start <= piece.start and piece.end <= coding.end]
        for code in sorted(coding.codes) or [""]:
            if held:
                _comment(document, held, coding, remark(coding, code, codebook), when)
    file = io.BytesIO()
    document.save(file)
    return settled(file.getvalue())


def _page(section: Any, talk: Transcript) -> None:
    """Make an A4 page; what is not the interview stands in its header, so that the text is the transcript's."""
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(25)
    told = [f"{name} : {value}" for name, value in talk.attributes.items() if value]
    section.header.paragraphs[0].text = legal(" · ".join([talk.id, *told]))


def _runs(
    document: Any, talk: Transcript, codings: Sequence[Coding], codebook: Codebook | None
) -> list[tuple[Piece[Coding], Any]]:
    """Write the text, a paragraph a line, a run wherever a passage begins or ends; shade those that are coded."""
    spans = [Span(coding.start, coding.end, coding) for coding in codings]
    runs = []
    place = 0
    for line in talk.text.split("\n"):
        paragraph = document.add_paragraph()
        here = [span for span in spans if span.start < place + len(line) and span.end > place]
        for piece in cut(line, here, at=place):
            run = paragraph.add_run(legal(piece.text).replace("\r", " "))
            colour = _colour(piece, codebook)
            if colour:
                _shade(run, colour)
            runs.append((piece, run))
        place += len(line) + 1
    return runs


def _colour(piece: Piece[Coding], codebook: Codebook | None) -> str:
    """Return the shade of a piece: that of the first code on it, by the order of the codebook."""
    order = {code.id: code.colour for code in codebook.codes} if codebook else {}
    held = {code for coding in piece.held for code in coding.codes}
    if not held:
        return ""
    return tint(safe(next((colour for code, colour in order.items() if code in held), "")))


def tint(colour: str) -> str:
    """Mix a colour with white.

    >>> tint("#000000"), tint("#ffffff")
    ('b8b8b8', 'ffffff')
    """
    parts = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return "".join(f"{round(255 * _PAPER + part * (1 - _PAPER)):02x}" for part in parts)


def _shade(run: Any, colour: str) -> None:
    """Put a colour behind a run."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    run._r.get_or_add_rPr().append(shade)


def _comment(document: Any, runs: Sequence[Any], coding: Coding, lines: Sequence[str], when: datetime) -> None:
    """Write one comment on a passage."""
    # The machine's name comes first: a reader of Word comments then knows that they are no human's.
    author = f"{coding.coder} (filrouge)" if is_machine(coding.coder) else coding.coder
    initials = "".join(word[0] for word in author.replace("(", " ").split() if word[0].isalnum())[:3].upper()
    words = [part for line in lines for part in legal(line).split("\n")]
    comment = document.add_comment(
        [runs[0], runs[-1]], text=words[0], author=legal(author), initials=initials or "?"
    )
    for line in words[1:]:
        comment.add_paragraph(line)
    from docx.oxml.ns import qn

    comment._comment_elm.set(qn("w:date"), when.strftime("%Y-%m-%dT%H:%M:%SZ"))
