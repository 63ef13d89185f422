"""The pages in a real Chromium: by keyboard alone, by mouse, without scripts, enlarged, and read by axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from conftest import TOKEN, Served
from stand_in import StandIn, StandInAdjudication

from pipeline.annotate.events import effective
from pipeline.annotate.questions import Point

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]


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
    assert "Réponse annulée" in page.inner_text("#dit")
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


def select(page: Page, first: str, last: str) -> None:
    """Select from the first words to the last, which may stand in another turn."""
    page.evaluate(
        """([first, last]) => {
          const nodes = [...document.querySelectorAll('[data-s]')].map(e => e.firstChild);
          const [one, other] = [first, last].map(words => nodes.find(n => n.data.includes(words)));
          const end = other.data.indexOf(last) + last.length;
          getSelection().setBaseAndExtent(one, one.data.indexOf(first), other, end);
        }""",
        [first, last],
    )
    until(page, "document.getElementById('choisi').value !== ''")


def test_a_passage_dragged_over_emojis_is_stored_at_its_code_points(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    page.goto(page.url + "lecture?transcription=e1")
    turn = page.locator("[data-s]", has_text="qui tourne 2.")
    turn.scroll_into_view_if_needed()
    box = turn.bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 12, steps=4)
    page.mouse.up()
    until(page, "document.getElementById('choisi').value !== ''")
    shown = page.input_value("#choisi")
    assert "😀" in shown
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip .x")
    text = session.reading("e1").transcript.text
    event = session.events[0]
    assert text[event.start : event.end] == shown
    select(page, "😀 qui tourne 3.", "neveu, lui, n’y croit pas  4.")
    assert page.input_value("#choisi").startswith("😀 qui tourne 3. Un")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.chip .x').length > 1")
    event = session.events[1]
    assert text[event.start : event.end].startswith("😀 qui tourne 3. Un Allemand")
    assert text[event.start : event.end].endswith("neveu, lui, n’y croit pas  4.")


def test_spans_by_keyboard_overlap_show_and_are_taken_back(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    page.goto(page.url + "lecture?transcription=e1")
    text = session.reading("e1").transcript.text
    page.focus("#texte")
    page.keyboard.press("ArrowDown")
    assert page.input_value("#choisi") == "On a une page 😀 qui tourne 0."
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    assert page.input_value("#choisi") == "Un Allemand"
    assert page.inner_text("#dit") == "Sélection\u00a0: Un Allemand"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip .x")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.chip .x').length === 2")
    assert [text[e.start : e.end] for e in session.events] == ["Un Allemand", "Un Allemand nous a écrit 0."]
    assert page.locator(".u .u [data-s]").all_inner_texts() == ["Un Allemand"]
    page.get_by_role("button", name=re.compile("Retirer Visibilité, notoriété de « Un Allemand »")).click()
    until(page, "document.querySelectorAll('.chip .x').length === 1")
    page.keyboard.press("u")
    until(page, "document.querySelectorAll('.chip .x').length === 0")
    assert effective(session.events) == ()
    spoken = page.evaluate("[...document.querySelectorAll('#texte [data-s]')].map(e => e.textContent)")
    assert [text[t.start : t.end] for t in session.reading("e1").transcript.turns] == spoken


def test_a_disagreement_is_settled_by_keyboard(
    opened: Open, serving: Served, adjudication: StandInAdjudication
) -> None:
    page = opened(serving(None, adjudication))
    assert page.inner_text("h1") == "Désaccord 1 sur 3"
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    assert "pourquoi ce consensus" in page.inner_text("#alerte")
    page.keyboard.type("Les deux.")
    page.keyboard.press("Control+Enter")
    decided(page, 1)
    assert {k: set(e.codes) for k, e in adjudication.settled.items()} == {"d0": {"visibilite", "opportunites"}}
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**passage=d2**")
    page.fill("#texte-memo", "Suivre.")
    page.get_by_role("button", name="Suivre bob").click()
    decided(page, 2)
    assert adjudication.settled["d2"].memo == "Suivre."


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


def test_the_answer_is_announced_and_the_focus_is_on_the_new_question(
    opened: Open, serving: Served, session: StandIn
) -> None:
    page = opened(serving(session))
    page.keyboard.press("1")
    until(page, "document.getElementById('dit').textContent === 'Visibilité, notoriété\\u00a0: coché'")
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
    until(page, "document.getElementById('alerte').textContent.includes('ne répond plus')")
    assert session.events == []
    assert "net::ERR_FAILED" in complaints[-1]
    complaints.clear()
