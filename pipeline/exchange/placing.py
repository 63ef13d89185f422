"""Passages told by their words, placed in the transcripts of a study; codes and documents told by their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.codebook import Codebook
from pipeline.exchange.tree import slug
from pipeline.read.quotes import locate, project
from pipeline.records import Transcript


@dataclass(frozen=True, slots=True)
class Shelf:
    """The transcripts of a study, found by the names that other tools give them."""

    transcripts: Sequence[Transcript]

    def find(self, name: str) -> Transcript | None:
        """Return the transcript called ``name``, suffix, case and accents apart; None if none or several are."""
        wanted = _key(name)
        for key in (lambda talk: talk.id, lambda talk: _key(talk.id)):
            found = [talk for talk in self.transcripts if key(talk) in (name, wanted)]
            if len(found) == 1:
                return found[0]
        return None


def place(
    quote: str, transcript: Transcript, *, paragraphs: tuple[int, int] | None = None
) -> tuple[int, int] | str:
    """Find a passage by its words, within ``paragraphs`` (counted from 1) first; else say in French why not."""
    places = locate(quote, transcript.text)
    if not quote.strip():
        return "aucun texte de passage"
    if not places:
        return "texte introuvable dans l’entretien"
    if len(places) > 1 and paragraphs:
        first, last = _bounds(transcript.text, paragraphs)
        places = [found for found in places if first <= found[0] and found[1] <= last] or places
    if len(places) > 1:
        return f"le texte figure {len(places)} fois dans l’entretien"
    return places[0]


def paragraphs_of(begin: str, end: str, reference: str = "") -> tuple[int, int] | None:
    """Read paragraph numbers: MAXQDA's begin and end, or ATLAS.ti's reference.

    >>> paragraphs_of("3", "4"), paragraphs_of("", "", "¶ 12"), paragraphs_of("", "", "12 – 15")
    ((3, 4), (12, 12), (12, 15))
    >>> paragraphs_of("1|20", "")  # a page and a line: no paragraph
    """
    if begin.isdecimal():
        return int(begin), int(end) if end.isdecimal() else int(begin)
    found = re.fullmatch(r"[¶\s]*(\d+)(?:\s*[-–]\s*¶?\s*(\d+))?", reference.strip())
    return (int(found[1]), int(found[2] or found[1])) if found else None


def code_called(name: str, codebook: Codebook) -> str | None:
    r"""Return the code that a tool calls ``name``: an id, an alias, a label, or the last part of a path.

    >>> from pipeline.codebook import parse_codebook
    >>> codes = [{"id": "a", "label": "Être vu"}]
    >>> book = parse_codebook({"dimensions": [{"id": "d", "label": "D", "codes": codes}]})
    >>> [code_called(name, book) for name in ("a", "D > Être vu", "Codes\\\\D\\\\etre vu", "x")]
    ['a', 'a', 'a', None]
    """
    for word in (name, _last(name)):
        if found := codebook.resolve(word):
            return found
        labelled = [code.id for code in codebook.codes if _key(code.label) == _key(word)]
        if len(labelled) > 1:  # two dimensions share a label: the path tells them apart
            labelled = [code for code in labelled if _key(codebook.dimension_of(code).label) in _key(name)]
        if len(labelled) == 1:
            return labelled[0]
    return None


def split_path(name: str) -> tuple[str, ...]:
    r"""Cut a path of codes as MAXQDA, NVivo, ATLAS.ti or Taguette write it.

    >>> split_path("A > b"), split_path("Nodes\\\\A\\\\b"), split_path("A.b"), split_path("avant. Après")
    (('A', 'b'), ('A', 'b'), ('A', 'b'), ('avant. Après',))
    """
    for sign in (" > ", "\\", "::"):
        if sign in name:
            parts = [part.strip() for part in name.split(sign) if part.strip()]
            return tuple(
                parts[1:] if len(parts) > 1 and parts[0].lower() in ("nodes", "codes", "nœuds") else parts
            )
    dotted = "." in name and ". " not in name and "..." not in name and not name.endswith(".")
    return tuple(part for part in name.split(".") if part) if dotted else (name,)


def _last(name: str) -> str:
    """Return the last part of a path."""
    return (split_path(name) or ("",))[-1]


def _key(name: str) -> str:
    """Put a name in a form that survives typing: no suffix, case, accents or marks."""
    stem = re.sub(r"\.(?:txt|docx?|rtf|odt|pdf|html?|md)$", "", name.strip(), flags=re.IGNORECASE)
    return slug(project(stem)[0], otherwise="_")


def _bounds(text: str, paragraphs: tuple[int, int]) -> tuple[int, int]:
    """Return where paragraphs (counted from 1) begin and end; a paragraph is a line of the text."""
    starts = [0, *(found.end() for found in re.finditer("\n", text)), len(text) + 1]
    first = min(max(paragraphs[0], 1), len(starts) - 1)
    last = min(max(paragraphs[1], first), len(starts) - 1)
    return starts[first - 1], starts[last] - 1
