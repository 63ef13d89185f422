"""Codings that the transcripts' own files carry (Word comments, sections of a .trs…), put to the codebook."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.codebook import Codebook
from pipeline.read import Interview
from pipeline.records import Coding, Transcript

_BETWEEN = re.compile(r"\s*[;,\n|]\s*")
_MACHINE = "machine"  # what filrouge wrote into a document is no human's word when it comes back


def adopt(
    interviews: Sequence[Interview], codebook: Codebook | None
) -> tuple[tuple[Transcript, ...], tuple[Coding, ...]]:
    """Return the transcripts, their doubts told, and the codings whose codes the codebook knows.

    Without a codebook nothing is adopted: what a remark says may be anything.
    """
    transcripts, adopted = [], list[Coding]()
    for interview in interviews:
        doubts: tuple[str, ...] = ()
        if codebook is not None:
            known, unknown = _sorted(interview.codings, codebook)
            adopted += known
            doubts = _told(unknown)
        talk = interview.transcript
        transcripts.append(replace(talk, doubts=(*talk.doubts, *doubts)))
    return tuple(transcripts), tuple(adopted)


def _sorted(codings: Sequence[Coding], codebook: Codebook) -> tuple[list[Coding], Counter[tuple[str, str]]]:
    """Resolve the codes; count, by coder and name, those that the codebook does not know.

    Who uses none but unknown codes has not read with this codebook: their empty passages say nothing either.
    """
    known, unknown = [], Counter[tuple[str, str]]()
    for coding in codings:
        if coding.coder.startswith(_MACHINE):
            continue
        codes, strange = resolved(coding.codes, codebook)
        unknown.update((coding.coder, name) for name in strange)
        if codes or not coding.codes:
            known.append(replace(coding, codes=frozenset(codes)))
    fluent = {coding.coder for coding in known if coding.codes}
    strangers = {coder for coder, _ in unknown} - fluent
    return [coding for coding in known if coding.coder not in strangers], unknown


def resolved(names: frozenset[str], codebook: Codebook) -> tuple[set[str], list[str]]:
    """Return the codes that ``names`` stand for, one name or several in a list, and the names unknown."""
    codes, strange = set[str](), list[str]()
    for name in sorted(names):
        whole = _code(name, codebook)
        each = [whole] if whole else [_code(part, codebook) for part in _BETWEEN.split(name) if part]
        if each and all(each):
            codes.update(code for code in each if code)
        else:
            strange.append(name)
    return codes, strange


def _code(name: str, codebook: Codebook) -> str | None:
    """Return the one code of that id, alias or label, accents, case and blanks aside."""
    exact = codebook.resolve(name)
    like = {
        code.id for code in codebook.codes
        if _plain(name) in {_plain(known) for known in (code.id, code.label, *code.aliases)}
    }  # fmt: skip
    return exact or (like.pop() if len(like) == 1 else None)


def _plain(name: str) -> str:
    """Drop what changes when a person types a code by hand.

    >>> _plain("Visibilité,  notoriété ")
    'visibilite, notoriete'
    """
    split = unicodedata.normalize("NFKD", " ".join(name.split()).casefold())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _told(unknown: Counter[tuple[str, str]]) -> tuple[str, ...]:
    """Say, coder by coder, what the file says of passages and the codebook does not know."""
    doubts = []
    for coder in dict.fromkeys(coder for coder, _ in unknown):
        names = [name for who, name in unknown if who == coder]
        listed = ", ".join(f"« {name[:39] + '…' if len(name) > 40 else name} »" for name in names[:5])
        doubts.append(
            f"Le fichier porte des annotations de « {coder} » que la grille ne connaît pas, et qui ne comptent "
            f"donc pas : {listed}{'…' if len(names) > 5 else ''}."
        )
    return tuple(doubts)
