"""Praat (.TextGrid), long or short form: one tier of intervals a speaker."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, Speech, compose, joined
from pipeline.read.markup import squeezed
from pipeline.read.text import decode, oddities

_HEAD = re.compile(r'\s*(?:File type = )?"ooTextFile(?: short)?"')
# Both forms say the same things in the same order; the long one puts names before the values.
_VALUE = re.compile(r'"((?:[^"]|"")*)"|<exists>|(?<![\w\[.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\].])')
_SOUNDS = re.compile(r"(?i)(?:phone?s?|phon[eè]mes?|syll\w*|mau|kan|segments?)$")
_SILENCES = frozenset({"", "#", "_", "-", "sil", "<sil>", "sp", "<p:>", "<p>", "pause", "xxx"})


@dataclass(frozen=True, slots=True)
class _Tier:
    """A tier of intervals: (began, ended, text)."""

    name: str
    intervals: tuple[tuple[float, float, str], ...]


def evidence(text: str) -> str:
    """Return what shows that a text is a TextGrid; "" if nothing does."""
    return "en-tête « ooTextFile »" if _HEAD.match(text) else ""


def read_textgrid(data: bytes, *, name: str) -> Draft:
    """Read a .TextGrid in UTF-8 or UTF-16. Raises ReadError when no tier holds speech."""
    text, encoding = decode(data, name=name)
    draft = draft_of(text, name=name)
    return Draft(draft.text, draft.turns, (*oddities(text, encoding), *draft.notes), draft.format)


def draft_of(text: str, *, name: str) -> Draft:
    """Read a decoded TextGrid; tiers that detail another, word by word or sound by sound, are left out."""
    if not _HEAD.match(text):
        raise ReadError(f"{name} : ce n’est pas un TextGrid de Praat (première ligne attendue : « ooTextFile »).")
    tiers = [tier for tier in _tiers(_values(text), name) if tier.intervals]
    spoken = [tier for tier in tiers if not _is_detail(tier, [other for other in tiers if other is not tier])]
    speeches = sorted(
        (Speech(tier.name, words, began, ended) for tier in spoken for began, ended, words in tier.intervals),
        key=lambda speech: speech.began or 0.0,
    )
    aside = ", ".join(f"« {tier.name} »" for tier in tiers if tier not in spoken)
    notes = (f"Tiers laissés de côté (mots ou sons isolés) : {aside}.",) if aside else ()
    draft = compose(joined(speeches), notes=notes, format="Praat")
    if not draft.turns:
        raise ReadError(f"{name} : aucune parole dans ce TextGrid (aucun tier d’intervalles avec du texte).")
    return draft


def _values(text: str) -> Iterator[str | float]:
    """Yield the texts and numbers after the header, in order; what stands between them names them."""
    for found in _VALUE.finditer(text):
        if found[2] is not None:
            yield float(found[2])
        elif found[1] is not None:
            yield found[1].replace('""', '"')


def _tiers(values: Iterator[str | float], name: str) -> Iterator[_Tier]:
    """Read the tiers. Raises ReadError where a value is not what its place asks for."""
    broken = ReadError(f"{name} : TextGrid abîmé ou incomplet. Rouvrez-le dans Praat et réenregistrez-le.")
    try:
        for expected in ("ooTextFile", "TextGrid"):
            if not str(next(values)).startswith(expected):
                raise broken
        _number(values), _number(values)
        for _ in range(int(_number(values))):
            kind, title = next(values), str(next(values))
            _number(values), _number(values)
            count = int(_number(values))
            if kind == "IntervalTier":
                yield _Tier(squeezed(title), tuple(_intervals(values, count)))
            else:  # points have a place and a mark
                for _ in range(count):
                    _number(values), next(values)
    except (StopIteration, RuntimeError, TypeError, OverflowError):
        raise broken from None


def _intervals(values: Iterator[str | float], count: int) -> Iterator[tuple[float, float, str]]:
    """Read the intervals of one tier, without its silences."""
    for _ in range(count):
        began, ended, words = _number(values), _number(values), next(values)
        if not isinstance(words, str):
            raise TypeError
        words = squeezed(words)
        if words.lower() not in _SILENCES:
            yield began, ended, words


def _number(values: Iterator[str | float]) -> float:
    """Take the next value, which must be a number."""
    value = next(values)
    if isinstance(value, str):
        raise TypeError
    return value


def _is_detail(tier: _Tier, others: list[_Tier]) -> bool:
    """Tell a tier of sounds, or of single words that another tier says in whole sentences at the same time."""
    if _SOUNDS.match(tier.name):
        return True
    if _length(tier) > 1.3:
        return False
    return any(_echoes(tier, other) for other in others if _length(other) > _length(tier))


def _echoes(tier: _Tier, whole: _Tier) -> bool:
    """Tell whether most words of ``tier`` stand in the interval of ``whole`` that holds their middle."""
    starts = [began for began, _, _ in whole.intervals]
    said = [set(words.lower().split()) for _, _, words in whole.intervals]
    echoed = 0
    for began, ended, words in tier.intervals:
        middle = (began + ended) / 2
        place = bisect_right(starts, middle) - 1
        echoed += place >= 0 and middle <= whole.intervals[place][1] and words.lower() in said[place]
    return echoed >= 0.8 * len(tier.intervals)


def _length(tier: _Tier) -> float:
    """Return how many words an interval holds on average."""
    return sum(len(words.split()) for _, _, words in tier.intervals) / len(tier.intervals)
