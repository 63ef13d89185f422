"""Tables (.csv, .tsv): one row a turn; the columns found by their usual names or by their look."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import replace

from pipeline.errors import ReadError
from pipeline.read.clock import seconds
from pipeline.read.draft import Draft, Speech, compose
from pipeline.read.text import decode, oddities

# What each column may be called, without accents, in lower case; to accept another name, add it here.
_HEADERS = {
    "speaker": ("locuteur", "locutrice", "speaker", "participant", "intervenant", "qui", "nom", "name", "role"),
    "words": (
        "texte",
        "text",
        "propos",
        "parole",
        "paroles",
        "transcription",
        "transcript",
        "contenu",
        "verbatim",
    ),
    "began": ("debut", "start", "begin", "debut (s)", "start time", "temps", "time", "timecode"),
    "ended": ("fin", "end", "stop", "end time"),
    "codes": ("code", "codes", "theme", "themes", "categorie", "categories"),
    "coder": ("codeur", "codeuse", "coder", "annotateur", "annotatrice", "annotator"),
}
_CODER = "tableau"  # who coded, where a table has codes and no column for the coder


def read_table(data: bytes, *, name: str) -> Draft:
    r"""Read a table of turns.

    >>> read_table("Locuteur;Texte\nQ;Et ?\nR;Oui.".encode(), name="e1.csv").text
    'Q : Et ?\n\nR : Oui.\n'

    Raises ReadError when no column holds speech.
    """
    text, encoding = decode(data, name=name)
    draft = draft_of(_rows(text, name), name=name)
    return replace(draft, notes=(*oddities(text, encoding), *draft.notes))


def draft_of(rows: list[list[str]], *, name: str) -> Draft:
    """Read rows of cells; columns of codes and coders make codings. Raises ReadError when none holds speech."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    columns = named(rows[0]) if rows else {}
    if "words" in columns:
        rows = rows[1:]
        notes: tuple[str, ...] = ()
    else:
        columns = _guessed(rows)
        notes = ("Tableau sans en-têtes reconnus : colonnes devinées (locuteur, texte).",)
    if "words" not in columns or not rows:
        allowed = ", ".join(_HEADERS["words"])
        raise ReadError(f"{name} : aucune colonne de texte trouvée. Nommez-la, par exemple : {allowed}.")
    draft = compose((_speech(row, columns) for row in rows), notes=notes)
    if not draft.turns:
        raise ReadError(f"{name} : la colonne de texte est vide à toutes les lignes.")
    return draft


def _rows(text: str, name: str) -> list[list[str]]:
    """Split into cells with the delimiter that the first lines use most evenly."""
    lines = [line for line in text.split("\n") if line.strip()][:10]
    if not lines:
        return []
    delimiter = max(";\t,", key=lambda sign: (lines[0].count(sign) > 0, min(line.count(sign) for line in lines)))
    if lines[0].count(";") and delimiter == ",":
        delimiter = ";"
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        raise ReadError(f"{name} : ce tableau est abîmé (guillemet ouvert jamais refermé ?).") from None


def named(header: list[str]) -> dict[str, int]:
    """Find the columns by their names.

    >>> named(["Tour", "Locuteur", "Début", "Texte"])
    {'speaker': 1, 'words': 3, 'began': 2}
    """
    plain = [_plain(cell) for cell in header]
    found = {}
    for role, names in _HEADERS.items():
        places = [plain.index(candidate) for candidate in names if candidate in plain]
        if places:
            found[role] = places[0]
    return found


def _guessed(rows: list[list[str]]) -> dict[str, int]:
    """Take the column with most letters as the words, and a short recurring one before it as the speaker."""
    width = min((len(row) for row in rows), default=0)
    if not width:
        return {}
    letters = [sum(sign.isalpha() for row in rows for sign in row[column]) for column in range(width)]
    words = max(range(width), key=lambda column: letters[column])
    if letters[words] == 0:
        return {}
    for column in range(width):
        values = {row[column].strip() for row in rows}
        if column != words and letters[column] and len(values) <= max(2, len(rows) // 2):
            return {"speaker": column, "words": words}
    return {"words": words}


def _speech(row: list[str], columns: dict[str, int]) -> Speech:
    """Read one row; a short row has empty cells."""
    cells = {role: row[place] if place < len(row) else "" for role, place in columns.items()}
    codes = frozenset(code.strip() for code in re.split(r"[;|\n]", cells.get("codes", "")) if code.strip())
    coder = cells.get("coder", "").strip()
    return Speech(
        " ".join(cells.get("speaker", "").split()).rstrip(" :"),
        cells["words"],
        seconds(cells.get("began", "")),
        seconds(cells.get("ended", "")),
        coder=coder or _CODER,
        codes=codes if codes or (coder and "codes" in columns) else None,
    )


def _plain(cell: str) -> str:
    """Drop accents, case and blanks around.

    >>> _plain(" Début ")
    'debut'
    """
    split = unicodedata.normalize("NFD", cell.strip().lower())
    return "".join(sign for sign in split if not unicodedata.combining(sign))
