"""What every export is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
    """A coded study: ``codings`` are the machine's, one a segment; ``failures`` are (file, message).

    ``human`` are the coders' own passages, where the study has any. ``source`` says in French where the
    interviews come from, ``model_source`` what the model learnt from, ``figures`` how it fared there: "kappa" and
    "human" (code -> kappa or None), as ``classify.train`` makes them.
    """

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
    human: tuple[Coding, ...] = ()
    source: str = ""
    model_source: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
