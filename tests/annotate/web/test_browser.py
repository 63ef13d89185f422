"""The question page in a real Chromium, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from looking import decided, heard, passage, until
from stand_in import StandIn
from visiting import Served, adjudication, chromium, complaints, opened, serving, session

from pipeline.annotate.events import effective

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]


def test_forty_decisions_by_keyboard_alone(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    for n in range(40):
        assert passage(page) == session.segments[n].text
        if n % 4 == 3:
            page.keyboard.press("n" if n % 8 == 3 else "0")
        else:
            page.keyboard.press(str(1 + n % 3))
            page.keyboard.press("4")
            page.keyboard.press("Enter")
        decided(page, n + 1)
    order = ("visibilite", "opportunites", "fiabilite")
    expected = [set() if n % 4 == 3 else {order[n % 3], "organisationnel"} for n in range(40)]
    assert [set(event.codes) for event in session.events] == expected
    assert [event.start for event in session.events] == [part.start for part in session.segments[:40]]
    assert len({event.key for event in session.events}) == 40


def test_a_slip_is_caught_undone_and_corrected(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    page.keyboard.press("Enter")
    assert "Choisissez au moins un code" in page.inner_text("#alerte")
    page.keyboard.press("2")
    page.keyboard.press("0")
    assert "Appuyez encore sur 0" in page.inner_text("#alerte")
    assert session.events == []
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    decided(page, 1)
    page.keyboard.press("u")
    decided(page, 0)
    assert page.locator("input:checked").first.input_value() == "opportunites"
    heard(page, "Réponse annulée")
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    decided(page, 1)
    assert [event.codes for event in effective(session.events)] == [{"fiabilite"}]
    page.keyboard.press("s")
    until(page, "document.querySelector('.noted')")
    assert [event.kind for event in session.events] == ["decision", "undo", "decision", "skip"]


def test_a_memo_is_written_without_leaving_the_keyboard(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    page.keyboard.press("m")
    page.keyboard.type("u s 1 0 n : des touches, pas des ordres")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("m")
    page.keyboard.type(" 😀")
    page.keyboard.press("Control+Enter")
    decided(page, 1)
    assert [(set(e.codes), e.memo) for e in session.events] == [
        ({"visibilite"}, "u s 1 0 n : des touches, pas des ordres 😀")
    ]
    assert page.locator("#texte-memo").input_value() == ""


def test_azerty_digits_toggle_without_shift(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    keyboard = page.context.new_cdp_session(page)
    for key, code in (("&", "Digit1"), ('"', "Digit3"), ("'", "Digit4")):
        for kind in ("keyDown", "keyUp"):
            keyboard.send("Input.dispatchKeyEvent", {"type": kind, "key": key, "code": code})
    page.keyboard.press("Enter")
    decided(page, 1)
    for kind in ("keyDown", "keyUp"):
        keyboard.send("Input.dispatchKeyEvent", {"type": kind, "key": "à", "code": "Digit0"})
    decided(page, 2)
    assert [set(event.codes) for event in session.events] == [
        {"visibilite", "fiabilite", "organisationnel"},
        set(),
    ]


def test_a_key_held_down_answers_once(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    keyboard = page.context.new_cdp_session(page)
    for repeats in (False, *[True] * 20):
        keyboard.send(
            "Input.dispatchKeyEvent", {"type": "keyDown", "key": "n", "code": "KeyN", "autoRepeat": repeats}
        )
    decided(page, 1)
    page.keyboard.press("1")
    assert len(session.events) == 1


def test_the_same_form_from_two_tabs_and_two_clicks_counts_once(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    page.check("#c0")
    page.evaluate(
        "() => { const b = document.querySelector('#reponse button.main'); b.click(); b.click(); b.click(); }"
    )
    decided(page, 1)
    page.reload()
    assert len(session.events) == 1


def test_single_keys_can_be_switched_off(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    page.keyboard.press("?")
    assert page.locator("dialog#aide").is_visible()
    page.uncheck("#raccourcis")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("n")
    assert page.locator("input[type=checkbox]:checked").count() == 0
    page.reload()
    page.keyboard.press("1")
    assert page.locator("#reponse input[type=checkbox]:checked").count() == 0
    assert session.events == []


def test_a_definition_unfolded_stays_unfolded(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session))
    page.locator("#d1 summary").click()
    page.keyboard.press("0")
    decided(page, 1)
    assert page.locator("#d1 .said").is_visible()
    page.keyboard.press("d")
    assert page.locator(".said:visible").count() == 3
    page.keyboard.press("d")
    assert page.locator(".said:visible").count() == 0


def test_the_answer_is_announced_and_the_focus_is_on_the_new_question(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    page.keyboard.press("1")
    heard(page, "Visibilité, notoriété\u00a0: coché")
    page.keyboard.press("Enter")
    decided(page, 1)
    assert page.evaluate("document.activeElement.id") == "titre"
    assert page.title() == "Passage 2 – filrouge"


def test_a_server_that_died_is_told(
    opened: Open, serving: Served, session: StandIn, complaints: list[str]
) -> None:
    page = opened(serving(session))
    page.route("**/reponse", lambda route: route.abort())
    page.keyboard.press("0")
    page.locator("#alerte", has_text="n’est pas enregistrée. Le serveur ne répond plus").wait_for()
    assert session.events == []
    assert "net::ERR_FAILED" in complaints[-1]
    complaints.clear()


def test_an_error_of_the_server_leaves_the_question_as_it_is(
    opened: Open, serving: Served, session: StandIn, complaints: list[str]
) -> None:
    page = opened(serving(session))
    page.route("**/reponse", lambda route: route.fulfill(status=500, body="Internal Server Error"))
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.locator("#alerte", has_text="n’est pas enregistrée").wait_for()
    page.unroute("**/reponse")
    page.context.clear_cookies()
    page.keyboard.press("Enter")
    page.locator("#alerte", has_text="adresse complète").wait_for()
    assert page.locator("#c0").is_checked()
    assert passage(page) == session.segments[0].text
    assert session.events == []
    assert any("500" in one for one in complaints)
    complaints.clear()
