"""A new study folder made of transcripts and, where there is one, a codebook of any tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.codebook import Codebook
from pipeline.errors import CodebookError, StudyError
from pipeline.exchange import IMPORTERS, Setting, recognised
from pipeline.exchange.folder import codebook_file
from pipeline.read import READERS
from pipeline.read.study import Failure, read_files
from pipeline.run.staging import staged

_STARTER = """\
# Votre grille de codage. Remplacez ce code d’exemple par les vôtres : un bloc [[dimensions.codes]] par code.
name = "{name}"
language = "fr"

[[dimensions]]
id = "themes"
label = "Thèmes"
select = "any"            # « any » : plusieurs codes possibles par passage ; « one » : exactement un

[[dimensions.codes]]
id = "exemple"
label = "Code d’exemple"
definition = "Ce que dit un passage pour recevoir ce code."
include = ["ce qui compte"]
exclude = ["ce qui ne compte pas"]
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A study just made: ``codebook`` is None where the starter was written."""

    folder: Path
    transcripts: tuple[str, ...]
    codebook: Codebook | None
    failures: tuple[Failure, ...]


def init_study(folder: Path, transcripts: Sequence[Path], *, codebook: Path | None = None) -> Opened:
    """Make a study folder: the transcripts copied as they are, the codebook, the attributes to fill in.

    A transcript that cannot be read is named and left out. Raises StudyError when the folder holds something or
    nothing can be read; nothing is then written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(f"{folder} : ce dossier existe et n’est pas vide. Choisissez un autre nom d’étude.")
    grid = codebook_from(codebook) if codebook else None
    paths = _listed(transcripts)
    read, failures = read_files(paths)
    if not read:
        raise StudyError(" ".join(["Aucune transcription lisible.", *(f.message for f in failures[:3])]))
    left_out = {failure.path for failure in failures}
    files = {f"transcripts/{path.name}": path.read_bytes() for path in paths if path not in left_out}
    name = folder.resolve().name.replace('"', "'").replace("\\", "/")
    files["codebook.toml"] = codebook_file(grid) if grid else _STARTER.format(name=name).encode()
    rows = "".join(f"{_cell(talk.id)},\n" for talk in read)
    files["attributes.csv"] = f"transcript,cas\n{rows}".encode()
    with staged(folder) as place:
        for path, data in files.items():
            place(path, data)
    return Opened(folder, tuple(talk.id for talk in read), grid, failures)


def codebook_from(path: Path) -> Codebook:
    """Read the codebook of any file that holds one. Raises CodebookError when it holds none."""
    kind = recognised(path)
    found = IMPORTERS["grille" if kind == "segments" else kind](path, Setting()).codebook
    if found is None:
        raise CodebookError(f"{path} : aucun code dans ce fichier.")
    return found


def _listed(paths: Sequence[Path]) -> list[Path]:
    """Open folders; keep files as given."""
    listed: list[Path] = []
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in READERS) if path.is_dir() else [path]
        listed += [entry for entry in inside if not entry.name.startswith((".", "~"))]
    return listed


def _cell(text: str) -> str:
    """Quote a cell where it needs it."""
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n;\t') else text
