"""Cross-validated decisions in, the figures of a model out: kappa per code, two intervals, a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.intervals import (
    Interval,
    corpus_interval,
    kappas,
    mean_transfer_interval,
    transfer_interval,
)
from pipeline.align import Marks

Verdict = Literal["ready", "review", "hand"]

# The bar, and the floor under it, that a code's kappa must clear on interviews not read. Landis and Koch (1977)
# call what lies above .60 "substantial" and above .40 "moderate"; the words are theirs, the use is a convention.
BAR, FLOOR = 0.60, 0.40
SEEN_ENOUGH = 15  # uses of a code: fewer and no figure of it deserves trust


def consensus(
    marks: Mapping[str, Marks], rows: int, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the share of coders who applied each code (N, C), and which segments anyone read (N,)."""
    votes, readers = np.zeros((rows, columns)), np.zeros(rows)
    for mark in marks.values():
        votes += mark.labels * mark.seen[:, None]
        readers += mark.seen
    return votes / np.maximum(readers, 1)[:, None], readers > 0


def figures(
    decided: NDArray[np.bool_],
    marks: Mapping[str, Marks],
    seen: NDArray[np.bool_],
    codes: Sequence[str],
    *,
    interview: NDArray[np.int64] | None = None,
    cases: Sequence[str] = (),
) -> dict[str, Any]:
    """Compare cross-validated decisions (rows of ``seen``) with each coder, and the first two coders.

    ``interview`` (N,) and ``cases`` (N,) say where each of the N segments stands; without them there is no
    interval for new interviews and no count of cases. "kappa", "human" and "positives" go by code, "macro" and
    "human_macro" are their means; "intervals" holds, by code, "corpus" and "transfer" (see ``agree.intervals``) of
    the machine against the coders, whose tables are averaged; "verdict" is "ready", "review" or "hand".
    """
    whole = np.zeros((len(seen), len(codes)), dtype=bool)
    whole[seen] = decided
    where = np.zeros(len(seen), np.int64) if interview is None else interview
    tables = averaged([counts(whole, mark, where) for mark in marks.values()])
    against = [_column(kappas(counts(whole, mark, where).sum(axis=0))) for mark in marks.values()]
    kappa = {code: _mean([one[c] for one in against]) for c, code in enumerate(codes)}
    intervals = {
        code: {
            "corpus": _rounded(corpus_interval(tables[:, c].sum(axis=0))),
            "transfer": _rounded(transfer_interval(tables[:, c])),
        }
        for c, code in enumerate(codes)
    }
    positives = {
        code: {coder: int(mark.labels[mark.seen, c].sum()) for coder, mark in marks.items()}
        for c, code in enumerate(codes)
    }
    uses = {code: _mean(list(by_coder.values())) or 0.0 for code, by_coder in positives.items()}
    result: dict[str, Any] = {
        "coders": list(marks),
        "positives": positives,
        "kappa": kappa,
        "macro": _mean(list(kappa.values())),
        "intervals": intervals,
        "macro_interval": _rounded(mean_transfer_interval(tables)),
        "cases_with": cases_with(marks, seen, codes, cases) if cases else {},
        "verdict": {code: verdict(kappa[code], intervals[code]["transfer"], uses[code]) for code in codes},
    }
    if len(marks) > 1:
        one, other = list(marks.values())[:2]
        both = one.seen & other.seen
        human = _column(kappas(counts(one.labels, Marks(other.labels, both), where).sum(axis=0)))
        result |= {"human": dict(zip(codes, human, strict=True)), "human_macro": _mean(human)}
    return result


def verdict(kappa: float | None, transfer: Sequence[float] | None, uses: float) -> Verdict:
    """Say how a code may be used on new interviews.

    "ready" if the interval for new interviews stands above FLOOR and kappa above BAR; "review" if kappa clears
    FLOOR; "hand" otherwise, and where the code was used fewer than SEEN_ENOUGH times.

    >>> verdict(0.7, (0.5, 0.8), 60), verdict(0.5, (0.3, 0.7), 60), verdict(0.9, None, 4)
    ('ready', 'review', 'hand')
    """
    if kappa is None or transfer is None or uses < SEEN_ENOUGH or kappa < FLOOR:
        return "hand"
    return "ready" if kappa >= BAR and transfer[0] >= FLOOR else "review"


def counts(machine: NDArray[np.bool_], mark: Marks, interview: NDArray[np.int64]) -> NDArray[np.float64]:
    """Count how a coder and the machine used each code in each interview: (K, C, 4), on what the coder saw."""
    one, other, where = machine[mark.seen], mark.labels[mark.seen], interview[mark.seen]
    cells = np.stack([one & other, one & ~other, ~one & other, ~one & ~other], axis=-1)
    total = np.zeros((int(interview.max(initial=-1)) + 1, machine.shape[1], 4))
    np.add.at(total, where, cells)
    return total


def cases_with(
    marks: Mapping[str, Marks], seen: NDArray[np.bool_], codes: Sequence[str], cases: Sequence[str]
) -> dict[str, int]:
    """Count, by code, the cases in which any coder used it."""
    used = np.logical_or.reduce([mark.labels & mark.seen[:, None] for mark in marks.values()])
    where = np.array(cases)
    return {code: len(set(where[used[:, c] & seen])) for c, code in enumerate(codes)}


def averaged(tables: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Average the coders' tables, interview by interview, over those who read it; interviews nobody read go."""
    stack = np.stack(tables)
    read = stack.sum(axis=(2, 3), keepdims=True) > 0
    kept = read.any(axis=0).ravel()
    return np.asarray((stack.sum(axis=0) / np.maximum(read.sum(axis=0), 1))[kept])


def _column(values: NDArray[np.float64]) -> list[float | None]:
    """Round coefficients; None where one is undefined."""
    return [None if np.isnan(value) else round(float(value), 6) for value in values]


def _rounded(interval: Interval | None) -> list[float] | None:
    """Round an interval for a file."""
    return None if interval is None else [round(end, 6) for end in interval]


def _mean(values: Sequence[float | None]) -> float | None:
    """Mean of the defined values, None if there is none."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 6) if known else None
