"""The tables of a store, the same on SQLite and PostgreSQL, and the guards that keep them append-only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

VERSION = 1
# Any number will do, as long as every filrouge takes the same.
SCHEMA_LOCK = 0x66696C72

_SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER IF NOT EXISTS event_no_{verb} BEFORE {verb} ON event "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for verb in ("update", "delete")
)
_POSTGRES_GUARDS = (
    "CREATE OR REPLACE FUNCTION event_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$",
    "DROP TRIGGER IF EXISTS event_no_change ON event",
    "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event "
    "FOR EACH ROW EXECUTE FUNCTION event_never_changes()",
)
GUARDS = {"sqlite": _SQLITE_GUARDS, "postgresql": _POSTGRES_GUARDS}


@lru_cache(maxsize=1)
def tables() -> tuple[Any, Any, Any]:
    """Return SQLAlchemy's metadata, the table of events and the table of the schema's versions."""
    from sqlalchemy import JSON, BigInteger, Column, Float, Integer, MetaData, Table, Text

    metadata = MetaData()
    number = BigInteger().with_variant(Integer(), "sqlite")  # SQLite counts by itself on INTEGER alone
    event = Table(
        "event", metadata,
        Column("number", number, primary_key=True, autoincrement=True),
        Column("key", Text, nullable=False, unique=True),
        Column("coder", Text, nullable=False, index=True),
        Column("kind", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("transcript", Text, nullable=False),
        Column("start", Integer, nullable=False),
        Column("end", Integer, nullable=False),
        Column("codes", JSON, nullable=False),
        Column("memo", Text, nullable=False),
        Column("model", Text, nullable=False),
        Column("strategy", Text, nullable=False),
        Column("score", Float),
        Column("probability", Float),
        Column("undoes", Text, nullable=False),
        Column("codebook", Text, nullable=False),
        Column("payload", JSON, nullable=False),
    )  # fmt: skip
    version = Table("filrouge_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))
    return metadata, event, version
