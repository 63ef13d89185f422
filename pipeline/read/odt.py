"""OpenDocument texts (.odt): an own walk, which keeps each blank, drops deletions and reads remarks as codings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.archive import parts_of
from pipeline.read.draft import Draft, canonical
from pipeline.read.markup import parse_xml, walk
from pipeline.read.remarks import Remark, codings_of, revisions

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
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
    raw = "" if body is None else "".join(_pieces(body, remarks))
    text = canonical(raw.removesuffix("\n"))
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    text += "\n"
    changes = revisions(sum(1 for _ in root.iter(f"{_TEXT}changed-region")))
    return Draft(text, notes=changes, format="OpenDocument", codings=codings_of(raw, text, remarks.values()))


def _pieces(body: Any, remarks: dict[str, Remark]) -> Iterator[str]:
    """Yield the text piece by piece, and note what the remarks say and where each stands."""
    place, inside, before = 0, 0, "\n"  # ``inside`` counts the paragraphs around, ``before`` is the last sign
    for event, entry in walk(body, without=(*_DROPPED, _REMARK)):
        if event == "text":
            piece = _squeezed(entry, before) if inside else ""
        else:
            _anchor(event, entry, place, remarks)
            piece = _sign(event, entry)
            inside += {"open": 1, "close": -1}.get(event, 0) if entry.tag in _PARAGRAPHS else 0
            before = "" if piece else before
        before = "\n" if piece.endswith("\n") else piece[-1:] or before
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
