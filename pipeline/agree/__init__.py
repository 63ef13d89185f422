"""Two coders in, their agreement per code out: a 2x2 table first, coefficients drawn from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.align import characters, mark
from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """How two coders used one code: a both, b the first alone, c the second alone, d neither.

    Cohen (1960): kappa = (po - pe) / (1 - pe). NVivo's documented example, 1000 characters:

    >>> table = TwoByTwo(50, 150, 0, 800)
    >>> table.observed, round(table.kappa, 4)
    (0.85, 0.3478)
    """

    a: int
    b: int
    c: int
    d: int

    @property
    def n(self) -> int:
        """The number of units."""
        return self.a + self.b + self.c + self.d

    @property
    def observed(self) -> float | None:
        """The share of units on which both say the same; None without units."""
        return (self.a + self.d) / self.n if self.n else None

    @property
    def expected(self) -> float | None:
        """The share expected by chance from each coder's own use of the code."""
        if not self.n:
            return None
        yes = (self.a + self.b) * (self.a + self.c)
        return (yes + (self.c + self.d) * (self.b + self.d)) / self.n**2

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where it is 0/0."""
        if self.observed is None or self.expected is None or self.expected == 1:
            return None
        return (self.observed - self.expected) / (1 - self.expected)


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """The agreement of two coders on one code; ``unit`` is « segment » or « caractère »."""

    code: str
    coders: tuple[str, str]
    unit: str
    table: TwoByTwo


# To add a measure of the 2x2 table: a line here.
MEASURES: dict[str, Callable[[TwoByTwo], float | None]] = {
    "observed": lambda table: table.observed,
    "kappa": lambda table: table.kappa,
}


def agreement(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> TwoByTwo:
    """Count how two coders used one code on the same units, (N,) each.

    >>> agreement(np.array([True, True, False]), np.array([True, False, False]))
    TwoByTwo(a=1, b=1, c=0, d=1)
    """
    return TwoByTwo(
        int((one & other).sum()), int((one & ~other).sum()), int((~one & other).sum()), int((~one & ~other).sum())
    )


def agree_on_segments(
    segments: Sequence[Segment], codings: Sequence[Coding], *, coders: tuple[str, str], codebook: Codebook
) -> tuple[CodeAgreement, ...]:
    """Compare two coders code by code, on the segments of transcripts that both read."""
    one, other = (mark(segments, codings, coder=coder, codes=codebook.ids) for coder in coders)
    both = one.seen & other.seen
    return tuple(
        CodeAgreement(code, coders, "segment", agreement(one.labels[both, c], other.labels[both, c]))
        for c, code in enumerate(codebook.ids)
    )


def agree_on_characters(
    segments: Sequence[Segment], codings: Sequence[Coding], *, coders: tuple[str, str], codebook: Codebook
) -> tuple[CodeAgreement, ...]:
    """Compare two coders code by code, on the respondents' characters, blanks included, as NVivo does."""
    read = [{coding.transcript for coding in codings if coding.coder == coder} for coder in coders]
    transcripts = {segment.transcript.id: segment.transcript for segment in segments}
    both = [transcript for key, transcript in transcripts.items() if all(key in seen for seen in read)]
    matrices = [
        np.concatenate(
            [characters(t, codings, coder=coder, codes=codebook.ids) for t in both]
            or [np.zeros((0, len(codebook.ids)), dtype=bool)]
        )
        for coder in coders
    ]
    return tuple(
        CodeAgreement(code, coders, "caractère", agreement(matrices[0][:, c], matrices[1][:, c]))
        for c, code in enumerate(codebook.ids)
    )


def macro_kappa(rows: Sequence[CodeAgreement]) -> float | None:
    """Return the mean kappa over the codes where it is defined."""
    known = [row.table.kappa for row in rows if row.table.kappa is not None]
    return sum(known) / len(known) if known else None
