"""A study's human codings learnt, and the model saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.agree.reading import by_segment
from pipeline.align import Marks, mark
from pipeline.classify import Also, Model, consensus, save_model, train
from pipeline.classify.cases import cases, origin, provenance
from pipeline.classify.prospect import Prospect, prospects
from pipeline.classify.resume import Resume
from pipeline.codebook import Codebook
from pipeline.embed import load_encoder
from pipeline.read.digest import codable
from pipeline.read.exchanges import read_bank
from pipeline.read.study import Failure, codebook_of, read_study
from pipeline.records import Segment
from pipeline.run.agreement import read_lists
from pipeline.run.steps import Groups, Progress, cast, encoding, segmented, silent
from pipeline.segment import load_senter, segment_all
from pipeline.write import refuse_unwritable


@dataclass(frozen=True, slots=True)
class Material:
    """What a study offers to learn from.

    ``groups`` holds the segments of each interview that was coded (of every interview, if none was), ``marks``
    what each coder said of them, ``cases`` the case of each interview, ``prospects`` what all this allows.
    """

    folder: Path
    codebook: Codebook
    groups: Groups
    marks: Mapping[str, Marks]
    cases: Sequence[str]
    prospects: tuple[Prospect, ...]
    failures: tuple[Failure, ...]


def read_material(
    folder: Path, *, case: str | None = None, interviewer: Sequence[str] = (), progress: Progress = silent
) -> Material:
    """Read a study, segment it, and judge what its codings allow. Raises FilrougeError.

    A coder who coded nothing outside a worklist of the study has read that list alone.
    """
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    progress("read", 1, 1)
    codebook = codebook_of(study)
    seen = {coding.transcript for coding in study.codings}
    kept, refused = codable([t for t in study.transcripts if t.id in seen or not seen])
    held = cases(kept, case)
    groups = segmented(kept, progress)
    segments = [segment for group in groups for segment in group]
    lists, _ = read_lists(study, study.coders, {})
    reading = by_segment(segments, study.codings, coders=study.coders, codes=codebook.ids, lists=lists)
    said = zip(study.coders, reading.labels, reading.seen, strict=True)
    marks = {coder: Marks(labels, seen) for coder, labels, seen in said}
    case_of = [name for name, group in zip(held, groups, strict=True) for _ in group]
    outlook = prospects(marks, codebook.ids, case_of)
    return Material(folder, codebook, groups, marks, held, outlook, (*study.failures, *refused))


def train_study(
    study: Path | Material,
    *,
    out: Path,
    date: str,
    case: str | None = None,
    encoder: str | None = None,
    interviewer: Sequence[str] = (),
    also: Sequence[Path] = (),
    fast: bool = False,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Model, tuple[Failure, ...]]:
    """Train a model on a study's human codings and save it in ``out``. Raises FilrougeError.

    ``study`` is a folder, or what ``read_material`` made of it (``case`` and ``interviewer`` then count no more).
    ``also`` are folders with banks of coded exchanges, learnt from besides and never measured on. ``fast`` leaves
    the encoder's layers as they are. Without human codings the model knows what the codebook says, no more.
    Interrupted, it takes up again after the last fold done (kept beside ``out`` in a hidden folder, without a word
    of the interviews).
    """
    refuse_unwritable(out)
    if isinstance(study, Path):
        study = read_material(study, case=case, interviewer=interviewer, progress=progress)
    resume = Resume(out.parent / f".{out.name}.reprise")
    more = [_also(folder, study.codebook) for folder in also]
    loaded = load_encoder(encoder)
    model = train(
        study.groups, study.marks, codebook=study.codebook, cases=study.cases, encode=encoding(loaded, progress),
        layers=None if fast else loaded.layers, name=out.name, encoder=loaded.name,
        encoder_fingerprint=loaded.fingerprint, also=more, seed=seed, resume=resume,
        progress=lambda done, total: progress("train", done, total),
    )  # fmt: skip
    model = replace(model, provenance=provenance(study.folder), date=date)
    save_model(model, out)
    resume.forget()
    return model, study.failures


def _also(folder: Path, codebook: Codebook) -> Also:
    """Read a bank of coded exchanges as material to learn from."""
    bank = read_bank(folder, codebook)
    groups = list(segment_all(bank.transcripts, nlp=load_senter()))
    segments: list[Segment] = [segment for group in groups for segment in group]
    marks = {one: mark(segments, bank.codings, coder=one, codes=codebook.ids) for one in bank.coders}
    labels, _ = consensus(marks, len(segments), len(codebook.ids))
    return Also(groups, labels, origin(folder))
