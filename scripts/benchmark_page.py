"""Measure, in a real Chromium, how long the next question takes to be on the screen while the machine learns.

    .venv/bin/python scripts/benchmark_page.py [STUDY] [--encoder NAME] [--shots DIR] [--into FILE]

A session on STUDY (by default corpora/rsn-pe, simulated) is answered by keyboard as its first coder did. The time
runs from the key pressed to the frame painted after the new question came in, refits beside it included.
``--shots`` keeps pictures of the pages; ``--into`` writes the table between ``<!-- figures: page -->`` marks.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from figures import put  # noqa: E402

from pipeline.annotate import Adjudication, Question, Session, Why, open_store  # noqa: E402
from pipeline.annotate.material import Material, typicality  # noqa: E402
from pipeline.annotate.questions import encode_id  # noqa: E402
from pipeline.records import Segment  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TOKEN = "jeton-de-mesure-0123456789"
WATCH = """
window.laps = [];
let began = 0;
document.addEventListener('keydown', e => { if (/^(Enter|0)$/.test(e.key)) began = performance.now(); }, true);
document.addEventListener('htmx:afterSwap', e => {
  if (e.detail.target.id !== 'plan') return;
  requestAnimationFrame(() => setTimeout(() => laps.push(performance.now() - began)));
});
"""


class Bench:
    """A study opened for two coders: what each said of every segment answers in their stead."""

    def __init__(self, study: Path, encoder: str | None, folder: Path) -> None:
        from pipeline.classify import passages
        from pipeline.classify.context import questions
        from pipeline.embed import load_encoder
        from pipeline.run.learning import Heads
        from pipeline.run.training import read_material

        read = read_material(study)
        given = passages(read.groups, encode=load_encoder(encoder).encode if encoder else load_encoder().encode)
        self.machine, self.codebook, self.marks = Heads(given), read.codebook, dict(read.marks)
        self.material = Material(
            read.groups, [asked for group in read.groups for asked in questions(group)], self.machine.features,
            typicality(self.machine.features, clusters=20, seed=0), title=read.codebook.name,
        )  # fmt: skip
        self.rows = {(s.transcript.id, s.start): n for n, s in enumerate(self.material.segments)}
        self.store = open_store(folder / "study.sqlite")
        self.coders = sorted(self.marks)[:2]

    def session(self, coder: str, *, suggests: bool = False) -> Session:
        """Open a session."""
        return Session(
            self.store, self.material, self.machine, self.codebook, coder=coder, clock=now, suggests=suggests
        )

    def truth(self, coder: str, row: int) -> list[str]:
        """Return what a coder said of a segment."""
        marked = self.marks[coder].labels[row]
        return [code for code, held in zip(self.codebook.ids, marked, strict=True) if held == 1]

    def row(self, question: Question) -> int:
        """Return the row of a question's segment."""
        return self.rows[question.segment.transcript.id, question.segment.start]


def now() -> str:
    """Return the time of day, as events keep it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def served(session: Session | None, adjudication: Adjudication | None = None) -> str:
    """Serve in a thread; return the first address."""
    import uvicorn

    from pipeline.annotate.web import app

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    pages = app(session, adjudication, token=TOKEN, hosts={"127.0.0.1"}, port=port)
    server = uvicorn.Server(uvicorn.Config(pages, port=port, log_config=None, lifespan="off", ws="none"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.01)
    return f"http://127.0.0.1:{port}/?token={TOKEN}"


def decide(bench: Bench, session: Session, page: Page, coder: str, done: int) -> None:
    """Answer the question on the page by its keys, and wait for the next one."""
    question = session.next()
    assert question is not None
    keys = [str(bench.codebook.ids.index(code) + 1) for code in bench.truth(coder, bench.row(question))]
    for key in [*keys, "Enter"] if keys else ["0"]:
        page.keyboard.press(key)
    until(page, f"laps.length === {done + 1}")


def until(page: Page, condition: str) -> None:
    """Wait until a condition holds; Playwright's own wait needs eval, which the page forbids."""
    for _ in range(2000):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(10)
    raise TimeoutError(condition)


def measure(bench: Bench, browser: Browser, count: int) -> list[float]:
    """Return the milliseconds of each of ``count`` decisions."""
    coder = bench.coders[0]
    session = bench.session(coder)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(WATCH)
    page.goto(served(session))
    for done in range(count):
        decide(bench, session, page, coder, done)
    laps: list[float] = page.evaluate("laps")
    page.close()
    session.settle()
    session.close()
    return laps


