"""The sheet of disagreements, filled in by the team, in; codings by the coder `consensus` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.agree import CONSENSUS
from pipeline.agree.reading import Reading, by_segment
from pipeline.codebook import Codebook
from pipeline.errors import CodingError, StudyError
from pipeline.read.digest import codable
from pipeline.read.sheet import read_sheet
from pipeline.read.sources import text_sha256
from pipeline.read.study import codebook_of, read_study
from pipeline.records import Segment
from pipeline.run.agreement import read_lists
from pipeline.run.steps import Progress, cast, segmented, silent
from pipeline.write import csv_text, write_text

YES, NO = frozenset({"oui", "o", "yes", "y", "1", "vrai"}), frozenset({"non", "n", "no", "0", "faux"})

Key = tuple[str, int, int, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the team settled about one code on one passage."""

    holds: bool
    note: str


@dataclass(frozen=True, slots=True)
class Consensus:
    """What was written: segments settled, and how many decisions of the team they rest on."""

    path: Path
    segments: int
    decided: int
    coders: tuple[str, ...]


def import_consensus(
    folder: Path,
    sheet: Path,
    *,
    replace: bool = False,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Consensus:
    """Write STUDY/codes/consensus.csv: what coders agreed on, and what the team decided of the rest.

    ``sheet`` is desaccords.csv with its column "decision" filled with oui or non; its coders are the columns that
    bear a coder's name. Every disagreement must be decided. Raises FilrougeError; writes nothing then.
    """
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    codebook = codebook_of(study)
    header, decisions = _read(sheet, codebook)
    coders = [coder for coder in study.coders if coder in header and coder != CONSENSUS]
    if len(coders) < 2:
        raise CodingError(
            f"{sheet}, ligne 1 : il faut les colonnes de deux codeurs au moins ; codeurs de l’étude : "
            f"{', '.join(study.coders) or 'aucun'}."
        )
    path = folder / "codes" / f"{CONSENSUS}.csv"
    if path.exists() and not replace:
        raise StudyError(f"{path} : un consensus s’y trouve déjà ; remplacez-le avec --replace.")
    kept, _ = codable(study.transcripts)
    segments = [segment for group in segmented(kept, progress) for segment in group]
    lists, _ = read_lists(study, coders, {})
    reading = by_segment(segments, study.codings, coders=coders, codes=codebook.ids, lists=lists)
    rows, settled = _settled(reading, segments, codebook, decisions, sheet)
    write_text(path, rows)
    return Consensus(path, settled, len(decisions), tuple(coders))


def _settled(
    reading: Reading,
    segments: Sequence[Segment],
    codebook: Codebook,
    decisions: Mapping[Key, Decision],
    sheet: Path,
) -> tuple[str, int]:
    """Return the CSV of the consensus, and how many segments it holds; a segment read by one coder is left out."""
    head = ("transcript", "start", "end", "coder", "dimension", "code", "quote", "note", "sha256")
    rows: list[Sequence[object]] = []
    missing: list[str] = []
    kept = [n for n, readers in enumerate(reading.seen.sum(axis=0)) if readers > 1]
    prints = {segment.transcript.id: text_sha256(segment.transcript) for segment in segments}
    for n in kept:
        segment = segments[n]
        place = segment.transcript.id, segment.start, segment.end
        held, left = _held(reading, n, place, decisions)
        missing += [f"{place[0]} {place[1]}–{place[2]} « {code} »" for code in left]
        for code, note in held or [("", "")]:
            dimension = codebook.dimension_of(code).id if code else ""
            rows.append([*place, CONSENSUS, dimension, code, segment.text, note, prints[place[0]]])
    if missing:
        raise CodingError(
            f"{sheet} : {len(missing)} désaccords sans décision ({' ; '.join(missing[:5])}"
            f"{'…' if len(missing) > 5 else ''}). Mettez oui ou non dans la colonne « decision » de chacun."
        )
    return csv_text(head, rows), len(kept)


def _held(
    reading: Reading, n: int, place: tuple[str, int, int], decisions: Mapping[Key, Decision]
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the codes that hold on a segment, each with its note, and those in dispute that nobody decided."""
    read, yes = int(reading.seen[:, n].sum()), reading.labels[:, n].sum(axis=0)
    held, left = [], []
    for c, code in enumerate(reading.codes):
        made = decisions.get((*place, code))
        if made is not None:
            held += [(code, made.note)] if made.holds else []
        elif yes[c] == read:
            held.append((code, ""))
        elif yes[c]:
            left.append(code)
    return held, left


def _read(sheet: Path, codebook: Codebook) -> tuple[tuple[str, ...], dict[Key, Decision]]:
    """Return the header of a sheet and what it decides. Raises CodingError, naming file and line."""
    header, rows = read_sheet(sheet)
    decisions: dict[Key, Decision] = {}
    for where, row in rows:
        key, made = _decision(where, row, codebook)
        if made is not None:
            if key in decisions and decisions[key].holds != made.holds:
                raise CodingError(f"{where} : ce passage et ce code sont déjà décidés autrement plus haut.")
            decisions[key] = made
    return header, decisions


def _decision(where: str, cells: Mapping[str, str], codebook: Codebook) -> tuple[Key, Decision | None]:
    """Read one row; no decision where its cell is empty."""
    code = codebook.resolve(cells["code"])
    if code is None:
        known = ", ".join(codebook.ids)
        raise CodingError(f"{where} : code « {cells['code']} » inconnu de la grille. Codes admis : {known}.")
    try:
        key = cells["transcript"], int(cells["start"]), int(cells["end"]), code
    except ValueError:
        raise CodingError(f"{where} : start et end doivent être deux nombres entiers.") from None
    said = cells["decision"].casefold()
    if said and said not in YES | NO:
        raise CodingError(f"{where} : décision « {cells['decision']} » ; écrivez oui ou non.")
    return key, Decision(said in YES, cells.get("note", "")) if said else None
