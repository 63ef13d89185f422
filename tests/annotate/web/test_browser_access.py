"""The pages without scripts, enlarged, read by axe; and what scripts cannot reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from looking import decided, passage, violations
from stand_in import StandIn, StandInAdjudication
from visiting import TOKEN, Served, adjudication, chromium, complaints, opened, serving, session

from pipeline.annotate.events import effective
from pipeline.annotate.questions import Point

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]


def test_without_scripts_everything_is_a_form(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session), java_script_enabled=False)
    for n in range(3):
        assert session.segments[n].text in passage(page)
        page.check("#c0")
        page.get_by_role("button", name="Valider").click()
    page.get_by_role("button", name="Rien ne s’applique").click()
    page.get_by_role("button", name="Annuler la dernière").click()
    page.locator("#memo summary").click()
    page.fill("#texte-memo", "Au clavier, à la souris.")
    page.check("#c4")
    page.get_by_role("button", name="Valider").click()
    page.get_by_role("button", name="Passer").click()
    assert [set(e.codes) for e in effective(session.events)] == [{"visibilite"}] * 3 + [{"prive"}, set()]
    page.get_by_role("link", name="Lecture").click()
    page.get_by_role("link", name="e1", exact=True).click()
    page.fill("#choisi", "page 😀 qui tourne 7.")
    page.check("#c1")
    page.get_by_role("button", name="Coder ce passage").click()
    text = session.reading("e1").transcript.text
    span = session.events[-1]
    assert text[span.start : span.end] == "page 😀 qui tourne 7."
    page.get_by_role("button", name=re.compile("Retirer Nouvelles opportunités")).click()
    page.get_by_role("button", name="J’ai tout lu").click()
    assert session.reading("e1").finished


def show_everything(session: StandIn) -> None:
    """Fill a session so that each page shows all it can."""
    session.suggests = True
    session.curve = (Point(20, 0.25, 4), Point(40, 0.5, 8), Point(60, 0.4, 12))
    session.advice = ("Les prédictions se sont stabilisées.",)
    session.code_span("un", "e1", 30, 90, ["visibilite", "fiabilite"], "Mémo")
    session.code_span("deux", "e1", 50, 120, ["opportunites"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(
    opened: Open, serving: Served, session: StandIn, adjudication: StandInAdjudication, scheme: str
) -> None:
    show_everything(session)
    page = opened(serving(session), color_scheme=scheme)
    home = page.url
    assert violations(page) == []
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-avant")
    page.keyboard.press("d")
    page.keyboard.press("m")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.wait_for_selector(".why h3")
    assert violations(page) == []
    page.keyboard.press("Enter")
    assert violations(page) == []
    page.keyboard.press("?")
    assert violations(page) == []
    for path in ("lecture", "lecture?transcription=e1", "avancement", "aide"):
        page.goto(home + path)
        assert violations(page) == []
    page = opened(serving(None, adjudication), color_scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize("width", [640, 320])
def test_enlarged_nothing_has_to_be_scrolled_sideways(
    opened: Open, serving: Served, session: StandIn, adjudication: StandInAdjudication, width: int
) -> None:
    show_everything(session)
    # 200 % of a window of 1280, then WCAG's reflow (400 %).
    page = opened(serving(session), viewport={"width": width, "height": 450})
    home = page.url
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= width
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("#h-avant")
    page.keyboard.press("d")
    assert page.evaluate(wide) <= width
    for path in ("lecture", "lecture?transcription=e1", "avancement", "aide"):
        page.goto(home + path)
        assert page.evaluate(wide) <= width
    page = opened(serving(None, adjudication), viewport={"width": width, "height": 450})
    assert page.evaluate(wide) <= width


def test_the_cookie_is_out_of_reach_of_scripts_and_the_token_out_of_sight(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    assert page.evaluate("document.cookie") == ""
    assert TOKEN not in page.url
    assert TOKEN not in page.content()
    page.keyboard.press("0")
    decided(page, 1)
    kept = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    assert "page 😀" not in kept
    assert "Allemand" not in kept
    assert page.title() == "Passage 2 – filrouge"
