"""A corpus of any size coded by parts: resumable, on this machine or on a cluster, the same bytes everywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline import __version__
from pipeline.batch import (
    EXECUTORS,
    TABLES,
    Document,
    Executor,
    Manifest,
    Packed,
    Place,
    Report,
    Settings,
    Status,
    Tally,
    differing,
    doubles,
    packed,
    parts_in,
    read_manifest,
    results_in,
    split,
    status,
    summarise,
    sweep,
    taken,
    write_manifest,
)
from pipeline.batch.documents import refuse_study
from pipeline.batch.manifest import NAME
from pipeline.classify import Model
from pipeline.classify.cases import cases
from pipeline.classify.choose import choose_model
from pipeline.classify.store import shipped_models
from pipeline.codebook import read_codebook
from pipeline.embed.sentence import PRECISIONS, native_precision
from pipeline.errors import StudyError
from pipeline.read.digest import codable
from pipeline.read.study import Failure
from pipeline.run.part import code_part, model_digest
from pipeline.run.steps import fitting_encoder, read_inputs
from pipeline.write import locked, refuse_unwritable

WAVE_COLUMNS = ("vague", "wave")


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a job is: documents and segments done in this run, documents to do in it, parts done and in all."""

    documents: int
    to_do: int
    segments: int
    parts: int
    of: int


Told = Callable[[Pace], None]


