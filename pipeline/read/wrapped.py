"""Lines as a page shows them in, paragraphs out: what was wrapped is joined, what begins a turn is not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_STAMP = re.compile(r"\s*[\[(#]?\d{1,2}:\d\d(?::\d\d)?[\])#]?\s*")
# What may announce a speaker where a line starts: « [Nom] », « Nom : », « Q. », « NOM — », « NOM 00:12 », dashes.
_LABEL = re.compile(
    r"(?P<label>\[[^\]\n]{1,40}\]|[—–-](?=\s)|[A-ZÀ-Ý]{1,2}\.(?=\s)"
    r"|[^\W\d_][^\n:?!,;«»]{0,38}?(?=[\s\u00a0\u202f]*:(?:\s|$)|\s+[—–-]\s|\s+[\[(]?\d{1,2}:\d\d))"
)
_ENDS = re.compile(r"[.?!…:»)\]\"”]\s*$")
_HYPHENS = ("-", "\u00ad", "\u2010")
# What French ties to the word before, or after, with a hyphen which a line end must not swallow.
_AFTER = re.compile(
    r"(?:je|tu|ils?|elles?|on|nous|vous|ce|c[ie]|là|être|mêmes?|moi|toi|uns|unes|à|t|delà|dessus|dessous|devant|dedans|dehors|midi)\b"
)
_BEFORE = re.compile(r"(?i)(?:^|\W)(?:avant|après|demi|non|semi|quasi|peut|vis)-$")
_FULL = 0.86  # of the width of the text: a line that reaches so far may have been wrapped
_OFTEN = 3  # a label met so often at sure beginnings is one wherever a line begins with it
_CUTS = 0.04  # of the wrapped lines end with a hyphen: the page cuts words; fewer, and each hyphen is the word's
_APART, _BLANK = 1.35, 1.9  # times the usual step between two lines: another paragraph, an empty line between


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: its words, where it stands (points from the foot and the left of the page)."""

    text: str
    left: float
    right: float
    foot: float
    page: int


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """Join the lines that were wrapped; the others begin a paragraph, after an empty one where the page shows it.

    >>> told = ["R : On vend à des", "clients.", "R : Oui."]
    >>> paragraphs([Line(t, 0, r, 90 - 12 * n, 0) for n, (t, r) in enumerate(zip(told, (100, 40, 45)))])
    ['R : On vend à des clients.', 'R : Oui.']
    """
    if not lines:
        return []
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width, usual = right - left, _step(lines)
    full = [
        before.right - left >= _FULL * width or _is_cut(before.text, line.text) for before, line in pairwise(lines)
    ]
    sure = [lines[0], *(line for line, wrapped in zip(lines[1:], full, strict=True) if not wrapped)]
    labels = {label for label, count in Counter(map(_label, sure)).items() if label and count >= _OFTEN}
    likely = {label for label, count in Counter(map(_label, lines)).items() if label and count > 1}
    ends = [_is_cut(before.text, line.text) for before, line in pairwise(lines)]
    cuts = sum(ends) > _CUTS * sum(full)
    blocks = [lines[0].text]
    for (before, line), wrapped in zip(pairwise(lines), full, strict=True):
        step = before.foot - line.foot if line.page == before.page else 0.0
        if wrapped and step <= _APART * usual and not _begins(before, line, labels, likely):
            blocks[-1] = glued(blocks[-1], line.text, cuts=cuts)
        else:
            blocks += ["", line.text] if step > _BLANK * usual else [line.text]
    return blocks


def _step(lines: Sequence[Line]) -> float:
    """Return the usual distance between two lines of one paragraph: among the smallest of all."""
    steps = sorted(b.foot - a.foot for b, a in pairwise(lines) if a.page == b.page and b.foot > a.foot)
    return steps[len(steps) // 5] if steps else 0.0


def _label(line: Line) -> str:
    """Return what may announce a speaker at the start of a line; "" if nothing does."""
    stamp = _STAMP.match(line.text)
    found = _LABEL.match(line.text, stamp.end() if stamp else 0)
    return found["label"].strip() if found else ""


def _begins(before: Line, line: Line, labels: set[str], likely: set[str]) -> bool:
    """Tell whether a line announces a speaker: a usual label, or one met twice after the end of a sentence."""
    label = _label(line)
    if _ENDS.search(before.text):
        return label in likely
    return label in labels and label not in ("—", "–", "-")


def glued(before: str, after: str, *, cuts: bool = True) -> str:
    """Join two lines; where the page ``cuts`` words, a hyphen that only the line end asked for goes.

    >>> glued("de la visi-", "bilité"), glued("peut-", "être bien"), glued("États-", "Unis")
    ('de la visibilité', 'peut-être bien', 'États-Unis')
    >>> glued("entre-", "temps", cuts=False), glued("on vend", "peu")
    ('entre-temps', 'on vend peu')
    """
    if _is_cut(before, after):
        hard = not cuts or after[0].isupper() or _AFTER.match(after) or _BEFORE.search(before)
        tied = before[-1] != "\u00ad" and hard
        return before[:-1] + ("-" if tied else "") + after
    return f"{before} {after}"


def _is_cut(before: str, after: str) -> bool:
    """Tell whether a word goes on from one line to the next."""
    return before.endswith(_HYPHENS) and before[-2:-1].isalpha() and after[:1].isalpha()
