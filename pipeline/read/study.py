"""A study folder: codebook, transcripts, human codings; what cannot be read is set apart, the rest is read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.codebook import Codebook, read_codebook
from pipeline.errors import ReadError, StudyError
from pipeline.read import READERS, Interview, Speakers, read_file
from pipeline.read.carried import adopt
from pipeline.read.codings import read_codings
from pipeline.read.settings import read_attributes, read_speakers
from pipeline.records import Coding, Transcript

# What may lie in the folder beside transcripts and is none.
_BESIDE = frozenset({"codebook.toml", "study.toml", "attributes.csv", "study.sqlite", "thumbs.db", "desktop.ini"})
_PAPERS = ("readme", "licence", "license", "changelog")


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read, and why, in one French sentence."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Study:
    """A folder read: ``failures`` are the transcripts left out; everything else is whole.

    ``carried`` are the codings that the transcripts' own files carry, as written there; those whose codes the
    codebook knows are among ``codings`` too.
    """

    folder: Path
    codebook: Codebook | None
    transcripts: tuple[Transcript, ...]
    codings: tuple[Coding, ...] = ()
    failures: tuple[Failure, ...] = ()
    carried: tuple[Coding, ...] = ()

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted({coding.coder for coding in self.codings}))


def read_study(folder: Path, *, speakers: Speakers | None = None) -> Study:
    """Read a study folder, or a folder that holds transcripts alone.

    ``speakers``, where it names anyone, wins over study.toml. A transcript that cannot be read becomes a Failure.
    Raises StudyError when nothing can be read, CodebookError and CodingError as their readers do.
    """
    if not folder.is_dir():
        what = "n’est pas un dossier" if folder.exists() else "dossier introuvable"
        raise StudyError(f"{folder} : {what}.")
    codebook = read_codebook(folder / "codebook.toml") if (folder / "codebook.toml").exists() else None
    cast = _merged(read_speakers(folder / "study.toml"), speakers or Speakers())
    attributes = read_attributes(folder / "attributes.csv")
    paths = _listed(folder)
    if not paths:
        raise StudyError(f"{folder} : aucune transcription. Formats lus : {', '.join(READERS)}.")
    interviews, failures = read_interviews(paths, speakers=cast, attributes=attributes)
    transcripts, adopted = adopt(interviews, codebook)
    if not transcripts:
        why = " ".join(failure.message for failure in failures[:3])
        raise StudyError(f"{folder} : aucune transcription lisible. {why}")
    unread = {_id(failure.path) for failure in failures}
    codings = [
        coding
        for path in sorted((folder / "codes").glob("*.csv"))
        if not _hidden(path)
        for coding in read_codings(path, transcripts, codebook, unread=unread)
    ]
    carried = tuple(coding for interview in interviews for coding in interview.codings)
    return Study(folder, codebook, transcripts, (*codings, *adopted), failures, carried)


def codebook_of(study: Study) -> Codebook:
    """Return a study's codebook. Raises StudyError if it has none."""
    if study.codebook is None:
        raise StudyError(f"{study.folder} : pas de codebook.toml. Il faut une grille de codage ici.")
    return study.codebook


def known_coders(study: Study, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Return the coders to compare. Raises StudyError unless there are two, all known."""
    chosen = tuple(dict.fromkeys(wanted or study.coders))
    unknown = [name for name in chosen if name not in study.coders]
    if unknown or len(chosen) < 2:
        why = f"codeur inconnu : {', '.join(unknown)}" if unknown else "il faut deux codeurs à comparer"
        raise StudyError(f"{study.folder} : {why}. Codeurs de l’étude : {', '.join(study.coders) or 'aucun'}.")
    return chosen


def read_loose(paths: Sequence[Path], *, speakers: Speakers | None = None) -> Study:
    """Read files in order, as a study without folder or codebook."""
    interviews, failures = read_interviews(paths, speakers=speakers)
    carried = tuple(coding for interview in interviews for coding in interview.codings)
    return Study(Path(), None, tuple(interview.transcript for interview in interviews), (), failures, carried)


def read_files(
    paths: Sequence[Path], *, speakers: Speakers | None = None
) -> tuple[tuple[Transcript, ...], tuple[Failure, ...]]:
    """Read the transcripts of files in order; those that cannot be read, or share an id, are set apart."""
    study = read_loose(paths, speakers=speakers)
    return study.transcripts, study.failures


def read_interviews(
    paths: Sequence[Path],
    *,
    speakers: Speakers | None = None,
    attributes: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[tuple[Interview, ...], tuple[Failure, ...]]:
    """Read files in order; those that cannot be read, or share an id, are set apart."""
    unique = list(dict.fromkeys(paths))
    by_id: dict[str, list[Path]] = {}
    for path in unique:
        by_id.setdefault(_id(path), []).append(path)
    interviews: dict[str, Interview] = {}
    failures: list[Failure] = []
    for path in unique:
        twins = [twin for twin in by_id[_id(path)] if twin != path]
        try:
            if twins and path.suffix.lower() in READERS:
                raise ReadError(_two_of_one_id(path, twins[0]))
            read = read_file(path, speakers=speakers or Speakers(), attributes=attributes)
            taken = [entry.transcript.id for entry in read if entry.transcript.id in interviews]
            if taken:
                raise ReadError(f"{path} : l’identifiant « {taken[0]} » est déjà pris ; renommez ce fichier.")
        except ReadError as error:
            failures.append(Failure(path, str(error)))
        else:
            interviews |= {entry.transcript.id: entry for entry in read}
    return tuple(interviews.values()), tuple(failures)


def _two_of_one_id(path: Path, twin: Path) -> str:
    """Say that two files claim one name."""
    return (
        f"{path} et {twin} portent le même identifiant « {_id(path)} » : renommez ou retirez l’un des deux ; "
        "aucun n’est lu, faute de savoir lequel les codages désignent."
    )


def _listed(folder: Path) -> list[Path]:
    """List the transcripts: those under transcripts/, else those of the folder itself."""
    inner = folder / "transcripts"
    paths = inner.rglob("*") if inner.is_dir() else folder.glob("*")
    return sorted(path for path in paths if path.is_file() and not _hidden(path, folder) and not _beside(path))


def _hidden(path: Path, folder: Path | None = None) -> bool:
    """Tell hidden files, those of hidden folders, and the lock files of Word and LibreOffice."""
    parts = path.relative_to(folder).parts if folder else (path.name,)
    return any(part.startswith((".", "~$")) for part in parts) or path.name.startswith("~")


def _beside(path: Path) -> bool:
    """Tell what is no transcript by its name."""
    name = path.name.lower()
    return name in _BESIDE or name.startswith((*_PAPERS, "study.sqlite"))


def _merged(base: Speakers, above: Speakers) -> Speakers:
    """Let the second word win, role by role; a label named there leaves its former role."""
    named = {*above.interviewer, *above.respondent, *above.other}
    return Speakers(
        above.interviewer or tuple(name for name in base.interviewer if name not in named),
        above.respondent or tuple(name for name in base.respondent if name not in named),
        above.other or tuple(name for name in base.other if name not in named),
    )


def _id(path: Path) -> str:
    """Return the id a path would have."""
    return unicodedata.normalize("NFC", path.stem)
