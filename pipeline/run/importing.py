"""A file of another tool into a study, new or not; what the study holds is never changed unless asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.codebook import differences
from pipeline.errors import ReadError, StudyError
from pipeline.exchange import IMPORTERS, Memo, Project, Setting, recognised
from pipeline.exchange import folder as layout
from pipeline.exchange.joining import join
from pipeline.exchange.project import merged
from pipeline.read.study import Study, read_study
from pipeline.run.exporting import project_of
from pipeline.run.staging import staged


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought: the project as it joined the study, and the files written."""

    folder: Path
    kind: str
    project: Project
    written: tuple[Path, ...]


def import_into(
    source: Path, into: Path, *, kind: str | None = None, coder: str = "", replacing: bool = False
) -> Imported:
    """Import ``source`` into the study ``into``, made if it is not there.

    ``kind`` names an importer, by default that of the file's suffix. Transcripts and codings that the study holds
    stay as they are: a coder already there is refused unless ``replacing``. What cannot be placed is listed in
    results/non-places.csv. Raises FilrougeError, and writes nothing then.
    """
    chosen = kind or recognised(source)
    if chosen not in IMPORTERS:
        raise ReadError(f"--from « {chosen} » inconnu. Formats : {', '.join(IMPORTERS)}.")
    study = _study(into)
    brought = IMPORTERS[chosen](source, Setting(project_of(study) if study else None, coder))
    joined = _told(join(brought, project_of(study)), into) if study else brought
    files = _files(joined, into, study)
    if not files:
        raise StudyError(f"{source} : rien à importer (ni entretien, ni grille, ni codage).")
    if study:
        files = _without_known(files, joined, study, into)
    changed = _changed(files, into)
    _refuse_overwriting(changed, into, replacing)
    with staged(into) as place:
        for path, data in changed.items():
            place(path, data)
    return Imported(into, chosen, joined, tuple(into / path for path in changed))


def _study(folder: Path) -> Study | None:
    """Read the study that is there; None where there is nothing yet."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    return read_study(folder)


def _files(project: Project, into: Path, study: Study | None) -> dict[str, bytes]:
    """Lay out what is to be written."""
    files: dict[str, bytes] = {}
    known = {talk.id for talk in study.transcripts} if study else set()
    home = "transcripts/" if study is None or (into / "transcripts").is_dir() else ""
    new = [talk for talk in project.transcripts if talk.id not in known]
    files |= {f"{home}{talk.id}.txt": layout.transcript_file(talk) for talk in new}
    if project.codebook is not None and (study is None or study.codebook is None or _differs(study, project)):
        files["codebook.toml"] = layout.codebook_file(project.codebook)
    attributes = layout.attribute_file(project.transcripts)
    if attributes and not (into / "attributes.csv").exists():
        files["attributes.csv"] = attributes
    files |= layout.coding_files(_with_texts(project, study))
    memos = tuple(dict.fromkeys([*_memos(into), *project.memos]))
    if project.memos:
        files[layout.MEMOS] = layout.memo_file(memos)
    if project.unplaced:
        files[layout.LEFT_OVER] = layout.unplaced_file(project.unplaced)
    return files


def _without_known(files: Mapping[str, bytes], project: Project, study: Study, into: Path) -> dict[str, bytes]:
    """Leave out coders of whom the study holds the same codings; refuse those it holds, differing, elsewhere."""
    kept = dict(files)
    for coder in {coding.coder for coding in study.codings} & set(project.coders):
        alone = replace(project, codings=tuple(coding for coding in project.codings if coding.coder == coder))
        (path,) = layout.coding_files(_with_texts(alone, study))
        mine = merged(coding for coding in study.codings if coding.coder == coder)
        if mine == merged(alone.codings):
            kept.pop(path, None)
        elif path in kept and not (into / path).exists():
            raise StudyError(
                f"{into} : « {coder} » a déjà codé cette étude, dans un fichier d’un autre nom que {path}, et ses "
                "codages diffèrent ; rien n’a été importé. Renommez l’un des deux codeurs."
            )
    return kept


def _told(project: Project, into: Path) -> Project:
    """Say which attributes are not taken over, attributes.csv being the study's own."""
    new = [talk.id for talk in project.transcripts if any(talk.attributes.values())]
    if not new or not (into / "attributes.csv").exists():
        return project
    doubt = (
        f"attributes.csv n’est pas modifié : complétez-le pour {', '.join(new[:5])}{'…' if len(new) > 5 else ''}."
    )
    return replace(project, doubts=(*project.doubts, doubt))


def _with_texts(project: Project, study: Study | None) -> Project:
    """Give a project the transcripts of the study, which its codings quote."""
    known = {talk.id: talk for talk in (study.transcripts if study else ())}
    every = {**{talk.id: talk for talk in project.transcripts}, **known}
    codebook = study.codebook if study and study.codebook else project.codebook
    return replace(project, transcripts=tuple(every.values()), codebook=codebook)


def _differs(study: Study, project: Project) -> bool:
    """Tell whether a codebook alone was imported, and says something else than the study's."""
    mine, theirs = study.codebook, project.codebook
    alone = not project.codings and not project.transcripts
    return bool(alone and mine is not None and theirs is not None and differences(mine, theirs))


def _memos(into: Path) -> tuple[Memo, ...]:
    """Return the memos that the study holds."""
    path = into / layout.MEMOS
    return layout.read_memos(path.read_bytes()) if path.is_file() else ()


def _changed(files: Mapping[str, bytes], into: Path) -> dict[str, bytes]:
    """Leave out what is there already, byte for byte."""
    return {
        path: data for path, data in files.items()
        if not (into / path).is_file() or (into / path).read_bytes() != data
    }  # fmt: skip


def _refuse_overwriting(files: Mapping[str, bytes], into: Path, replacing: bool) -> None:
    """Refuse to replace codings, a codebook or a transcript that were not asked to be."""
    free = {layout.MEMOS, layout.LEFT_OVER}
    there = [path for path in files if path not in free and (into / path).exists()]
    if there and not replacing:
        raise StudyError(
            f"{into} : {', '.join(there)} exist{'ent' if len(there) > 1 else 'e'} déjà et ne sont pas les mêmes ; "
            "rien n’a été importé. Renommez ces fichiers, donnez un autre nom avec --coder, ou ajoutez --replace."
        )