def shoot(bench: Bench, browser: Browser, folder: Path) -> None:
    """Keep pictures of the question page (light and dark), of reading mode, and of the adjudication page."""
    folder.mkdir(parents=True, exist_ok=True)
    first, other = bench.coders
    session = bench.session(first, suggests=True)
    url = served(session)
    for scheme in ("light", "dark"):
        page = opened(browser, url, scheme)
        session.settle()
        decide(bench, session, page, first, 0)
        session.settle()
        page.wait_for_timeout(3000)  # the panel asks again by itself
        page.keyboard.press("1")
        keep(page, folder / f"annotate-question{'-sombre' if scheme == 'dark' else ''}.png")
    page = opened(browser, url, "light")
    page.locator("#panneau").screenshot(path=folder / "annotate-avancement.png")
    read(bench, session, opened(browser, url, "light"), first, folder)
    session.close()
    double(bench, first, other)
    keep(opened(browser, served(None, judging(bench)), "light"), folder / "annotate-desaccords.png")


def opened(browser: Browser, url: str, scheme: Any) -> Page:
    """Open an address in a fresh browser that watches the time."""
    page = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=scheme).new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    return page


def read(bench: Bench, session: Session, page: Page, coder: str, folder: Path) -> None:
    """Code what the coder coded of the interview they coded most, but for the last of four passages in a row."""
    group = max(
        bench.material.groups, key=lambda each: sum(bool(bench.truth(coder, row)) for row in rows(bench, each))
    )
    held = [row for row in rows(bench, group) if bench.truth(coder, row)]
    gaps = [held[n + 3] - held[n] for n in range(len(held) - 3)]
    near = held[gaps.index(min(gaps)) :][:4]
    segments = bench.material.segments
    for row in near[:3]:
        part = segments[row]
        session.code_span(f"vue-{row}", part.transcript.id, part.start, part.end, bench.truth(coder, row))
    last = segments[near[3]]
    page.goto(f"{page.url}lecture?transcription={last.transcript.id}")
    page.evaluate(f"choose([{last.start}, {last.end}], false); document.querySelector('.chip').scrollIntoView()")
    page.evaluate("window.scrollBy(0, -160)")
    page.set_viewport_size({"width": 1280, "height": 760})
    for code in bench.truth(coder, near[3]):
        page.keyboard.press(str(bench.codebook.ids.index(code) + 1))
    keep(page, folder / "annotate-lecture.png")


def rows(bench: Bench, group: Sequence[Segment]) -> list[int]:
    """Return the rows of an interview's segments."""
    return [bench.rows[part.transcript.id, part.start] for part in group]


def double(bench: Bench, first: str, other: str) -> None:
    """Have the second coder decide what the first decided."""
    session = bench.session(other)
    for n, event in enumerate(bench.store.events(first)):
        if event.kind == "decision":
            row = bench.rows[event.transcript, event.start]
            name = encode_id(bench.material.segments[row], Why("worklist"))
            session.answer(f"double-{n}", name, bench.truth(other, row))
    session.close()


def judging(bench: Bench) -> Adjudication:
    """Open the disagreements."""
    return Adjudication(
        bench.store, bench.material.groups, bench.codebook, coder="consensus", clock=now,
        asked=bench.material.asked, title=bench.material.title,
    )  # fmt: skip


def keep(page: Page, path: Path) -> None:
    """Keep a picture of what the window shows."""
    page.screenshot(path=path)
    print(f"{path.name} : {path.stat().st_size // 1000} Ko")


def table(bench: Bench, laps: list[float]) -> str:
    """Lay the figures out."""
    ordered = sorted(laps)
    row = [f"{statistics.median(laps):.0f}", f"{ordered[int(0.95 * (len(laps) - 1))]:.0f}", f"{ordered[-1]:.0f}"]
    return (
        f"| décisions | segments | médiane (ms) | 95e centile (ms) | maximum (ms) |\n|---|---|---|---|---|\n"
        f"| {len(laps)} | {len(bench.material.segments)} | {' | '.join(row)} |\n"
    )


def main() -> None:
    """Run the measure."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study", nargs="?", type=Path, default=ROOT / "corpora/rsn-pe")
    parser.add_argument("--decisions", type=int, default=120)
    parser.add_argument("--encoder")
    parser.add_argument("--shots", type=Path)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        bench = Bench(asked.study, asked.encoder, Path(folder))
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        told = table(bench, measure(bench, browser, asked.decisions))
        print(told)
        if asked.into:
            put(asked.into, "page", told)
        if asked.shots:
            shoot(bench, browser, asked.shots)
        browser.close()


if __name__ == "__main__":
    main()
