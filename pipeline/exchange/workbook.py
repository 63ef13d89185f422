"""A Project in, an Excel workbook out: every coded segment, then one sheet a code, then the codebook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.errors import OutputError
from pipeline.exchange.archive import settled
from pipeline.exchange.project import Options, Project, merged
from pipeline.exchange.schema import legal
from pipeline.records import Coding

HEAD = ("Document", "Dimension", "Code", "Segment", "Codeur", "Score", "Note", "Début", "Fin")
_LONGEST = 32_767  # signs in a cell of Excel
_WIDTHS = (22, 18, 26, 90, 18, 9, 30, 9, 9)


def write_workbook(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay the workbook out; raises OutputError where openpyxl is not installed."""
    try:
        import openpyxl
    except ImportError:
        raise OutputError(
            "Écrire un .xlsx demande openpyxl. Installez-le : pip install 'filrouge[formats]'"
        ) from None
    book = openpyxl.Workbook()
    when = datetime.fromisoformat(options.date).replace(tzinfo=None)
    book.properties.creator, book.properties.created, book.properties.modified = "filrouge", when, when
    columns = list(dict.fromkeys(name for talk in project.transcripts for name in talk.attributes))
    rows = list(_rows(project, columns))
    taken = {"segments codés", "grille"}
    _sheet(book.active, "Segments codés", [*HEAD, *columns], [row for _, row in rows])
    for code in project.codebook.codes if project.codebook else ():
        held = [row for name, row in rows if name == code.id]
        _sheet(book.create_sheet(), _title(code.label, taken), [*HEAD, *columns], held)
    _codebook_sheet(book, project)
    file = io.BytesIO()
    book.save(file)
    return {f"{project.name}.xlsx": _undated(settled(file.getvalue()), options.date)}


def _rows(project: Project, columns: Sequence[str]) -> Iterator[tuple[str, list[object]]]:
    """Yield (code, row), the attributes last; a passage to which nothing applies has no row."""
    talks = {talk.id: talk for talk in project.transcripts}
    for coding in merged(project.codings):
        talk = talks[coding.transcript]
        for code in sorted(coding.codes):
            yield code, [*_cells(project, coding, code), *(talk.attributes.get(name, "") for name in columns)]


def _cells(project: Project, coding: Coding, code: str) -> list[object]:
    """Lay out one code of one passage."""
    book = project.codebook
    known = book is not None and code in book.ids
    dimension = book.dimension_of(code).label if book and known else ""
    label = next(entry.label for entry in book.codes if entry.id == code) if book and known else code
    quote = project.text_of(coding.transcript)[coding.start : coding.end]
    score = (coding.scores or {}).get(code, "")
    return [
        coding.transcript, dimension, label, quote, coding.coder, score, coding.note, coding.start, coding.end
    ]  # fmt: skip


def _title(label: str, taken: set[str]) -> str:
    """Make a sheet's title: at most 31 signs, none of those that Excel refuses, none twice.

    >>> taken = {"a b"}
    >>> _title("A/b", taken), _title("x" * 40, taken)
    ('A b 2', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')
    """
    plain = " ".join(re.sub(r"[\[\]:*?/\\]", " ", legal(label)).split()).strip("'") or "code"
    title, n = plain[:31].strip(), 1
    while title.lower() in taken:
        n += 1
        title = f"{plain[: 30 - len(str(n))].strip()} {n}"
    taken.add(title.lower())
    return title


def _sheet(sheet: Any, title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Fill a sheet: headings that stay in sight, filters, no formula whatever a cell begins with."""
    from openpyxl.styles import Alignment, Font

    sheet.title = title
    for r, row in enumerate([head, *rows], 1):
        for c, value in enumerate(row, 1):
            cell = sheet.cell(r, c)
            cell.value = value if isinstance(value, int | float) else None
            if isinstance(value, str) and value:
                cell.value = _plain(value)
                cell.data_type = "s"
            cell.alignment = Alignment(vertical="top", wrap_text=c == 4)
            if r == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for n, width in enumerate(_WIDTHS[: len(head)]):
        sheet.column_dimensions[chr(ord("A") + n)].width = width


def _plain(value: str) -> str:
    """Keep what a cell may hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", legal(value))[:_LONGEST]


def _codebook_sheet(book: Any, project: Project) -> None:
    """Write the codebook, last."""
    if project.codebook is None:
        return
    rows = [
        [dimension.label, code.id, code.label, code.definition, " | ".join(code.include), " | ".join(code.exclude)]
        for dimension in project.codebook.dimensions for code in dimension.codes
    ]  # fmt: skip
    _sheet(
        book.create_sheet(), "Grille", ["Dimension", "Code", "Intitulé", "Définition", "Inclure", "Exclure"], rows
    )


def _undated(data: bytes, date: str) -> bytes:
    """Put back the date that openpyxl replaces by the hour of saving."""
    import zipfile

    from pipeline.exchange.archive import pack_archive

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + date.encode(), core)
    return pack_archive(parts)
