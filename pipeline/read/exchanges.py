"""A bank of coded exchanges (exchanges.jsonl): short dialogues and their passages, to learn from, no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.codebook import Codebook
from pipeline.errors import StudyError
from pipeline.read.draft import Draft, canonical
from pipeline.read.speakers import cast
from pipeline.read.study import Study
from pipeline.records import Coding, Transcript

FILE = "exchanges.jsonl"


def read_bank(folder: Path, codebook: Codebook) -> Study:
    """Read a folder that holds exchanges.jsonl; its one coder bears the folder's name.

    A line is an object: "id", "text" (turns « Q: » and « R: »), "spans" (each "start", "end", "codes"; offsets are
    code points of "text"). Raises StudyError, naming the line.
    """
    path = folder / FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise StudyError(
            f"{path} : banque d’échanges introuvable ou illisible (attendu : JSON Lines en UTF-8)."
        ) from None
    transcripts: list[Transcript] = []
    codings: list[Coding] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            talk, said = _exchange(line, f"{path}, ligne {number}", folder.resolve().name, codebook)
            transcripts.append(talk)
            codings += said
    if not transcripts:
        raise StudyError(f"{path} : aucun échange.")
    return Study(folder, codebook, tuple(transcripts), tuple(codings))


def _exchange(line: str, place: str, coder: str, codebook: Codebook) -> tuple[Transcript, list[Coding]]:
    """Check one line."""
    try:
        data = json.loads(line)
        name, text, spans = str(data["id"]), str(data["text"]), list(data["spans"])
        passages = [(int(one["start"]), int(one["end"]), frozenset(one["codes"])) for one in spans]
    except (ValueError, KeyError, TypeError):
        raise StudyError(f"{place} : échange illisible ; attendu : id, text, spans (start, end, codes).") from None
    _check(passages, canonical(text) == text, len(text), place, codebook)
    codings = [Coding(name, start, end, coder, codes) for start, end, codes in passages]
    found = cast(Draft(text))
    return Transcript(name, text, found.turns, sure=found.sure), codings or [
        Coding(name, 0, 1, coder, frozenset())
    ]


def _check(
    passages: list[tuple[int, int, frozenset[Any]]], same: bool, length: int, place: str, codebook: Codebook
) -> None:
    """Refuse offsets outside the text and codes outside the codebook."""
    for start, end, codes in passages:
        if not same or not 0 <= start < end <= length:
            raise StudyError(f"{place} : passage {start}-{end} hors du texte ({length} caractères).")
        if unknown := sorted(map(str, codes - set(codebook.ids))):
            raise StudyError(
                f"{place} : code inconnu « {unknown[0]} ». Codes de la grille : {', '.join(codebook.ids)}."
            )
