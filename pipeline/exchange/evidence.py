"""How a project counts positions: decided on what its own selections say, and the evidence told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.exchange.offsets import Counting, Ruler
from pipeline.read.quotes import project

# Best known first: the specification; ATLAS.ti; NVivo for Windows; the fourth for completeness.
COUNTINGS = (Counting("codepoint", 2), Counting("codepoint", 1), Counting("utf16", 2), Counting("utf16", 1))
# What each producer was seen to do: taken where every selection bears it out, else the best reading is.
_HABITS = {
    "nvivo": Counting("utf16", 2),
    "atlas": Counting("codepoint", 1),
    "filrouge": Counting("codepoint", 2),
    "qualcoder": Counting("codepoint", 2),
    "label studio": Counting("utf16", 2),
}
_ENOUGH = 5  # selections from which one may say that a reading does not fit


@dataclass(frozen=True, slots=True)
class Sight:
    """A selection as written: where it is said to stand, and ``words``, texts that may be its own."""

    source: str
    start: int
    end: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to count, and how it fits: selections whose words are found there, that fall on words, that exist."""

    counting: Counting
    named: int
    nameable: int
    whole: int
    inside: int
    total: int

    @property
    def score(self) -> tuple[int, int, int]:
        """What decides between readings, in order."""
        return self.named, self.whole, self.inside

    @property
    def perfect(self) -> bool:
        """Tell whether every selection stands where it says, in its own words."""
        return 0 < self.nameable == self.named and self.inside == self.total

    @property
    def fits(self) -> bool:
        """Tell whether the selections bear this reading out; a handful prove nothing."""
        enough = self.total < _ENOUGH
        return enough or 2 * self.whole >= self.total or (self.nameable > 0 and 2 * self.named >= self.nameable)

    @property
    def sentence(self) -> str:
        """Tell the evidence in French."""
        on_edges = f"passages qui tombent sur des mots : {self.whole} sur {self.total}"
        own = f" ; qui sont ceux annoncés : {self.named} sur {self.nameable}" if self.nameable else ""
        return f"Positions lues en {self.counting.words} ; {on_edges}{own}."


def judge(
    sights: Sequence[Sight],
    texts: Mapping[str, str],
    *,
    origin: str = "",
    among: Sequence[Counting] = COUNTINGS,
) -> Reading:
    """Choose, ``among`` some, how the positions of ``sights`` count in the source ``texts``.

    ``origin`` names the producer, whose habit is taken where every selection bears it out.
    """
    habit = next((known for name, known in _HABITS.items() if name in origin.lower()), None)
    ordered = sorted(among, key=lambda counting: counting != habit)
    if all("\r\n" not in text and max(text, default="") <= "\uffff" for text in texts.values()):
        ordered = ordered[:1]  # all ways agree
    readings = [_read(sights, texts, counting) for counting in ordered]
    if habit and readings[0].perfect:
        return readings[0]
    return max(readings, key=lambda reading: reading.score)  # the first of equals


def _read(sights: Sequence[Sight], texts: Mapping[str, str], counting: Counting) -> Reading:
    """Try one way to count."""
    rulers = {name: Ruler(text, counting) for name, text in texts.items()}
    named = nameable = whole = inside = total = 0
    for sight in sights:
        ruler = rulers.get(sight.source)
        if ruler is None or sight.start == sight.end:
            continue
        total += 1
        nameable += any(project(words)[0].strip() for words in sight.words)
        span = ruler.span(sight.start, sight.end)
        if span is None:
            continue
        inside += 1
        whole += on_words(ruler.text, *span)
        named += any(opens(words, ruler.text[slice(*span)]) for words in sight.words if words)
    return Reading(counting, named, nameable, whole, inside, total)


def on_words(text: str, start: int, end: int) -> bool:
    """Tell whether a passage begins and ends on the edge of a word, not on a blank.

    >>> on_words("un client.", 3, 9), on_words("un client.", 2, 9), on_words("un client.", 4, 9)
    (True, False, False)
    """
    if not start < end <= len(text) or text[start].isspace():
        return False
    splits_start = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    splits_end = end < len(text) and text[end - 1].isalnum() and text[end].isalnum()
    return not splits_start and not splits_end


def opens(words: str, passage: str) -> bool:
    """Tell whether ``words`` are a passage or, cut short, how it begins.

    >>> opens("I'm a single mum and breakf…", "I’m a single mum and breakfast"), opens("mum", "a mum")
    (True, False)
    >>> opens(" …", " …"), opens(" …", "…aa")
    (True, False)
    """
    if words == passage:
        return True
    wanted = project(words.rstrip().removesuffix("…").removesuffix("..."))[0].strip()
    return bool(wanted) and project(passage)[0].strip().startswith(wanted)
