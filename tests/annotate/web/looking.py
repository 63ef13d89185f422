"""How the tests look at a page: in a browser without scripts, and in a real one."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from starlette.testclient import TestClient
from visiting import TOKEN

from pipeline.annotate.adjudication import Adjudication
from pipeline.annotate.session import Session
from pipeline.annotate.web import app

if TYPE_CHECKING:
    from playwright.sync_api import Page


def browse(session: Session | None, adjudication: Adjudication | None = None) -> TestClient:
    """Let a browser without scripts in."""
    pages = app(session, adjudication, token=TOKEN, hosts={"testserver"})
    client = TestClient(pages, follow_redirects=True)
    client.get("/", params={"token": TOKEN})
    return client


def fields(page: str, form: str) -> dict[str, str]:
    """Return the hidden fields of a form."""
    inside = re.search(rf'<form id="{form}".*?</form>', page, re.S)
    assert inside
    found = re.findall(r'<input type="hidden" name="([\w.]+)"(?: value="([^"]*)")?', inside[0])
    return {name: html.unescape(value) for name, value in found}


def words(page: str) -> str:
    """Return what a page says, tags left out."""
    return html.unescape(re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", "", page)))


def passage(page: Page) -> str:
    """Return the words of the passage asked."""
    return page.locator("#passage .words").text_content() or ""


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds; Playwright's own wait needs eval, which the page forbids."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(20)
    raise AssertionError(condition)


def decided(page: Page, count: int) -> None:
    """Wait until the page counts so many decisions."""
    until(page, f"document.querySelector('.big strong').textContent === '{count}'")


def violations(page: Page) -> list[str]:
    """Return what axe-core complains of: rule, and the elements it means."""
    from axe_playwright_python.sync_playwright import Axe

    told = Axe().run(page).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in told]


def heard(page: Page, text: str) -> None:
    """Wait until the page has said a text aloud."""
    page.locator("#dit", has_text=text).wait_for(state="attached")
