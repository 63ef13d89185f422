"""A codebook's colours in, a style sheet out; nothing but #rrggbb may pass."""

from __future__ import annotations

from pipeline.codebook import Codebook
from pipeline.colours import safe


def stylesheet(codebook: Codebook) -> str:
    """Give each code the class k0, k1, … in the codebook's order; pages carry no style of their own."""
    return "".join(f".k{n} {{ --k: {safe(code.colour)}; }}\n" for n, code in enumerate(codebook.codes))
