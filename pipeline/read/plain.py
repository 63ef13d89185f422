"""Plain text files (.txt, .md): what is written in them tells whether they are IRaMuTeQ's, f4's or nobody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from pipeline.read import chat, f4, iramuteq, textgrid
from pipeline.read.draft import Draft
from pipeline.read.text import decode, oddities


@dataclass(frozen=True, slots=True)
class Kind:
    """A format under a suffix of others: what shows it ("" if nothing does), and how its text is read."""

    name: str
    evidence: Callable[[str], str]
    draft_of: Callable[..., Draft]


# Tried in order. To accept another format in .txt, add its line here.
KINDS = (
    Kind("un corpus IRaMuTeQ", iramuteq.evidence, iramuteq.draft_of),
    Kind("une transcription CHAT", chat.evidence, chat.draft_of),
    Kind("un TextGrid de Praat", textgrid.evidence, textgrid.draft_of),
    Kind("une transcription f4", f4.evidence, f4.draft_of),
)


def read_plain(data: bytes, *, name: str) -> Draft:
    """Read a .txt or .md; raises ReadError when it is empty or not text at all.

    >>> read_plain("Enquêteur : ça va ?".encode("cp1252"), name="e1.txt").text
    'Enquêteur : ça va ?'
    """
    text, encoding = decode(data, name=name)
    odd = oddities(text, encoding)
    for kind in KINDS:
        if shown := kind.evidence(text):
            draft = kind.draft_of(text, name=name)
            note = f"Lu comme {kind.name} : {shown}."
            return replace(
                draft,
                notes=(note, *odd, *draft.notes),
                more=tuple(replace(d, notes=(note, *odd, *d.notes)) for d in draft.more),
            )
    return Draft(text, notes=odd, format="texte")
