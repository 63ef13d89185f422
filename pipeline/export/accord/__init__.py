"""An agreement report in, files out: a table, JSON, the page, the passages to discuss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.export.accord.page import accord_page, discussion_page
from pipeline.export.accord.results import AccordResults
from pipeline.export.accord.tables import accord_json, agreement_csv, disagreements_csv, several_csv
from pipeline.write import write_text

__all__ = ["ACCORD_WRITERS", "AccordResults", "write_accord"]

# To add a file to the agreement report: a function AccordResults -> text, and a line here; "" writes nothing.
ACCORD_WRITERS: dict[str, Callable[[AccordResults], str]] = {
    "agreement.csv": agreement_csv,
    "agreement-all.csv": several_csv,
    "accord.json": accord_json,
    "accord.html": accord_page,
    "desaccords.html": discussion_page,
    "desaccords.csv": disagreements_csv,
}


def write_accord(results: AccordResults, folder: Path) -> tuple[Path, ...]:
    """Write every file into ``folder``, each whole or not at all; return those written. Raises OutputError."""
    texts = {folder / name: writer(results) for name, writer in ACCORD_WRITERS.items()}
    kept = {path: text for path, text in texts.items() if text}
    for path, text in kept.items():
        write_text(path, text)
    return tuple(kept)
