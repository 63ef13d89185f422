"""A project brought from elsewhere, joined to a study: same texts, same codes, or told why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipeline.codebook import Codebook
from pipeline.exchange.placing import Shelf, code_called, place
from pipeline.exchange.project import Project, Unplaced, merged
from pipeline.records import Coding, Transcript

_CODE = "code absent de la grille de l’étude"


def join(brought: Project, study: Project) -> Project:
    """Move the codings of ``brought`` onto the transcripts and the codebook of ``study``.

    A transcript of the same name whose text differs keeps the study's text: each passage is found again by its
    words. Codes are those of the study, by id, alias or label.
    """
    homes = _homes(brought, study)
    codes = _codes(brought.codebook, study.codebook)
    texts = {talk.id: talk.text for talk in brought.transcripts}
    codings: list[Coding] = []
    unplaced = list(brought.unplaced)
    for coding in brought.codings:
        home = homes.get(coding.transcript)
        moved, why = _moved(coding, texts.get(coding.transcript), home)
        known = {codes.get(code, code) for code in coding.codes if not codes or codes.get(code)}
        if moved:
            scores = {codes.get(code, code): score for code, score in (coding.scores or {}).items()}
            kept = {code: score for code, score in scores.items() if code in known}
            if known or not coding.codes:
                codings.append(replace(moved, codes=frozenset(known), scores=kept or None))
        for code in sorted(coding.codes):
            if why or (codes and not codes.get(code)):
                unplaced.append(_left(coding, code, why or _CODE, texts))
    new = tuple(talk for talk in brought.transcripts if homes.get(talk.id) is None)
    return replace(
        brought, transcripts=new, codings=merged(codings), unplaced=tuple(unplaced),
        doubts=(*brought.doubts, *_told(homes, texts)),
    )  # fmt: skip


def _homes(brought: Project, study: Project) -> dict[str, Transcript | None]:
    """Say which transcript of the study each coding means; None for one that the project itself brings."""
    shelf = Shelf(study.transcripts)
    own = {talk.id: shelf.find(talk.id) for talk in brought.transcripts}
    there = {talk.id: talk for talk in study.transcripts}
    return {**{name: talk for name, talk in there.items() if name not in own}, **own}


def _codes(mine: Codebook | None, study: Codebook | None) -> dict[str, str]:
    """Say which code of the study each code of the project is; empty where one of the two has no codebook."""
    if mine is None or study is None:
        return {}
    found = {code.id: code_called(code.id, study) or code_called(code.label, study) or "" for code in mine.codes}
    return found


def _moved(coding: Coding, text: str | None, home: Transcript | None) -> tuple[Coding | None, str]:
    """Move a coding onto the study's text, or say why it cannot be."""
    if home is None or text is None or text == home.text:
        return (replace(coding, transcript=home.id) if home else coding), ""
    passage = text[coding.start : coding.end]
    if home.text[coding.start : coding.end] == passage:
        return replace(coding, transcript=home.id), ""
    found = place(passage, home)
    if isinstance(found, str):
        return None, found
    return replace(coding, transcript=home.id, start=found[0], end=found[1]), ""


def _left(coding: Coding, code: str, why: str, texts: Mapping[str, str]) -> Unplaced:
    """Tell a coding that has no place here."""
    quote = texts.get(coding.transcript, "")[coding.start : coding.end]
    return Unplaced(coding.transcript, code, coding.coder, quote, why)


def _told(homes: Mapping[str, Transcript | None], texts: Mapping[str, str]) -> list[str]:
    """Tell which transcripts differ from the study's."""
    return [
        f"« {name} » : le texte importé n’est pas celui de l’étude, qui est gardé ; "
        "les passages y sont cherchés par leurs mots."
        for name, home in homes.items()
        if home is not None and name in texts and texts[name] != home.text
    ]
