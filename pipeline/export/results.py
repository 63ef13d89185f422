"""What every export is made from."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment, Transcript


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One line of the agreement table."""

    code: str
    coders: tuple[str, str]
    unit: str
    counts: tuple[int, int, int, int]
    observed: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Results:
    """A coded study: ``codings`` are the machine's, one a segment; ``failures`` are (file, message)."""

    title: str
    codebook: Codebook
    transcripts: tuple[Transcript, ...]
    segments: tuple[Segment, ...]
    codings: tuple[Coding, ...]
    agreement: tuple[AgreementRow, ...]
    notes: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]
    model: str
    version: str
