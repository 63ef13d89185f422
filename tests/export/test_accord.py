"""The agreement pages and tables: everything escaped, nothing fetched, what is undefined said so."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.agree import CodeAgreement, TwoByTwo, accord
from pipeline.agree.scales import against, krippendorff, landis_koch
from pipeline.codebook import parse_codebook
from pipeline.export.accord import ACCORD_WRITERS, AccordResults
from pipeline.export.accord.page import accord_page, discussion_page
from pipeline.export.accord.prose import LANGUAGES, methods
from pipeline.export.accord.tables import accord_json, agreement_csv, disagreements_csv, several_csv
from pipeline.export.forest import forest
from pipeline.records import Coding, Segment, Transcript, Turn

if TYPE_CHECKING:
    from playwright.sync_api import Page

EVIL = "<script>document.title='ouvert'</script>\"'><img src=x onerror=alert(1)>"
BOOK = parse_codebook(
    {
        "name": "Grille" + EVIL,
        "dimensions": [
            {
                "id": "d", "label": "Dim" + EVIL,
                "codes": [
                    {"id": "x", "label": "Visibilité" + EVIL}, {"id": "y", "label": "Opportunités"},
                    {"id": "z", "label": "Jamais employé"},
                ],
            }
        ],
    }
)  # fmt: skip
SAID = "On a une page. =1+1 nous a écrit. " + EVIL + " Voilà. "


def talk(n: int) -> Transcript:
    """Return an interview of twelve answers."""
    return Transcript(f"e{n}" + EVIL, "R : " + SAID * 12, (Turn(4, 4 + 12 * len(SAID), "R", "respondent"),))


def results(*, machine: bool = False, coders: int = 2) -> AccordResults:
    """Three interviews, coders who differ, perhaps a machine."""
    talks = tuple(talk(n) for n in range(3))
    segments = [
        Segment(one, at, at + len(SAID), one.turns[0])
        for one in talks for at in range(4, one.turns[0].end, len(SAID))
    ]  # fmt: skip
    humans = ["anne" + EVIL, "bob", "chloe"][:coders]
    codings = []
    for n, one in enumerate(segments):
        for c, coder in enumerate([*humans, *(["machine:m"] if machine else [])]):
            codes = {"x"} if (n + (n % 7 == c)) % 2 else {"y"} if n % 5 == c else set()
            codings.append(Coding(one.transcript.id, one.start, one.end, coder, frozenset(codes)))
    found = accord(
        segments, codings, codebook=BOOK, humans=humans, machine="machine:m" if machine else "", bar=0.6
    )
    return AccordResults(
        "Étude" + EVIL, found, talks, tuple(codings), ("Note" + EVIL,), (("f" + EVIL, "pourquoi" + EVIL),),
        "Étude « x » (simulé).", "0",
    )  # fmt: skip


@pytest.mark.parametrize("name", ACCORD_WRITERS)
def test_every_file_says_the_same_twice(name: str) -> None:
    one, again = (ACCORD_WRITERS[name](results(machine=True, coders=3)) for _ in range(2))
    assert one == again
    assert one.endswith("\n") or one.endswith("</html>")


@pytest.mark.parametrize("page", [accord_page, discussion_page])
def test_whatever_comes_from_outside_is_text_and_never_markup(page: object) -> None:
    written = page(results(machine=True, coders=3))  # type: ignore[operator]
    assert html.escape("<script>document", quote=False) in written
    assert written.count("<script>") == (1 if page is accord_page else 0)
    assert "<img" not in written
    assert "Données simulées." in written
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", written)


def test_what_is_undefined_says_so_everywhere() -> None:
    told = results()
    page = html.unescape(accord_page(told))
    assert "non défini : aucun des deux codeurs n’a employé ce code" in page
    (row,) = [row for row in csv.DictReader(io.StringIO(agreement_csv(told)))
              if row["code"] == "z" and row["unit"] == "segment"]  # fmt: skip
    assert (row["kappa"], row["alpha"], row["ac1"], row["observed"]) == ("", "", "", "1")
    assert "non défini" in row["note"]
    line = next(one for one in json.loads(accord_json(told))["segments"] if one["code"] == "z")
    assert line["kappa"] is None
    assert line["undefined"]["kappa"] == "aucun des deux codeurs n’a employé ce code"
    assert "Jamais employé" in methods(told, "fr")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("machine", [False, True])
def test_the_methods_paragraph_says_all_a_reviewer_asks(language: str, machine: bool) -> None:
    text = methods(results(machine=machine, coders=3), language)
    asked = {
        "fr": ["segment", "au moins la moitié", "% des segments lus", "Cohen (1960)", "Dirichlet", "graine 0",
               "jackknife par entretien", "0/0", "moins de 5 fois", "La barre", "simulées"],
        "en": ["segment", "at least half", "% of the segments read", "Cohen’s κ (1960)", "Dirichlet", "seed 0",
               "delete-one-interview jackknife", "0/0", "fewer than 5 times", "The bar", "simulated"],
    }  # fmt: skip
    assert [words for words in asked[language] if words not in text] == []
    assert ("machine:m" in text) == machine
    assert "  " not in text
    assert "None" not in text


def test_the_sheet_names_each_coders_answer_and_keeps_speech_from_being_a_formula() -> None:
    told = results()
    rows = list(csv.DictReader(io.StringIO(disagreements_csv(told))))
    assert len(rows) == len(told.accord.disagreements)
    assert {frozenset((row["anne" + EVIL], row["bob"])) for row in rows} == {frozenset(("oui", "non"))}
    assert all(row["decision"] == "" for row in rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


def test_all_coders_together_have_their_own_table_from_three_on() -> None:
    assert several_csv(results()) == ""
    rows = list(csv.DictReader(io.StringIO(several_csv(results(coders=3)))))
    assert [row["code"] for row in rows] == ["x", "y", "z"]
    assert rows[2]["alpha"] == ""
    assert "jamais varié" in rows[2]["note"]


def test_a_forest_has_a_line_a_code_and_the_bar() -> None:
    lines = [
        CodeAgreement("x", ("a", "b"), "segment", TwoByTwo(20, 5, 5, 70), (0.5, 0.9), (0.3, 0.95)),
        CodeAgreement("y", ("a", "b"), "segment", TwoByTwo(1, 1, 1, 90), note="pas d’intervalle : moins de 5"),
        CodeAgreement("z", ("a", "b"), "segment", TwoByTwo(0, 0, 0, 90)),
    ]
    drawn = forest(lines, {"x": "Ixe" + EVIL}, bar=0.6, title="κ" + EVIL)
    assert drawn.count("<circle") == 2
    assert drawn.count("<path") == 2
    assert "barre 0,60" in drawn
    assert "moins de 5" in drawn
    assert "non défini" in drawn
    assert "<img" not in drawn
    assert "barre" not in forest(lines, {}, bar=None, title="κ")
    assert "−0,2" in forest(
        [CodeAgreement("x", ("a", "b"), "segment", TwoByTwo(0, 5, 5, 90))], {}, bar=None, title=""
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.81, "presque parfait"), (0.8, "substantiel"), (0.61, "substantiel"), (0.6, "modéré"), (0.41, "modéré"),
     (0.4, "passable"), (0.21, "passable"), (0.2, "faible"), (0.0, "faible"), (-0.01, "médiocre")],
)  # fmt: skip
def test_landis_and_kochs_words(value: float, words: str) -> None:
    assert landis_koch(value) == words


def test_two_authors_and_a_bar() -> None:
    assert [krippendorff(v) for v in (0.8, 0.79, 0.667, 0.66)] == [
        "fiable",
        "provisoire",
        "provisoire",
        "sous 0,667",
    ]
    assert against(None, (0.1, 0.2)) == ""


@pytest.fixture(params=["accord", "desaccords"])
def page(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Page]:
    """Open a page in Chromium, offline, on a telephone; any error on it fails the test."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install filrouge[test])")
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        pytest.skip("needs a Chromium on the path")
    file = tmp_path / f"{request.param}.html"
    write = accord_page if request.param == "accord" else discussion_page
    file.write_text(write(results(machine=True, coders=3)), encoding="utf-8")
    errors: list[str] = []
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        opened = browser.new_context(offline=True, viewport={"width": 400, "height": 800}).new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: errors.append(message.text))
        opened.goto(file.as_uri())
        yield opened
        browser.close()
    assert errors == []


@pytest.mark.browser
def test_a_page_opens_offline_and_fits_a_telephone(page: Page) -> None:
    assert page.title().endswith("Étude" + EVIL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    if page.locator(".side").count():
        assert page.locator(".dispute").first.locator(".side").count() == 4
    else:
        assert page.locator("svg.forest").count() == 6
        page.locator("summary").first.click()
        assert page.locator("details td.said").first.is_visible()
