"""A study in, a worklist for a second coder out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from pipeline.agree.plan import GUESS, UNKNOWN, Need, Task, draw, need_of
from pipeline.agree.reading import by_segment
from pipeline.errors import StudyError
from pipeline.read.digest import codable
from pipeline.read.study import Failure, Study, codebook_of, read_study
from pipeline.read.worklist import COLUMNS, PLAN
from pipeline.records import Segment
from pipeline.run.steps import Progress, cast, segmented, silent
from pipeline.write import csv_text, write_text


@dataclass(frozen=True, slots=True)
class Plan:
    """What a second coder is asked to read, and why so much: ``needs`` by code, ``total`` segments there are."""

    tasks: tuple[Task, ...]
    needs: tuple[Need, ...]
    total: int
    interviews: int
    known: bool
    path: Path
    failures: tuple[Failure, ...]


def plan_study(
    folder: Path,
    *,
    width: float = 0.25,
    kappa: float = GUESS,
    count: int | None = None,
    codes: Sequence[str] | None = None,
    seed: int = 1,
    out: Path | None = None,
    replace: bool = False,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Plan:
    """Draw the segments that a second coder should read, and write them to STUDY/worklists/plan.csv.

    As many as the most demanding code asks for, of ``codes`` or of all those that can reach ``width``; or
    ``count``. How often a code is used is read off what humans coded; where nobody did, one segment in ten.
    Raises StudyError, among others where another list already stands there and ``replace`` is False.
    """
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    codebook = codebook_of(study)
    unknown = [code for code in codes or () if code not in codebook.ids]
    if unknown:
        raise StudyError(f"code inconnu : {', '.join(unknown)}. Codes de la grille : {', '.join(codebook.ids)}.")
    progress("read", 1, 1)
    coded = {coding.transcript for coding in study.codings}
    kept, refused = codable([talk for talk in study.transcripts if talk.id in coded or not coded])
    segments = [segment for group in segmented(kept, progress) for segment in group]
    if not segments:
        raise StudyError(f"{folder} : aucun segment à lire.")
    uses = _uses(study, segments, codebook.ids)
    needs = tuple(
        need_of(code, uses.get(code, UNKNOWN), width=width, most=len(segments), kappa=kappa)
        for code in codes or codebook.ids
    )
    asked = [need.segments for need in needs if need.segments is not None]
    wanted = count if count is not None else max(asked, default=len(segments))
    tasks = draw(segments, wanted, seed=seed)
    path = out or folder / PLAN
    _write(path, tasks, replace)
    return Plan(tasks, needs, len(segments), len(kept), bool(uses), path, (*study.failures, *refused))


def _uses(study: Study, segments: Sequence[Segment], codes: Sequence[str]) -> dict[str, float]:
    """Return how often humans use each code, as a share of the segments they read; empty where nobody coded."""
    if not study.coders:
        return {}
    reading = by_segment(segments, study.codings, coders=study.coders, codes=codes)
    read = int(reading.seen.sum())
    shares = reading.labels.sum(axis=(0, 1)) / read if read else []
    return dict(zip(codes, map(float, shares), strict=False))


def _write(path: Path, tasks: Sequence[Task], replace: bool) -> None:
    """Write the list; a different one that someone may be reading is not replaced unasked."""
    rows = []
    for task in tasks:
        cells = list(astuple(task))
        cells[COLUMNS.index("probability")] = f"{task.probability:.6f}"
        rows.append(cells)
    text = csv_text(COLUMNS, rows)
    if path.exists() and not replace and path.read_text(encoding="utf-8") != text:
        raise StudyError(
            f"{path} : une autre liste s’y trouve déjà, que quelqu’un lit peut-être. "
            "Écrivez ailleurs avec --out FICHIER, ou remplacez-la avec --replace."
        )
    write_text(path, text)
