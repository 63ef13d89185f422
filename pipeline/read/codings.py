"""Codings in the exchange format: transcript,start,end,coder,code[,dimension,quote,score,note], a row a code."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.codebook import Codebook
from pipeline.errors import CodingError
from pipeline.read import READERS
from pipeline.read.cells import open_table
from pipeline.read.quotes import agrees, locate
from pipeline.read.sources import text_sha256
from pipeline.records import Coding, Transcript

_KNOWN = ("transcript", "start", "end", "coder", "code", "dimension", "quote", "score", "note", "sha256")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a file, with its place for messages."""

    where: str
    cells: Mapping[str, str]
    coder: str

    def fail(self, what: str) -> CodingError:
        """Make the complaint about this row."""
        return CodingError(f"{self.where} : {what}")


def read_codings(
    path: Path,
    transcripts: Iterable[Transcript],
    codebook: Codebook | None,
    *,
    unread: Collection[str] = (),
) -> tuple[Coding, ...]:
    """Read one file of codings: one Coding per passage and coder, in the order of the file.

    A row without offsets is placed by its quote. Rows on the transcripts named in ``unread`` are passed over;
    without a codebook any code will do. Raises CodingError, naming file and row.
    """
    known = {transcript.id: transcript for transcript in transcripts}
    passages: dict[tuple[str, int, int, str], list[_Row]] = {}
    for row in _rows(path):
        name = _id(row.cells["transcript"])
        if name in known:
            _check_text(row, known[name])
            start, end = _place(row, known[name])
            passages.setdefault((name, start, end, row.coder), []).append(row)
        elif name not in unread:
            raise row.fail(f"transcription « {name} » inconnue. Transcriptions de l’étude : {_list(known)}.")
    return tuple(_coding(place, rows, codebook) for place, rows in passages.items())


def _rows(path: Path) -> list[_Row]:
    """Read the table; the columns are checked before any row."""
    file, separator = open_table(path, CodingError)
    reader = csv.reader(file, delimiter=separator, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        _check_header(path, header)
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(f"{path}, ligne {reader.line_num}", header, cells, path.stem))
    except csv.Error as error:
        raise CodingError(f"{path}, ligne {reader.line_num} : tableau abîmé ({error}).") from None
    return rows


def _check_header(path: Path, header: list[str]) -> None:
    """Ask for the columns without which no row makes sense."""
    missing = [name for name in ("transcript", "code") if name not in header]
    if not ({"start", "end"} <= set(header) or "quote" in header):
        missing.append("start et end (ou quote)")
    if missing:
        raise CodingError(
            f"{path}, ligne 1 : il manque {', '.join(missing)}. Colonnes admises : {', '.join(_KNOWN)}."
        )


def _row(where: str, header: list[str], cells: list[str], stem: str) -> _Row:
    """Name the cells of one row."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise CodingError(
            f"{where} : {len(cells)} cellules pour {len(header)} colonnes ; "
            "un texte qui contient le séparateur doit être entre guillemets."
        )
    named = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    named = {name: named.get(name, "") for name in _KNOWN}
    return _Row(where, named, named["coder"] or stem)


def _check_text(row: _Row, transcript: Transcript) -> None:
    """Refuse a row laid on another text: its sha256, where it is given, is that of the file or of its text."""
    told = row.cells["sha256"].lower()
    if told and told not in (transcript.sha256, text_sha256(transcript)):
        raise row.fail(
            f"le texte de « {transcript.id} » a changé depuis ce codage (empreinte sha256 différente). "
            "Remettez l’ancien fichier dans transcripts/, ou recodez."
        )


def _place(row: _Row, transcript: Transcript) -> tuple[int, int]:
    """Return the passage's offsets: those given, checked, or those of the quote."""
    start, end, quote = row.cells["start"], row.cells["end"], row.cells["quote"]
    if not start and not end:
        return _place_of_quote(row, transcript, quote)
    try:
        first, last = int(start), int(end)
    except ValueError:
        raise row.fail(f"start = « {start} », end = « {end} » ; il faut deux nombres entiers.") from None
    if not 0 <= first < last <= len(transcript.text):
        raise row.fail(
            f"passage {first}–{last} hors du texte de « {transcript.id} », qui va de 0 à {len(transcript.text)} "
            "(et start doit précéder end)."
        )
    passage = transcript.text[first:last]
    if quote and not agrees(quote, passage):
        raise row.fail(
            f"la citation « {_short(quote)} » n’est pas ce qui se trouve "
            f"en {first}–{last} de « {transcript.id} » : "
            f"« {_short(passage)} ». La transcription a-t-elle changé depuis le codage ?"
        )
    return first, last


def _place_of_quote(row: _Row, transcript: Transcript, quote: str) -> tuple[int, int]:
    """Find the only place where the quote stands."""
    if not quote:
        raise row.fail("ni start et end, ni quote : rien ne dit de quel passage il s’agit.")
    places = locate(quote, transcript.text)
    if not places:
        raise row.fail(f"la citation « {_short(quote)} » est introuvable dans « {transcript.id} ».")
    if len(places) > 1:
        raise row.fail(
            f"la citation « {_short(quote)} » figure {len(places)} fois dans « {transcript.id} » ; "
            "allongez-la ou donnez start et end."
        )
    return places[0]


def _coding(place: tuple[str, int, int, str], rows: list[_Row], codebook: Codebook | None) -> Coding:
    """Join the rows of one passage and coder."""
    name, start, end, coder = place
    codes: set[str] = set()
    scores: dict[str, float] = {}
    for row in rows:
        code = _code(row, codebook)
        if code:
            codes.add(code)
            if row.cells["score"]:
                scores[code] = _score(row)
    notes = dict.fromkeys(row.cells["note"] for row in rows if row.cells["note"])
    return Coding(name, start, end, coder, frozenset(codes), scores or None, " ; ".join(notes))


def _code(row: _Row, codebook: Codebook | None) -> str:
    """Resolve the code of a row; "" is "read, nothing applies"."""
    name, dimension = row.cells["code"], row.cells["dimension"]
    if not name or codebook is None:
        return name
    code = codebook.resolve(name)
    if code is None:
        raise row.fail(f"code « {name} » inconnu de la grille. Codes admis : {_list(codebook.ids)}.")
    held = codebook.dimension_of(code)
    if dimension and dimension not in (held.id, held.label):
        raise row.fail(f"le code « {name} » appartient à la dimension « {held.id} », non à « {dimension} ».")
    return code


def _score(row: _Row) -> float:
    """Read a score, with a French decimal comma if need be."""
    try:
        value = float(row.cells["score"].replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise row.fail(f"score « {row.cells['score']} » ; il faut un nombre entre 0 et 1.")
    return value


def _id(cell: str) -> str:
    """Accept a file name for an id."""
    name = unicodedata.normalize("NFC", cell)
    return name.rsplit(".", 1)[0] if name.lower().endswith(tuple(READERS)) else name


def _list(names: Iterable[str]) -> str:
    """List at most twenty names."""
    every = list(names)
    return ", ".join(every[:20]) + (f"… ({len(every)} en tout)" if len(every) > 20 else "")


def _short(text: str) -> str:
    """Cut a quotation for a message."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"
