"""A model's probabilities in, the machine's codings out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.model import Model
from pipeline.records import Coding, Segment


def machine_codings(
    model: Model, groups: Sequence[Sequence[Segment]], probabilities: NDArray[np.float64]
) -> tuple[Coding, ...]:
    """Turn probabilities (N, C) into one Coding a segment; where a dimension takes one code, the best one."""
    coder, ids = f"machine:{model.name}", model.codebook.ids
    segments = [segment for group in groups for segment in group]
    retained = probabilities >= model.thresholds
    for dimension in model.codebook.dimensions:
        if dimension.select == "one":
            columns = [ids.index(entry.id) for entry in dimension.codes]
            best = probabilities[:, columns].argmax(axis=1)
            retained[:, columns] &= best[:, None] == np.arange(len(columns))
    return tuple(
        Coding(
            segment.transcript.id, segment.start, segment.end, coder,
            frozenset(ids[c] for c in np.flatnonzero(kept)),
            {name: float(p) for name, p in zip(ids, row, strict=True)},
        )
        for segment, row, kept in zip(segments, probabilities, retained, strict=True)
    )  # fmt: skip