@dataclass(frozen=True, slots=True)
class Batched:
    """What a run gave: the job as it stands, parts coded now, what went wrong, and files that were left out."""

    status: Status
    coded: int
    errors: tuple[str, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    swept: int = 0

    @property
    def complete(self) -> bool:
        """Whether every document of the input is coded."""
        return not (self.status.left or self.errors or self.notes or self.failures)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a job is to be done: see ``batch``."""

    model: str | None = None
    codebook: Path | None = None
    encoder: str | None = None
    precision: str | None = None
    executor: str = "local"
    place: Place = field(default_factory=Place)
    cache: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    interviewer: tuple[str, ...] = ()
    restart: bool = False


def batch(source: Path, out: Path, wanted: Wanted | None = None, *, told: Told = lambda _: None) -> Batched:
    """Code ``source`` (parts, a table, or transcripts) into ``out``, one result a part.

    What is done already, on the same part and under the same settings, stays; a job of other settings is refused
    unless ``wanted.restart``, which begins all anew. ``wanted.cache`` is a folder where vectors are kept. Raises
    FilrougeError before anything is coded; afterwards what went wrong is in the outcome.
    """
    wanted = wanted or Wanted()
    if wanted.executor not in EXECUTORS:
        raise StudyError(f"Exécuteur « {wanted.executor} » inconnu. Choix : {', '.join(EXECUTORS)}.")
    executor = EXECUTORS[wanted.executor](wanted.place)
    settings = _settings(source, wanted)
    if source.resolve() == out.resolve():
        raise StudyError(f"{out} : l’entrée et la sortie ne peuvent pas être le même dossier. Changez --out.")
    refuse_unwritable(out)
    with locked(out):
        _make_way(source, out, settings, restart=wanted.restart)
        manifest, notes, failures = _manifest(source, out, settings, wanted)
        swept = sweep(out)
        finished, errors = _coded(executor, manifest, status(manifest), told)
        swept += sweep(out)
        after = status(manifest)
    return Batched(after, finished, (*errors, *_inconsistencies(after)), notes, failures, swept)


def _coded(executor: Executor, manifest: Manifest, before: Status, told: Told) -> tuple[int, list[str]]:
    """Run what is left; return how many parts were coded, and what went wrong."""
    to_do = sum(manifest.part(name).documents for name in before.left)
    done, segments, finished = 0, 0, 0
    errors: list[str] = []
    told(Pace(0, to_do, 0, len(before.done), len(manifest.parts)))
    with contextlib.closing(_reports(executor, manifest, before.left)) as reports:
        for report in reports:
            if report.error:
                errors.append(report.error)
                if report.fatal:
                    break
                continue
            done, segments, finished = done + report.documents, segments + report.segments, finished + 1
            told(Pace(done, to_do, segments, len(before.done) + finished, len(manifest.parts)))
    return finished, errors


def _inconsistencies(after: Status) -> list[str]:
    """Say in French what does not add up in a job that ended."""
    found = []
    twice = doubles(after.manifest, tuple(after.done)) if not after.left else 0
    if twice:
        found.append(f"{twice} document(s) se trouvent dans deux résultats : recommencez avec --restart.")
    if after.strangers:
        found.append(
            f"{', '.join(after.strangers[:5])} : résultat d’une part que l’entrée n’a plus. "
            "Retirez-le, ou recommencez avec --restart."
        )
    return found


def batch_status(folder: Path) -> Status:
    """Tell how far the job in a folder is; nothing is changed. Raises StudyError when it holds none."""
    return status(read_manifest(folder))


def batch_summary(folder: Path, by: Sequence[str] = ()) -> tuple[Status, dict[tuple[str, ...], Tally]]:
    """Count the codes of what is done in a folder, by some of case and wave."""
    state = batch_status(folder)
    results = [state.manifest.result_of(part) for part in state.manifest.parts if part.name in state.done]
    return state, summarise(results, by)


def _settings(source: Path, wanted: Wanted) -> Settings:
    """Decide what the result rests on. Raises ModelError where the model does not fit the codebook."""
    codebook = wanted.codebook or source / "codebook.toml"
    known = read_codebook(codebook) if wanted.codebook or codebook.is_file() else None
    model = choose_model(wanted.model, known)
    if wanted.precision is not None and wanted.precision not in PRECISIONS:
        raise StudyError(f"Précision « {wanted.precision} » inconnue. Choix : {', '.join(PRECISIONS)}.")
    precision = wanted.precision or native_precision()
    encoder = fitting_encoder(model, wanted.encoder, precision=precision)
    name = _model_name(wanted.model, model)
    return Settings(
        name, model_digest(name), wanted.encoder or "", encoder.fingerprint, precision, encoder.arithmetic,
        __version__,
    )  # fmt: skip


def _model_name(wanted: str | None, model: Model) -> str:
    """Return what finds the model again: a shipped one by name, any other by its whole path."""
    shipped = {folder.name for folder in shipped_models()}
    return model.name if wanted is None or wanted in shipped else str(Path(wanted).resolve())


def _make_way(source: Path, out: Path, settings: Settings, *, restart: bool) -> None:
    """Take away the results of a job that begins anew; else refuse to mix with another."""
    if restart:
        for result in results_in(out):
            result.unlink()
    elif (out / NAME).exists():
        _refuse_other(read_manifest(out), source, settings)


def _manifest(
    source: Path, out: Path, settings: Settings, wanted: Wanted
) -> tuple[Manifest, tuple[str, ...], tuple[Failure, ...]]:
    """Say what there is to code, as the input stands now: a part that changed is coded again, a new one too."""
    found, failures = _parts(source, out, wanted)
    if not found.parts:
        raise refuse_study(source)
    cache = str(wanted.cache.resolve()) if wanted.cache else ""
    manifest = Manifest(out, str(source.resolve()), found.parts, settings, cache)
    write_manifest(manifest)
    return manifest, found.notes, failures


def _parts(source: Path, out: Path, wanted: Wanted) -> tuple[Packed, tuple[Failure, ...]]:
    """Find the parts of a source, or make them; look them over."""
    if not source.exists():
        raise StudyError(f"{source} : fichier ou dossier introuvable.")
    if source.is_file() and source.suffix.lower() in TABLES:
        return split(source, wanted.columns, out), ()
    if source.is_dir() and parts_in(source):
        return taken(parts_in(source), out), ()
    study = read_inputs([source], wanted.interviewer)
    kept, refused = codable(study.transcripts)
    waves = [
        next((talk.attributes[name] for name in WAVE_COLUMNS if name in talk.attributes), "") for talk in kept
    ]
    found = (
        Document(
            talk.id, talk.text, case, wave,
            turns=tuple((turn.start, turn.end, turn.speaker, turn.role) for turn in talk.turns),
        )
        for talk, case, wave in zip(kept, cases(kept), waves, strict=True)
    )  # fmt: skip
    return taken(packed(found, out), out), (*study.failures, *refused)


def _refuse_other(manifest: Manifest, source: Path, settings: Settings) -> None:
    """Raise StudyError unless the job that a folder holds is this one."""
    changed = differing(manifest.settings, settings)
    if manifest.source != str(source.resolve()):
        changed = (f"l’entrée ({manifest.source})", *changed)
    if changed:
        raise StudyError(
            f"{manifest.folder} : ce dossier contient un autre codage, qui diffère par {', '.join(changed)}. "
            "Choisissez un autre --out, ou --restart pour tout recommencer ici."
        )


def _reports(executor: Executor, manifest: Manifest, left: Sequence[str]) -> Generator[Report]:
    """Run what is left."""
    if left:
        yield from executor.run(partial(code_part, manifest.folder.resolve()), left)
