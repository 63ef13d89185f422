"""IRaMuTeQ corpora (.txt): « **** *variable_modalité » opens a text, « -*thème » codes what follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, together
from pipeline.read.speakers import cast
from pipeline.read.turns import find_turns
from pipeline.records import Coding, Turn

PREFIX = "iramuteq:"  # coder of the themes of one variable: iramuteq:theme
_OPENS = re.compile(r"^\*{4}(?=[ \t]+\*)[ \t]*(?P<stars>.*)$", re.MULTILINE)
_STAR = re.compile(r"\*([^\s*_]+)(?:_(\S*))?")
_THEME = re.compile(r"^-\*(\S+)[ \t]*$", re.MULTILINE)


def evidence(text: str) -> str:
    r"""Return what shows that a text is an IRaMuTeQ corpus; "" if nothing does.

    >>> evidence("**** *firme_A *vague_1\nOn exporte.\n"), evidence("**** fin ****\n")
    ('1 ligne « **** *variable_modalité »', '')
    """
    count = sum(bool(_STAR.search(found["stars"])) for found in _OPENS.finditer(text))
    lines = f"{count} ligne{'s' if count > 1 else ''}"
    return f"{lines} « **** *variable_modalité »" if count and text.lstrip().startswith("****") else ""


def draft_of(text: str, *, name: str) -> Draft:
    """Read a corpus: an interview a text, its starred variables as attributes, its themes as codings.

    Raises ReadError when no text follows any starred line.
    """
    opened = list(_OPENS.finditer(text))
    ends = [found.start() for found in opened[1:]] + [len(text)]
    bodies = [(_variables(found["stars"]), text[found.end() : end].strip("\n") + "\n")
              for found, end in zip(opened, ends, strict=True)]  # fmt: skip
    bodies = [(variables, body) for variables, body in bodies if _THEME.sub("", body).strip()]
    if not bodies:
        raise ReadError(f"{name} : corpus IRaMuTeQ sans texte sous ses lignes « **** ».")
    names = _names([variables for variables, _ in bodies])
    drafts = [replace(_draft(body), attributes=variables, part=part)
              for (variables, body), part in zip(bodies, names, strict=True)]  # fmt: skip
    return together(drafts) if len(drafts) > 1 else drafts[0]


def _variables(stars: str) -> dict[str, str]:
    """Read « *firme_A *vague_1 »; a lone word is worth « oui ».

    >>> _variables("*ent_01 *sexe_F *pilote")
    {'ent': '01', 'sexe': 'F', 'pilote': 'oui'}
    """
    return {found[1]: "oui" if found[2] is None else found[2] for found in _STAR.finditer(stars)}


def _names(variables: Sequence[Mapping[str, str]]) -> list[str]:
    """Name the texts by the first variable that tells them apart, as it is written; else leave them unnamed.

    >>> _names([{"firme": "A", "ent": "01"}, {"firme": "A", "ent": "02"}])
    ['ent_01', 'ent_02']
    """
    for key in variables[0]:
        values = [entry.get(key, "") for entry in variables]
        if all(values) and len(set(values)) == len(values):
            return [f"{key}_{value}" for value in values]
    return [""] * len(variables)


def _draft(body: str) -> Draft:
    """Read one text: labelled turns where it has them; else what the corpus holds is the respondent's."""
    text, spans, codings = "", list[tuple[int, int]](), list[Coding]()
    for theme, words in _parts(body):
        start = len(text)
        text += words + "\n"
        spans += [(start + line.start(), start + line.end()) for line in re.finditer(r"\S(?:.*\S)?", words)]
        if theme:
            variable, _, value = theme.rpartition("_")
            coder = f"{PREFIX}{variable or 'theme'}"
            codings.append(Coding("", start, start + len(words), coder, frozenset({value})))
    draft = Draft(text, format="IRaMuTeQ", codings=tuple(codings))
    if find_turns(text).kind == "labels" and cast(draft).sure:
        return draft
    notes = ("Pas de tours de parole dans ce corpus : tout y est tenu pour les paroles de l’enquêté.",)
    return replace(draft, turns=tuple(Turn(*span, "", "respondent") for span in spans), notes=notes)


def _parts(body: str) -> Iterator[tuple[str, str]]:
    """Cut at the theme lines, which are left out: (theme, what stands under it), nothing empty."""
    start, theme = 0, ""
    for found in _THEME.finditer(body):
        yield from _part(theme, body[start : found.start()])
        start, theme = found.end(), found[1]
    yield from _part(theme, body[start:])


def _part(theme: str, words: str) -> Iterator[tuple[str, str]]:
    """Yield a part unless it is empty."""
    if words.strip():
        yield theme, words.strip()
