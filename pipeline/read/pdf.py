"""PDF transcripts (.pdf): lines joined into paragraphs, what every page repeats at its top and foot dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, canonical
from pipeline.read.extras import needed
from pipeline.read.wrapped import Line, paragraphs

_PAGE = re.compile(r"(?i)^\W*(?:(?:.{0,80}\W)?(?:page|p\.)\s*)?\d{1,4}\s*(?:(?:/|sur|de|of|[-–])\s*\d{1,4})?\W*$")
_MOST = 3000  # pages
_EDGE = 2  # lines at the top and at the foot of a page that may be repeated ones


def read_pdf(data: bytes, *, name: str) -> Draft:
    """Read a .pdf. Raises ReadError when it is empty, encrypted, damaged, or made of images."""
    pdfium = needed("pypdfium2", name=name, kind="PDF")
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    try:
        document = pdfium.PdfDocument(data)
        try:
            pages = len(document)
            if pages > _MOST:
                raise ReadError(f"{name} : PDF de {pages} pages ; par prudence, il n’est pas lu.")
            lines = [line for number in range(pages) for line in _lines(document, pdfium, number)]
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        raise _refusal(name, str(error)) from None
    if not lines:
        raise ReadError(
            f"{name} : ce PDF ne contient pas de texte, seulement des images. Passez-le par un logiciel de "
            "reconnaissance de caractères (OCR), ou retrouvez le document d’origine."
        )
    kept, dropped = without_furniture(lines, pages)
    notes = (
        "PDF : paragraphes recomposés d’après la mise en page ; le document d’origine serait plus sûr.",
        *_told(dropped),
    )
    return Draft(canonical("\n".join(paragraphs(kept))) + "\n", notes=notes, format="PDF")


def _refusal(name: str, error: str) -> ReadError:
    """Say why a PDF cannot be opened."""
    if "password" in error.lower():
        return ReadError(f"{name} : PDF protégé par un mot de passe. Enregistrez-en une copie sans mot de passe.")
    return ReadError(f"{name} : PDF abîmé ou incomplet. Exportez-le de nouveau depuis le document d’origine.")


def _lines(document: Any, pdfium: Any, number: int) -> list[Line]:
    """Read the lines of one page in the order of its text."""
    page = document[number]
    text = page.get_textpage()
    raw, found, signs = pdfium.raw, [], list[tuple[str, int]]()
    for place in range(text.count_chars() + 1):
        sign = chr(raw.FPDFText_GetUnicode(text, place)) if place < text.count_chars() else "\n"
        if sign == "\x02":  # pdfium's sign for a hyphen that ends a line, and for the end itself
            signs.append(("-", place))
        elif sign not in "\r\n":
            signs.append((sign, place))
            continue
        words = "".join(letter for letter, _ in signs)
        inked = [at for letter, at in signs if not letter.isspace()]
        if inked:
            first, last = text.get_charbox(inked[0], loose=True), text.get_charbox(inked[-1], loose=True)
            found.append(Line(words.strip(), first[0], last[2], first[1], number))
        signs = []
    text.close()
    page.close()
    return found


def without_furniture(lines: Sequence[Line], pages: int) -> tuple[list[Line], list[Line]]:
    """Set apart what stands at one height of most pages, figures aside, and page numbers at their edges."""
    edges: list[Line] = []
    for number in range(pages):
        page = sorted((line for line in lines if line.page == number), key=lambda line: -line.foot)
        edges += page if len(page) <= 2 * _EDGE else [*page[:_EDGE], *page[-_EDGE:]]
    places = Counter((_shape(line), height) for line in edges for height in _heights(line))
    often = max(2, pages / 2)
    dropped = [
        line for line in edges
        if _PAGE.match(line.text) or any(places[_shape(line), height] >= often for height in _heights(line))
    ]  # fmt: skip
    return [line for line in lines if line not in dropped], dropped


def _heights(line: Line) -> tuple[int, int]:
    """Return two bands of eight points that hold a line, so that lines a hair apart share one."""
    return int(line.foot // 8) * 2, int((line.foot + 4) // 8) * 2 + 1


def _shape(line: Line) -> str:
    """Forget the figures of a line: « page 3 » and « page 4 » are one."""
    return re.sub(r"\d+", "0", " ".join(line.text.split()).lower())


def _told(dropped: Sequence[Line]) -> tuple[str, ...]:
    """Show what was taken for headers and footers."""
    shapes = dict.fromkeys(line.text for line in {_shape(line): line for line in reversed(dropped)}.values())
    listed = ", ".join(f"« {text[:40]} »" for text in list(shapes)[:3])
    return (f"En-têtes et pieds de page hors du texte : {listed}.",) if listed else ()
