"""Projects of other tools in, studies out, and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ReadError
from pipeline.exchange.annotations import read_annotations
from pipeline.exchange.annotations_write import write_argilla, write_doccano, write_labelstudio, write_prodigy
from pipeline.exchange.codebook_files import (
    read_codebook_table,
    read_toml,
    write_codebook_csv,
    write_codebook_toml,
)
from pipeline.exchange.columns import read_rows
from pipeline.exchange.iramuteq import write_iramuteq
from pipeline.exchange.project import Exporter, Importer, Memo, Options, Project, Setting, Unplaced
from pipeline.exchange.qdc import read_qdc, write_qdc
from pipeline.exchange.qualcoder import read_qualcoder
from pipeline.exchange.refi_read import read_qdpx
from pipeline.exchange.refi_write import PROFILES, write_qdpx
from pipeline.exchange.segments import looks_like_segments, read_segments
from pipeline.exchange.taguette import read_taguette
from pipeline.exchange.taguette_write import write_taguette
from pipeline.exchange.word import write_word
from pipeline.exchange.workbook import write_workbook

__all__ = [
    "EXPORTERS", "IMPORTERS", "PROFILES", "Export", "Exporter", "Importer", "Memo", "Options", "Project",
    "Setting", "Unplaced", "recognised",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """An exporter, the suffix of what it writes ("" for a folder), and what that is, in French."""

    write: Exporter
    suffix: str
    what: str


# To read another tool: a module with a function (path, setting) -> Project, a line here, and its suffix below.
IMPORTERS: dict[str, Importer] = {
    "qdpx": read_qdpx,
    "qdc": read_qdc,
    "taguette": read_taguette,
    "qualcoder": read_qualcoder,
    "segments": read_segments,
    "annotations": read_annotations,
    "grille": read_codebook_table,
    "toml": read_toml,
}
SUFFIXES = {
    ".qdpx": "qdpx", ".qdc": "qdc", ".qda": "qualcoder", ".sqlite3": "taguette", ".sqlite": "taguette",
    ".db": "taguette", ".json": "annotations", ".jsonl": "annotations", ".toml": "toml",
}  # fmt: skip

# To write for another tool: a module with a function (project, options) -> {name: bytes}, and a line here.
EXPORTERS: dict[str, Export] = {
    "qdpx": Export(write_qdpx, ".qdpx", "projet REFI-QDA (NVivo, MAXQDA, ATLAS.ti, QualCoder…)"),
    "qdc": Export(write_qdc, ".qdc", "grille REFI-QDA"),
    "taguette": Export(write_taguette, ".sqlite3", "projet Taguette"),
    "docx": Export(write_word, "", "un document Word par entretien, codes en commentaires"),
    "xlsx": Export(write_workbook, ".xlsx", "segments codés, une feuille par code"),
    "iramuteq": Export(write_iramuteq, ".txt", "corpus IRaMuTeQ des segments codés"),
    "doccano": Export(write_doccano, ".jsonl", "annotations doccano"),
    "prodigy": Export(write_prodigy, ".jsonl", "annotations Prodigy"),
    "argilla": Export(write_argilla, ".jsonl", "annotations Argilla"),
    "labelstudio": Export(write_labelstudio, ".json", "annotations Label Studio"),
    "grille-csv": Export(write_codebook_csv, ".csv", "grille en tableau"),
    "grille-toml": Export(write_codebook_toml, ".toml", "grille en codebook.toml"),
}


def recognised(path: Path) -> str:
    """Return which importer reads a file: by its suffix, and for a table by its headings. Raises ReadError."""
    if not path.exists():
        raise ReadError(f"{path} : fichier introuvable.")
    suffix = path.suffix.lower()
    if path.is_dir():
        if (path / "data.qda").is_file():
            return "qualcoder"
        raise ReadError(f"{path} : ce dossier n’est pas un projet QualCoder (il y manque data.qda).")
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if suffix in (".csv", ".tsv", ".txt", ".xlsx", ".xlsm"):
        return "segments" if looks_like_segments(read_rows(path)) else "grille"
    allowed = ", ".join([*SUFFIXES, ".csv", ".xlsx"])
    raise ReadError(f"{path} : suffixe « {suffix} » inconnu. Formats importés : {allowed}, et les dossiers .qda.")
