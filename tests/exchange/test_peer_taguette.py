"""A real Taguette: installed beside us, started on the loopback, given our study, asked for it back.

Asked for by FILROUGE_PEERS=1, since installing it needs a package index; the environment is kept in
FILROUGE_PEER_CACHE (by default the user's cache folder), never in the repository.
"""

from __future__ import annotations

import csv
import http.cookiejar
import io
import json
import os
import re
import socket
import subprocess
import time
import urllib.request
import uuid
import venv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import SAMPLES

from pipeline.exchange import Options, Project, Setting
from pipeline.exchange.qdc import read_qdc
from pipeline.exchange.refi_read import read_qdpx
from pipeline.exchange.segments import read_segments
from pipeline.exchange.taguette import read_taguette
from pipeline.exchange.taguette_write import write_taguette

VERSION = "1.5.2"
pytestmark = pytest.mark.peer


class Peer:
    """A running Taguette, logged in."""

    def __init__(self, url: str, token: str) -> None:
        """Log in."""
        jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(jar)
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self.url = url
        self.get(f"/?token={token}")
        form = self.get("/project/new").decode()
        found = re.search(r'name="_xsrf"[^>]*value="([^"]+)"', form)
        assert found
        self._xsrf = found[1]

    def get(self, path: str) -> bytes:
        """Ask for a page."""
        answer: bytes = self._opener.open(self.url + path, timeout=60).read()
        return answer

    def import_project(self, data: bytes) -> int:
        """Send a project; return its number."""
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="p.sqlite3"\r\n'
        body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data
        number = 'Content-Disposition: form-data; name="project_id"\r\n\r\n1'
        body += f"\r\n--{mark}\r\n{number}\r\n--{mark}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}", "X-XSRFToken": self._xsrf}
        request = urllib.request.Request(f"{self.url}/api/import", data=body, headers=headers, method="POST")
        return int(json.loads(self._opener.open(request, timeout=60).read())["project_id"])


def installed() -> Path:
    """Return Taguette's own environment, made once; skip where it cannot be."""
    if os.environ.get("FILROUGE_PEERS") != "1":
        pytest.skip("FILROUGE_PEERS=1 fait installer et lancer Taguette ; non demandé")
    cache = Path(os.environ.get("FILROUGE_PEER_CACHE") or Path.home() / ".cache/filrouge/peers")
    home = cache / f"taguette-{VERSION}"
    program = home / "bin/taguette"
    if not program.exists():
        venv.create(home, with_pip=True)
        command = [str(home / "bin/python"), "-m", "pip", "install", "-q", f"taguette=={VERSION}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            pytest.skip(f"Taguette n’a pu être installé : {done.stderr.strip()[-200:]}")
    return program


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Start Taguette on a free port of the loopback; stop it at the end."""
    program, folder = installed(), tmp_path_factory.mktemp("taguette")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log"
    command = [
        str(program),
        "--no-browser",
        "-b",
        "127.0.0.1",
        "-p",
        str(port),
        "--database",
        str(folder / "t.sqlite3"),
    ]
    environment = {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8", "PYTHONPATH": ""}
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out, env=environment, cwd=folder)
    try:
        yield Peer(f"http://127.0.0.1:{port}", token_of(log, running))
    finally:
        running.terminate()
        running.wait(timeout=30)


def token_of(log: Path, running: subprocess.Popen[bytes]) -> str:
    """Wait for the token that Taguette prints once it answers."""
    for _ in range(600):
        found = re.search(r"token=([0-9a-f]+)", log.read_text(encoding="utf-8", errors="replace"))
        if found:
            return found[1]
        if running.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"Taguette n’a pas démarré : {log.read_text(encoding='utf-8', errors='replace')[-500:]}")


@pytest.fixture(scope="module")
def ours() -> Project:
    """Return our sample project: French, NBSP, emoji, three coders."""
    return read_qdpx(SAMPLES / "filrouge_spec.qdpx", Setting())


@pytest.fixture(scope="module")
def number(peer: Peer, ours: Project) -> int:
    """Import our project into Taguette; return its number there."""
    (data,) = write_taguette(ours, Options()).values()
    return peer.import_project(data)


def test_what_taguette_exports_is_what_we_gave(peer: Peer, number: int, ours: Project, tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite3"
    path.write_bytes(peer.get(f"/project/{number}/export/project.sqlite3"))
    theirs = read_taguette(path, Setting())
    assert [(talk.id, talk.text) for talk in theirs.transcripts] == [(t.id, t.text) for t in ours.transcripts]
    assert ours.codebook
    assert theirs.codebook
    assert {(c.id, c.label, c.definition) for c in theirs.codebook.codes} == {
        (c.id, c.label, c.definition) for c in ours.codebook.codes
    }
    # Taguette puts what it imports in the name of who imports it.
    mine = sorted((c.transcript, c.start, c.end, code) for c in ours.codings for code in c.codes)
    assert sorted({(c.transcript, c.start, c.end, code) for c in theirs.codings for code in c.codes}) == sorted(
        set(mine)
    )


def test_the_passages_that_taguette_shows_are_ours(peer: Peer, number: int, ours: Project, tmp_path: Path) -> None:
    path = tmp_path / "highlights.csv"
    path.write_bytes(peer.get(f"/project/{number}/export/highlights/.csv"))
    shown = {
        (row["document"], row["content"])
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    }
    assert shown == {(c.transcript, ours.text_of(c.transcript)[c.start : c.end]) for c in ours.codings}
    joined = read_segments(path, Setting(replace(ours, codings=())))
    assert joined.unplaced == ()
    assert {(c.transcript, c.start, c.end) for c in joined.codings} == {
        (c.transcript, c.start, c.end) for c in ours.codings
    }


def test_the_codebook_that_taguette_exports_is_read(
    peer: Peer, number: int, ours: Project, tmp_path: Path
) -> None:
    path = tmp_path / "codebook.qdc"
    path.write_bytes(peer.get(f"/project/{number}/export/codebook.qdc"))
    theirs = read_qdc(path, Setting()).codebook
    assert theirs
    assert ours.codebook
    assert sorted(code.label for code in theirs.codes) == sorted(code.label for code in ours.codebook.codes)
