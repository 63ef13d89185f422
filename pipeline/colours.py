"""A code's colour in, a colour fit for a style sheet out, and the ink that is read on it."""

from __future__ import annotations

import re

GREY = "#5b5b5b"


def safe(colour: str) -> str:
    r"""Let through #rrggbb and nothing else; grey instead.

    >>> safe("#0072B2"), safe("red;}body{display:none"), safe("#0072B2\\n")
    ('#0072b2', '#5b5b5b', '#5b5b5b')
    """
    return colour.lower() if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else GREY


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb, 0 to 1 (WCAG 2.2).

    >>> luminance("#000000"), round(luminance("#ffffff"), 6)
    (0.0, 1.0)
    """
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2).

    >>> round(contrast("#000000", "#ffffff"), 2)
    21.0
    """
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink(colour: str) -> str:
    """Return black or white, whichever is read better on ``colour``; never under 4.5 to 1.

    >>> ink("#56b4e9"), ink("#0072b2")
    ('#000000', '#ffffff')
    """
    return max(("#000000", "#ffffff"), key=lambda text: contrast(colour, text))
