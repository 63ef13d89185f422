"""A worklist in, the segments to serve first out: what `filrouge agree plan` drew for a second coder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.errors import StudyError
from pipeline.records import Segment

Line = tuple[tuple[str, int, int], float | None, str]  # a place, its chance of being drawn, file and line


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a worklist: the row of its segment, and the chance it had of being drawn, if told."""

    row: int
    probability: float | None


def located(lines: Iterable[Line], segments: Sequence[Segment]) -> tuple[Listed, ...]:
    """Find the segment of each line. Raises StudyError, naming file and line, where a line names none."""
    row = {(one.transcript.id, one.start, one.end): n for n, one in enumerate(segments)}
    found = []
    for place, probability, where in lines:
        if place not in row:
            raise StudyError(
                f"{where} : aucun segment ne va de {place[1]} à {place[2]} dans « {place[0]} ». "
                "La transcription a changé depuis : refaites la liste (filrouge agree plan)."
            )
        found.append(Listed(row[place], probability))
    return tuple(found)
