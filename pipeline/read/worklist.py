"""Worklists: which segments a coder was given to read, as CSV; read and written, columns in COLUMNS."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CodingError
from pipeline.read.cells import open_table
from pipeline.records import Transcript

COLUMNS = ("transcript", "start", "end", "stratum", "probability", "seed", "rank")
FOLDER = "worklists"
PLAN = Path(FOLDER) / "plan.csv"  # within the study: what `filrouge agree plan` draws

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a worklist: a place, its turn to be read, the chance it had of being drawn, if told.

    ``where`` names file and line, for messages.
    """

    place: Place
    rank: float
    probability: float | None
    where: str


def read_worklist(path: Path, transcripts: Iterable[Transcript]) -> tuple[Listed, ...]:
    """Return a worklist in the order of its ranks. Raises CodingError, naming file and line."""
    known = {transcript.id: len(transcript.text) for transcript in transcripts}
    file, separator = open_table(path, CodingError, what="liste de travail")
    reader = csv.DictReader(file, delimiter=separator)
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise CodingError(
            f"{path}, ligne 1 : il manque {', '.join(missing)}. Colonnes d’une liste : {', '.join(COLUMNS)}. "
            "Une liste de travail s’obtient avec « filrouge agree plan »."
        )
    lines = [_listed(f"{path}, ligne {reader.line_num}", row, known) for row in reader]
    return tuple(sorted(lines, key=lambda one: one.rank))


def _listed(where: str, row: dict[str, str], known: dict[str, int]) -> Listed:
    """Read one row."""
    return Listed(
        _place(where, row, known), _number(row.get("rank")) or 0.0, _number(row.get("probability")), where
    )


def _number(cell: str | None) -> float | None:
    """Read a number, with a French comma if need be; None for anything else.

    >>> _number("0,25"), _number("1"), _number("")
    (0.25, 1.0, None)
    """
    try:
        return float((cell or "").replace(",", "."))
    except ValueError:
        return None


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
