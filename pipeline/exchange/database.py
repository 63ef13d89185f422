"""SQLite files of other tools, opened to be read and nothing else."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError

Rows = list[dict[str, Any]]


class Database:
    """The tables of an open file; a column that a version of the tool lacks reads as None."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Wrap an open connection."""
        self._connection = connection
        self._connection.row_factory = sqlite3.Row

    @property
    def tables(self) -> set[str]:
        """The names of the tables."""
        return {
            row["name"] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        }

    def rows(self, table: str, order: str) -> Rows:
        """Return every row of a table of ours to name, in order; none where the table is not there."""
        if table not in self.tables:
            return []
        return [dict(row) for row in self._connection.execute(f"SELECT * FROM {table} ORDER BY {order}")]


@contextlib.contextmanager
def opened(path: Path, *, tables: Collection[str], tool: str) -> Iterator[Database]:
    """Open ``path`` and check that it has the tables of a tool; what is wrong raises ReadError in French."""
    if not path.is_file():
        raise ReadError(f"{path} : fichier introuvable.")
    connection = None
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        connection.execute("PRAGMA trusted_schema = OFF")
        database = Database(connection)
        missing = set(tables) - database.tables
        if missing:
            raise ReadError(
                f"{path} : ce n’est pas un projet {tool} (table absente : {', '.join(sorted(missing))})."
            )
        yield database
    except (sqlite3.Error, OverflowError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise ReadError(f"{path} : projet {tool} abîmé ou d’une version inconnue ({error}).") from None
    finally:
        if connection is not None:
            connection.close()
