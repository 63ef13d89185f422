"""Annotated texts, as doccano, Prodigy, Argilla and Label Studio keep them: a sheet is a text and its marks.

Offsets count code points of the sheet's own text, or UTF-16 units, which the marks' own words tell apart. A sheet
may be a whole transcript of the study or a stretch of one; without a study, sheets become its transcripts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.codebook import Codebook
from pipeline.exchange.evidence import Reading, Sight, judge
from pipeline.exchange.offsets import Counting, Ruler
from pipeline.exchange.placing import Shelf, code_called, split_path
from pipeline.exchange.project import Project, Setting, Unplaced, identifiers, merged
from pipeline.exchange.tree import from_paths, to_codebook
from pipeline.records import Coding, Transcript

# Keys of a record that name its document and who coded it; and those that are no attribute of the document.
NAMES = ("transcript", "document", "name", "title", "filename", "file_name", "source")
CODERS = ("coder", "annotator", "_annotator_id", "created_by", "username", "user")
OWN = {"id", "text", "label", "labels", "spans", "answer", "meta", "metadata", "data", "Comments", "entities"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A label on a stretch of a sheet; an empty ``label`` says that nothing applies."""

    start: int
    end: int
    label: str
    coder: str = ""
    words: str = ""
    score: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text as annotated: ``name`` of the document, if told; ``read`` names who read it and marked nothing."""

    name: str
    text: str
    marks: tuple[Mark, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    read: tuple[str, ...] = ()


def to_project(sheets: Sequence[Sheet], setting: Setting, *, name: str, coder: str, javascript: bool) -> Project:
    """Turn sheets into a project; ``coder`` coded where a mark does not say who.

    ``javascript`` tells tools that count as browsers do, unless their marks say otherwise; the others are Python's
    and count code points.
    """
    study = setting.study
    labels = dict.fromkeys(mark.label for sheet in sheets for mark in sheet.marks if mark.label)
    paths = from_paths([(split_path(label), "", label) for label in labels])
    made = None if study and study.codebook else to_codebook(paths, name=name)[0]
    codebook = study.codebook if study and study.codebook else made
    best = _evidence(sheets, javascript)
    rulers = [Ruler(sheet.text, best.counting) for sheet in sheets]
    transcripts, homes = _homes(sheets, rulers, study)
    codings: list[Coding] = []
    unplaced: list[Unplaced] = []
    for sheet, ruler, home in zip(sheets, rulers, homes, strict=True):
        _place(sheet, ruler, home, codebook, setting.coder or coder, codings, unplaced)
    evidence = (best.sentence,) if best.total else ()
    return Project(name, made, transcripts, merged(codings), (), tuple(unplaced), evidence)


def _evidence(sheets: Sequence[Sheet], javascript: bool) -> Reading:
    """Decide how offsets count."""
    texts = {str(n): sheet.text for n, sheet in enumerate(sheets)}
    sights = [
        Sight(str(n), mark.start, mark.end, (mark.words,) if mark.words else ())
        for n, sheet in enumerate(sheets)
        for mark in sheet.marks
    ]
    among = (Counting("utf16", 2), Counting("codepoint", 2)) if javascript else (Counting("codepoint", 2),)
    return judge(sights, texts, origin="Label Studio" if javascript else "", among=among)


def _homes(
    sheets: Sequence[Sheet], rulers: Sequence[Ruler], study: Project | None
) -> tuple[tuple[Transcript, ...], list[tuple[str, int] | str]]:
    """Say where each sheet lies: (transcript, offset), or why nowhere; and the transcripts that sheets make."""
    if study and study.transcripts:
        return (), [_home(sheet, ruler, study) for sheet, ruler in zip(sheets, rulers, strict=True)]
    texts: dict[str, int] = {}
    kept = [n for n, ruler in enumerate(rulers) if texts.setdefault(ruler.text + "\0" + sheets[n].name, n) == n]
    ids = identifiers([sheets[n].name or f"document {n + 1}" for n in kept])
    transcripts = [
        Transcript(name, rulers[n].text, attributes=dict(sheets[n].attributes))
        for name, n in zip(ids, kept, strict=True)
    ]
    named = {rulers[n].text + "\0" + sheets[n].name: (name, 0) for name, n in zip(ids, kept, strict=True)}
    return tuple(transcripts), [
        named[ruler.text + "\0" + sheet.name] for sheet, ruler in zip(sheets, rulers, strict=True)
    ]


def _home(sheet: Sheet, ruler: Ruler, study: Project) -> tuple[str, int] | str:
    """Find the text of a sheet in the study: in the transcript it names, else in the only one that holds it."""
    text = unicodedata.normalize("NFC", ruler.text)
    named = Shelf(study.transcripts).find(sheet.name) if sheet.name else None
    places = [
        (talk.id, talk.text.find(text)) for talk in ([named] if named else study.transcripts) if text in talk.text
    ]
    if len(places) != 1:
        return (
            "ce texte n’est dans aucun entretien de l’étude"
            if not places
            else "ce texte est dans plusieurs entretiens"
        )
    return places[0]


def _place(
    sheet: Sheet,
    ruler: Ruler,
    home: tuple[str, int] | str,
    codebook: Codebook | None,
    coder: str,
    codings: list[Coding],
    unplaced: list[Unplaced],
) -> None:
    """Place the marks of one sheet."""
    for mark in sheet.marks:
        who = mark.coder or coder or "inconnu"
        span = ruler.span(mark.start, mark.end)
        code = code_called(mark.label, codebook) if codebook and mark.label else None
        if isinstance(home, str) or span is None or span[0] >= span[1] or (mark.label and code is None):
            why = home if isinstance(home, str) else "position hors du texte" if span is None else "passage vide"
            why = (
                "code absent de la grille de l’étude"
                if span and span[0] < span[1] and isinstance(home, tuple)
                else why
            )
            quote = mark.words or (ruler.text[slice(*span)] if span else "")
            unplaced.append(Unplaced(sheet.name, mark.label, who, quote, why))
            continue
        scores = {code: mark.score} if code and mark.score is not None else None
        codes = frozenset({code} if code else set())
        codings.append(Coding(home[0], home[1] + span[0], home[1] + span[1], who, codes, scores, mark.note))
    for who in sheet.read:
        if isinstance(home, tuple) and ruler.text:
            codings.append(
                Coding(home[0], home[1], home[1] + len(ruler.text), who or coder or "inconnu", frozenset())
            )


def sheets_of(project: Project) -> list[tuple[Transcript, str, list[Coding]]]:
    """Return, for each transcript and each coder of it, the codings; a transcript nobody read stands alone."""
    sheets = []
    for transcript in project.transcripts:
        here = [coding for coding in merged(project.codings) if coding.transcript == transcript.id]
        for coder in sorted({coding.coder for coding in here}) or [""]:
            sheets.append((transcript, coder, [coding for coding in here if coding.coder == coder]))
    return sheets
