"""A coder's events in, their codings in the exchange format out, and a list of what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.annotate.adjudication import consensus_events, ledgers
from pipeline.annotate.events import CONSENSUS, Event, effective
from pipeline.annotate.ledger import ledger, renamed
from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment, Transcript
from pipeline.write import csv_text


def codings_of(
    events: Sequence[Event], segments: Sequence[Segment], codebook: Codebook, *, coder: str
) -> tuple[Coding, ...]:
    """Return what one coder says, passage by passage; a transcript read whole gets one empty coding of its length.

    Codes that the codebook no longer has are left out.
    """
    mine = [event for event in events if event.coder == coder]
    book, names = ledger(mine, segments, codebook.ids), renamed(mine)
    found = [
        Coding(
            event.transcript, event.start, event.end, coder,
            frozenset(names.get(code, code) for code in event.codes) & frozenset(codebook.ids), note=event.memo,
        )
        for event in [*book.decisions.values(), *book.spans]
    ]  # fmt: skip
    talks = {segment.transcript.id: segment.transcript for segment in segments}
    whole = [
        Coding(name, 0, len(talks[name].text), coder, frozenset()) for name in sorted(book.finished & {*talks})
    ]
    return tuple(sorted([*found, *whole], key=lambda one: (one.transcript, one.start, one.end)))


def consensus_codings(
    events: Sequence[Event], segments: Sequence[Segment], codebook: Codebook
) -> tuple[Coding, ...]:
    """Return the consensus: what was settled, and what two coders or more said alike."""
    books, settled = ledgers(events, segments, codebook.ids), consensus_events(events)
    found = []
    for row, segment in enumerate(segments):
        place = segment.transcript.id, segment.start, segment.end
        said = [
            frozenset(code for c, code in enumerate(codebook.ids) if book.labels[row, c] == 1)
            for book in books.values()
            if book.decided[row]
        ]
        if place in settled:
            codes = settled[place].codes & frozenset(codebook.ids)
            found.append(Coding(*place, CONSENSUS, codes, note=settled[place].memo))
        elif len(said) > 1 and len(set(said)) == 1:
            found.append(Coding(*place, CONSENSUS, said[0]))
    return tuple(found)


def as_csv(codings: Sequence[Coding], transcripts: Mapping[str, Transcript], codebook: Codebook) -> str:
    """Write codings in the exchange format, one row a code; an empty code is "read, nothing applies"."""
    rows: list[tuple[object, ...]] = []
    for one in codings:
        text = transcripts[one.transcript].text[one.start : one.end]
        # The whole of an interview, read and bare of codes, is no quotation.
        quote = "" if not one.codes and one.end - one.start == len(transcripts[one.transcript].text) else text
        for code in [code for code in codebook.ids if code in one.codes] or [""]:
            dimension = codebook.dimension_of(code).id if code else ""
            rows.append((one.transcript, one.start, one.end, one.coder, dimension, code, quote, one.note))
    return csv_text(("transcript", "start", "end", "coder", "dimension", "code", "quote", "note"), rows)


def worklist_csv(codings: Sequence[Coding], events: Sequence[Event], *, seed: int) -> str:
    """Write what was read as a worklist: without it, `agree` would take whole interviews for read."""
    chances = {event.place: event.probability for event in effective(events) if event.kind == "decision"}
    rows = []
    for rank, one in enumerate(codings, 1):
        chance = chances.get((one.transcript, one.start, one.end))
        shown = "" if chance is None else f"{chance:.6g}"
        rows.append((one.transcript, one.start, one.end, one.transcript, shown, seed, rank))
    return csv_text(("transcript", "start", "end", "stratum", "probability", "seed", "rank"), rows)
