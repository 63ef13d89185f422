"""A codebook's colours in, a style sheet out; nothing but #rrggbb may pass."""

from __future__ import annotations

import re

from pipeline.codebook import Codebook

GREY = "#5b5b5b"


def stylesheet(codebook: Codebook) -> str:
    """Give each code the class k0, k1, … in the codebook's order; pages carry no style of their own."""
    return "".join(f".k{n} {{ --k: {safe(code.colour)}; }}\n" for n, code in enumerate(codebook.codes))


def safe(colour: str) -> str:
    """Let through #rrggbb and nothing else; grey instead.

    >>> safe("#0072B2"), safe("red;}body{display:none")
    ('#0072b2', '#5b5b5b')
    """
    return colour.lower() if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else GREY
