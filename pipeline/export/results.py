"""What every export is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.codebook import Codebook
from pipeline.records import Coding, Explanation, Segment, Transcript


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One line of the agreement table; ``corpus`` and ``transfer`` are kappa's intervals, or ``note`` says why."""

    code: str
    coders: tuple[str, str]
    unit: str
    counts: tuple[int, int, int, int]
    observed: float | None
    kappa: float | None
    corpus: tuple[float, float] | None = None
    transfer: tuple[float, float] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """A coded study: ``codings`` are the machine's, one a segment; ``failures`` are (file, message).

    ``human`` are the coders' own passages, where the study has any. ``source`` says in French where the
    interviews come from, ``model_source`` what the model learnt from, ``figures`` how it fared there: "kappa" and
    "human" (code -> kappa or None), as ``classify.train`` makes them. ``explanations`` go by (transcript, start,
    code) of the machine's codings, ``explain`` puts them in codings.csv; ``sure`` holds, by code, the score under
    which the machine is sure that the code does not hold, and that from which it is sure that it does.
    ``divergence`` are the rows of the table that tells whether it errs more on some interviews, as words:
    trait, level, interviews, kappa, missed, added, p, corrected p.
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
    explanations: Mapping[tuple[str, int, str], Explanation] = field(default_factory=dict)
    explain: bool = False
    sure: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    divergence: tuple[tuple[str, ...], ...] = ()
    divergence_note: str = ""

    def asks(self, code: str, score: float | None) -> bool:
        """Tell whether the machine leaves a code to a human: its score lies between sure no and sure yes."""
        no, yes = self.sure.get(code, (1.1, 0.0))
        return score is not None and no <= score < yes
