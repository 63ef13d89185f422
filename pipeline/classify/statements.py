"""A codebook in, passages out: its definitions, criteria and examples as the first coded material.

They are learnt beside the coded passages: alone when there are none (weak: see docs/benchmarks.md), drowned when
there are many.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Encode, Passages
from pipeline.codebook import Codebook

Statements = tuple[Passages, NDArray[np.float64]]


def statements(codebook: Codebook) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return what the codebook says, one text a criterion, and which codes each illustrates, (M, C).

    A criterion that excludes a code illustrates none.

    >>> from pipeline.codebook import Code, Dimension
    >>> book = Codebook("b", (Dimension("d", "D", (Code("a", "A", "Dire A.", exclude=("B",)),)),))
    >>> texts, labels = statements(book)
    >>> texts, labels.tolist()
    (('A. Dire A.', 'B'), [[1.0], [0.0]])
    """
    texts: list[str] = []
    columns: list[int | None] = []
    for column, code in enumerate(codebook.codes):
        said = [f"{code.label}. {code.definition}".strip(), *code.include, *code.examples]
        texts += [*said, *code.exclude]
        columns += [*[column] * len(said), *[None] * len(code.exclude)]
    labels = np.zeros((len(texts), len(codebook.ids)))
    for row, held in enumerate(columns):
        if held is not None:
            labels[row, held] = 1.0
    return tuple(texts), labels


def as_passages(texts: tuple[str, ...], *, encode: Encode) -> Passages:
    """Read statements as passages without surroundings."""
    vectors = encode(texts)
    alone = np.arange(len(texts))
    return Passages(
        texts,
        ("",) * len(texts),
        np.hstack([vectors, vectors, np.zeros_like(vectors)]),
        alone,
        alone,
        ("",) * len(texts),
    )
