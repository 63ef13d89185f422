"""What every reader hands back: the canonical text and, where told, turns, codings, attributes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.records import Coding, Role, Turn

_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Draft:
    """A file just read: ``turns`` is None when the text alone must tell who speaks.

    A role in ``turns`` counts where the file told it; "other" stands for "not told". ``notes`` are French
    sentences on what was odd in the file, ``format`` its name for a researcher (by default its suffix).
    ``codings`` and ``attributes`` are those that the file carries; the codings' transcript is still unnamed. Where
    one file holds several interviews, ``part`` names this one and ``more`` holds the others.
    ``stamps`` are times told beside a text without turns: (place, seconds).
    """

    text: str
    turns: tuple[Turn, ...] | None = None
    notes: tuple[str, ...] = ()
    format: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    codings: tuple[Coding, ...] = ()
    part: str = ""
    more: tuple[Draft, ...] = ()
    stamps: tuple[tuple[int, float], ...] = ()


class Reader(Protocol):
    """Turns the bytes of one file into a Draft; raises ReadError with one French sentence."""

    def __call__(self, data: bytes, *, name: str) -> Draft:
        """Read ``data``; ``name`` is for messages only."""
        ...


@dataclass(frozen=True, slots=True)
class Speech:
    """One speaker's words as a table or a caption file tells them, before they are laid out as a text.

    ``codes`` is what ``coder`` said of these words; None where nobody said anything.
    """

    speaker: str
    words: str
    began: float | None = None
    ended: float | None = None
    role: Role = "other"
    coder: str = ""
    codes: frozenset[str] | None = None


def canonical(text: str) -> str:
    r"""Return ``text`` without BOM, with LF line ends, in NFC; soft hyphens and blanks stay.

    Halves of signs that UTF-16 writes in two are joined; one without the other becomes U+FFFD.

    >>> canonical("\ufeffe\u0301te\u0301\r\nfin\r")
    'été\nfin\n'
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if _HALF.search(plain):
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return unicodedata.normalize("NFC", plain)


def compose(speeches: Iterable[Speech], *, notes: tuple[str, ...] = (), format: str = "") -> Draft:
    r"""Lay speeches out as a readable text, "Speaker : words" in blocks, and say where each one stands.

    >>> compose([Speech("Q", "Et ?"), Speech("R", "Oui.")]).text
    'Q : Et ?\n\nR : Oui.\n'
    """
    blocks: list[str] = []
    turns: list[Turn] = []
    codings: list[Coding] = []
    place = 0
    for speech in speeches:
        speaker, words = canonical(speech.speaker).strip(), canonical(speech.words).strip()
        if not words:
            continue
        label = f"{speaker} : " if speaker else ""
        start = place + len(label)
        place = start + len(words)
        turns.append(Turn(start, place, speaker, speech.role, speech.began, speech.ended))
        blocks.append(label + words)
        if speech.codes is not None:
            codings.append(Coding("", start, place, speech.coder, speech.codes))
        place += 2
    text = "\n\n".join(blocks) + "\n" if blocks else ""
    return Draft(text, tuple(turns), notes, format, codings=tuple(codings))


def together(drafts: Sequence[Draft]) -> Draft:
    """Return the interviews of one file as one draft that holds the others; parts of one name are numbered.

    >>> first = together([Draft("a", part="date_12/03"), Draft("b", part="date_13/03")])
    >>> first.part, [draft.part for draft in first.more]
    ('date_12-03', ['date_13-03'])
    """
    names = [re.sub(r"[\\/:]", "-", draft.part) for draft in drafts]
    if len(set(names)) < len(names) or not all(names):
        names = [f"{number}" for number in range(1, len(drafts) + 1)]
    drafts = [replace(draft, part=name) for draft, name in zip(drafts, names, strict=True)]
    return replace(drafts[0], more=tuple(drafts[1:]))


def joined(speeches: Iterable[Speech]) -> Iterator[Speech]:
    """Join what one speaker says in a row; what bears another code or coder stays apart.

    >>> [speech.words for speech in joined([Speech("Q", "Et"), Speech("Q", "vous ?"), Speech("R", "Oui.")])]
    ['Et vous ?', 'Oui.']
    """
    pending: Speech | None = None
    for speech in speeches:
        if not speech.words.strip():
            continue
        if pending is not None and _one(pending, speech):
            words = f"{pending.words.strip()} {speech.words.strip()}"
            ended = pending.ended if speech.ended is None else speech.ended
            pending = replace(pending, words=words, ended=ended)
            continue
        if pending is not None:
            yield pending
        pending = speech
    if pending is not None:
        yield pending


def _one(before: Speech, after: Speech) -> bool:
    """Tell whether two speeches are one turn."""
    return (before.speaker, before.coder, before.codes) == (after.speaker, after.coder, after.codes)
