"""The notes of a REFI-QDA project: those on a coding go with it, the others become memos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.exchange.archive import Archive
from pipeline.exchange.project import Memo
from pipeline.exchange.refi_codes import guid_of
from pipeline.exchange.refi_sources import text_of
from pipeline.read.markup import local

_ON_CODINGS = (
    "Coding",
    "PlainTextSelection",
    "PDFSelection",
    "TranscriptSelection",
    "AudioSelection",
    "VideoSelection",
)


class Notes:
    """The notes of a project, by GUID, and what refers to each."""

    def __init__(self, root: Any, archive: Archive) -> None:
        """Read them all; one whose text is missing is empty."""
        held = root.find("{*}Notes")
        self._notes = {} if held is None else {guid_of(note.get("guid")): note for note in held.findall("{*}Note")}
        self._texts = {key: text_of(note, archive)[0] or "" for key, note in self._notes.items()}
        self._users = {guid_of(user.get("guid")): user.get("name") or "" for user in root.iter("{*}User")}
        self._refs = [(guid_of(ref.get("targetGUID")), ref.getparent()) for ref in root.iter("{*}NoteRef")]

    def texts(self, guids: Sequence[str]) -> list[str]:
        """Return the texts of some notes."""
        return [self._texts[key] for key in guids if self._texts.get(key)]

    def memos(self, names: Mapping[str, str]) -> Iterator[Memo]:
        """Yield the notes that are on no coding; ``names`` are what GUIDs of codes and documents became."""
        on_codings = {key for key, holder in self._refs if local(holder) in _ON_CODINGS}
        for key, note in self._notes.items():
            holder = next((holder for target, holder in self._refs if target == key), None)
            if key in on_codings:
                continue
            about = "" if holder is None else names.get(guid_of(holder.get("guid")), holder.get("name") or "")
            author = self._users.get(guid_of(note.get("creatingUser")), "")
            yield Memo(note.get("name") or "", self._texts[key], author, about)
