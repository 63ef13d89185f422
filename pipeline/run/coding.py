"""Transcripts coded by a model, and the results written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import __version__
from pipeline.classify import Model
from pipeline.classify import passages as read_passages
from pipeline.classify.card import DIVERGENCE, divergence_rows
from pipeline.classify.cases import origin
from pipeline.classify.choose import choose_model, learnt_note
from pipeline.classify.decide import machine_codings
from pipeline.codebook import Codebook
from pipeline.embed import Encoder
from pipeline.embed.cache import CACHE, CachedEncoder
from pipeline.errors import StudyError
from pipeline.export import AgreementRow, Results, write_all
from pipeline.read.digest import codable
from pipeline.read.study import Failure, Study
from pipeline.records import Coding, Transcript
from pipeline.run.agreement import compare
from pipeline.run.explaining import Explanations, explained, other_library, own_library
from pipeline.run.session_model import session_codings, session_model
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
    explanations: Explanations = field(default_factory=dict)


def code(
    paths: Sequence[Path],
    *,
    model: str | None = None,
    out: Path | None = None,
    encoder: str | None = None,
    interviewer: Sequence[str] = (),
    examples: Path | None = None,
    explain: bool = False,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Outcome:
    """Code one study folder, or files, and write the results.

    ``model`` is a folder or the name of a shipped model; by default the one that annotation sessions of the study
    taught, else the shipped one that learnt the codebook.
    Results go to ``out``, by default STUDY/results, or ./results for files. A transcript that cannot be read,
    has no respondent or is doubtful becomes a failure and the others are coded. The report shows, for each code of
    the machine, the words that weighed and the nearest human-coded passages, of the study ``examples`` or else of
    the study coded; ``explain`` puts them in codings.csv too. ``cache`` is a folder where vectors are kept, by
    default that of the study's sessions, if it has any. Raises FilrougeError.
    """
    where = out or (paths[0] if is_study(paths) else Path()) / "results"
    progress("read", 0, 0)
    study = read_inputs(paths, interviewer)
    refuse_unwritable(where)
    progress("read", 1, 1)
    chosen = (session_model(study) if model is None else None) or choose_model(model, study.codebook)
    kept, refused = codable(study.transcripts)
    failures = (*study.failures, *refused)
    if not kept:
        raise StudyError(_nothing(failures))
    groups = segmented(kept, progress)
    loaded = fitting_encoder(chosen, encoder)
    encode = encoding(_remembering(loaded, study, cache), progress)
    passages = read_passages(groups, encode=encode, layers=loaded.layers, called=chosen.called)
    codings = machine_codings(chosen, groups, chosen.score(passages))
    progress("classify", 1, 1)
    codebook = study.codebook or chosen.codebook
    progress("explain", 0, 0)
    library = (
        other_library(examples, chosen, encode=encode)
        if examples
        else own_library(_with_sessions(study, groups), codebook, groups, passages)
    )
    why = explained(chosen, passages, groups, codings, library)
    progress("explain", 1, 1)
    rows, notes = _compare(study, codebook, groups, codings, chosen)
    outcome = Outcome(chosen, codebook, kept, codings, failures, rows, notes, (), why)
    return replace(outcome, written=_write(outcome, groups, study, where, progress, explain))


def _remembering(encoder: Encoder, study: Study, cache: Path | None) -> Encoder:
    """Keep vectors in the folder asked for, else where the study's sessions keep theirs, else nowhere."""
    sessions = study.folder / CACHE
    folder = cache or (sessions if sessions.is_dir() else None)
    return CachedEncoder(encoder, folder) if folder else encoder


def _with_sessions(study: Study, groups: Groups) -> Study:
    """Add to the codings of a study what its coders decided in sessions, exported or not."""
    fresh = [one for one in session_codings(study, groups) if one.coder not in study.coders]
    return replace(study, codings=(*study.codings, *fresh))


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


def _write(
    outcome: Outcome, groups: Groups, study: Study, where: Path, progress: Progress, explain: bool
) -> tuple[Path, ...]:
    """Lay out what coding gave and write it."""
    progress("write", 0, 1)
    rows = tuple(
        AgreementRow(
            row.code, row.coders, row.unit, (row.table.a, row.table.b, row.table.c, row.table.d),
            row.table.observed, row.table.kappa, row.corpus, row.transfer, row.note,
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
        explanations=outcome.explanations, explain=explain, sure=_sure(outcome.model),
        divergence=tuple(divergence_rows(outcome.model.figures.get("divergence", []))), divergence_note=DIVERGENCE,
    )  # fmt: skip
    written = write_all(results, where)
    progress("write", 1, 1)
    return written


def _sure(model: Model) -> dict[str, tuple[float, float]]:
    """Return, by code, under which score the machine is sure it does not hold and from which that it does."""
    calibration = model.calibration
    pairs = zip(calibration.sure_no.tolist(), calibration.sure_yes.tolist(), strict=True)
    return dict(zip(model.codebook.ids, pairs, strict=True))
