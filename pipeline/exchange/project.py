"""A coded project as any tool tells it: what every importer hands back and every exporter is given."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.codebook import Codebook
from pipeline.records import Coding, Transcript

# Columns of attributes that name the case (firm) of an interview, best first.
CASE_COLUMNS = ("entreprise", "firme", "firm", "cas", "case", "organisation")
MACHINE = "machine"  # the coder of an imported machine coding, alone or before ":" and the name of its model
_SUFFIXES = (".txt", ".docx", ".doc", ".rtf", ".odt", ".pdf", ".md", ".csv", ".srt", ".vtt", ".html", ".xlsx")


@dataclass(frozen=True, slots=True)
class Memo:
    """A note of the researchers: on the project, or ``about`` a code, a transcript, a case."""

    name: str
    text: str
    author: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A coding whose passage or code could not be found here: told, and never dropped in silence."""

    document: str
    code: str
    coder: str
    quote: str
    why: str


@dataclass(frozen=True, slots=True)
class Project:
    """A whole project; offsets of ``codings`` count code points of the transcripts' canonical text.

    ``evidence`` are French sentences on how positions were understood, ``doubts`` on what is to be checked.
    """

    name: str
    codebook: Codebook | None = None
    transcripts: tuple[Transcript, ...] = ()
    codings: tuple[Coding, ...] = ()
    memos: tuple[Memo, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    evidence: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def coders(self) -> tuple[str, ...]:
        """Who coded, in alphabetical order."""
        return tuple(sorted({coding.coder for coding in self.codings}))

    def text_of(self, name: str) -> str:
        """Return the text of a transcript; KeyError if there is none."""
        return {transcript.id: transcript.text for transcript in self.transcripts}[name]


@dataclass(frozen=True, slots=True)
class Options:
    """What an export may be asked: the ``profile`` of a REFI-QDA reader, the ``date`` that files carry."""

    profile: str = "refi"
    date: str = "2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Setting:
    """What an import knows beforehand: the ``study`` it joins, if any, and who coded a file that does not say."""

    study: Project | None = None
    coder: str = ""


class Importer(Protocol):
    """Reads one file of another tool; raises FilrougeError with one French sentence."""

    def __call__(self, path: Path, setting: Setting) -> Project:
        """Read ``path``."""
        ...


class Exporter(Protocol):
    """Lays a project out for another tool: file name -> bytes. Same project and options, same bytes."""

    def __call__(self, project: Project, options: Options) -> Mapping[str, bytes]:
        """Lay out ``project``."""
        ...


def identifiers(names: Sequence[str]) -> list[str]:
    """Turn document names into transcript ids: file names without suffix, safe in any folder, all different.

    >>> identifiers(["E01.docx", "e01.txt", "../a/b", "", "M. X"])
    ['E01', 'e01 (2)', '.. a b', 'sans nom', 'M. X']
    """
    taken: set[str] = set()
    ids = []
    for name in names:
        stem = unicodedata.normalize("NFC", name)
        stem = next((stem[: -len(end)] for end in _SUFFIXES if stem.lower().endswith(end)), stem)
        stem = safe_name(stem)
        unique = next(
            word
            for n in range(1, len(names) + 2)
            if (word := stem if n == 1 else f"{stem} ({n})").lower() not in taken
        )
        taken.add(unique.lower())
        ids.append(unique)
    return ids


def safe_name(name: str) -> str:
    r"""Return a name that is one file name on any system.

    >>> safe_name('a/b\\c:d*'), safe_name("..."), safe_name("nul")
    ('a b c d', 'sans nom', 'nul_')
    """
    kept = "".join(" " if sign in '/\\:*?"<>|' or not sign.isprintable() else sign for sign in name)
    kept = " ".join(kept.split()).strip(" ")[:120].rstrip(". ")
    if kept.strip(".~ ") == "":
        return "sans nom"
    kept = kept if kept[0] not in "~" else "_" + kept[1:]
    return kept + "_" if kept.upper() in {"CON", "PRN", "AUX", "NUL"} else kept


def is_machine(coder: str) -> bool:
    """Tell a machine from a human.

    >>> is_machine("machine:rsn-pe"), is_machine("machiniste")
    (True, False)
    """
    return coder == MACHINE or coder.startswith(f"{MACHINE}:")


def merged(codings: Iterable[Coding]) -> tuple[Coding, ...]:
    """Join the codings that one coder put on one passage; order by transcript, place, coder.

    >>> one, other = Coding("e", 0, 2, "x", frozenset("a")), Coding("e", 0, 2, "x", frozenset("b"))
    >>> [sorted(coding.codes) for coding in merged([one, other])]
    [['a', 'b']]
    """
    places: dict[tuple[str, int, int, str], list[Coding]] = {}
    for coding in codings:
        places.setdefault((coding.transcript, coding.start, coding.end, coding.coder), []).append(coding)
    return tuple(_joined(group) for _, group in sorted(places.items()))


def _joined(group: Sequence[Coding]) -> Coding:
    """Join codings of one place and coder."""
    first = group[0]
    scores = {code: score for coding in group for code, score in (coding.scores or {}).items()}
    notes = dict.fromkeys(coding.note for coding in group if coding.note)
    codes = frozenset[str]().union(*(coding.codes for coding in group))
    return Coding(first.transcript, first.start, first.end, first.coder, codes, scores or None, " ; ".join(notes))
