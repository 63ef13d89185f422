"""Positions as other tools count them in, code points of the canonical text out, and back.

Tools differ in the unit (Unicode code points, UTF-16 units, UTF-8 bytes) and in whether CRLF counts one or two.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Unit = Literal["codepoint", "utf16", "utf8"]

_WIDTHS: dict[Unit, Callable[[str], int]] = {
    "codepoint": lambda sign: 1,
    "utf16": lambda sign: 2 if sign > "\uffff" else 1,
    "utf8": lambda sign: len(sign.encode("utf-8", "surrogatepass")),
}
_NAMES = {"codepoint": "caractères Unicode", "utf16": "unités UTF-16", "utf8": "octets UTF-8"}


@dataclass(frozen=True, slots=True)
class Counting:
    """One way to count positions in a text; ``crlf`` is what a CRLF counts."""

    unit: Unit = "codepoint"
    crlf: int = 2

    @property
    def words(self) -> str:
        """Say it in French.

        >>> Counting("utf16", 1).words
        'unités UTF-16, fin de ligne CRLF comptée 1'
        """
        return f"{_NAMES[self.unit]}, fin de ligne CRLF comptée {self.crlf}"

    def places(self, text: str) -> list[int]:
        r"""Return the position of each code point of ``text``, and that of its end: len(text) + 1 numbers.

        >>> Counting("utf16", 1).places("é🚀\r\nx"), Counting("utf8").places("é\n")
        ([0, 1, 3, 3, 4, 5], [0, 2, 3])
        """
        width, place, places = _WIDTHS[self.unit], 0, []
        for n, sign in enumerate(text):
            places.append(place)
            joined = self.crlf == 1 and sign == "\r" and text[n + 1 : n + 2] == "\n"
            place += 0 if joined else width(sign)
        return [*places, place]


class Ruler:
    """Turns positions of one source text, counted one way, into code points of its canonical text."""

    def __init__(self, source: str, counting: Counting) -> None:
        """Prepare for ``source``, a decoded text without BOM."""
        self.text, self._canonical = canonical_places(source)
        self._places = counting.places(source)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return (start, end) in the canonical text, or None outside the text or inside a character.

        >>> Ruler("a🚀b", Counting("utf16")).span(1, 3), Ruler("a🚀b", Counting("utf16")).span(2, 3)
        ((1, 2), None)
        """
        first, last = self._index(start), self._index(end)
        if first is None or last is None or first > last:
            return None
        left, right = self._canonical[first], self._canonical[last]
        # A position inside a composed letter (e + accent) takes the whole letter.
        if last and right == self._canonical[last - 1] and last - 1 >= first and right < len(self.text):
            right += self._splits(last)
        return left, right

    def _splits(self, index: int) -> int:
        """Tell (1) if the source's code point ``index`` only completes the letter before it."""
        return int(index < len(self._canonical) - 1 and self._canonical[index] == self._canonical[index - 1])

    def _index(self, position: int) -> int | None:
        """Return the code point of the source that stands at ``position``; the first, where several do."""
        index = bisect_left(self._places, position)
        if index == len(self._places) or self._places[index] != position:
            return None
        return index


def canonical_places(source: str) -> tuple[str, list[int]]:
    r"""Return the canonical text (LF, NFC) and, for each code point of ``source`` and its end, its place there.

    >>> canonical_places("e\u0301\r\nx")
    ('é\nx', [0, 0, 1, 1, 2, 3])
    """
    if "\r" not in source and unicodedata.is_normalized("NFC", source):
        return source, list(range(len(source) + 1))
    text: list[str] = []
    places: list[int] = []
    length = 0
    for cluster in _clusters(source):
        composed = unicodedata.normalize("NFC", "\n" if cluster in ("\r\n", "\r") else cluster)
        # Signs of a cluster that does not shrink keep their own places.
        places += [length + (n if len(composed) == len(cluster) else 0) for n in range(len(cluster))]
        text.append(composed)
        length += len(composed)
    joined = "".join(text)
    return joined, [*places, length]


# A base and all that may compose with it: combining marks, Hangul vowels and finals, and the few spacing vowels.
_CLUSTER = re.compile(
    "\r\n|\r|\n|[^\r\n](?:[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u093c"
    "\u0900-\u0903\u093e-\u094d\u09be\u09c7-\u09cd\u09d7\u0b3e-\u0b57\u0bbe-\u0bd7\u0c3e-\u0c56\u0cbc-\u0cd6"
    "\u0d3e-\u0d57\u0dca-\u0ddf\u102e\u1161-\u1175\u11a8-\u11c2\u1ab0-\u1aff\u1b35\u1dc0-\u1dff\u20d0-\u20f0"
    "\u3099\u309a\ufe20-\ufe2f])*"
)


def _clusters(source: str) -> Sequence[str]:
    """Cut a text where composing cannot reach across; the whole text where that fails."""
    clusters = _CLUSTER.findall(source)
    plain = source.replace("\r\n", "\n").replace("\r", "\n")
    joined = "".join(unicodedata.normalize("NFC", "\n" if c in ("\r\n", "\r") else c) for c in clusters)
    return clusters if joined == unicodedata.normalize("NFC", plain) else [source]


def to_positions(text: str, counting: Counting, *, eol: str = "\n") -> list[int]:
    r"""Return, for each code point of a canonical ``text`` and its end, its position once written with ``eol``.

    >>> to_positions("a\nb", Counting("utf16", 2), eol="\r\n"), to_positions("a\nb", Counting(), eol="\n")
    ([0, 1, 3, 4], [0, 1, 2, 3])
    """
    if eol == "\n":
        return counting.places(text)
    width, place, places = _WIDTHS[counting.unit], 0, []
    for sign in text:
        places.append(place)
        place += counting.crlf if sign == "\n" else width(sign)
    return [*places, place]
