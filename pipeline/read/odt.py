"""OpenDocument texts (.odt): an own walk, which keeps each blank, drops deletions and reads remarks as codings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.archive import parts_of
from pipeline.read.draft import Draft, canonical
from pipeline.read.emphasis import Emphasis, told_by_emphasis
from pipeline.read.markup import parse_xml, walk
from pipeline.read.remarks import Remark, codings_of, revisions

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_EMPHASIS = {
    "gras": (f"{_FO}font-weight", ("bold", "600", "700", "800", "900")),
    "italique": (f"{_FO}font-style", ("italic", "oblique")),
    "souligné": (f"{_STYLE}text-underline-style", ("solid",)),
}
_DC = "{http://purl.org/dc/elements/1.1/}"
_DROPPED = (f"{_TEXT}note", f"{_TEXT}tracked-changes", f"{_TEXT}ruby-text", f"{_TEXT}sequence-decls",
            f"{_OFFICE}forms")  # fmt: skip
_REMARK, _REMARK_END = f"{_OFFICE}annotation", f"{_OFFICE}annotation-end"
_PARAGRAPHS = (f"{_TEXT}p", f"{_TEXT}h")
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_KIND = "document OpenDocument"


def read_odt(data: bytes, *, name: str) -> Draft:
    """Read an .odt, a line a paragraph, tables in place, footnotes left out; a remark is a coding of its author.

    Raises ReadError when it is empty, encrypted or broken.
    """
    parts = parts_of(data, name=name, kind=_KIND, wanted=(_CONTENT, _MANIFEST))
    if _CONTENT not in parts:
        raise ReadError(f"{name} : {_KIND} abîmé ou incomplet. Rouvrez-le dans LibreOffice et réenregistrez-le.")
    if b"encryption-data" in parts.get(_MANIFEST, b""):
        raise ReadError(f"{name} : document protégé par un mot de passe. Retirez-le et réenregistrez le document.")
    root = parse_xml(parts[_CONTENT], name=name, kind=_KIND)
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    remarks: dict[str, Remark] = {}
    emphasis = Emphasis()
    raw = "" if body is None else "".join(_pieces(body, remarks, emphasis, _styles(root)))
    text = canonical(raw.removesuffix("\n"))
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    text += "\n"
    changes = revisions(sum(1 for _ in root.iter(f"{_TEXT}changed-region")))
    codings = codings_of(raw, text, remarks.values())
    return told_by_emphasis(Draft(text, notes=changes, format="OpenDocument", codings=codings), emphasis)


def _styles(root: Any) -> dict[str, list[str]]:
    """Return what each automatic style emphasises."""
    found = {}
    for style in root.iter(f"{_STYLE}style"):
        told = style.find(f"{_STYLE}text-properties")
        signs = {} if told is None else {name: told.get(key, "") for name, (key, _) in _EMPHASIS.items()}
        found[style.get(f"{_STYLE}name", "")] = [n for n, value in signs.items() if value in _EMPHASIS[n][1]]
    return found


def _pieces(
    body: Any, remarks: dict[str, Remark], emphasis: Emphasis, styles: dict[str, list[str]]
) -> Iterator[str]:
    """Yield the text piece by piece; note its styles, what the remarks say and where each stands."""
    place, inside, before = 0, 0, "\n"  # ``inside`` counts the paragraphs around, ``before`` is the last sign
    borne: list[list[str]] = [[]]  # the styles of each element around
    for event, entry in walk(body, without=(*_DROPPED, _REMARK)):
        if event == "text":
            piece = _squeezed(entry, before) if inside else ""
        else:
            if event == "open":
                borne.append([*borne[-1], *styles.get(entry.get(f"{_TEXT}style-name", ""), ())])
            elif event == "close":
                borne.pop()
            _anchor(event, entry, place, remarks)
            piece = _sign(event, entry)
            inside += {"open": 1, "close": -1}.get(event, 0) if entry.tag in _PARAGRAPHS else 0
            before = "" if piece else before
        before = "\n" if piece.endswith("\n") else piece[-1:] or before
        emphasis.add(piece, set(borne[-1]) if event == "text" else ())
        place += len(piece)
        yield piece


def _squeezed(text: str, before: str) -> str:
    """Make one blank of several, none after a blank: OpenDocument says the others with text:s."""
    words = re.sub(r"[ \t\r\n]+", " ", text)
    return words.removeprefix(" ") if before in (" ", "\n") else words


def _sign(event: str, entry: Any) -> str:
    """Return what an element writes by itself."""
    if event == "close" and entry.tag in _PARAGRAPHS:
        return "\n"
    if event != "open":
        return ""
    if entry.tag == f"{_TEXT}s":
        count = entry.get(f"{_TEXT}c", "1")
        return " " * (min(int(count), 1000) if count.isdecimal() else 1)
    return {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(entry.tag, "")


def _anchor(event: str, entry: Any, place: int, remarks: dict[str, Remark]) -> None:
    """Note a remark where it begins, and its end."""
    key = entry.get(f"{_OFFICE}name", f"{len(remarks)}")
    if event == "skip" and entry.tag == _REMARK:
        words = "\n".join("".join(p.itertext()) for p in entry.iter(*_PARAGRAPHS))
        remarks[key] = Remark((entry.findtext(f"{_DC}creator") or "").strip(), words.strip(), place)
    elif event == "open" and entry.tag == _REMARK_END and key in remarks:
        remarks[key].end = place
