"""Pages and engine together: a real store, a machine that learns beside the page, two coders who then agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from looking import decided, until
from small_study import make_adjudication, make_session, truth
from visiting import Served, adjudication, chromium, complaints, opened, serving, session

from pipeline.annotate import Session, open_store
from pipeline.annotate.events import Event, effective

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Session]:
    """Return a session on a store of its own, with suggestions."""
    session = make_session(tmp_path, suggests=True)
    yield session
    session.close()


def stored(folder: Path, coder: str) -> tuple[Event, ...]:
    """Read a coder's events anew, as another process would."""
    store = open_store(folder / "study.sqlite")
    try:
        return store.events(coder)
    finally:
        store.close()


def answer(page: Page, session: Session, count: int) -> None:
    """Answer by keyboard what holds, ``count`` times."""
    keys = dict(zip(session.codebook.ids, "123456789", strict=False))
    for n in range(count):
        question = session.next()
        assert question
        held = truth(question.segment)
        for key in [*(keys[code] for code in sorted(held)), "Enter"] if held else ["0"]:
            page.keyboard.press(key)
        decided(page, n + 1)


def test_forty_decisions_are_in_the_store_with_why_they_were_asked(
    opened: Open, serving: Served, real: Session, tmp_path: Path
) -> None:
    page = opened(serving(real))
    answer(page, real, 40)
    kept = [event for event in stored(tmp_path, "marie") if event.kind == "decision"]
    places = {(s.transcript.id, s.start): s for reading in real.transcripts() for s in reading.segments}
    assert len(kept) == 40
    assert all(event.codes == truth(places[event.transcript, event.start]) for event in kept)
    assert len({event.strategy for event in kept}) > 1
    assert all(event.probability for event in kept if event.strategy == "random")
    assert real.settle()
    page.keyboard.press("0")
    decided(page, 41)
    assert "Machine" in page.inner_text(".previous")


def test_undo_and_spans_reach_the_store(opened: Open, serving: Served, real: Session, tmp_path: Path) -> None:
    page = opened(serving(real))
    home = page.url.split("?")[0]
    answer(page, real, 2)
    page.keyboard.press("u")
    decided(page, 1)
    page.goto(home + "lecture?transcription=entretien-1")
    page.focus("#texte")
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowRight", "1", "3", "Enter"):
        page.keyboard.press(key)
    until(page, "document.querySelector('.chip .x[aria-label*=Individuel]')")
    events = [e for e in effective(stored(tmp_path, "marie")) if e.kind in ("decision", "span")]
    span = events[-1]
    text = real.reading("entretien-1").transcript.text
    assert [event.kind for event in events] == ["decision", "span"]
    assert len(text[span.start : span.end].split()) == 2
    assert span.codes == {"visibilite", "individuel"}


def test_two_coders_disagree_and_settle_it(opened: Open, serving: Served, tmp_path: Path) -> None:
    for coder, codes in (("anne", ["visibilite"]), ("bob", ["partenaires"])):
        session = make_session(tmp_path, coder)
        part = session.transcripts()[0].segments[0]
        session.code_span(f"{coder}-1", part.transcript.id, part.start, part.end, codes, f"Avis de {coder}.")
        session.finish_reading(f"{coder}-2", part.transcript.id)
        session.close()
    page = opened(serving(None, make_adjudication(tmp_path)))
    assert page.inner_text("h1") == "Désaccord 1 sur 1"
    assert "Avis de bob." in page.inner_text(".sides")
    page.fill("#texte-memo", "Les deux à la fois.")
    page.keyboard.press("Escape")
    for key in ("1", "2", "Enter"):
        page.keyboard.press(key)
    decided(page, 1)
    consensus = stored(tmp_path, "chef")[-1]
    assert consensus.kind == "consensus"
    assert consensus.codes == {"visibilite", "partenaires"}
    assert consensus.memo == "Les deux à la fois."
