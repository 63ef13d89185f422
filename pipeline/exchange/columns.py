"""Tables of other tools (CSV, XLSX) in, rows by heading out; the headings are known in three languages."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import CodingError, ReadError
from pipeline.exchange.archive import Archive
from pipeline.read.cells import open_table

Row = Mapping[str, str]

# What each column is called in MAXQDA, ATLAS.ti, NVivo, Taguette, QualCoder, Dedoose and ours, in French, English
# and German. To add a heading: one word here, in lower case and without accents.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "document": (
        "document name", "nom du document", "nom de document", "dokumentname", "document", "documents",
        "dokument", "transcript", "transcription", "entretien", "interview", "source", "sources",
        "fichier", "file", "file name", "filename", "media title", "nom de la source", "quelle", "datei",
        "name of document", "document de citation",
    ),
    "code": (
        "code", "codes", "coding", "kode", "kodes", "tag", "tags", "etiquette", "theme", "themes", "node",
        "nodes", "noeud", "noeuds", "knoten", "code name", "nom du code", "codename", "code path",
        "chemin du code", "category", "categorie", "kategorie", "codes applied combined", "name", "path",
        "nom", "codes de la citation",
    ),
    "segment": (
        "segment", "coded segment", "segment code", "codiertes segment", "text", "texte", "content",
        "contenu", "inhalt", "quotation content", "contenu de la citation", "zitatinhalt", "zitat",
        "quote", "quotation", "citation", "passage", "extrait", "excerpt", "excerpt copy", "selected text",
        "seltext", "coded text", "texte code", "coverage text", "quotation name", "nom de la citation",
    ),
    "begin": (
        "begin", "beginning", "start", "debut", "anfang", "von", "start position", "position de debut",
        "pos0",
    ),
    "end": (
        "end", "fin", "ende", "bis", "end position", "position de fin", "pos1",
    ),
    "reference": (
        "reference", "reference de la citation", "referenz", "paragraph", "paragraphe", "absatz",
    ),
    "coder": (
        "coder", "codeur", "codeuse", "author", "auteur", "autor", "created by", "cree par",
        "erstellt von", "user", "utilisateur", "benutzer", "owner", "coded by", "code par", "modified by",
        "initials",
    ),
    "note": (
        "comment", "commentaire", "kommentar", "memo", "note", "comments", "remarque", "segment comment",
    ),
    "dimension": (
        "dimension", "parent code", "code parent", "obercode", "code group", "groupe de codes", "group",
    ),
    "label": (
        "label", "libelle", "intitule", "bezeichnung",
    ),
    "definition": (
        "definition", "description", "beschreibung", "code memo", "memo de code", "codememo", "comment",
        "commentaire", "kommentar", "memo",
    ),
    "colour": (
        "colour", "color", "couleur", "farbe",
    ),
}  # fmt: skip


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table; headings in lower case, without accents. Raises CodingError or ReadError."""
    table = _xlsx(path) if path.suffix.lower() in (".xlsx", ".xlsm") else _csv(path)
    start = _heading(table)
    if start is None:
        raise CodingError(f"{path} : tableau vide.")
    head = [plain(cell) for cell in table[start]]
    rows = []
    for cells in table[start + 1 :]:
        if any(cell.strip() for cell in cells):
            rows.append({name: cell for name, cell in zip(head, cells, strict=False) if name})
    return rows


def named(row: Row, column: str) -> str:
    """Return the cell of the first heading of a row that is a synonym of ``column`` and is filled.

    >>> named({"document name": "E01", "document": ""}, "document")
    'E01'
    """
    return next((row[name].strip() for name in SYNONYMS[column] if row.get(name, "").strip()), "")


def has(rows: Sequence[Row], column: str) -> bool:
    """Tell whether a table has a column."""
    return bool(rows) and any(name in rows[0] for name in SYNONYMS[column])


def plain(heading: str) -> str:
    r"""Put a heading in lower case, without accents or marks.

    >>> plain("\ufeffSegment codé "), plain("Contenu de la citation :")
    ('segment code', 'contenu de la citation')
    """
    split = unicodedata.normalize("NFKD", heading.replace("œ", "oe").replace("Œ", "oe").lower())
    kept = "".join(
        sign if sign.isalnum() or sign in " _-/" else "" if unicodedata.combining(sign) else " " for sign in split
    )
    return " ".join(kept.replace("_", " ").split())


def _heading(table: Sequence[Sequence[str]]) -> int | None:
    """Find the row of headings: the first with two filled cells, else the first filled."""
    filled = [n for n, cells in enumerate(table[:30]) if sum(bool(cell.strip()) for cell in cells) > 1]
    anything = [n for n, cells in enumerate(table[:30]) if any(cell.strip() for cell in cells)]
    return next(iter(filled or anything), None)


def _csv(path: Path) -> list[list[str]]:
    """Read a CSV, whatever its separator and encoding."""
    file, separator = open_table(path, ReadError)
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise CodingError(f"{path}, ligne {reader.line_num} : tableau abîmé ({error}).") from None


def _xlsx(path: Path) -> list[list[str]]:
    """Read the first sheet of a workbook."""
    Archive(path)  # refuses bombs before openpyxl unpacks anything
    try:
        import openpyxl
    except ImportError:
        raise ReadError(
            f"{path} : lire un .xlsx demande openpyxl. Installez-le : pip install 'filrouge[formats]'"
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        rows = [
            ["" if cell is None else str(cell) for cell in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
        book.close()
    except Exception:  # openpyxl lets through whatever its parsers raise
        raise ReadError(f"{path} : classeur abîmé. Rouvrez-le et réenregistrez-le en .xlsx ou en .csv.") from None
    return rows
