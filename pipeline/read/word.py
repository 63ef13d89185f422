"""Word documents (.docx): an own walk over the text runs, which keeps tracked insertions and drops deletions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.archive import parts_of
from pipeline.read.draft import Draft, canonical
from pipeline.read.emphasis import Emphasis, told_by_emphasis
from pipeline.read.markup import parse_xml, walk
from pipeline.read.remarks import Remark, codings_of
from pipeline.read.remarks import revisions as told_revisions

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DROPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}footnoteReference", f"{_W}tabs"})
_REVISIONS = (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo")
_SIGNS = {
    f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011", f"{_W}softHyphen": "\u00ad"
}  # fmt: skip
_EMPHASIS = {"gras": "b", "italique": "i", "souligné": "u"}
_OFF = ("0", "false", "off", "none")
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_DOCUMENT, _COMMENTS, _RELATIONS = "word/document.xml", "word/comments.xml", "_rels/.rels"
_KIND = "document Word"


def read_word(data: bytes, *, name: str) -> Draft:
    """Read the accepted version of a .docx, a line a paragraph, tables in place, footnotes left out.

    A comment is a coding of its author. Raises ReadError when the file is empty, encrypted or broken.
    """
    document = _main(parts_of(data, name=name, kind=_KIND, wanted=(_RELATIONS,)), name)
    parts = parts_of(data, name=name, kind=_KIND, wanted=(document, _COMMENTS))
    root = _parsed(parts[document], name) if document in parts else None
    if root is None or root.tag != f"{_W}document":
        raise ReadError(f"{name} : {_KIND} abîmé ou incomplet. Rouvrez-le dans Word et réenregistrez-le en .docx.")
    remarks = _remarks(parts, name)
    emphasis = Emphasis()
    raw = "".join(_pieces(root, remarks, emphasis))
    text = canonical(raw.removesuffix("\n"))
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    marks = [entry for tag in _REVISIONS for entry in root.iter(tag)]
    revisions = sum(entry.getparent().tag not in (f"{_W}rPr", f"{_W}trPr") for entry in marks)
    text += "\n"
    codings = codings_of(raw, text, remarks.values())
    return told_by_emphasis(Draft(text, notes=told_revisions(revisions), format="Word", codings=codings), emphasis)


def _main(parts: Mapping[str, bytes], name: str) -> str:
    """Return the path of the main part, which Word on the web calls otherwise."""
    if _RELATIONS in parts:
        for entry in parse_xml(parts[_RELATIONS], name=name, kind=_KIND):
            if isinstance(entry.tag, str) and entry.get("Type", "").endswith("/officeDocument"):
                return str(entry.get("Target", _DOCUMENT)).lstrip("/")
    return _DOCUMENT


def _parsed(part: bytes, name: str) -> Any:
    """Parse a part; the strict kind of Word document differs by the name of its namespace alone."""
    return parse_xml(part.replace(_STRICT, _W.strip("{}").encode()), name=name, kind=_KIND)


def _remarks(parts: Mapping[str, bytes], name: str) -> dict[str, Remark]:
    """Read the comments, by id; where they stand is told by the document."""
    if _COMMENTS not in parts:
        return {}
    root = _parsed(parts[_COMMENTS], name)
    found = {}
    for comment in root.iter(f"{_W}comment"):
        words = "\n".join("".join(p.itertext(f"{_W}t")) for p in comment.iter(f"{_W}p"))
        found[comment.get(f"{_W}id", "")] = Remark(comment.get(f"{_W}author", "").strip(), words.strip())
    return found


def _pieces(root: Any, remarks: Mapping[str, Remark], emphasis: Emphasis) -> Iterator[str]:
    """Yield the text piece by piece, without what was struck out; note its styles and where each remark stands."""
    place, written, nested = 0, 0, 0  # ``written`` is where the paragraph's text began
    for event, entry in walk(root, without=_DROPPED):
        piece = ""
        if event == "open":
            piece = (entry.text or "") if entry.tag == f"{_W}t" else _SIGNS.get(entry.tag, "")
            if entry.tag == f"{_W}p":
                nested += 1
                piece = "\n" if nested > 1 and place > written else ""
                written = place + len(piece)
            _anchor(entry, place, remarks)
        elif event == "close" and entry.tag == f"{_W}p":
            nested -= 1
            piece = "\n"
        emphasis.add(piece, _styles(entry.getparent()) if event == "open" and entry.tag == f"{_W}t" else ())
        place += len(piece)
        yield piece


def _styles(run: Any) -> list[str]:
    """Return the styles that a run bears by itself."""
    told = run.find(f"{_W}rPr")
    found = [] if told is None else [(name, told.find(f"{_W}{tag}")) for name, tag in _EMPHASIS.items()]
    return [name for name, entry in found if entry is not None and entry.get(f"{_W}val") not in _OFF]


def _anchor(entry: Any, place: int, remarks: Mapping[str, Remark]) -> None:
    """Note that a remark begins or ends at ``place``; a lone reference says where it stands."""
    remark = remarks.get(entry.get(f"{_W}id", "")) if entry.tag.startswith(f"{_W}comment") else None
    if remark is None:
        return
    if entry.tag == f"{_W}commentRangeStart":
        remark.start = place
    elif entry.tag == f"{_W}commentRangeEnd":
        remark.end = place
    elif remark.start is None:
        remark.start = place
