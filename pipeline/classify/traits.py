"""Transcripts in, what might make a machine err on some of them out: attributes, and how each was transcribed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pipeline.records import Transcript

_HESITATION = re.compile(
    r"\b(?:euh|heu|hum|hmm|ben|bah|mh|mmh)\b|(?<=\w)-(?=\s)|\((?:rires?|silence|pause)\)", re.I
)
_OFTEN = 3.0  # hesitations in a thousand words of respondents: above, the transcriber wrote them down
ALONE = "autres (un seul cas chacun)"


def hesitations(transcript: Transcript) -> str:
    """Say whether the transcriber wrote hesitations down or smoothed them away.

    >>> from pipeline.records import Turn
    >>> hesitations(Transcript("e1", "Euh, on exporte.", (Turn(0, 16, "R", "respondent"),)))
    'hésitations notées'
    """
    said = " ".join(transcript.text[t.start : t.end] for t in transcript.turns if t.role == "respondent")
    often = 1000 * len(_HESITATION.findall(said)) / max(1, len(said.split()))
    return "hésitations notées" if often > _OFTEN else "hésitations lissées"


def labels(transcript: Transcript) -> str:
    """Say how speakers are named.

    >>> from pipeline.records import Turn
    >>> labels(Transcript("e1", "R : Oui.", (Turn(4, 8, "R", "respondent"),)))
    'locuteurs en initiales'
    """
    names = {turn.speaker for turn in transcript.turns if turn.speaker.strip()}
    if not names:
        return "locuteurs sans nom"
    return "locuteurs en initiales" if all(len(name) <= 3 for name in names) else "locuteurs en toutes lettres"


# What is told of every transcript besides its attributes. To add a trait: a function and a line here.
TRAITS = {"transcription": hesitations, "étiquettes": labels}


def traits(transcripts: Sequence[Transcript], cases: Sequence[str]) -> dict[str, list[str]]:
    """Return, by name, the level of each transcript (I,): attributes of the study, then TRAITS.

    ``cases`` (I,) is the case of each. Levels that one case alone has become ALONE: they would name it and could
    not be told from it. What takes one level only, or says no more than the case, is left out.
    """
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for talk in transcripts for name in talk.attributes):
        found[name] = [talk.attributes.get(name, "") for talk in transcripts]
    found |= {name: [of(talk) for talk in transcripts] for name, of in TRAITS.items()}
    grouped = {name: _grouped(levels, cases) for name, levels in found.items()}
    return {
        name: levels for name, levels in grouped.items() if len(set(levels) - {ALONE}) > 0 < len(set(levels)) - 1
    }


def _grouped(levels: Sequence[str], cases: Sequence[str]) -> list[str]:
    """Put the levels that one case alone has together."""
    holders = Counter(level for level, _ in set(zip(levels, cases, strict=True)))
    return [(level or "non précisé") if holders[level] > 1 else ALONE for level in levels]
