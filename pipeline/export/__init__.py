"""Results in, files out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.export.report import render_report
from pipeline.export.results import AgreementRow, Results
from pipeline.export.tables import codings_csv, segments_csv
from pipeline.write import write_text

__all__ = ["WRITERS", "AgreementRow", "Results", "write_all"]

# To add an export: a module with a function Results -> text, and a line here (file name -> function).
WRITERS: dict[str, Callable[[Results], str]] = {
    "codings.csv": codings_csv,
    "segments.csv": segments_csv,
    "rapport.html": render_report,
}


def write_all(results: Results, folder: Path) -> tuple[Path, ...]:
    """Write every export into ``folder``, each whole or not at all; return the files. Raises OutputError."""
    texts = {folder / name: writer(results) for name, writer in WRITERS.items()}
    for path, text in texts.items():
        write_text(path, text)
    return tuple(texts)
