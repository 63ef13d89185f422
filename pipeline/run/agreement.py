"""Coders compared: every pair of humans, the machine with each of them; written as a table, JSON and two pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from pipeline import __version__, agree
from pipeline.agree import CONSENSUS, Accord, CodeAgreement
from pipeline.agree.gamma import GammaLine, gamma_line
from pipeline.agree.reading import Lists, Place, inside
from pipeline.agree.unitizing import Bounded, merged
from pipeline.classify.cases import origin
from pipeline.classify.choose import choose_model, learnt_note
from pipeline.codebook import Codebook
from pipeline.errors import CodingError, ModelError, StudyError
from pipeline.export.accord import AccordResults, write_accord
from pipeline.read.codings import read_codings
from pipeline.read.digest import codable
from pipeline.read.sheet import decided
from pipeline.read.sources import FILE, refuse_stale, sources
from pipeline.read.study import Failure, Study, codebook_of, known_coders, read_study
from pipeline.read.worklist import FOLDER, read_worklist
from pipeline.records import Coding, Transcript
from pipeline.run.steps import Groups, Progress, cast, segmented, silent
from pipeline.write import write_text


@dataclass(frozen=True, slots=True)
class Agreement:
    """What comparing coders gave; ``transcripts`` are those compared, ``memory`` tells their texts apart later."""

    folder: Path
    title: str
    accord: Accord
    transcripts: tuple[Transcript, ...]
    codings: tuple[Coding, ...]
    notes: tuple[str, ...]
    failures: tuple[Failure, ...]
    memory: Mapping[str, Any]

    @property
    def rows(self) -> tuple[CodeAgreement, ...]:
        """Every line of agreement: by pair, then unit, then code."""
        lines = (*self.accord.pairs, *self.accord.characters)
        order = {pair: n for n, pair in enumerate(dict.fromkeys(line.coders for line in self.accord.pairs))}
        return tuple(sorted(lines, key=lambda line: order[line.coders]))


def agree_study(
    folder: Path,
    *,
    coders: Sequence[str] | None = None,
    machine: Path | None = None,
    worklists: Mapping[str, Path] | None = None,
    bar: float | None = None,
    gamma: bool = False,
    seed: int = 0,
    interviewer: Sequence[str] = (),
    progress: Progress = silent,
) -> Agreement:
    """Compare a study's coders, on segments, characters and free spans.

    ``machine`` is a file of machine codings; ``worklists`` say, by coder, which list they read, where the lists of
    STUDY/worklists do not tell it themselves. ``bar`` is the coefficient fixed beforehand. Raises FilrougeError.
    """
    progress("read", 0, 0)
    study = read_study(folder, speakers=cast(interviewer))
    codebook = codebook_of(study)
    said, name, notes = _machine(machine, study, codebook)
    if notes and len(study.coders) < 2:
        raise StudyError(f"{folder} : il faut deux codeurs à comparer. {notes[0]}")
    humans = _humans(study, coders, name)
    codings = (*(coding for coding in study.codings if coding.coder in humans), *said)
    memory = sources(study.transcripts, study.codings)
    refuse_stale(folder / "results" / FILE, memory)
    lists, told = read_lists(study, humans, worklists or {})
    kept, refused = codable(study.transcripts)
    _refuse_strangers(folder, humans, name, codings, kept)
    progress("read", 1, 1)
    groups = segmented(kept, progress)
    segments = [segment for group in groups for segment in group]
    progress("agree", 0, 1)
    accord = agree.accord(
        segments, codings, codebook=codebook, humans=humans, machine=name, lists=lists, bar=bar, seed=seed
    )
    if gamma:
        accord = replace(accord, gammas=gammas(codings, humans, codebook, seed=seed))
    progress("agree", 1, 1)
    return Agreement(
        folder, codebook.name, accord, kept, tuple(codings), (*notes, *told, *_merged(accord)),
        (*study.failures, *refused), memory,
    )  # fmt: skip


def write_agreement(found: Agreement, *, out: Path | None = None) -> tuple[Path, ...]:
    """Write the report into ``out``, by default STUDY/results, and remember the texts. Return the files."""
    where = out or found.folder / "results"
    failures = tuple((failure.path.name, failure.message) for failure in found.failures)
    results = AccordResults(
        found.title, found.accord, found.transcripts, found.codings, found.notes, failures,
        f"Étude {origin(found.folder)}.", __version__, decided(where / "desaccords.csv"),
    )  # fmt: skip
    written = write_accord(results, where)
    memory = json.dumps(found.memory, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(found.folder / "results" / FILE, memory + "\n")
    return written


def compare(
    pairs: Iterable[tuple[str, str]], groups: Groups, codings: Sequence[Coding], codebook: Codebook
) -> tuple[CodeAgreement, ...]:
    """Compare coders pair by pair: on segments, with intervals, then on characters."""
    segments = [segment for group in groups for segment in group]
    rows: list[CodeAgreement] = []
    for pair in pairs:
        rows += agree.agree_on_segments(segments, codings, coders=pair, codebook=codebook, intervals=True)
        rows += agree.agree_on_characters(segments, codings, coders=pair, codebook=codebook)
    return tuple(rows)


def gammas(
    codings: Sequence[Coding], coders: Sequence[str], codebook: Codebook, *, seed: int
) -> tuple[GammaLine, ...]:
    """Return gamma by dimension, each interview a continuum. Raises MissingExtra."""
    lines = []
    talks = sorted({coding.transcript for coding in codings})
    for dimension in codebook.dimensions:
        codes = {code.id for code in dimension.codes}
        by_talk: dict[str, dict[str, list[Bounded]]] = {talk: {coder: [] for coder in coders} for talk in talks}
        for coding in codings:
            if coding.coder in coders:
                spans = by_talk[coding.transcript][coding.coder]
                spans += [(coding.start, coding.end, code) for code in sorted(coding.codes & codes)]
        united = [{coder: merged(one)[0] for coder, one in spans.items()} for spans in by_talk.values()]
        lines.append(gamma_line(dimension.id, united, seed=seed))
    return tuple(lines)


def _machine(
    path: Path | None, study: Study, codebook: Codebook
) -> tuple[tuple[Coding, ...], str, tuple[str, ...]]:
    """Read the machine's codings; none, and a note, where it learnt from these interviews."""
    if path is None:
        return (), "", ()
    if not path.is_file():
        raise StudyError(
            f"{path} : introuvable. Codez d’abord : filrouge code {study.folder}, ou donnez --codings."
        )
    unread = {failure.path.stem for failure in study.failures}
    codings = read_codings(path, study.transcripts, codebook, unread=unread)
    names = tuple(dict.fromkeys(coding.coder for coding in codings))
    if len(names) != 1:
        raise CodingError(
            f"{path} : il faut les codages d’une seule machine ; trouvé : {', '.join(names) or 'rien'}."
        )
    if names[0] in study.coders:
        raise CodingError(f"{path} : « {names[0]} » est aussi le nom d’un codeur humain de l’étude.")
    note = _learnt(names[0], study.transcripts)
    return ((), "", (note,)) if note else (codings, names[0], ())


