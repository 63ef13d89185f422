"""What a coder did, one frozen event each; events in, what still holds out. Nothing is ever updated in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# decision: what holds of a segment (no code: "nothing applies"). skip: not now. span: codes on a free passage.
# read: the whole transcript was read. undo: takes ``undoes`` back. consensus: what coders agreed afterwards.
# session: a session began (its codebook is in ``payload``). mapping: old codes to new ones. measure: a point of
# the learning curve that was shown. export: what was written.
Kind = Literal["decision", "skip", "span", "read", "undo", "consensus", "session", "mapping", "measure", "export"]
ANSWERS: tuple[Kind, ...] = ("decision", "skip", "span", "read")
CONSENSUS = "consensus"  # the coder under whose name consensus codings are exported


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done, never changed afterwards.

    ``key`` is the idempotency key that the page draws (a uuid): the same key twice is the same event. ``at`` is
    UTC, ISO 8601. ``transcript``, ``start``, ``end`` say where. ``strategy``, ``score`` and ``probability`` say
    why this place was asked: the probability is that of its being in the random sample, None where nothing was
    drawn. ``model`` names the state of the machine that asked, ``codebook`` is the fingerprint of the codebook in
    force, ``undoes`` the key of the event taken back. ``number`` is the store's own order, 0 before it is stored.
    """

    key: str
    coder: str
    kind: Kind
    at: str
    transcript: str = ""
    start: int = 0
    end: int = 0
    codes: frozenset[str] = frozenset()
    memo: str = ""
    model: str = ""
    strategy: str = ""
    score: float | None = None
    probability: float | None = None
    undoes: str = ""
    codebook: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0

    @property
    def place(self) -> tuple[str, int, int]:
        """Where: transcript, start, end."""
        return self.transcript, self.start, self.end


def effective(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that no undo took back, undos left out, in order.

    >>> one = Event("k1", "marie", "decision", "2026-11-25T10:00:00Z", "e1", 0, 5)
    >>> effective([one, Event("k2", "marie", "undo", "2026-11-25T10:00:05Z", undoes="k1")])
    ()
    """
    every = tuple(events)
    gone = {(event.coder, event.undoes) for event in every if event.kind == "undo"}
    return tuple(event for event in every if event.kind != "undo" and (event.coder, event.key) not in gone)


def last_answer(events: Iterable[Event]) -> Event | None:
    """Return the newest answer still in force, the one that an undo would take back."""
    answers = [event for event in effective(events) if event.kind in ANSWERS]
    return answers[-1] if answers else None
