"""Coders compared, pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import agree
from pipeline.codebook import Codebook
from pipeline.read.digest import codable
from pipeline.read.study import Failure, codebook_of, known_coders, read_study
from pipeline.records import Coding
from pipeline.run.steps import Groups, Progress, cast, segmented, silent

if TYPE_CHECKING:
    from pipeline.agree import CodeAgreement


@dataclass(frozen=True, slots=True)
class Agreement:
    """What comparing coders gave; ``rows`` stand by pair, then unit, then code."""

    rows: tuple[CodeAgreement, ...]
    failures: tuple[Failure, ...]


def agree_study(
    folder: Path,
    *,
    coders: Sequence[str] | None = None,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Agreement:
    """Compare every pair of a study's coders, on segments and on characters. Raises FilrougeError."""
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    progress("read", 1, 1)
    chosen = known_coders(study, coders)
    kept, refused = codable(study.transcripts)
    groups = segmented(kept, progress)
    rows = compare(combinations(chosen, 2), groups, study.codings, codebook_of(study))
    return Agreement(rows, (*study.failures, *refused))


def compare(
    pairs: Iterable[tuple[str, str]], groups: Groups, codings: Sequence[Coding], codebook: Codebook
) -> tuple[CodeAgreement, ...]:
    """Compare coders pair by pair: on segments, then on characters."""
    segments = [segment for group in groups for segment in group]
    rows: list[CodeAgreement] = []
    for pair in pairs:
        rows += agree.agree_on_segments(segments, codings, coders=pair, codebook=codebook)
        rows += agree.agree_on_characters(segments, codings, coders=pair, codebook=codebook)
    return tuple(rows)
