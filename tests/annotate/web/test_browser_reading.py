"""Reading mode and adjudication in a real Chromium: exact places, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from looking import decided, heard, until
from stand_in import StandIn, StandInAdjudication
from visiting import Served, adjudication, chromium, complaints, opened, serving, session

from pipeline.annotate.events import effective

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]


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
    heard(page, "Sélection\u00a0: Un Allemand")
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


def test_enlarged_the_selection_is_never_under_the_tools(opened: Open, serving: Served, session: StandIn) -> None:
    page = opened(serving(session), viewport={"width": 640, "height": 450})
    page.goto(page.url + "lecture?transcription=e1")
    page.focus("#texte")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
        seen = page.evaluate("rangeOf(chosen).getBoundingClientRect().bottom")
        assert 0 < seen < page.evaluate("document.querySelector('.tools').getBoundingClientRect().top")
