"""Workbooks (.xlsx): one row a turn; each sheet whose header is known is an interview."""

from __future__ import annotations

import datetime
import io
import warnings
from dataclasses import replace
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.archive import parts_of
from pipeline.read.draft import Draft, together
from pipeline.read.extras import needed
from pipeline.read.table import draft_of, named

_KIND = "classeur Excel"
_MOST = 200_000  # cells of a sheet; an interview has a few thousand


def read_sheets(data: bytes, *, name: str) -> Draft:
    """Read an .xlsx. Raises ReadError when it is empty, encrypted or broken, or when no column holds speech."""
    parts = parts_of(data, name=name, kind=_KIND)
    if any(b"<!DOCTYPE" in part[:2000].replace(b"\x00", b"") for part in parts.values()):
        raise ReadError(f"{name} : classeur refusé, car il déclare une DTD, ce qu’Excel ne fait jamais.")
    openpyxl = needed("openpyxl", name=name, kind="Excel")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl warns of is styles, links and validations
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [(str(sheet.title), _rows(sheet, name)) for sheet in book.worksheets]
    except ReadError:
        raise
    except Exception:  # a damaged workbook raises whatever its parts raise: KeyError, ValueError, ParseError…
        raise ReadError(
            f"{name} : {_KIND} abîmé ou incomplet. Rouvrez-le dans Excel et réenregistrez-le."
        ) from None
    full = [(title, rows) for title, rows in sheets if rows]
    if not full:
        raise ReadError(f"{name} : ce classeur est vide.")
    held = [(title, rows) for title, rows in full if "words" in named(rows[0])] or full[:1]
    drafts = [replace(draft_of(rows, name=name), format="Excel", part=title) for title, rows in held]
    aside = [title for title, _ in full if title not in {title for title, _ in held}]
    note = (f"Feuilles sans colonne de texte, laissées de côté : {', '.join(aside[:6])}.",) if aside else ()
    drafts = [replace(draft, notes=(*draft.notes, *note)) for draft in drafts]
    return together(drafts) if len(drafts) > 1 else drafts[0]


def _rows(sheet: Any, name: str) -> list[list[str]]:
    """Return the rows of a sheet that hold something, each cell as it is shown."""
    rows: list[list[str]] = []
    seen = 0
    for cells in sheet.iter_rows(values_only=True):
        seen += len(cells)
        if seen > _MOST:
            raise ReadError(f"{name} : feuille démesurée ; par prudence, elle n’est pas lue.")
        row = [shown(cell) for cell in cells]
        if any(cell.strip() for cell in row):
            rows.append(row)
    return rows


def shown(cell: object) -> str:
    """Write a cell as Excel shows it: whole numbers without a point, times as times.

    >>> shown(3.0), shown(datetime.time(0, 1, 7)), shown(datetime.timedelta(seconds=67.5)), shown(None)
    ('3', '00:01:07', '0:01:07.500000', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, datetime.time) else str(cell)
