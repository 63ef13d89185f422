"""Figures and sentences in, French as it is set out."""

from __future__ import annotations

import re

_THIN, _NBSP = "\u202f", "\u00a0"


def decimal(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> decimal(0.5), decimal(-0.126), decimal(None)
    ('0,50', '−0,13', 'non défini')
    """
    return "non défini" if value is None else f"{value:.2f}".replace(".", ",").replace("-", "−")


def whole(value: int) -> str:
    r"""Write a count by thousands.

    >>> whole(12000)
    '12\u202f000'
    """
    return f"{value:,}".replace(",", _THIN)


def counted(count: int, one: str, many: str) -> str:
    r"""Write a count and its noun.

    >>> counted(1, "passage", "passages"), counted(1200, "passage", "passages")
    ('1\xa0passage', '1\u202f200\xa0passages')
    """
    return f"{whole(count)}{_NBSP}{one if count < 2 else many}"


def spaced(text: str) -> str:
    r"""Make the spaces of French punctuation unbreakable; no other character changes, no space is added.

    >>> spaced("Non ; « oui » : voilà !")
    'Non\u202f; «\xa0oui\xa0»\xa0: voilà\u202f!'
    """
    text = re.sub(r"(?<=«) | (?=[»:])", _NBSP, text)
    return re.sub(r" (?=[;!?%])", _THIN, text)


def clipped(text: str, most: int = 160) -> str:
    """Cut a long quotation between two words.

    >>> clipped("un deux trois", 9)
    'un deux…'
    """
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def shown(text: str) -> str:
    r"""Replace what HTML cannot hold, one character for one, so that offsets keep.

    >>> shown("a\x00b")
    'a\ufffdb'
    """
    return text.replace("\x00", "\ufffd").replace("\r", "\n")
