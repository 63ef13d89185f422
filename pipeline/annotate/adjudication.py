"""Coders' events in, their disagreements out; the consensus is an event of its own, beside theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.annotate.events import Event
from pipeline.annotate.store import Clock, Store
from pipeline.codebook import Codebook
from pipeline.records import Segment


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
    """Disagreements of a study, once its coders are done. Whoever opens it sees everybody's answers."""

    codebook: Codebook
    coder: str

    def __init__(
        self, store: Store, groups: Sequence[Sequence[Segment]], codebook: Codebook, *, coder: str, clock: Clock
    ) -> None:
        raise NotImplementedError

    def coders(self) -> tuple[str, ...]:
        """Return who decided anything, the consensus left out."""
        raise NotImplementedError

    def disagreements(self, code: str | None = None) -> tuple[Disagreement, ...]:
        """Return them, unsettled first, then most codes in dispute first; those on ``code`` only, if given."""
        raise NotImplementedError

    def record(self, key: str, disagreement: str, codes: Iterable[str], memo: str) -> bool:
        """Store the consensus on one segment; the newest counts. False if the key is known already.

        Raises CodingError if a code is unknown or the memo is empty: a consensus says why.
        """
        raise NotImplementedError
