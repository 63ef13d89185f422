"""Worklists: which segments a coder was given to read, as CSV; read and written, columns in COLUMNS."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import CodingError, ReadError
from pipeline.read.text import decode
from pipeline.records import Transcript

COLUMNS = ("transcript", "start", "end", "stratum", "probability", "seed", "rank")
FOLDER = "worklists"

Place = tuple[str, int, int]


def read_worklist(path: Path, transcripts: Iterable[Transcript]) -> tuple[Place, ...]:
    """Return the places of a worklist, in its order. Raises CodingError, naming file and line."""
    known = {transcript.id: len(transcript.text) for transcript in transcripts}
    try:
        text, _ = decode(path.read_bytes(), name=str(path))
    except OSError as error:
        raise CodingError(f"{path} : lecture impossible ({error.strerror or error}).") from None
    except ReadError as error:
        raise CodingError(str(error)) from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise CodingError(
            f"{path}, ligne 1 : il manque {', '.join(missing)}. Colonnes d’une liste : {', '.join(COLUMNS)}."
        )
    return tuple(_place(f"{path}, ligne {reader.line_num}", row, known) for row in reader)


def _place(where: str, row: dict[str, str], known: dict[str, int]) -> Place:
    """Read one row."""
    name = (row["transcript"] or "").strip()
    if name not in known:
        raise CodingError(
            f"{where} : transcription « {name} » inconnue. Connues : {', '.join(sorted(known)[:20])}."
        )
    try:
        start, end = int(row["start"]), int(row["end"])
    except (TypeError, ValueError):
        raise CodingError(f"{where} : start et end doivent être deux nombres entiers.") from None
    if not 0 <= start < end <= known[name]:
        raise CodingError(f"{where} : passage {start}–{end} hors du texte de « {name} » (0 à {known[name]}).")
    return name, start, end