def _learnt(coder: str, transcripts: Sequence[Transcript]) -> str:
    """Say that the machine learnt from these interviews; "" if it did not, or if its model cannot be asked."""
    if not coder.startswith("machine:"):
        return ""
    try:
        return learnt_note(choose_model(coder.removeprefix("machine:"), None), transcripts)
    except ModelError:
        return ""


def _humans(study: Study, wanted: Sequence[str] | None, machine: str) -> tuple[str, ...]:
    """Return the humans to compare; a consensus is compared with the machine, or where it is asked for."""
    if wanted is None and not machine:
        wanted = [coder for coder in study.coders if coder != CONSENSUS]
        if len(wanted) < 2:
            wanted = study.coders
    if machine:
        chosen = tuple(dict.fromkeys(wanted or study.coders))
        if chosen and set(chosen) <= set(study.coders):
            return chosen
    return known_coders(study, wanted)


def read_lists(study: Study, humans: Sequence[str], given: Mapping[str, Path]) -> tuple[Lists, tuple[str, ...]]:
    """Find which worklist each human read: the one given, or those of the study that hold all they coded."""
    paths = sorted((study.folder / FOLDER).glob("*.csv"))
    known = {path: _places(path, study) for path in paths}
    lists: dict[str, set[Place]] = {}
    notes = []
    for coder in humans:
        if coder in given:
            lists[coder] = _places(given[coder], study)
            chosen = given[coder].name
        else:
            touched = {p: one for p, one in known.items() if _touches(study.codings, coder, one)}
            places = {place for one in touched.values() for place in one}
            if not inside(study.codings, coder, places):
                continue
            lists[coder] = places
            chosen = ", ".join(path.name for path in touched)
        notes.append(
            f"{coder} n’a rien codé hors de la liste {chosen} : seuls ses {len(lists[coder])} segments sont tenus "
            "pour lus."
        )
    return lists, tuple(notes)


def _places(path: Path, study: Study) -> set[Place]:
    """Read which places a worklist holds."""
    return {one.place for one in read_worklist(path, study.transcripts)}


def _touches(codings: Sequence[Coding], coder: str, places: Collection[Place]) -> bool:
    """Tell whether a coder coded anything on a list."""
    return any(inside([coding], coder, places) for coding in codings if coding.coder == coder)


def _refuse_strangers(
    folder: Path, humans: Sequence[str], machine: str, codings: Sequence[Coding], kept: Sequence[Transcript]
) -> None:
    """Raise StudyError where no transcript that can be compared was read by two of the coders."""
    ids = {talk.id for talk in kept}
    read = {coder: {c.transcript for c in codings if c.coder == coder} & ids for coder in (*humans, machine)}
    read.pop("", None)
    if not any(one & other for one, other in combinations(read.values(), 2)):
        told = " ; ".join(f"{coder} : {', '.join(sorted(one)) or 'rien'}" for coder, one in read.items())
        raise StudyError(
            f"{folder} : ces codeurs n’ont aucun entretien en commun ({told}). Faites relire à l’un une partie de "
            f"ce que l’autre a codé : filrouge agree plan {folder} tire les segments au hasard."
        )


def _merged(accord: Accord) -> tuple[str, ...]:
    """Tell the passages that were united."""
    return tuple(
        f"{one.coder}, {one.transcript} : passages « {one.code} » qui se chevauchent, réunis "
        f"({one.count} de moins)."
        for one in accord.mergings
    )
