"""The store: append-only, durable, shared; what it says when it cannot be used."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest

from pipeline.annotate import Event, Store, open_store
from pipeline.annotate.events import effective, last_answer
from pipeline.annotate.tables import VERSION, tables
from pipeline.errors import StoreError

AT = "2026-11-25T10:00:00Z"
WRITER = """
import sys
from pipeline.annotate import Event, open_store
store = open_store(sys.argv[1])
coder, count = sys.argv[2], int(sys.argv[3])
for n in range(count):
    key = f"{coder}-{sys.argv[4]}-{n}"
    store.append(Event(key, coder, "decision", "2026-11-25T10:00:00Z", "e1", n, n + 1, frozenset({"a"})))
    print(key, flush=True)
"""


def event(key: str, coder: str = "marie", **more: object) -> Event:
    return Event(key, coder, **{"kind": "decision", "at": AT, "transcript": "e1", "end": 5, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL n’est pas installé ici")
    with postgres.server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield str(tmp_path / "study.sqlite")
        return
    from sqlalchemy import create_engine

    where = request.getfixturevalue("server")
    yield where
    engine = create_engine(where)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS event, filrouge_schema")
    engine.dispose()


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    opened = open_store(address)
    yield opened
    opened.close()


def test_an_event_comes_back_as_it_was(store: Store, address: str) -> None:
    given = event(
        "k1", codes=frozenset({"visibilité", "b"}), memo="« à revoir » ’", model="m3", strategy="uncertain",
        score=0.25, probability=0.1, codebook="f" * 64, payload={"n": [1, None]},
    )  # fmt: skip
    assert store.append(given)
    again = open_store(address)
    (found,) = again.events("marie")
    again.close()
    assert found.number > 0
    assert {name: getattr(found, name) for name in Event.__slots__ if name != "number"} == {
        name: getattr(given, name) for name in Event.__slots__ if name != "number"
    }


def test_the_same_key_counts_once(store: Store) -> None:
    assert store.append(event("k1", codes=frozenset({"a"})))
    assert not store.append(event("k1", codes=frozenset({"b"})))
    assert [one.codes for one in store.events()] == [frozenset({"a"})]


def test_events_come_in_order_and_by_coder(store: Store) -> None:
    for n in range(5):
        store.append(event(f"k{n}", "paul" if n % 2 else "marie"))
    assert [one.key for one in store.events("marie")] == ["k0", "k2", "k4"]
    assert [one.key for one in store.events()] == [f"k{n}" for n in range(5)]
    assert store.coders() == ("marie", "paul")


@pytest.mark.parametrize("change", ["UPDATE event SET memo = 'x'", "DELETE FROM event"])
def test_nothing_is_changed_in_place(store: Store, change: str) -> None:
    from sqlalchemy.exc import DBAPIError

    store.append(event("k1"))
    with pytest.raises(DBAPIError, match="never changed"), store._engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert [one.memo for one in store.events()] == [""]


def test_one_coder_has_one_session(store: Store, address: str) -> None:
    other = open_store(address)
    with store.claim("marie"):
        with pytest.raises(StoreError, match="« marie » a déjà une séance ouverte"), other.claim("marie"):
            pass
        with other.claim("paul"):
            pass
    with other.claim("marie"):
        pass
    other.close()


def test_a_store_of_a_newer_version_is_refused(store: Store, address: str) -> None:
    with store._engine.begin() as connection:
        connection.execute(tables()[2].insert(), {"version": VERSION + 1})
    with pytest.raises(StoreError, match="version plus récente de filrouge") as told:
        open_store(address)
    assert "rien n’a été modifié" in str(told.value)


def test_five_coders_at_once_lose_nothing(store: Store, address: str) -> None:
    coders = [f"codeur{n}" for n in range(5)]
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, address, coder, "60", "x"], stdout=subprocess.DEVNULL)
        for coder in coders
    ]
    assert [process.wait(120) for process in running] == [0] * 5
    for coder in coders:
        assert [one.key for one in store.events(coder)] == [f"{coder}-x-{n}" for n in range(60)]


def test_threads_share_a_store(store: Store) -> None:
    stored: list[bool] = []

    def write(name: int) -> None:
        stored.extend(store.append(event(f"k{n}")) for n in range(name, name + 20))

    threads = [threading.Thread(target=write, args=(10 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(stored) == len(store.events()) == 50


def test_twenty_kills_lose_no_acknowledged_event(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    open_store(path).close()
    acknowledged: list[str] = []
    for turn in range(20):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), "marie", "100000", str(turn)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        acknowledged += [writer.stdout.readline().strip() for _ in range(turn + 1)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [line.strip() for line in writer.stdout if line.endswith("\n")]
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    reopened = open_store(path)
    keys = [one.key for one in reopened.events()]
    reopened.close()
    assert len(acknowledged) >= 210
    assert set(acknowledged) <= set(keys)
    assert len(keys) == len(set(keys))


def test_a_locked_store_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.annotate.store.BUSY_MS", 50)
    path = tmp_path / "study.sqlite"
    store = open_store(path)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="un autre programme la garde verrouillée"):
        store.append(event("k1"))
    holder.close()
    assert store.append(event("k1"))
    store.close()


READ_ONLY = """
import os, sys
import sqlalchemy.dialects.sqlite, sqlalchemy.engine
from pipeline.annotate import Event, claims, open_store
from pipeline.errors import StoreError
open_store(sys.argv[2]).close()
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    store = open_store(sys.argv[1])
    store.append(Event("k", "marie", "decision", "t"))
except StoreError as error:
    print(error)
    sys.exit(2)
"""


def test_a_read_only_store_says_so(tmp_path: Path) -> None:
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp())
    try:
        store = open_store(folder / "study.sqlite")
        store.append(event("k0"))
        store.close()
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(folder / "study.sqlite"), str(tmp_path / "other.sqlite")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
    assert (done.returncode, done.stderr) == (2, "")
    assert "lecture seule" in done.stdout


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("mysql://u@h/b", "refusée"),
        ("postgresql+psycopg://", "connexion|ne répond pas|n’existe pas|refuse"),
        ("postgresql+psycopg://marie:secret@127.0.0.1:1/b", "ne répond pas"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(address: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as error:
        open_store(address)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "study.sqlite"
    path.write_text("bonjour " * 200, encoding="utf-8")
    with pytest.raises(StoreError, match="n’est pas une base de filrouge"):
        open_store(path)
    with pytest.raises(StoreError, match="ne peut être ouvert"):
        open_store(tmp_path / "nulle/part/study.sqlite")


def test_undo_takes_back_what_stands_and_only_that() -> None:
    one, two = event("k1"), event("k2", kind="skip")
    undo = event("k3", kind="undo", undoes="k2")
    assert last_answer([one, two]) == two
    assert effective([one, two, undo]) == (one,)
    assert last_answer([one, two, undo]) == one
    assert last_answer([one, undo, event("k4", kind="undo", undoes="k1")]) is None
    assert effective([one, event("k5", "paul", kind="undo", undoes="k1")]) == (one,)
