"""Two coders' readings in, a line of agreement a code out; and the machine beside a second human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.intervals import (
    FEWEST,
    Interval,
    corpus_interval,
    difference_interval,
    mean_transfer_interval,
    transfer_interval,
    uses,
)
from pipeline.agree.reading import Reading
from pipeline.agree.two import TwoByTwo

Array = NDArray[np.float64]
Pair = tuple[str, str]
FEW_INTERVIEWS = 5  # interviews under which an interval for others is told to be hardly worth reading


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """The agreement of two coders on one code; ``unit`` is « segment » or « caractère ».

    ``corpus`` and ``transfer`` are the intervals of kappa for this corpus and for new interviews; where there is
    none, ``note`` says why in French. ``interviews`` both read at least in part.
    """

    code: str
    coders: Pair
    unit: str
    table: TwoByTwo
    corpus: Interval | None = None
    transfer: Interval | None = None
    note: str = ""
    interviews: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """A pair's kappas in a line: their mean over the ``defined`` codes, the lowest and its code.

    ``used`` codes, used FEWEST times or more, have the mean ``used_mean`` and its interval for new interviews.
    """

    coders: Pair
    unit: str
    mean: float | None
    defined: int
    used_mean: float | None
    used: int
    transfer: Interval | None
    lowest: float | None
    code: str


@dataclass(frozen=True, slots=True)
class Versus:
    """The machine against a human, beside another human against the same, on the segments all three read."""

    code: str
    machine: str
    human: str
    other: str
    n: int
    kappa_machine: float | None
    kappa_human: float | None
    difference: float | None
    interval: Interval | None
    note: str


def tables_of(reading: Reading, one: int, other: int) -> Array:
    """Return the pair's tables by interview and code, (K, C, 4), interviews without a unit in common left out."""
    both = reading.seen[one] & reading.seen[other]
    mine, theirs = reading.labels[one] & both[:, None], reading.labels[other] & both[:, None]
    n = _sums(both[:, None], reading)
    a, yes, also = _sums(mine & theirs, reading), _sums(mine, reading), _sums(theirs, reading)
    cells = np.stack([a, yes - a, also - a, n - yes - also + a], axis=-1)
    return np.asarray(cells[n[:, 0] > 0])


def agree_on(
    reading: Reading, *, pairs: Sequence[Pair] | None = None, seed: int = 0, intervals: bool = True
) -> tuple[CodeAgreement, ...]:
    """Compare coders pair by pair, code by code; every pair, in the order of the coders, unless ``pairs`` says."""
    lines: list[CodeAgreement] = []
    for pair in combinations(reading.coders, 2) if pairs is None else pairs:
        tables = tables_of(reading, *map(reading.coders.index, pair))
        for c, code in enumerate(reading.codes):
            lines.append(_line(code, pair, reading.unit, tables[:, c], seed, intervals))
    return tuple(lines)


def summarise(reading: Reading, *, pairs: Sequence[Pair] | None = None) -> tuple[Summary, ...]:
    """Return one summary a pair."""
    found = []
    for pair in combinations(reading.coders, 2) if pairs is None else pairs:
        tables = tables_of(reading, *map(reading.coders.index, pair))
        totals = [TwoByTwo(*map(int, total)) for total in tables.sum(axis=0)]
        known = [
            (one.kappa, code) for one, code in zip(totals, reading.codes, strict=True) if one.kappa is not None
        ]
        used = [one.kappa for one in totals if one.kappa is not None and one.uses >= FEWEST]
        mean, low = _mean([kappa for kappa, _ in known]), min(known, default=(None, ""))
        reach = mean_transfer_interval(tables)
        found.append(Summary(pair, reading.unit, mean, len(known), _mean(used), len(used), reach, *low))
    return tuple(found)


def versus(reading: Reading, machine: str, humans: Sequence[str]) -> tuple[Versus, ...]:
    """Set the machine against each human beside every other human against the same one."""
    place = {coder: n for n, coder in enumerate(reading.coders)}
    lines = []
    for human in humans:
        for other in humans:
            if other != human:
                trio = place[machine], place[other], place[human]
                lines += [_versus(reading, code, trio) for code in range(len(reading.codes))]
    return tuple(lines)


def why_not(used: float, interviews: int) -> str:
    """Say in French why there is no interval, or what to think of the one for new interviews; "" otherwise.

    >>> why_not(3, 8), why_not(30, 1)
    ('pas d’intervalle : moins de 5 emplois du code', 'un seul entretien : rien à dire des autres')
    """
    if not interviews:
        return "aucune unité lue par les deux codeurs"
    if used < FEWEST:
        return f"pas d’intervalle : moins de {FEWEST} emplois du code"
    if interviews < 2:
        return "un seul entretien : rien à dire des autres"
    if interviews < FEW_INTERVIEWS:
        return f"{interviews} entretiens seulement : intervalle « autres entretiens » à peine informatif"
    return ""


def _line(code: str, pair: Pair, unit: str, tables: Array, seed: int, intervals: bool) -> CodeAgreement:
    """Draw one line from a code's tables by interview (K, 4)."""
    total = tables.sum(axis=0)
    table = TwoByTwo(*map(int, total))
    if not intervals:
        return CodeAgreement(code, pair, unit, table, interviews=len(tables))
    note = why_not(table.uses, len(tables))
    corpus = corpus_interval(total, seed=seed) if len(tables) else None
    return CodeAgreement(code, pair, unit, table, corpus, transfer_interval(tables), note, len(tables))


def _versus(reading: Reading, code: int, trio: tuple[int, int, int]) -> Versus:
    """Compare on one code; ``trio`` are the machine, the other human and the human."""
    seen = reading.seen[list(trio)].all(axis=0)
    machine, other, human = (reading.labels[n, seen, code].astype(int) for n in trio)
    joint = np.zeros((len(reading.interviews), 8))
    np.add.at(joint, (reading.group[seen], 4 * machine + 2 * other + human), 1)
    joint = joint[joint.sum(axis=1) > 0].reshape(-1, 2, 2, 2)
    total = joint.sum(axis=0)
    flipped = total.sum(axis=1)[::-1, ::-1].ravel(), total.sum(axis=0)[::-1, ::-1].ravel()
    kappas = [TwoByTwo(*map(int, cells)).kappa for cells in flipped]
    names = (reading.coders[n] for n in trio)
    name, second, first = names
    known = kappas[0] is not None and kappas[1] is not None
    return Versus(
        reading.codes[code], name, first, second, int(seen.sum()), kappas[0], kappas[1],
        kappas[0] - kappas[1] if kappas[0] is not None and kappas[1] is not None else None,
        difference_interval(joint) if known else None, why_not(min(map(uses, flipped)), len(joint)),
    )  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    """Return the mean, None for no value."""
    return sum(values) / len(values) if values else None


def _sums(cells: NDArray[np.bool_], reading: Reading) -> Array:
    """Sum booleans (N, C) by interview: (K, C); units of one interview stand together."""
    if not len(cells):
        return np.zeros((0, cells.shape[1]))
    first = np.flatnonzero(np.diff(reading.group, prepend=-1))
    units = cells if reading.places is None else cells * reading.weights[:, None]
    return np.add.reduceat(units, first, axis=0, dtype=np.int64).astype(np.float64)
