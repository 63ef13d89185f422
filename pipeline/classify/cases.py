"""Transcripts in, the case (firm, organisation) of each out: what cross-validation must not split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.records import Transcript

# Columns of attributes.csv that say which interviews belong to one case, best first.
CASE_COLUMNS = ("entreprise", "firme", "firm", "cas", "case", "organisation")


def cases(transcripts: Sequence[Transcript], column: str | None = None) -> list[str]:
    """Return the case (firm) of each transcript; the transcript itself where nothing says it.

    Raises StudyError if ``column`` is asked for and no transcript has it.
    """
    columns = {name.casefold(): name for talk in transcripts for name in talk.attributes}
    if column is not None and column not in columns.values():
        raise StudyError(
            f"attributes.csv : pas de colonne « {column} ». Colonnes : {', '.join(columns.values()) or 'aucune'}."
        )
    chosen = column or next((columns[name] for name in CASE_COLUMNS if name in columns), "")
    return [talk.attributes.get(chosen) or talk.id for talk in transcripts]


def provenance(folder: Path) -> str:
    """Say in French what a model learnt from: the study's name and the title of its README."""
    return f"Entraîné sur l’étude {origin(folder)}."


def origin(folder: Path) -> str:
    """Name a study: its folder and the title of its README, which says so where the data are simulated."""
    readme = folder / "README.md"
    title = readme.read_text(encoding="utf-8").split("\n")[0].lstrip("# ") if readme.is_file() else ""
    return f"« {folder.resolve().name} »" + (f" : {title}" if title else "")
