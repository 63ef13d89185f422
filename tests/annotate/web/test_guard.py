"""Whoever has not the token gets nothing, and a page of elsewhere can neither read nor write."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from stand_in import CODEBOOK, EVIL, StandIn
from starlette.testclient import TestClient
from visiting import session

from pipeline.annotate.web import app, serve
from pipeline.annotate.web.guard import HEADERS, Guard, names_of
from pipeline.annotate.web.palette import stylesheet
from pipeline.errors import StudyError

TOKEN = "jeton-de-test-0123456789"
HOST = "127.0.0.1:8123"


@pytest.fixture
def stranger(session: StandIn) -> Iterator[TestClient]:
    """Return a browser that has not been let in."""
    pages = app(session, None, token=TOKEN, hosts={"127.0.0.1", "localhost"}, port=8123)
    with TestClient(pages, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def known(stranger: TestClient) -> TestClient:
    """Return a browser that came through the first address."""
    assert stranger.get("/", params={"token": TOKEN}).status_code == 303
    return stranger


def csrf(page: str) -> str:
    """Return the field that guards the forms of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", "/lecture", "/lecture?transcription=e1", "/avancement", "/aide", "/pourquoi"]
)
def test_no_page_opens_without_the_token(stranger: TestClient, path: str) -> None:
    for query in ("", "token=", "token=faux", f"token={TOKEN}x"):
        reply = stranger.get(f"{path}{'&' if '?' in path else '?'}{query}")
        assert reply.status_code == 403
        assert "Allemand" not in reply.text
        assert "set-cookie" not in reply.headers


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(stranger: TestClient) -> None:
    reply = stranger.get("/", params={"token": TOKEN})
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"]
    assert cookie.startswith("filrouge_8123=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert TOKEN not in cookie
    assert stranger.get("/").status_code == 200


def test_a_cookie_made_up_opens_nothing(stranger: TestClient) -> None:
    stranger.cookies.set("filrouge_8123", "a" * 64)
    assert stranger.get("/").status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example:8123", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:8123", ""]
)
def test_another_host_gets_nothing_even_with_the_cookie(known: TestClient, host: str) -> None:
    for path in ("/", "/static/filrouge.css", f"/?token={TOKEN}"):
        reply = known.get(path, headers={"host": host})
        assert reply.status_code == 400
        assert "Allemand" not in reply.text


def test_a_server_on_every_address_takes_addresses_and_its_own_name_only() -> None:
    guard = Guard(TOKEN, names_of("0.0.0.0", ["poste-12"]), 80, anywhere=True)
    assert guard.answers_to("192.0.2.7")
    assert guard.answers_to("[2001:db8::1]:80")
    assert guard.answers_to("POSTE-12")
    assert not guard.answers_to("evil.example")


def test_every_answer_closes_the_doors(known: TestClient) -> None:
    for path in ("/", "/lecture", "/nulle-part", "/static/filrouge.js"):
        headers = known.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert HEADERS["Cache-Control"] == "no-store"


def test_no_page_holds_a_style_or_a_script_of_its_own(known: TestClient) -> None:
    for path in ("/", "/lecture", "/lecture?transcription=e1", "/avancement", "/aide", "/nulle-part"):
        page = known.get(path).text
        assert not re.search(
            r"\sstyle=|<style|<script(?! src=)|\son\w+=[\"']|javascript:|//(?!www\.w3\.org)\w", page
        )


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({"csrf": ""}, {}),
        ({"csrf": "0" * 64}, {}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ],
)
def test_a_form_of_elsewhere_changes_nothing(
    known: TestClient, session: StandIn, change: dict[str, str], headers: dict[str, str]
) -> None:
    question = session.next()
    assert question
    form = {"csrf": csrf(known.get("/").text), "key": "k", "question": question.id, "do": "nothing"}
    assert known.post("/reponse", data=form | change, headers=headers).status_code == 403
    assert session.events == []
    assert known.post("/reponse", data=form, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert len(session.events) == 1


def test_what_changes_something_is_never_a_get(known: TestClient, session: StandIn) -> None:
    for path in (
        "/reponse",
        "/annuler",
        "/lecture/coder",
        "/lecture/retirer",
        "/lecture/terminer",
        "/lecture/annuler",
    ):
        assert known.get(path).status_code == 404
    assert session.events == []


def test_a_form_without_end_is_refused(known: TestClient) -> None:
    assert known.post("/reponse", content=b"a" * 1_100_000).status_code == 413


@pytest.mark.parametrize(
    "path", ["/?question=x", "/?question=W10", "/?apres=x", "/pourquoi?question=x&code=visibilite",
             "/pourquoi?code=x", "/desaccords", "/static/../guard.py", "/static/%2e%2e/guard.py"],
)  # fmt: skip
def test_a_forged_address_leads_nowhere(known: TestClient, path: str) -> None:
    assert known.get(path).status_code == 404


def test_a_colour_cannot_leave_the_style_sheet() -> None:
    sheet = stylesheet(CODEBOOK)
    assert sheet.count("{") == sheet.count("}") == len(CODEBOOK.codes)
    assert EVIL not in sheet


@pytest.mark.parametrize("token", [None, "", "court"])
def test_others_reach_the_page_only_with_a_token_worth_the_name(session: StandIn, token: str | None) -> None:
    with pytest.raises(StudyError, match="--token"):
        serve(session, None, host="0.0.0.0", token=token, tell=lambda _: None)


def test_a_port_that_is_taken_is_told(session: StandIn) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StudyError, match=f"Le port {port}"):
            serve(session, None, port=port, tell=lambda _: None)


def test_the_first_address_is_told_once_the_socket_listens_and_lets_in(session: StandIn) -> None:
    told: list[str] = []
    seen, heard = threading.Event(), threading.Event()

    def tell(url: str) -> None:
        told.append(url)
        heard.set()

    def browser(url: str) -> None:
        told.append(url)
        seen.set()

    threading.Thread(
        target=serve, args=(session, None), kwargs={"tell": tell, "browser": browser}, daemon=True
    ).start()
    assert heard.wait(20)
    assert seen.wait(20)
    assert len(parse_qs(urlsplit(told[0]).query)["token"][0]) >= 32
    assert urlsplit(told[0]).hostname == "127.0.0.1"
    with build_opener(HTTPCookieProcessor()).open(told[0], timeout=20) as page:
        assert "Quels codes pour ce passage" in page.read().decode()
    assert told[0] == told[1]


def test_ctrl_c_ends_the_server_without_a_traceback() -> None:
    script = (
        f"import sys; sys.path[:0] = [{str(Path(__file__).parent)!r}, {str(Path(__file__).parents[3])!r}]\n"
        "from stand_in import StandIn; from pipeline.annotate.web import serve\n"
        "serve(StandIn(), None, tell=lambda url: print(url, flush=True)); print('fini', flush=True)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        url = server.stdout.readline().strip()
        with build_opener(HTTPCookieProcessor()).open(url, timeout=20) as page:
            assert page.status == 200
        server.send_signal(signal.SIGINT)
        told, complaint = server.communicate(timeout=20)
    assert (told, complaint, server.returncode) == ("fini\n", "", 0)
