"""A study into a file, or files, for another tool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import OutputError, StudyError
from pipeline.exchange import EXPORTERS, PROFILES, Options, Project
from pipeline.exchange.folder import MACHINE_CODINGS, MEMOS, read_memos
from pipeline.exchange.project import is_machine, safe_name
from pipeline.read.codings import read_codings
from pipeline.read.study import Failure, Study, read_study
from pipeline.records import Coding
from pipeline.write import replacing


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported, the transcripts left out, and the files written."""

    project: Project
    failures: tuple[Failure, ...]
    written: tuple[Path, ...]


def export_study(
    folder: Path,
    to: str,
    *,
    out: Path | None = None,
    profile: str = "refi",
    coders: Sequence[str] = (),
) -> Exported:
    """Write a study, its humans' codings and the machine's, in the format ``to``.

    The file (or folder) is ``out``, by default STUDY/results/STUDY.suffix; same study, same bytes. ``coders``
    keeps theirs alone. Raises FilrougeError.
    """
    if to not in EXPORTERS:
        raise OutputError(f"--to « {to} » inconnu. Formats : {', '.join(EXPORTERS)}.")
    if profile not in PROFILES:
        raise OutputError(f"--profile « {profile} » inconnu. Profils : {', '.join(PROFILES)}.")
    study = read_study(folder)
    project = _only(with_machine(study), coders)
    files = EXPORTERS[to].write(project, Options(profile, _date(folder)))
    return Exported(project, study.failures, _written(files, to, folder, out))


def project_of(study: Study) -> Project:
    """Return a study as a project: its human codings and its memos."""
    memos = study.folder / MEMOS
    name = study.codebook.name if study.codebook else study.folder.resolve().name
    held = read_memos(memos.read_bytes()) if memos.is_file() else ()
    return Project(name, study.codebook, study.transcripts, study.codings, held)


def with_machine(study: Study) -> Project:
    """Return a study as a project, with what the machine last coded."""
    project = project_of(study)
    return replace(project, codings=(*project.codings, *_machine(study)))


def _machine(study: Study) -> tuple[Coding, ...]:
    """Read the machine's codings, where filrouge has coded the study."""
    path = study.folder / MACHINE_CODINGS
    if not path.is_file():
        return ()
    unread = {failure.path.stem for failure in study.failures}
    read = read_codings(path, study.transcripts, study.codebook, unread=unread)
    return tuple(coding for coding in read if is_machine(coding.coder))


def _only(project: Project, coders: Sequence[str]) -> Project:
    """Keep the codings of some coders. Raises StudyError for one that the study does not have."""
    unknown = [name for name in coders if name not in project.coders]
    if unknown:
        known = ", ".join(project.coders) or "aucun"
        raise StudyError(f"Codeur inconnu : {', '.join(unknown)}. Codeurs de l’étude : {known}.")
    if not coders:
        return project
    return replace(project, codings=tuple(coding for coding in project.codings if coding.coder in coders))


def _date(folder: Path) -> str:
    """Return when the study last changed, which is what its exports carry."""
    paths = [*(folder / "codes").glob("*.csv"), folder / "codebook.toml", folder / MACHINE_CODINGS, folder / MEMOS]
    times = [path.stat().st_mtime for path in paths if path.is_file()]
    return datetime.fromtimestamp(int(max(times, default=946684800)), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _written(files: Mapping[str, bytes], to: str, folder: Path, out: Path | None) -> tuple[Path, ...]:
    """Write one file, or a folder of files."""
    stem = safe_name(folder.resolve().name)
    suffix = EXPORTERS[to].suffix
    shared = sum(other.suffix == suffix for other in EXPORTERS.values()) > 1
    where = out or folder / "results" / (f"{stem}-{to}{suffix}" if shared or not suffix else f"{stem}{suffix}")
    if suffix and out and out.is_dir():
        where = out / f"{stem}{suffix}"
    paths = [where] if suffix else [where / name for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        with replacing(path) as temporary:
            temporary.write_bytes(data)
    return tuple(paths)
