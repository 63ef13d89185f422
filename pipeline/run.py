"""The uses of filrouge as plain functions; the only module that knows the order of the steps.

Paths in, frozen results out; what is read is never changed, what is written is written whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline import __version__, agree
from pipeline.align import mark
from pipeline.classify import Also, Model, consensus, save_model, train
from pipeline.classify.cases import cases, origin, provenance
from pipeline.classify.choose import choose_model, learnt_note
from pipeline.classify.decide import machine_codings
from pipeline.codebook import Codebook
from pipeline.embed import load_encoder
from pipeline.errors import ModelError, StudyError
from pipeline.export import AgreementRow, Results, write_all
from pipeline.read import Speakers
from pipeline.read.digest import Digest, codable, digest
from pipeline.read.exchanges import read_bank
from pipeline.read.study import Failure, Study, codebook_of, known_coders, read_files, read_study
from pipeline.records import Coding, Segment, Transcript
from pipeline.segment import load_senter, segment_all
from pipeline.write import refuse_unwritable

if TYPE_CHECKING:
    from pipeline.agree import CodeAgreement
    from pipeline.embed import Encoder

Progress = Callable[[str, int, int], None]
Groups = Sequence[Sequence[Segment]]


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


@dataclass(frozen=True, slots=True)
class Agreement:
    """What comparing coders gave; ``rows`` stand by pair, then unit, then code."""

    rows: tuple[CodeAgreement, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a study holds."""

    title: str
    digests: tuple[Digest, ...]
    coders: tuple[str, ...]
    failures: tuple[Failure, ...]


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing of the progress: (stage, done, total), total 0 where it is unknown."""


def inform(paths: Sequence[Path], *, interviewer: Sequence[str] = ()) -> Inventory:
    """Say what was read of a study or of files, without coding anything."""
    study = _read(paths, interviewer)
    title = study.codebook.name if study.codebook else study.folder.name
    return Inventory(title, tuple(map(digest, study.transcripts)), study.coders, study.failures)


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
    where = out or (paths[0] if _is_study(paths) else Path()) / "results"
    progress("read", 0, 0)
    study = _read(paths, interviewer)
    refuse_unwritable(where)
    progress("read", 1, 1)
    chosen = choose_model(model, study.codebook)
    kept, refused = codable(study.transcripts)
    failures = (*study.failures, *refused)
    if not kept:
        raise StudyError(_nothing(failures))
    groups = _segments(kept, progress)
    encode = _encode(_encoder(chosen, encoder), progress)
    probabilities = chosen.probabilities(groups, encode=encode)
    codings = machine_codings(chosen, groups, probabilities)
    progress("classify", 1, 1)
    codebook = study.codebook or chosen.codebook
    rows, notes = _compare(study, codebook, groups, codings, chosen)
    outcome = Outcome(chosen, codebook, kept, codings, failures, rows, notes, ())
    return replace(outcome, written=_write(outcome, groups, study, where, progress))


def train_study(
    folder: Path,
    *,
    out: Path,
    date: str,
    case: str | None = None,
    encoder: str | None = None,
    interviewer: Sequence[str] = (),
    also: Path | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Model, tuple[Failure, ...]]:
    """Train a model on a study's human codings and save it in ``out``. Raises FilrougeError.

    ``also`` is a folder with a bank of coded exchanges, learnt from besides and never measured on.
    """
    refuse_unwritable(out)
    progress("read", 0, 0)
    study = read_study(folder, speakers=_speakers(interviewer))
    progress("read", 1, 1)
    codebook = codebook_of(study)
    if not study.codings:
        raise StudyError(f"{folder} : aucun codage humain dans codes/ ; il en faut pour entraîner un modèle.")
    seen = {coding.transcript for coding in study.codings}
    kept, refused = codable([t for t in study.transcripts if t.id in seen])
    more = _also(also, codebook) if also else None
    groups = _segments(kept, progress)
    segments = [segment for group in groups for segment in group]
    loaded = load_encoder(encoder)
    model = train(
        groups,
        {one: mark(segments, study.codings, coder=one, codes=codebook.ids) for one in study.coders},
        codebook=codebook, cases=cases(kept, case), encode=_encode(loaded, progress), name=out.name,
        encoder=loaded.name, encoder_fingerprint=loaded.fingerprint, also=more, seed=seed,
        progress=lambda done, total: progress("train", done, total),
    )  # fmt: skip
    model = replace(model, provenance=provenance(study.folder), date=date)
    save_model(model, out)
    return model, (*study.failures, *refused)


def _also(folder: Path, codebook: Codebook) -> Also:
    """Read a bank of coded exchanges as material to learn from."""
    bank = read_bank(folder, codebook)
    groups = list(segment_all(bank.transcripts, nlp=load_senter()))
    segments = [segment for group in groups for segment in group]
    marks = {one: mark(segments, bank.codings, coder=one, codes=codebook.ids) for one in bank.coders}
    labels, _ = consensus(marks, len(segments), len(codebook.ids))
    return Also(groups, labels, origin(folder))


def agree_study(
    folder: Path,
    *,
    coders: Sequence[str] | None = None,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Agreement:
    """Compare every pair of a study's coders, on segments and on characters. Raises FilrougeError."""
    progress("read", 0, 0)
    study = read_study(folder, speakers=_speakers(interviewer))
    progress("read", 1, 1)
    chosen = known_coders(study, coders)
    kept, refused = codable(study.transcripts)
    groups = _segments(kept, progress)
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


