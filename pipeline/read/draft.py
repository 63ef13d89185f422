"""What every reader hands back: the canonical text and, where the format tells them, the turns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from pipeline.records import Turn


@dataclass(frozen=True, slots=True)
class Draft:
    """A file just read: ``turns`` is None when the text alone must tell who speaks.

    The roles of ``turns`` are not decided yet ("other" stands in); ``notes`` are French sentences on what was
    odd in the file.
    """

    text: str
    turns: tuple[Turn, ...] | None = None
    notes: tuple[str, ...] = ()


class Reader(Protocol):
    """Turns the bytes of one file into a Draft; raises ReadError with one French sentence."""

    def __call__(self, data: bytes, *, name: str) -> Draft:
        """Read ``data``; ``name`` is for messages only."""
        ...


@dataclass(frozen=True, slots=True)
class Speech:
    """One speaker's words as a table or a caption file tells them, before they are laid out as a text."""

    speaker: str
    words: str
    began: float | None = None
    ended: float | None = None


def canonical(text: str) -> str:
    r"""Return ``text`` without BOM, with LF line ends, in NFC; soft hyphens and blanks stay.

    >>> canonical("\ufeffe\u0301te\u0301\r\nfin\r")
    'été\nfin\n'
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain)


def compose(speeches: Iterable[Speech], *, notes: tuple[str, ...] = ()) -> Draft:
    r"""Lay speeches out as a readable text, "Speaker : words" in blocks, and say where each one stands.

    >>> compose([Speech("Q", "Et ?"), Speech("R", "Oui.")]).text
    'Q : Et ?\n\nR : Oui.\n'
    """
    blocks: list[str] = []
    turns: list[Turn] = []
    place = 0
    for speech in speeches:
        speaker, words = canonical(speech.speaker).strip(), canonical(speech.words).strip()
        if not words:
            continue
        label = f"{speaker} : " if speaker else ""
        start = place + len(label)
        turns.append(Turn(start, start + len(words), speaker, "other", speech.began, speech.ended))
        blocks.append(label + words)
        place = start + len(words) + 2
    return Draft("\n\n".join(blocks) + "\n" if blocks else "", tuple(turns), notes)
