"""Coders' marks in, their agreement out: a 2x2 table a code first, coefficients and intervals drawn from it.

``accord`` says all there is to say of a study; ``agree_on_segments`` and ``agree_on_characters`` compare one pair.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.agree.accord import CONSENSUS, Accord, Coverage, accord
from pipeline.agree.pairs import CodeAgreement, agree_on
from pipeline.agree.pieces import by_character
from pipeline.agree.reading import by_segment
from pipeline.agree.several import SEVERAL
from pipeline.agree.two import MEASURES, Figure, TwoByTwo, agreement, figure
from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment

__all__ = [
    "CONSENSUS",
    "MEASURES",
    "SEVERAL",
    "Accord",
    "CodeAgreement",
    "Coverage",
    "Figure",
    "TwoByTwo",
    "accord",
    "agree_on_characters",
    "agree_on_segments",
    "agreement",
    "figure",
    "macro_kappa",
]


def agree_on_segments(
    segments: Sequence[Segment],
    codings: Sequence[Coding],
    *,
    coders: tuple[str, str],
    codebook: Codebook,
    intervals: bool = False,
) -> tuple[CodeAgreement, ...]:
    """Compare two coders code by code, on the segments of transcripts that both read."""
    return agree_on(by_segment(segments, codings, coders=coders, codes=codebook.ids), intervals=intervals)


def agree_on_characters(
    segments: Sequence[Segment], codings: Sequence[Coding], *, coders: tuple[str, str], codebook: Codebook
) -> tuple[CodeAgreement, ...]:
    """Compare two coders code by code, on the respondents' characters, blanks included, as NVivo does."""
    return agree_on(by_character(segments, codings, coders=coders, codes=codebook.ids), intervals=False)


def macro_kappa(rows: Sequence[CodeAgreement]) -> float | None:
    """Return the mean kappa over the codes where it is defined."""
    known = [row.table.kappa for row in rows if row.table.kappa is not None]
    return sum(known) / len(known) if known else None
