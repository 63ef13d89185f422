"""HTML pages (.html): noScribe's, whose links carry times and speakers; any other is read as a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import milliseconds
from pipeline.read.draft import Draft, Speech, canonical, compose, joined
from pipeline.read.labels import plain
from pipeline.read.markup import local, parse_html, squeezed, walk
from pipeline.read.text import decode, oddities

_BLOCKS = frozenset(
    "p div li ul ol tr td th table h1 h2 h3 h4 h5 h6 blockquote section article header footer dd dt pre".split()
)
_SILENT = ("script", "style", "head", "template", "noscript", "svg")
_LINK = re.compile(r"ts_(\d+)_(\d+)(?:_(.*))?", re.DOTALL)
_STAMP = re.compile(r"\[\d\d:\d\d:\d\d\]")


def read_page(data: bytes, *, name: str) -> Draft:
    """Read an HTML page. Raises ReadError when it says nothing."""
    text, encoding = decode(data, name=name)
    root = parse_html(text, name=name)
    links = [entry for entry in root.iter("a") if _LINK.fullmatch(entry.get("name") or "")]
    if links:
        note = f"Lu comme une page de noScribe : {len(links)} passages minutés."
        return compose(joined(_speeches(links)), notes=(note, *oddities(text, encoding)), format="noScribe")
    words = text_of(root)
    if not words.strip():
        raise ReadError(f"{name} : cette page HTML ne contient aucun texte.")
    return Draft(words, notes=("Page HTML sans minutage de noScribe : lue comme un texte.",
                               *oddities(text, encoding)), format="HTML")  # fmt: skip


def text_of(root: Any) -> str:
    r"""Return the text of a page, a line a block, without what it does not show.

    >>> text_of(parse_html("<p>Q : <b>Et</b>\n ?<br>Là ?</p><p>R : Oui.</p>", name="e1"))
    'Q : Et ?\nLà ?\n\nR : Oui.\n'
    """
    pieces: list[str] = []
    for event, entry in walk(root, without=_SILENT):
        if event == "text":
            pieces.append(re.sub(r"[ \t\r\n]+", " ", entry))
        elif event == "open" and local(entry) == "br":
            pieces.append("\n")
        elif event != "skip" and local(entry) in _BLOCKS:
            pieces.append("\n\n")
    lines = "\n".join(line.strip(" ") for line in "".join(pieces).split("\n"))
    return canonical(re.sub(r"\n{3,}", "\n\n", lines).strip("\n")) + "\n"


def _speeches(links: list[Any]) -> Iterator[Speech]:
    """Read noScribe's links: « S00: [00:00:05] words », the name said where the voice changes."""
    current = ""
    for link in links:
        found = _LINK.fullmatch(link.get("name") or "")
        words = squeezed(_STAMP.sub(" ", "".join(link.itertext())))
        if found is None:
            continue
        told = squeezed(found[3] or "")
        overlapping = told.startswith("//")
        told = told.strip("/ ")
        label = re.match(r"/{0,2}\s*([^:\n]{1,40}):\s*", words)
        if label and (plain(label[1]) == plain(told) or not told):
            current, words = label[1].strip(), words[label.end() :]
        elif told and (plain(told) != plain(current)):
            current = told
        yield Speech(current, words.strip("/ ") if overlapping else words.removeprefix("//").strip(),
                     milliseconds(found[1]), milliseconds(found[2]))  # fmt: skip
