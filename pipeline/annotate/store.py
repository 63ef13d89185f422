"""The store of events: one SQLite file a study, or a PostgreSQL database for a team. Append-only."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from pipeline.annotate.events import Event


class Store:
    """Keeps events. Safe to use from several threads; several processes may share one store."""

    def append(self, event: Event) -> bool:
        """Store ``event`` durably; False if its key is known already (nothing is then written).

        When this returns, the event survives a crash. Raises StoreError (locked, read-only, disk full).
        """
        raise NotImplementedError

    def events(self, coder: str | None = None) -> tuple[Event, ...]:
        """Return the events of one coder, or of all, in the order they were stored."""
        raise NotImplementedError

    def coders(self) -> tuple[str, ...]:
        """Return who has events, in alphabetical order."""
        raise NotImplementedError

    def claim(self, coder: str) -> AbstractContextManager[None]:
        """Hold the one session that ``coder`` may have. Raises StoreError if another process holds it."""
        raise NotImplementedError

    def close(self) -> None:
        """Let the connections go."""
        raise NotImplementedError


def open_store(where: str | Path) -> Store:
    """Open or create a store: a path, sqlite:///… or postgresql+psycopg://… . Raises StoreError."""
    raise NotImplementedError


Clock = Callable[[], str]
