"""Two coders in, their agreement per code out: a 2x2 table first, coefficients drawn from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.agree.two import MEASURES, TwoByTwo, agreement
from pipeline.align import characters, mark
from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment

__all__ = [
    "MEASURES",
    "CodeAgreement",
    "TwoByTwo",
    "agree_on_characters",
    "agree_on_segments",
    "agreement",
    "macro_kappa",
]


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """The agreement of two coders on one code; ``unit`` is « segment » or « caractère »."""

    code: str
    coders: tuple[str, str]
    unit: str
    table: TwoByTwo


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
