"""One coder's events in, what is known of every segment out: labels with holes, for "not said" is not "no"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.align import mark
from pipeline.annotate.events import Event, effective
from pipeline.records import Coding, Segment

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one coder said of N segments.

    ``labels`` (N, C) hold 1, 0, or NaN where nothing was said: of a segment nobody decided, of a code that the
    codebook did not have yet, of the other codes where only a free span was coded. ``decided`` (N,) and
    ``skipped`` (N,) say what was answered. ``decisions`` are the newest by place; ``spans`` in order; ``finished``
    the transcripts read whole.
    """

    labels: NDArray[np.float64]
    decided: NDArray[np.bool_]
    skipped: NDArray[np.bool_]
    decisions: Mapping[Place, Event]
    spans: tuple[Event, ...]
    finished: frozenset[str]

    @property
    def answers(self) -> int:
        """How many segments were decided one by one."""
        return len(self.decisions)

    @property
    def positives(self) -> NDArray[np.int64]:
        """How many segments hold each code, (C,)."""
        return np.asarray((self.labels == 1).sum(axis=0))

    @property
    def known(self) -> NDArray[np.int64]:
        """The rows of which anything was said."""
        return np.flatnonzero(~np.isnan(self.labels).all(axis=1))


def ledger(events: Sequence[Event], segments: Sequence[Segment], codes: Sequence[str]) -> Ledger:
    """Fold the events of one coder over N segments and C codes; what lies on no segment any more is kept out.

    Sessions tell which codes their codebook had, mappings which old code became which.
    """
    held = effective(events)
    books, names = _books(held), renamed(held)
    row = {(one.transcript.id, one.start, one.end): n for n, one in enumerate(segments)}
    labels = np.full((len(segments), len(codes)), np.nan)
    decided, skipped = np.zeros(len(segments), dtype=bool), np.zeros(len(segments), dtype=bool)
    decisions = {event.place: event for event in held if event.kind == "decision" and event.place in row}
    for event in held:
        if event.kind == "skip" and event.place in row and event.place not in decisions:
            skipped[row[event.place]] = True
    finished = frozenset(event.transcript for event in held if event.kind == "read")
    for n, segment in enumerate(segments):
        if segment.transcript.id in finished:
            labels[n], decided[n] = 0.0, True
    for place, event in decisions.items():
        labels[row[place]] = _answer(event, codes, books, names)
        decided[row[place]] = True
    spans = tuple(event for event in held if event.kind == "span")
    _lay(spans, segments, codes, names, labels)
    return Ledger(labels, decided, skipped & ~decided, decisions, spans, finished)


def _answer(
    event: Event, codes: Sequence[str], books: Mapping[str, frozenset[str]], names: Mapping[str, str]
) -> NDArray[np.float64]:
    """Return the labels (C,) of one decision: NaN for the codes that its codebook did not have."""
    there = {names.get(code, code) for code in books.get(event.codebook, frozenset(codes))}
    given = {names.get(code, code) for code in event.codes}
    return np.array([float(code in given) if code in there else np.nan for code in codes])


def _lay(
    spans: Sequence[Event], segments: Sequence[Segment], codes: Sequence[str], names: Mapping[str, str],
    labels: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add what free spans say to ``labels``, by the rule of ``align``."""
    where = {event.transcript for event in spans}
    rows = [n for n, segment in enumerate(segments) if segment.transcript.id in where]
    said = [
        Coding(span.transcript, span.start, span.end, "", frozenset(names.get(code, code) for code in span.codes))
        for span in spans
    ]
    covered = mark([segments[n] for n in rows], said, coder="", codes=codes).labels
    labels[rows] = np.where(covered, 1.0, labels[rows])


def _books(events: Sequence[Event]) -> dict[str, frozenset[str]]:
    """Return the codes of every codebook that a session was held with, by fingerprint."""
    found: dict[str, frozenset[str]] = {}
    for event in events:
        if event.kind == "session":
            dimensions: list[dict[str, Any]] = event.payload.get("codebook", {}).get("dimensions", [])
            found[event.codebook] = frozenset(str(code["id"]) for one in dimensions for code in one["codes"])
    return found


def renamed(events: Sequence[Event]) -> dict[str, str]:
    """Return the newest id of every code that was renamed, chains followed.

    >>> renamed([Event(str(n), "m", "mapping", "", payload=p) for n, p in enumerate([{"a": "b"}, {"b": "c"}])])
    {'a': 'c', 'b': 'c'}
    """
    found: dict[str, str] = {}
    for event in events:
        if event.kind == "mapping":
            pairs = {str(old): str(new) for old, new in event.payload.items()}
            found = {old: pairs.get(new, new) for old, new in found.items()} | pairs
    return found
