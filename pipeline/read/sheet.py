"""The sheet of disagreements that a team fills in: results/desaccords.csv, a row a passage and code."""

from __future__ import annotations

import csv
from pathlib import Path

from pipeline.errors import CodingError
from pipeline.read.cells import open_table

NEEDED = ("transcript", "start", "end", "code", "decision")

Row = dict[str, str]


def read_sheet(path: Path) -> tuple[tuple[str, ...], list[tuple[str, Row]]]:
    """Return the columns of a sheet, and its rows, each with its place for messages; cells are stripped.

    Raises CodingError, naming the file, where it cannot be read or lacks a column of NEEDED.
    """
    file, separator = open_table(path, CodingError)
    reader = csv.DictReader(file, delimiter=separator)
    header = tuple(name.strip() for name in reader.fieldnames or ())
    absent = [name for name in NEEDED if name not in header]
    if absent:
        raise CodingError(f"{path}, ligne 1 : il manque {', '.join(absent)}. Partez de results/desaccords.csv.")
    rows = [
        (f"{path}, ligne {reader.line_num}", {name: (row.get(name) or "").strip() for name in header})
        for row in reader
    ]
    return header, rows


def decided(path: Path) -> tuple[Row, ...]:
    """Return the rows of a sheet that someone has begun to fill in; none where there is no sheet."""
    if not path.is_file():
        return ()
    return tuple(row for _, row in read_sheet(path)[1] if row["decision"] or row.get("note"))
