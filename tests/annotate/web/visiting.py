"""Pages behind a real server on a free port, and a real Chromium that tells every complaint."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stand_in import StandIn, StandInAdjudication

from pipeline.annotate.adjudication import Adjudication
from pipeline.annotate.session import Session
from pipeline.annotate.web import app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # small_study.py, the engine's
TOKEN = "jeton-de-test-0123456789"
Served = Callable[..., str]


@pytest.fixture
def session() -> StandIn:
    """Return a session of two short interviews."""
    return StandIn()


@pytest.fixture
def adjudication() -> StandInAdjudication:
    """Return three disagreements."""
    return StandInAdjudication()


@pytest.fixture
def serving() -> Iterator[Served]:
    """Return a function that serves a session (or an adjudication) and returns its first address."""
    import uvicorn

    running: list[tuple[Any, threading.Thread]] = []

    def start(session: Session | None, adjudication: Adjudication | None = None) -> str:
        with closing(socket.socket()) as found:
            found.bind(("127.0.0.1", 0))
            port = found.getsockname()[1]
        pages = app(session, adjudication, token=TOKEN, hosts={"127.0.0.1"}, port=port)
        server = uvicorn.Server(
            uvicorn.Config(pages, port=port, log_config=None, lifespan="off", ws="none", access_log=False)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        running.append((server, thread))
        while not server.started:
            assert thread.is_alive()
        return f"http://127.0.0.1:{port}/?token={TOKEN}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian’s Chromium, once a module: Playwright must be gone before other tests start theirs."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install filrouge[test])")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("needs a Chromium on the path")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Return what went wrong on a page so far; a test that provokes a complaint empties it."""
    return []


@pytest.fixture
def opened(chromium: Browser, complaints: list[str], serving: Served) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address; a console error or a request to elsewhere fails the test.

    It asks for ``serving`` only so that the server outlives the page.
    """
    contexts = []

    def open_page(url: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        origin = url.split("/?")[0]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on(
            "request", lambda request: None if request.url.startswith(origin) else complaints.append(request.url)
        )
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