def _read(paths: Sequence[Path], interviewer: Sequence[str]) -> Study:
    """Read one study folder, or files."""
    if _is_study(paths):
        return read_study(paths[0], speakers=_speakers(interviewer))
    folders = [str(path) for path in paths if path.is_dir()]
    if folders:
        raise StudyError(f"{folders[0]} : donnez un seul dossier, ou des fichiers, mais pas les deux.")
    transcripts, failures = read_files(paths, speakers=_speakers(interviewer))
    return Study(Path(), None, transcripts, (), failures)


def _is_study(paths: Sequence[Path]) -> bool:
    """Tell whether one folder was given (a name without suffix is a folder mistyped)."""
    return len(paths) == 1 and (paths[0].is_dir() or not paths[0].suffix)


def _speakers(interviewer: Sequence[str]) -> Speakers:
    """Wrap the labels given by hand."""
    return Speakers(interviewer=tuple(interviewer))


def _nothing(failures: Sequence[Failure]) -> str:
    """Say that no transcript could be coded, and why for the first ones."""
    return " ".join(["Rien n’a été codé.", *(failure.message for failure in failures[:5])])


def _segments(transcripts: Sequence[Transcript], progress: Progress) -> list[list[Segment]]:
    """Segment every transcript, one list each."""
    progress("segment", 0, len(transcripts))
    groups: list[list[Segment]] = []
    for group in segment_all(transcripts, nlp=load_senter()):
        groups.append(group)
        progress("segment", len(groups), len(transcripts))
    return groups


def _encode(encoder: Encoder, progress: Progress) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return the encoder's function, telling how many texts are done."""

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        progress("encode", 0, len(texts))
        rows = encoder.encode(texts, progress=lambda done: progress("encode", done, len(texts)))
        progress("classify", 0, 0)
        return rows

    return encode


def _encoder(model: Model, wanted: str | None) -> Encoder:
    """Load the encoder that a model learnt with; refuse another."""
    encoder = load_encoder(wanted or model.encoder)
    if encoder.fingerprint != model.encoder_fingerprint:
        raise ModelError(
            f"Le modèle « {model.name} » a été entraîné avec l’encodeur « {model.encoder} », pas avec "
            f"« {encoder.name} » (ou avec d’autres poids). Retirez --encoder, ou réentraînez le modèle avec "
            "filrouge train ÉTUDE --out DOSSIER --encoder ENCODEUR."
        )
    return encoder
