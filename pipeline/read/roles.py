"""Who is the interviewer: the words and letters of labels first, then the header, then how each voice speaks."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import combinations

from pipeline.read.labels import plain
from pipeline.read.words import known_role

# Log-odds of "interviewer" that a sign of each strength is worth.
WORD, HEADER, LETTER, COMPANY = 12.0, 6.0, 3.5, -8.0
_TEMPER, _CAP = 0.3, 6.0  # turns of one voice are not independent: their evidence is damped, then capped
_EXTRA = -2.0  # each interviewer after the first
_LONE = -12.0  # an interview without interviewer, or without respondent
_MOST = 9  # voices weighed against each other; beyond, the rarest are respondents


def evidence(groups: Sequence[str], odds: Sequence[float]) -> dict[str, float]:
    """Add up, voice by voice, how much its turns sound like an interviewer's.

    >>> evidence(["A", "B", "A"], [2.0, -3.0, 1.0])
    {'A': 0.9, 'B': -0.9}
    """
    total: dict[str, float] = {}
    for group, value in zip(groups, odds, strict=True):
        total[group] = total.get(group, 0.0) + max(-4.0, min(4.0, value))
    return {group: round(max(-_CAP, min(_CAP, _TEMPER * value)), 6) for group, value in total.items()}


def priors(voices: Sequence[str], header: Sequence[tuple[str, str]] = ()) -> dict[str, float]:
    """Return what the labels themselves say, before anything that was said is heard.

    >>> priors(["Enquêtrice", "Luc H."]), priors(["I", "E"])
    ({'Enquêtrice': 12.0, 'Luc H.': -8.0}, {'I': 3.5, 'E': -3.5})
    """
    stems = {voice: _stem(voice) for voice in voices}
    words = {voice: known_role(plain(voice)) if len(stems[voice]) != 1 else "" for voice in voices}
    found = {voice: {"interviewer": WORD, "respondent": -WORD}.get(role, 0.0) for voice, role in words.items()}
    asks = WORD in found.values()
    letters = _letters(
        {stem for stem in stems.values() if len(stem) == 1}, asks=asks, answers=-WORD in found.values()
    )
    for voice in voices:
        if found[voice] == 0.0:
            found[voice] = letters.get(stems[voice], 0.0) or _from_header(voice, header)
    if any(value >= LETTER for value in found.values()):
        company = COMPANY if max(found.values()) >= HEADER else -LETTER
        found = {voice: value or company for voice, value in found.items()}
    return found


def _stem(voice: str) -> str:
    """Drop the digits that number questions or people."""
    return re.sub(r"\s*\d+$", "", plain(voice))


def _letters(stems: set[str], *, asks: bool, answers: bool) -> Mapping[str, float]:
    """Read single letters: Q/R, I/E, E/A, D/R, J/R; the company they keep decides.

    >>> dict(_letters({"e", "a"}, asks=False, answers=False)), dict(_letters({"e"}, asks=True, answers=False))
    ({'e': 3.5, 'a': -3.5}, {'e': -8.0})
    """
    if asks:
        return {stem: COMPANY for stem in stems if stem in "eirap"}
    for first in "qiedjc":
        if first in stems and (len(stems) > 1 or first in "qie"):
            strength = WORD if first == "q" else LETTER
            return {
                stem: strength if stem == first else -strength for stem in sorted(stems, key=lambda s: s != first)
            }
    return {"r": -LETTER} if "r" in stems and not answers else {}


def _from_header(voice: str, header: Sequence[tuple[str, str]]) -> float:
    """Use « Enquêtrice : Marie Durand » for the labels Marie and MD.

    >>> _from_header("MD", [("Enquêtrice", "Marie Durand")]), _from_header("Paul", [("Date", "Paul")])
    (6.0, 0.0)
    """
    key = plain(voice)
    for name, value in header:
        sign = {"interviewer": HEADER, "respondent": -HEADER}.get(known_role(plain(name)), 0.0)
        initials = "".join(word[0] for word in re.findall(r"\b[^\W\d_]\w*", value) if word[0].isupper())
        whole = (len(key) > 2 and key in plain(value).split()) or key == plain(value)
        if sign and (whole or (len(key) >= 2 and key.replace(" ", "") == plain(initials))):
            return sign
    return 0.0


def choose(priors: Mapping[str, float], heard: Mapping[str, float]) -> tuple[frozenset[str], float]:
    """Return the most probable set of interviewers and its probability among all sets.

    >>> choose({"A": 0.0, "B": 0.0}, {"A": 4.0, "B": -4.0})
    (frozenset({'A'}), 0.9997)
    """
    voices = sorted(priors, key=lambda voice: -abs(priors[voice] + heard.get(voice, 0.0)))[:_MOST]
    logit = {voice: priors[voice] + heard.get(voice, 0.0) for voice in voices}
    worth: dict[frozenset[str], float] = {}
    for size in range(len(voices) + 1):
        for chosen in combinations(voices, size):
            lone = _LONE if size in (0, len(voices)) else _EXTRA * (size - 1)
            worth[frozenset(chosen)] = lone + sum(logit[voice] for voice in chosen)
    best = max(worth, key=lambda chosen: (worth[chosen], sorted(chosen)))
    total = sum(math.exp(value - worth[best]) for value in worth.values())
    return best, round(1 / total, 4)
