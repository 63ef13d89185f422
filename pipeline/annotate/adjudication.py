"""Coders' events in, their disagreements out; the consensus is an event of its own, beside theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.annotate.events import Event, effective
from pipeline.annotate.ledger import Ledger, Place, ledger
from pipeline.annotate.store import Clock, Store
from pipeline.annotate.wording import check_codes
from pipeline.codebook import Codebook
from pipeline.errors import CodingError
from pipeline.records import Segment

AROUND = 3


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A segment that two coders or more decided, and not alike.

    ``id`` names it in ``record``; ``asked``, ``before``, ``after`` give its context; ``answers`` is what each
    coder's decision says (codes and memo are in the event); ``codes`` are those they differ on; ``settled`` the
    consensus recorded, or None.
    """

    id: str
    segment: Segment
    asked: str
    before: tuple[Segment, ...]
    after: tuple[Segment, ...]
    answers: Mapping[str, Event]
    codes: tuple[str, ...]
    settled: Event | None


class Adjudication:
    """Disagreements of a study, once its coders are done. Whoever opens it sees everybody's answers.

    ``groups`` holds the N segments by transcript, ``asked`` (N) what the interviewer said before each.
    """

    def __init__(
        self, store: Store, groups: Sequence[Sequence[Segment]], codebook: Codebook, *, coder: str, clock: Clock,
        asked: Sequence[str] = (), title: str = "",
    ) -> None:  # fmt: skip
        self.codebook, self.coder, self.title = codebook, coder, title or codebook.name
        self._store, self._clock = store, clock
        self._segments = [segment for group in groups for segment in group]
        self._asked = tuple(asked) or ("",) * len(self._segments)

    def coders(self) -> tuple[str, ...]:
        """Return who decided anything, the consensus left out."""
        return tuple(sorted(ledgers(self._store.events(), self._segments, self.codebook.ids)))

    def disagreements(self, code: str | None = None) -> tuple[Disagreement, ...]:
        """Return them, unsettled first, then most codes in dispute first; those on ``code`` only, if given."""
        events = self._store.events()
        books = ledgers(events, self._segments, self.codebook.ids)
        settled = consensus_events(events)
        found = [
            one
            for row in range(len(self._segments))
            if (one := self._disagreement(row, books, settled)) and (code is None or code in one.codes)
        ]
        return tuple(sorted(found, key=lambda one: (one.settled is not None, -len(one.codes))))

    def record(self, key: str, disagreement: str, codes: Iterable[str], memo: str) -> bool:
        """Store the consensus on one segment; the newest counts. False if the key is known already.

        Raises CodingError if a code is unknown or the memo is empty: a consensus says why. Raises ValueError if
        ``disagreement`` names no segment.
        """
        given = check_codes(self.codebook, codes)
        if not disagreement.isdigit() or int(disagreement) >= len(self._segments):
            raise ValueError(f"no such disagreement: {disagreement[:40]!r}")
        if not memo.strip():
            raise CodingError("Un consensus se justifie : écrivez en une phrase pourquoi ces codes l’emportent.")
        segment = self._segments[int(disagreement)]
        return self._store.append(
            Event(
                key, self.coder, "consensus", self._clock(), segment.transcript.id, segment.start, segment.end,
                given, memo.strip(), codebook=self.codebook.fingerprint,
            )
        )  # fmt: skip

    def _disagreement(
        self, row: int, books: Mapping[str, Ledger], settled: Mapping[Place, Event]
    ) -> Disagreement | None:
        """Compare what coders said of one segment; None if fewer than two decided it, or alike."""
        said = {name: book.labels[row] for name, book in books.items() if book.decided[row]}
        if len(said) < 2:
            return None
        labels = np.array(list(said.values()))
        yes, no = (labels == 1).any(axis=0), (labels == 0).any(axis=0)
        codes = tuple(code for code, differs in zip(self.codebook.ids, yes & no, strict=True) if differs)
        if not codes:
            return None
        segment = self._segments[row]
        place = segment.transcript.id, segment.start, segment.end
        mine = [s for s in self._segments[max(0, row - AROUND) : row] if s.transcript is segment.transcript]
        then = [s for s in self._segments[row + 1 : row + 1 + AROUND] if s.transcript is segment.transcript]
        answers = {name: self._answer(name, place, books[name], said[name]) for name in said}
        return Disagreement(
            str(row), segment, self._asked[row], tuple(mine), tuple(then), answers, codes, settled.get(place)
        )

    def _answer(self, coder: str, place: Place, book: Ledger, labels: NDArray[np.float64]) -> Event:
        """Return a coder's decision, spans included; made up where they read the whole transcript."""
        codes = frozenset(code for code, held in zip(self.codebook.ids, labels == 1, strict=True) if held)
        one = book.decisions.get(place)
        spans = [span.memo for span in book.spans if span.transcript == place[0] and span.memo and not one]
        memo = one.memo if one else " ; ".join(dict.fromkeys(spans))
        return Event(one.key if one else "", coder, "decision", one.at if one else "", *place, codes, memo)


def ledgers(events: Sequence[Event], segments: Sequence[Segment], codes: Sequence[str]) -> dict[str, Ledger]:
    """Return the ledger of each coder who decided anything; recording a consensus is no deciding."""
    coders = sorted({event.coder for event in events if event.kind in ("decision", "span", "read")})
    return {
        coder: ledger([event for event in events if event.coder == coder], segments, codes) for coder in coders
    }


def consensus_events(events: Sequence[Event]) -> dict[Place, Event]:
    """Return the newest consensus on each place."""
    return {event.place: event for event in effective(events) if event.kind == "consensus"}
