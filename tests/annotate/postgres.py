"""A real PostgreSQL, started on loopback for a test as a user who is not root, where the server is installed."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl; None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    one = str(found[-1]) if found else shutil.which("initdb")
    return Path(one).resolve().parent if one else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Yield the address of an empty database."""
    home = binaries()
    assert home is not None
    folder = Path(tempfile.mkdtemp(prefix="filrouge-pg-"))
    user = _user()
    if os.getuid() == 0:
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    run(user, home / "initdb", "-D", data, "-A", "trust", "-U", "filrouge", "-E", "UTF8", "--locale=C.UTF-8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    run(user, home / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://filrouge@127.0.0.1:{port}/postgres"
    finally:
        run(user, home / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def run(user: str, *words: str | Path) -> None:
    """Run a command as ``user`` where this process is root, which PostgreSQL refuses to be."""
    root = os.getuid() == 0
    subprocess.run(
        [str(word) for word in words], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        cwd="/", **({"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if root else {}),
    )  # type: ignore[call-overload]  # fmt: skip


def _user() -> str:
    """Return a user who is not root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
