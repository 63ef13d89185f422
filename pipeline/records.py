"""What the steps hand to each other: frozen records, offsets in Unicode code points, end exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["interviewer", "respondent", "other"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech by one speaker.

    ``start`` and ``end`` bound the speech itself in the transcript's text: the label and the timestamp that
    announce it lie outside. ``speaker`` is the label as written ("" if there is none); ``began`` and ``ended``
    are seconds from the start of the recording, where the source tells them.
    """

    start: int
    end: int
    speaker: str
    role: Role
    began: float | None = None
    ended: float | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One interview: its canonical text and who speaks where.

    ``text`` is decoded, without BOM, with LF line ends, in NFC, and never changes afterwards. ``turns`` are in
    order and disjoint. ``sha256`` is that of the source file's bytes. ``doubts`` are French sentences on what
    the reader was not sure of. ``sure`` is False when the roles are too doubtful to code on. ``format`` is the
    format read, as shown to a researcher.
    """

    id: str
    text: str
    turns: tuple[Turn, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    sha256: str = ""
    doubts: tuple[str, ...] = ()
    sure: bool = True
    format: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    r"""A unit of meaning inside one respondent's turn; what gets coded.

    >>> talk = Transcript("e1", "Q : Et ?\nR : On exporte.", (Turn(13, 24, "R", "respondent"),))
    >>> Segment(talk, 13, 24, talk.turns[0]).text
    'On exporte.'
    """

    transcript: Transcript
    start: int
    end: int
    turn: Turn

    @property
    def text(self) -> str:
        """The words of the segment, exactly as they stand in the transcript."""
        return self.transcript.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder says of one passage; a human and the machine both produce these.

    ``codes`` empty means "read, nothing applies"; a passage nobody read has no Coding at all. ``scores`` maps
    a code to its probability, and also holds codes that were not retained.
    """

    transcript: str
    start: int
    end: int
    coder: str
    codes: frozenset[str]
    scores: Mapping[str, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Precedent:
    """A passage that humans coded, like one that the machine coded: where it stands, its words, how like."""

    transcript: str
    quote: str
    coders: tuple[str, ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the machine put one code on one passage: the words that weighed most, the nearest human codings."""

    words: tuple[str, ...] = ()
    precedents: tuple[Precedent, ...] = ()
