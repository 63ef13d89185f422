"""All coders' readings in, one line a code and one a dimension out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.agree.alpha import alpha_of_parts, binary_coincidences, parts
from pipeline.agree.intervals import Interval, alpha_transfer_interval, sets_transfer_interval
from pipeline.agree.pairs import why_not
from pipeline.agree.reading import Reading
from pipeline.agree.sets import distances, numbered
from pipeline.agree.several import SEVERAL
from pipeline.agree.two import scalar
from pipeline.codebook import Codebook, Dimension

SET_DISTANCES = ("MASI", "Jaccard")


@dataclass(frozen=True, slots=True)
class Several:
    """All coders on one code: ``figures`` by the keys of SEVERAL, None where undefined and ``why`` says so.

    ``n`` units read by two coders or more; ``transfer`` is the interval of alpha for new interviews.
    """

    code: str
    coders: tuple[str, ...]
    n: int
    uses: float
    figures: Mapping[str, float | None]
    transfer: Interval | None
    why: str


@dataclass(frozen=True, slots=True)
class DimensionAlpha:
    """All coders on one dimension: alpha on sets of codes, by the name of the distance, with its interval."""

    dimension: str
    label: str
    select: str
    coders: tuple[str, ...]
    n: int
    alphas: Mapping[str, tuple[float | None, Interval | None]]
    why: str


def on_codes(reading: Reading) -> tuple[Several, ...]:
    """Compare all coders, code by code. A unit read by one coder counts in the use of a code alone."""
    read = reading.seen.sum(axis=0)
    several = read > 1
    lines = []
    for c, code in enumerate(reading.codes):
        said = np.where(reading.seen, reading.labels[:, :, c], -1).astype(np.int64).T
        yes = reading.labels[:, :, c].sum(axis=0)
        sums = np.zeros((len(reading.interviews), 3))
        pairs = binary_coincidences(yes[several].astype(float), read[several].astype(float))
        for n in range(3):
            sums[:, n] = np.bincount(reading.group[several], weights=pairs[:, n], minlength=len(sums))
        sums = sums[sums.sum(axis=1) > 0]
        used = float(sums[:, :2].sum()) / 2
        figures = {key: scalar(of(said, 2)) for key, (_, of) in SEVERAL.items()}
        why = why_not(used, len(sums))
        if figures["alpha"] is None and len(sums):
            why = "le code n’a jamais varié : coefficient non défini"
        transfer = alpha_transfer_interval(sums)
        lines.append(Several(code, reading.coders, int(several.sum()), used, figures, transfer, why))
    return tuple(lines)


def on_dimensions(reading: Reading, codebook: Codebook) -> tuple[DimensionAlpha, ...]:
    """Compare all coders, dimension by dimension, on the set of codes of each unit; the empty set is a value."""
    return tuple(_on_dimension(reading, dimension) for dimension in codebook.dimensions if dimension.codes)


def _on_dimension(reading: Reading, dimension: Dimension) -> DimensionAlpha:
    """Compare on one dimension: nominal alpha first where exactly one code is to be chosen."""
    columns = [reading.codes.index(code.id) for code in dimension.codes]
    choices, members = numbered(reading.labels[:, :, columns], reading.seen)
    several = int((reading.seen.sum(axis=0) > 1).sum())
    names = ("nominal", *SET_DISTANCES) if dimension.select == "one" else SET_DISTANCES
    alphas: dict[str, tuple[float | None, Interval | None]] = {}
    for name in names:
        apart = distances(members, name)
        far, used = parts(choices, apart, reading.group, len(reading.interviews))
        kept = used.sum(axis=1) > 0
        whole = scalar(alpha_of_parts(far.sum(), used.sum(axis=0), apart))
        ends = sets_transfer_interval(far[kept], used[kept], apart) if whole is not None else None
        alphas[name] = whole, ends
    undefined = all(value is None for value, _ in alphas.values())
    why = "un seul ensemble de codes employé : α non défini" if several and undefined else ""
    if not several:
        why = "aucune unité lue par deux codeurs"
    return DimensionAlpha(dimension.id, dimension.label, dimension.select, reading.coders, several, alphas, why)
