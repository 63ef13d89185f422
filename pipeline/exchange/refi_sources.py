"""The sources of a REFI-QDA project: their texts and the selections made in them, as written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError
from pipeline.exchange.archive import Archive
from pipeline.exchange.refi_codes import guid_of
from pipeline.read.markup import local

_SOURCES = ("TextSource", "PDFSource", "AudioSource", "VideoSource", "PictureSource")
_TEXTS = {"PDFSource": "Representation", "AudioSource": "Transcript", "VideoSource": "Transcript"}


@dataclass(frozen=True, slots=True)
class Vote:
    """One coding of a selection: who, which code, which notes (GUIDs)."""

    user: str
    code: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection as written; ``positioned`` where it counts characters, ``whole`` where it is the document."""

    start: int
    end: int
    name: str
    description: str
    user: str
    codings: tuple[Vote, ...]
    notes: tuple[str, ...]
    positioned: bool = True
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A document: ``text`` decoded, without BOM and otherwise untouched; None, and ``why``, if there is none."""

    guid: str
    name: str
    text: str | None
    why: str
    description: str
    user: str
    selections: tuple[Selection, ...]
    values: tuple[Any, ...]
    notes: tuple[str, ...]


def sources_of(root: Any, archive: Archive, path: Path) -> tuple[Source, ...]:
    """Return every document of a project, those without text too."""
    held = root.find("{*}Sources")
    children = [] if held is None else [child for child in held if local(child) in _SOURCES]
    return tuple(_source(element, archive, path) for element in children)


def text_of(element: Any, archive: Archive) -> tuple[str | None, str]:
    """Return the text of a TextSource, a Transcript or a Note, or None and why."""
    content = element.find("{*}PlainTextContent")
    if content is not None and content.text is not None:
        return content.text, ""
    where = element.get("plainTextPath")
    if not where:
        return (None, "pas de texte") if content is None else ("", "")
    part = _part(where, archive)
    if part is None:
        return None, "son texte n’est pas dans l’archive"
    data = archive.read(part)
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"), ""
    except UnicodeDecodeError:
        return None, "son texte n’est pas en UTF-8"


def _part(where: str, archive: Archive) -> str | None:
    """Find the part that a path names: in sources/, however spelt, else anywhere by its name."""
    wanted = where.removeprefix("internal://").replace("\\", "/").lower()
    lowered = {name.lower(): name for name in archive.names}
    by_name = {name.rpartition("/")[2]: name for name in lowered}
    found = next((key for key in (f"sources/{wanted}", wanted) if key in lowered), None)
    found = found or by_name.get(wanted.rpartition("/")[2])
    return lowered[found] if found else None


def _source(element: Any, archive: Archive, path: Path) -> Source:
    """Read one document, whatever its kind."""
    holder = element if local(element) == "TextSource" else element.find(f"{{*}}{_TEXTS.get(local(element), '-')}")
    text, why = (None, "document sans texte (image, son…)") if holder is None else text_of(holder, archive)
    chosen = [
        *_selections(element, path),
        *([] if holder is None or holder is element else _selections(holder, path)),
    ]
    return Source(
        guid_of(element.get("guid")),
        element.get("name") or Path(element.get("plainTextPath") or "").stem,
        text, why, _child(element, "Description"), guid_of(element.get("creatingUser")), tuple(chosen),
        tuple(element.findall("{*}VariableValue")), _notes(element),
    )  # fmt: skip


def _selections(element: Any, path: Path) -> Iterator[Selection]:
    """Yield the selections of a document, then its codings as a whole."""
    points = {guid_of(p.get("guid")): p.get("position") or "" for p in element.findall("{*}SyncPoint")}
    for child in element:
        if local(child).endswith("Selection"):
            yield _selection(child, points, path)
    votes = _votes(element)
    if votes:
        yield Selection(0, 0, "", "", "", votes, (), positioned=False, whole=True)


def _selection(child: Any, points: dict[str, str], path: Path) -> Selection:
    """Read one selection; sync points stand for characters, regions of a page or of a sound have none."""
    if local(child) == "TranscriptSelection":
        ends = [points.get(guid_of(child.get(name)), "") for name in ("fromSyncPoint", "toSyncPoint")]
    else:
        ends = [child.get("startPosition") or "", child.get("endPosition") or ""]
    known = all(ends)
    try:
        start, end = (int(ends[0]), int(ends[1])) if known else (0, 0)
    except ValueError:
        raise ReadError(
            f"{path}, ligne {child.sourceline} : position « {ends[0]}–{ends[1]} » ; il faut des nombres."
        ) from None
    return Selection(
        start, end, child.get("name") or "", _child(child, "Description"), guid_of(child.get("creatingUser")),
        _votes(child), _notes(child), positioned=known,
    )  # fmt: skip


def _votes(element: Any) -> tuple[Vote, ...]:
    """Read the codings right below an element."""
    return tuple(
        Vote(guid_of(coding.get("creatingUser")), guid_of(ref.get("targetGUID")), _notes(coding))
        for coding in element.findall("{*}Coding")
        for ref in coding.findall("{*}CodeRef")
    )


def _notes(element: Any) -> tuple[str, ...]:
    """Return the GUIDs of the notes right below an element."""
    return tuple(guid_of(ref.get("targetGUID")) for ref in element.findall("{*}NoteRef"))


def _child(element: Any, tag: str) -> str:
    """Return the text of a child."""
    child = element.find(f"{{*}}{tag}")
    return "" if child is None else child.text or ""
