"""The page that a researcher opens: everything escaped, spans cut right, and it works in a real browser."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codebook import parse_codebook
from pipeline.export import AgreementRow, Results
from pipeline.export.report import render_report
from pipeline.records import Coding, Explanation, Precedent, Segment, Transcript, Turn
from pipeline.spans import Span, cut

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = "<script>document.title='ouvert'</script>\"'><img src=x onerror=alert(1)>"
ASKED = "Q : Et Facebook ?\n\n"
SAID = "R : On a une page. Un Allemand nous a écrit. " + EVIL + " Voilà 😀 c'est tout."
TEXT = ASKED + SAID
START = len(ASKED) + 4
TALK = Transcript(
    "e1" + EVIL, TEXT,
    (Turn(4, 17, "Q", "interviewer"), Turn(START, len(TEXT), "R" + EVIL, "respondent")), doubts=(EVIL,),
)  # fmt: skip
CODEBOOK = parse_codebook(
    {
        "name": "Grille" + EVIL,
        "dimensions": [
            {
                "id": "d", "label": "Dim" + EVIL,
                "codes": [
                    {"id": "visibilite", "label": "Visibilité" + EVIL, "definition": EVIL},
                    {"id": "opportunites", "label": "Opportunités"},
                ],
            }
        ],
    }
)  # fmt: skip
PAGE, LETTER = TEXT.index("On a une page."), TEXT.index("Un Allemand nous a écrit.")


def results() -> Results:
    """Two segments coded by the machine, two overlapping passages of a human."""
    bounds = [(PAGE, PAGE + 14), (LETTER, LETTER + 25)]
    return Results(
        "Étude" + EVIL, CODEBOOK, (TALK,), tuple(Segment(TALK, a, b, TALK.turns[1]) for a, b in bounds),
        (
            Coding(TALK.id, *bounds[0], "machine:m", frozenset({"visibilite"}), {"visibilite": 0.834}),
            Coding(TALK.id, *bounds[1], "machine:m", frozenset(), {"visibilite": 0.1}),
        ),
        (AgreementRow("visibilite", ("anne" + EVIL, "bob"), "segment", (1, 2, 3, 4000), 0.5, None),),
        ("Note" + EVIL,), (("f" + EVIL, "pourquoi" + EVIL),), "m", "0",
        human=(
            Coding(TALK.id, PAGE, LETTER + 11, "anne" + EVIL, frozenset({"visibilite"})),
            Coding(TALK.id, LETTER, LETTER + 25, "anne" + EVIL, frozenset({"opportunites"})),
        ),
        source="Étude « x » (simulé).",
        explanations={
            (TALK.id, PAGE, "visibilite"): Explanation(
                ("page", EVIL), (Precedent("e2" + EVIL, "Notre page" + EVIL, ("anne" + EVIL, "bob"), 0.9),)
            )
        },
        sure={"visibilite": (0.2, 0.9), "opportunites": (0.2, 0.9)},
        divergence=(("vague" + EVIL, "1", "8", "0,300", "6 %", "6 %", "0,420", "1,000"),), divergence_note="Note.",
    )  # fmt: skip


@given(
    st.text(min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45), st.integers(0, 5)), max_size=8),
)
def test_pieces_give_the_text_back_and_hold_what_covers_them(
    text: str, bounds: list[tuple[int, int, int]]
) -> None:
    spans = [Span(min(a, b), max(a, b), held) for a, b, held in bounds]
    pieces = cut(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        for place in range(piece.start, piece.end):
            assert sorted(piece.held) == sorted(s.held for s in spans if s.start <= place < s.end)


def test_whatever_comes_from_outside_is_text_and_never_markup() -> None:
    page = render_report(results())
    assert html.escape("<script>document", quote=False) in page
    assert page.count("<script>") == 1
    assert "<img" not in page
    assert "onerror=alert(1)>" not in page.replace("onerror=alert(1)&gt;", "")
    assert render_report(results()) == page


def test_the_page_says_that_data_are_simulated_only_where_they_are() -> None:
    assert "Données simulées." in render_report(results())
    real = Results("É", CODEBOOK, (TALK,), (), (), (), (), (), "m", "0", source="Étude « artisans ».")
    assert "Données simulées." not in render_report(real)


def test_words_of_a_transcript_stand_whole_and_in_order() -> None:
    page = re.sub(r"<(button|b) [^>]*class=\"chip.*?</\1>", "", render_report(results()))
    said = html.unescape(re.sub(r"<[^>]*>", "", page.split("<article", 1)[1].split("</article>")[0]))
    assert TEXT[START:] in said


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """Open the report in Chromium, offline; any error on the page fails the test."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install filrouge[test])")
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        pytest.skip("needs a Chromium on the path")
    file = tmp_path / "rapport.html"
    file.write_text(render_report(results()), encoding="utf-8")
    errors: list[str] = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        opened = browser.new_context(offline=True, viewport={"width": 420, "height": 800}).new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: errors.append(message.text))
        opened.on(
            "request", lambda request: errors.append(request.url) if "rapport.html" not in request.url else None
        )
        opened.goto(file.as_uri())
        yield opened
        browser.close()
    assert errors == []


@pytest.mark.browser
def test_speech_does_not_run_and_the_page_fits_a_telephone(page: Page) -> None:
    assert page.title() == "Rapport de codage – Étude" + EVIL
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


@pytest.mark.browser
def test_each_coders_passages_are_shown_at_their_exact_bounds(page: Page) -> None:
    shown = "[...document.querySelectorAll('.p.on')].map(e => [e.textContent, e.title])"
    label = "Visibilité" + EVIL
    assert page.evaluate(shown) == [["On a une page.", f"{label}\u00a0: 0,83"]]
    page.select_option("#coder", "1")
    assert page.evaluate(shown) == [
        ["On a une page.", label],
        [" ", label],
        ["Un Allemand", f"{label} ; Opportunités"],
        [" nous a écrit.", "Opportunités"],
    ]
    assert page.locator(".chip:visible").all_inner_texts()[-1] == "Opportunités"


@pytest.mark.browser
def test_a_code_unchecked_is_hidden_and_keys_walk_through_passages(page: Page) -> None:
    page.select_option("#coder", "1")
    page.locator("#coder").blur()
    page.keyboard.press("n")
    assert page.inner_text("#said") == "Visibilité" + EVIL
    page.keyboard.press("n")
    assert page.inner_text("#said").endswith("Opportunités")
    page.locator("input.code").first.uncheck()
    assert page.locator(".p.on").count() == 2
    page.click("#none")
    assert page.locator(".p.on").count() == 0
    assert page.locator(".chip:visible").count() == 0


@pytest.mark.browser
def test_a_chip_tells_why_in_words_that_stay_words(page: Page) -> None:
    page.locator("button.chip:visible").first.click()
    told = page.inner_text("#why")
    assert "Score 0,83. La machine n’en est pas sûre\u00a0: à vous de décider." in told
    assert "page" in told
    assert f"«\u00a0Notre page{EVIL}\u00a0»" in told
    assert f"e2{EVIL}, anne{EVIL} et bob" in told
    page.keyboard.press("Escape")
    assert not page.locator("#why").is_visible()


@pytest.mark.browser
def test_the_summary_prints_on_one_page_and_transcripts_only_when_asked(page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.querySelector('.reading')).display") == "block"
    page.emulate_media(media="print")
    assert not page.locator("article").first.is_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
    page.emulate_media(media="screen")
    page.check("#whole")
    page.emulate_media(media="print")
    assert page.locator("article").first.is_visible()
