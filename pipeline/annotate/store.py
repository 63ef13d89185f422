"""The store of events: one SQLite file a study, or a PostgreSQL database for a team. Append-only.

SQLite in WAL mode with synchronous=FULL: what `append` acknowledged survives kill -9 (tested). Never put the file
on a network share: a team on several machines takes PostgreSQL.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pipeline.annotate.events import Event
from pipeline.annotate.tables import GUARDS, SCHEMA_LOCK, VERSION, tables
from pipeline.errors import StoreError

Clock = Callable[[], str]
# Five writers at once made one wait 4.8 s on a saturated disk; ten is the least that never failed.
BUSY_MS = 15_000


class Store:
    """Keeps events. Safe to use from several threads; several processes may share one store."""

    def __init__(self, engine: Any, name: str) -> None:
        self._engine, self.name = engine, name

    def append(self, event: Event) -> bool:
        """Store ``event`` durably; False if its key is known already (nothing is then written).

        When this returns, the event survives a crash. Raises StoreError (locked, read-only, disk full).
        """
        from sqlalchemy import insert
        from sqlalchemy.exc import IntegrityError

        row = asdict(event) | {"codes": sorted(event.codes), "payload": dict(event.payload)}
        del row["number"]
        with _told(self.name):
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(tables()[1]), row)
            except IntegrityError:
                if self._holds(event.key):
                    return False
                raise
        return True

    def events(self, coder: str | None = None) -> tuple[Event, ...]:
        """Return the events of one coder, or of all, in the order they were stored."""
        from sqlalchemy import select

        event = tables()[1]
        asked = select(event).order_by(event.c.number)
        if coder is not None:
            asked = asked.where(event.c.coder == coder)
        with _told(self.name), self._engine.connect() as connection:
            return tuple(_event(row._mapping) for row in connection.execute(asked))

    def coders(self) -> tuple[str, ...]:
        """Return who has events, in alphabetical order."""
        from sqlalchemy import select

        with _told(self.name), self._engine.connect() as connection:
            return tuple(sorted(connection.scalars(select(tables()[1].c.coder).distinct())))

    def claim(self, coder: str) -> contextlib.AbstractContextManager[None]:
        """Hold the one session that ``coder`` may have. Raises StoreError if another process holds it."""
        from pipeline.annotate.claims import claim

        return claim(self._engine, coder)

    def close(self) -> None:
        """Let the connections go."""
        self._engine.dispose()

    def _holds(self, key: str) -> bool:
        """Tell whether a key is known."""
        from sqlalchemy import select

        event = tables()[1]
        with self._engine.connect() as connection:
            return connection.scalar(select(event.c.number).where(event.c.key == key)) is not None


def open_store(where: str | Path) -> Store:
    """Open or create a store: a path, sqlite:///… or postgresql+psycopg://… . Raises StoreError."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    text = str(where) if "://" in str(where) else f"sqlite:///{where}"
    try:
        url = make_url(text)
        if url.get_backend_name() not in GUARDS:
            raise ArgumentError
    except ArgumentError:
        raise StoreError(
            f"Adresse de base « {where} » refusée. Donnez un fichier (etude.sqlite) ou une adresse "
            "postgresql+psycopg://utilisateur@machine/base."
        ) from None
    name = url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    try:
        engine = create_engine(url, connect_args=_connect_args(url.get_backend_name()), pool_pre_ping=True)
    except ModuleNotFoundError:
        raise StoreError(
            'PostgreSQL demande un module de plus : pip install "filrouge[team]", puis relancez la commande.'
        ) from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _tune)
    try:
        with _told(name):
            _prepare(engine, name)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, name)


def _connect_args(backend: str) -> dict[str, object]:
    """Return how long to wait for a lock, or for a server."""
    if backend == "sqlite":
        return {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    return {"connect_timeout": 10, "options": f"-c lock_timeout={BUSY_MS}"}


def _tune(connection: Any, _: Any) -> None:
    """Make an SQLite connection durable and patient."""
    import sqlite3
    import time

    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            # Two that create the file at once: this one statement does not wait by itself.
            if "locked" not in str(error) or attempt == 49:
                raise
            time.sleep(0.1)
    connection.execute("PRAGMA synchronous=FULL")


def _prepare(engine: Any, name: str) -> None:
    """Create the tables where there are none; refuse those of a newer filrouge."""
    from sqlalchemy import insert, inspect, select, text

    metadata, _, version = tables()
    if inspect(engine).has_table("filrouge_schema"):
        with engine.connect() as connection:
            found = max(connection.scalars(select(version.c.version)), default=0)
        if found > VERSION:
            raise StoreError(
                f"{name} : base écrite par une version plus récente de filrouge (schéma {found}, celle-ci lit "
                f"jusqu’au {VERSION}). Mettez filrouge à jour ; rien n’a été modifié."
            )
        if found == VERSION:
            return
    with engine.begin() as connection:
        if engine.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SCHEMA_LOCK})
        metadata.create_all(connection)
        for guard in GUARDS[engine.name]:
            connection.exec_driver_sql(guard)
        if VERSION not in set(connection.scalars(select(version.c.version))):
            connection.execute(insert(version), {"version": VERSION})


def _event(row: Mapping[str, Any]) -> Event:
    """Read a row back."""
    return Event(**{**row, "codes": frozenset(row["codes"])})


# What a database says, in lower case, and what that means; the first that fits is told.
_CAUSES = (
    ("locked", "un autre programme la garde verrouillée ; fermez-le, puis recommencez"),
    ("lock timeout", "un autre programme la garde verrouillée ; fermez-le, puis recommencez"),
    ("readonly", "elle est en lecture seule ; rendez le fichier et son dossier modifiables, ou donnez --store"),
    ("read-only", "elle est en lecture seule ; demandez le droit d’écrire, ou donnez un autre --store"),
    ("permission denied", "le droit d’y écrire manque ; demandez-le, ou donnez un autre --store"),
    ("full", "le disque est plein ; libérez de la place"),
    ("unable to open", "le fichier ne peut être ouvert ; vérifiez le chemin et les droits du dossier"),
    ("not a database", "ce fichier n’est pas une base de filrouge ; donnez-en une autre avec --store"),
    ("malformed", "le fichier est abîmé ; reprenez une copie de sauvegarde"),
    ("password", "le serveur refuse cet utilisateur ou son mot de passe"),
    ("does not exist", "cette base ou cet utilisateur n’existe pas sur le serveur ; créez-les d’abord (createdb)"),
    ("connect", "le serveur ne répond pas ; vérifiez l’adresse et qu’il est en marche"),
)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what the database complains of into one French sentence."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        said = " ".join(str(error.orig).split())
        why = next((words for sign, words in _CAUSES if sign in said.lower()), f"erreur de la base ({said[:120]})")
        raise StoreError(f"{name} : {why}. Ce qui était enregistré l’est toujours.") from error
