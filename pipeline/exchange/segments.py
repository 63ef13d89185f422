"""Tables of coded segments (MAXQDA, ATLAS.ti, NVivo, Taguette) in; passages found again by their words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.codebook import Codebook
from pipeline.errors import CodingError, StudyError
from pipeline.exchange.columns import Row, has, named, read_rows
from pipeline.exchange.placing import Shelf, code_called, paragraphs_of, place, split_path
from pipeline.exchange.project import Project, Setting, Unplaced, merged
from pipeline.exchange.tree import from_paths, to_codebook
from pipeline.read.quotes import agrees
from pipeline.records import Coding, Transcript


def read_segments(path: Path, setting: Setting) -> Project:
    """Read a table of coded segments into a study that holds the transcripts.

    Where the study has no codebook, the codes of the table make one. Raises StudyError without transcripts,
    CodingError without the columns that say which document, which code and which words.
    """
    study = setting.study
    if study is None or not study.transcripts:
        raise StudyError(
            f"{path} : ce tableau ne contient pas les entretiens. Créez d’abord l’étude avec "
            "« filrouge init ÉTUDE TRANSCRIPTIONS », puis importez le tableau dans cette étude."
        )
    rows = read_rows(path)
    _check(path, rows)
    codebook = study.codebook or _codebook(path, rows)
    codings, unplaced = _placed(path, rows, study, codebook, setting.coder)
    found = sum(len(coding.codes) for coding in codings)
    told = f"Passages retrouvés par leur texte : {found} sur {found + len(unplaced)}."
    return Project(
        study.name, None if study.codebook else codebook, codings=merged(codings), unplaced=tuple(unplaced),
        evidence=(told,),
    )  # fmt: skip


def looks_like_segments(rows: Sequence[Row]) -> bool:
    """Tell a table of coded segments from a codebook."""
    return has(rows, "segment") and has(rows, "document") and has(rows, "code")


def _check(path: Path, rows: Sequence[Row]) -> None:
    """Ask for the columns without which no row makes sense."""
    missing = [name for name in ("document", "code", "segment") if not has(rows, name)]
    if missing:
        shown = ", ".join(rows[0]) if rows else "aucune"
        raise CodingError(
            f"{path} : colonne introuvable : {', '.join(missing)}. Colonnes du tableau : {shown}. Renommez-les en "
            "« document », « code » et « segment »."
        )


def _codebook(path: Path, rows: Sequence[Row]) -> Codebook | None:
    """Make a codebook of the codes that the table names."""
    names = dict.fromkeys(name for row in rows for name in _codes(row))
    return to_codebook(from_paths([(split_path(name), "", name) for name in names]), name=path.stem)[0]


def _codes(row: Row) -> list[str]:
    """Return the codes of a row; ATLAS.ti puts several, a line each."""
    return [name.strip() for name in named(row, "code").replace("\r", "\n").split("\n") if name.strip()]


def _placed(
    path: Path, rows: Sequence[Row], study: Project, codebook: Codebook | None, coder: str
) -> tuple[list[Coding], list[Unplaced]]:
    """Place each code of each row, or say why it has no place."""
    shelf = Shelf(study.transcripts)
    codings, unplaced = [], []
    for row in rows:
        quote, document = named(row, "segment"), named(row, "document")
        who = named(row, "coder") or coder or path.stem
        transcript = shelf.find(document)
        found = _found(row, quote, transcript) if transcript else "aucun entretien de ce nom"
        for name in _codes(row) or [""]:
            code = code_called(name, codebook) if codebook and name else None
            if isinstance(found, str) or transcript is None or code is None:
                why = found if isinstance(found, str) else "code absent de la grille de l’étude"
                unplaced.append(Unplaced(document, name, who, quote, why))
            else:
                note = named(row, "note")
                codings.append(Coding(transcript.id, *found, who, frozenset({code}), note=note))
    return codings, unplaced


def _found(row: Row, quote: str, transcript: Transcript) -> tuple[int, int] | str:
    """Place a passage where its numbers say, if they count characters and agree with its words; else by these."""
    begin, end = named(row, "begin"), named(row, "end")
    if begin.isdecimal() and end.isdecimal() and int(begin) < int(end):
        place_told = (int(begin), int(end))
        if quote and agrees(quote, transcript.text[slice(*place_told)]):
            return place_told
    return place(quote, transcript, paragraphs=paragraphs_of(begin, end, named(row, "reference")))
