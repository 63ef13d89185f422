"""A worklist in, the segments to serve first out: what `filrouge agree plan` drew for a second coder."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.records import Segment

COLUMNS = ("transcript", "start", "end")
PLACE = Path("worklists/plan.csv")  # within the study


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a worklist: the row of its segment, and the chance it had of being drawn, if told."""

    row: int
    probability: float | None


def read_worklist(path: Path, segments: Sequence[Segment]) -> tuple[Listed, ...]:
    """Read a worklist (transcript,start,end[,stratum,probability,seed,rank]), in the order of its ranks.

    Raises StudyError, naming file and line, where a line names no segment of the study.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} : liste de travail illisible ({error}).") from None
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise StudyError(
            f"{path}, ligne 1 : il manque {', '.join(missing)}. Une liste de travail s’obtient avec "
            "« filrouge agree plan »."
        )
    row = {(one.transcript.id, str(one.start), str(one.end)): n for n, one in enumerate(segments)}
    found: list[tuple[float, int, Listed]] = []
    for line in reader:
        place = tuple((line[name] or "").strip() for name in COLUMNS)
        if place not in row:
            raise StudyError(
                f"{path}, ligne {reader.line_num} : aucun segment ne va de {place[1]} à {place[2]} dans "
                f"« {place[0]} ». La transcription a changé depuis : refaites la liste (filrouge agree plan)."
            )
        listed = Listed(row[place], _number(line.get("probability")))
        found.append((_number(line.get("rank")) or 0.0, reader.line_num, listed))
    return tuple(listed for _, _, listed in sorted(found, key=lambda one: one[:2]))


def _number(cell: str | None) -> float | None:
    """Read a number, with a French comma if need be; None for anything else."""
    try:
        return float((cell or "").replace(",", "."))
    except ValueError:
        return None
