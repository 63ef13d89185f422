"""Overlapping spans in, disjoint pieces out, by a sweep over the boundaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span(Generic[T]):
    """What holds from ``start`` to ``end``, exclusive, in code points."""

    start: int
    end: int
    held: T


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A stretch of text on which the same spans hold: ``held`` is what they hold, in their order."""

    start: int
    end: int
    text: str
    held: tuple[T, ...]


def cut(text: str, spans: Sequence[Span[T]], *, at: int = 0) -> list[Piece[T]]:
    """Cut ``text``, whose first character has the offset ``at``, wherever a span begins or ends.

    The pieces joined give the text back. A span may jut out, or be empty: what lies outside is passed over.

    >>> [(p.text, p.held) for p in cut("abcdef", [Span(0, 4, "x"), Span(2, 6, "y")])]
    [('ab', ('x',)), ('cd', ('x', 'y')), ('ef', ('y',))]
    >>> cut("bc", [Span(0, 2, "x")], at=1)
    [Piece(start=1, end=2, text='b', held=('x',)), Piece(start=2, end=3, text='c', held=())]
    """
    end = at + len(text)
    inside = [span for span in spans if max(span.start, at) < min(span.end, end)]
    bounds = {max(span.start, at) for span in inside} | {min(span.end, end) for span in inside}
    places = sorted(bounds | {at, end})
    waiting = sorted(range(len(inside)), key=lambda n: inside[n].start, reverse=True)
    live: list[int] = []
    pieces: list[Piece[T]] = []
    for left, right in pairwise(places):
        while waiting and inside[waiting[-1]].start <= left:
            live.append(waiting.pop())
        live = sorted(n for n in live if inside[n].end > left)
        pieces.append(Piece(left, right, text[left - at : right - at], tuple(inside[n].held for n in live)))
    return pieces
