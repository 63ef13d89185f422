"""Transcripts coded by a model, and the results written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.classify import Model
from pipeline.classify.cases import origin
from pipeline.classify.choose import choose_model, learnt_note
from pipeline.classify.decide import machine_codings
from pipeline.codebook import Codebook
from pipeline.errors import StudyError
from pipeline.export import AgreementRow, Results, write_all
from pipeline.read.digest import codable
from pipeline.read.study import Failure, Study
from pipeline.records import Coding, Transcript
from pipeline.run.agreement import compare
from pipeline.run.steps import (
    Groups,
    Progress,
    encoding,
    fitting_encoder,
    is_study,
    read_inputs,
    segmented,
    silent,
)
from pipeline.write import refuse_unwritable

if TYPE_CHECKING:
    from pipeline.agree import CodeAgreement


@dataclass(frozen=True, slots=True)
class Outcome:
    """What coding gave: the machine's codings, what was left out, and the files written."""

    model: Model
    codebook: Codebook
    transcripts: tuple[Transcript, ...]
    codings: tuple[Coding, ...]
    failures: tuple[Failure, ...]
    agreement: tuple[CodeAgreement, ...]
    notes: tuple[str, ...]
    written: tuple[Path, ...]


def code(
    paths: Sequence[Path],
    *,
    model: str | None = None,
    out: Path | None = None,
    encoder: str | None = None,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Outcome:
    """Code one study folder, or files, and write the results.

    ``model`` is a folder or the name of a shipped model; by default the shipped one that learnt the codebook.
    Results go to ``out``, by default STUDY/results, or ./results for files. A transcript that cannot be read,
    has no respondent or is doubtful becomes a failure and the others are coded. Raises FilrougeError.
    """
    where = out or (paths[0] if is_study(paths) else Path()) / "results"
    progress("read", 0, 0)
    study = read_inputs(paths, interviewer)
    refuse_unwritable(where)
    progress("read", 1, 1)
    chosen = choose_model(model, study.codebook)
    kept, refused = codable(study.transcripts)
    failures = (*study.failures, *refused)
    if not kept:
        raise StudyError(_nothing(failures))
    groups = segmented(kept, progress)
    loaded = fitting_encoder(chosen, encoder)
    probabilities = chosen.probabilities(groups, encode=encoding(loaded, progress), layers=loaded.layers)
    codings = machine_codings(chosen, groups, probabilities)
    progress("classify", 1, 1)
    codebook = study.codebook or chosen.codebook
    rows, notes = _compare(study, codebook, groups, codings, chosen)
    outcome = Outcome(chosen, codebook, kept, codings, failures, rows, notes, ())
    return replace(outcome, written=_write(outcome, groups, study, where, progress))


def _nothing(failures: Sequence[Failure]) -> str:
    """Say that no transcript could be coded, and why for the first ones."""
    return " ".join(["Rien n’a été codé.", *(failure.message for failure in failures[:5])])


def _compare(
    study: Study, codebook: Codebook, groups: Groups, codings: Sequence[Coding], model: Model
) -> tuple[tuple[CodeAgreement, ...], tuple[str, ...]]:
    """Compare the humans, and the machine with each of them unless it learnt from these interviews."""
    pairs = list(combinations(study.coders, 2))
    note = learnt_note(model, [group[0].transcript for group in groups if group])
    if not note:
        pairs += [(human, f"machine:{model.name}") for human in study.coders]
    notes: tuple[str, ...] = (note,) if note else ()
    if study.codebook is None:
        notes += (f"Pas de codebook.toml : la grille du modèle est employée (« {codebook.name} »).",)
    return compare(pairs, groups, [*study.codings, *codings], codebook), notes


def _write(outcome: Outcome, groups: Groups, study: Study, where: Path, progress: Progress) -> tuple[Path, ...]:
    """Lay out what coding gave and write it."""
    progress("write", 0, 1)
    rows = tuple(
        AgreementRow(
            row.code, row.coders, row.unit, (row.table.a, row.table.b, row.table.c, row.table.d),
            row.table.observed, row.table.kappa,
        )
        for row in outcome.agreement
    )  # fmt: skip
    title = study.codebook.name if study.codebook else outcome.codebook.name
    segments = tuple(segment for group in groups for segment in group)
    failures = tuple((failure.path.name, failure.message) for failure in outcome.failures)
    results = Results(
        title, outcome.codebook, outcome.transcripts, segments, outcome.codings, rows, outcome.notes,
        failures, outcome.model.name, __version__, human=study.codings, figures=outcome.model.figures,
        source=f"Étude {origin(study.folder)}." if study.codebook else "", model_source=outcome.model.provenance,
    )  # fmt: skip
    written = write_all(results, where)
    progress("write", 1, 1)
    return written
