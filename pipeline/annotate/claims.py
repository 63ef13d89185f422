"""One coder, one session: a lock that the system takes back by itself when its holder dies."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError


def claim(engine: Any, coder: str) -> contextlib.AbstractContextManager[None]:
    """Hold the session of ``coder`` on a store until the block ends. Raises StoreError if it is held."""
    return _in_file(Path(engine.url.database), coder) if engine.name == "sqlite" else _on_server(engine, coder)


@contextlib.contextmanager
def _in_file(store: Path, coder: str) -> Iterator[None]:
    """Lock a small file beside the store, with SQLite's own locks: the same on every system."""
    held = store.with_name(f".{store.name}.{_digest(coder):016x}.lock")
    try:
        connection = sqlite3.connect(held, timeout=0.2, isolation_level=None, check_same_thread=False)
    except sqlite3.OperationalError:
        raise StoreError(f"{store.parent} : ce dossier est en lecture seule ; rendez-le modifiable.") from None
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise StoreError(_held(coder)) from None
        raise StoreError(f"{held.parent} : ce dossier est en lecture seule ; rendez-le modifiable.") from None
    try:
        yield
    finally:
        # The file stays, empty: to remove it would let two hold what they take for the same lock.
        connection.close()


@contextlib.contextmanager
def _on_server(engine: Any, coder: str) -> Iterator[None]:
    """Take an advisory lock, which lives as long as its connection."""
    from sqlalchemy import text

    with engine.connect() as connection:
        number = _digest(coder) >> 1  # PostgreSQL counts in signed 64 bits
        got = connection.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number})
        connection.commit()
        if not got:
            raise StoreError(_held(coder))
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": number})
            connection.commit()


def _digest(coder: str) -> int:
    """Return 64 bits that stand for a coder."""
    return int.from_bytes(hashlib.sha256(coder.encode()).digest()[:8], "big")


def _held(coder: str) -> str:
    """Say that a coder is at work already."""
    return (
        f"« {coder} » a déjà une séance ouverte sur cette étude. Reprenez-la dans son navigateur, ou fermez-la "
        "(Ctrl-C dans son terminal) ; pour un autre codeur, donnez un autre nom à --coder."
    )
