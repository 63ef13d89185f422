"""Results in, counts out: how often each code holds, by case or by wave; parts are read one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.batch.results import read_columns

BY = ("case", "wave")


@dataclass(slots=True)
class Tally:
    """Of one group (a case, a wave, a case in a wave, or all): segments, coded ones, and uses of each code.

    ``holders`` counts the documents in which each code is found at least once.
    """

    documents: int = 0
    segments: int = 0
    coded: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    holders: Counter[str] = field(default_factory=Counter)


def summarise(results: Sequence[Path], by: Sequence[str] = ()) -> dict[tuple[str, ...], Tally]:
    """Count over results by the columns ``by``; groups in alphabetical order. Memory grows with groups alone."""
    found: dict[tuple[str, ...], Tally] = {}
    for path in results:
        last, held = None, set[str]()
        for batch in read_columns(path, ("id", "segment", "codes", *by)):
            columns = batch.to_pydict()
            for row, identifier in enumerate(columns["id"]):
                tally = found.setdefault(tuple(columns[name][row] for name in by), Tally())
                if identifier != last:
                    last, held = identifier, set()
                    tally.documents += 1
                if columns["segment"][row] is None:
                    continue
                codes = columns["codes"][row]
                tally.segments += 1
                tally.coded += bool(codes)
                tally.codes.update(codes)
                tally.holders.update(set(codes) - held)
                held |= set(codes)
    return dict(sorted(found.items()))
