"""What a session shows: a question in its context, a transcript to read, how far the work is. Frozen."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.annotate.events import Event
from pipeline.records import Segment, Transcript


@dataclass(frozen=True, slots=True)
class Why:
    """Why a segment is asked: strategy, its score, the chance that the random sample had of holding it."""

    strategy: str
    score: float | None = None
    probability: float | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A segment to code, in its context.

    ``id`` says all that an answer needs, so that it survives a restart of the server: hand it back as it is.
    ``asked`` is what the interviewer said before, ``before`` and ``after`` the neighbouring segments of the same
    interview (at most three each, in order), ``speaker`` the label as written. ``reason`` is French. ``chosen``
    and ``memo`` are what this coder had answered, where the answer was taken back. ``listed`` is (rank, total)
    where the question comes from a worklist.
    """

    id: str
    segment: Segment
    asked: str
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    speaker: str
    why: Why
    reason: str
    chosen: frozenset[str] = frozenset()
    memo: str = ""
    listed: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole transcript to read: its segments, and what this coder said so far (decisions and spans, in order).

    ``finished`` tells that the coder said to have read it all: then what bears no code is "read, nothing applies".
    """

    transcript: Transcript
    segments: tuple[Segment, ...]
    events: tuple[Event, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class CodeProgress:
    """One code: passages that hold it so far, and whether it is too rare to automate."""

    code: str
    label: str
    positives: int
    rare: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the learning curve: at how many labels, mean kappa, on how many segments drawn at random.

    An indication: out-of-fold on the random stream; the figure to publish comes from a fresh audit.
    """

    labels: int
    kappa: float | None
    sample: int
    by_code: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far this coder is.

    ``segments`` is the size of the study, ``decided`` and ``skipped`` how many got an answer, ``random`` how many
    of the answers belong to the random sample. ``advice`` are French sentences to show as they are (predictions
    have stabilised; code too rare). ``indication`` is the French caption that must stand beside every figure of
    ``curve``. ``worklist`` is (done, total) or None. ``learning`` tells that a refit is under way; ``model`` names
    the machine's state ("" while it only knows the codebook).
    """

    segments: int
    decided: int
    skipped: int
    random: int
    codes: tuple[CodeProgress, ...]
    curve: tuple[Point, ...]
    advice: tuple[str, ...]
    indication: str
    worklist: tuple[int, int] | None
    learning: bool
    model: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the machine would have said: codes with their probability, likeliest first; those ``retained``."""

    scores: tuple[tuple[str, float], ...]
    retained: frozenset[str]
    model: str


def encode_id(segment: Segment, why: Why) -> str:
    """Pack the place and the reason of a question into its id."""
    told = [segment.transcript.id, segment.start, segment.end, why.strategy, why.score, why.probability, why.model]
    raw = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode_id(text: str) -> tuple[tuple[str, int, int], Why]:
    """Unpack what ``encode_id`` packed; ValueError if it is nothing of the kind.

    >>> from pipeline.records import Turn
    >>> part = Segment(Transcript("e1", "Oui."), 0, 4, Turn(0, 4, "R", "respondent"))
    >>> decode_id(encode_id(part, Why("random", probability=0.5)))
    (('e1', 0, 4), Why(strategy='random', score=None, probability=0.5, model=''))
    """
    try:
        told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        name, start, end, strategy, score, probability, model = told
        place = str(name), int(start), int(end)
        why = Why(str(strategy), _number(score), _number(probability), str(model))
    except (ValueError, TypeError) as error:
        raise ValueError(f"not a question's id: {text[:40]!r}") from error
    return place, why


def _number(value: object) -> float | None:
    """Read a number or nothing."""
    return float(value) if isinstance(value, int | float) else None
