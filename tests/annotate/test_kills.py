"""kill -9 of a real server in the middle of a session, twenty times: every acknowledged answer is there."""

from __future__ import annotations

import html
import http.cookiejar
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

from pipeline.annotate import open_store
from pipeline.annotate.events import effective

TOKEN = "jeton-de-seize-lettres"
# A machine that learns nothing: what is tested is the store behind the page.
SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import numpy as np
from small_study import CODEBOOK, clock, groups
from pipeline.annotate import Session, open_store
from pipeline.annotate.material import Material
from pipeline.annotate.web import serve

class Blank:
    def probabilities(self, rows, labels):
        return np.full((count, labels.shape[1]), 0.5)
    def words(self, rows, labels, row, column):
        return ()

made = groups(20, 40)
count = sum(map(len, made))
vectors = np.eye(count, 8, dtype=np.float32)
material = Material(made, [""] * count, vectors, np.zeros(count))
session = Session(open_store(sys.argv[1]), material, Blank(), CODEBOOK, coder="marie", clock=clock())
serve(session, None, token=sys.argv[3], tell=lambda url: print(url, flush=True))
"""


class Page:
    """A browser without scripts: opens the session, answers what is shown."""

    def __init__(self, address: str) -> None:
        self.root = address.partition("/?")[0]
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)
        self.text = self.get(address)

    def get(self, address: str) -> str:
        with self.opener.open(address, timeout=20) as reply:
            return str(reply.read().decode())

    def answer(self) -> str:
        """Answer the question shown; return its key once the server acknowledged."""
        named = {name: html.unescape(value) for name, value in self.fields()}
        form = {**named, "do": "nothing"}
        with self.opener.open(f"{self.root}/reponse", urllib.parse.urlencode(form).encode(), timeout=20) as reply:
            self.text = reply.read().decode()
        return named["key"]

    def fields(self) -> list[tuple[str, str]]:
        """Return the hidden fields of the answer's form."""
        form = self.text[self.text.index('id="reponse"') :]
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")])
        assert {name for name, _ in found} >= {"key", "question", "csrf"}
        return found


def test_twenty_kills_of_a_server_lose_no_acknowledged_answer(tmp_path: Path) -> None:
    store = tmp_path / "study.sqlite"
    acknowledged: list[str] = []
    for turn in range(20):
        words = [sys.executable, "-c", SERVER, str(store), str(Path(__file__).parent), TOKEN]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        page = Page(server.stdout.readline().strip())
        acknowledged += [page.answer() for _ in range(2 + turn % 3)]

        def go_on(page: Page = page, kept: list[str] = acknowledged) -> None:
            with suppress(OSError, urllib.error.URLError, HTTPException, ValueError):
                while True:
                    kept.append(page.answer())

        answering = threading.Thread(target=go_on)
        answering.start()
        answering.join(0.02 * (turn % 5))
        server.send_signal(signal.SIGKILL)
        answering.join(30)
        server.stdout.close()
        assert server.wait() == -signal.SIGKILL
    opened = open_store(store)
    held = [event.key for event in effective(opened.events("marie")) if event.kind == "decision"]
    opened.close()
    assert len(acknowledged) >= 58
    assert set(acknowledged) <= set(held)
    assert len(held) <= len(acknowledged) + 20
