"""Sixteen simulated transcripts printed to PDF by a real browser come back turn for turn."""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path

import pytest

from pipeline.read import read_transcript
from pipeline.records import Transcript

RSN = Path(__file__).parents[2] / "corpora/rsn-pe/transcripts"
STYLE = "p { margin: 0 0 6px; font: 11pt serif; text-align: justify }"
HEADER = '<span style="font-size: 8px; margin-left: 60px">RSN – confidentiel</span>'
FOOTER = HEADER.replace(
    "RSN – confidentiel", 'page <span class="pageNumber"></span> / <span class="totalPages"></span>'
)
MARGIN = dict.fromkeys(("top", "bottom", "left", "right"), "60px")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print every transcript on justified A4 pages with a header and a footer."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install filrouge[test])")
    browser_path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser_path is None:
        pytest.skip("needs Chromium")
    folder = tmp_path_factory.mktemp("pdf")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        for path in sorted(RSN.glob("*.txt")):
            lines = read_transcript(path).text.split("\n")
            body = "".join(f"<p>{escape(line) if line.strip() else '&nbsp;'}</p>" for line in lines)
            page.set_content(f'<meta charset="utf-8"><style>{STYLE}</style>{body}')
            page.pdf(path=folder / f"{path.stem}.pdf", format="A4", display_header_footer=True, margin=MARGIN,
                     header_template=HEADER, footer_template=FOOTER)  # fmt: skip
        browser.close()
    return folder


def told(transcript: Transcript) -> list[tuple[str, str, str]]:
    """Return who says what in which role; a PDF knows one blank only."""
    return [
        (turn.speaker, turn.role, re.sub(r"\s+", " ", transcript.text[turn.start : turn.end]))
        for turn in transcript.turns
    ]


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(path.stem for path in RSN.glob("*.txt")))
def test_a_printed_transcript_comes_back_turn_for_turn(printed: Path, name: str) -> None:
    """Where the lines end depends on the fonts of the machine: two turns at most may suffer from it."""
    original, back = read_transcript(RSN / f"{name}.txt"), read_transcript(printed / f"{name}.pdf")
    assert len(set(told(original)) - set(told(back))) <= 2
    assert abs(len(back.turns) - len(original.turns)) <= 2
    assert any("« RSN – confidentiel »" in doubt for doubt in back.doubts)
