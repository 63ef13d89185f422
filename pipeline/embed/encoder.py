"""The seam: what an encoder must offer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.layers import TokenLayers


class Encoder(Protocol):
    """Turns texts into unit vectors. Nothing must inherit from it."""

    @property
    def name(self) -> str:
        """What a model's config calls it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes with the weights and the tokenizer."""
        ...

    @property
    def arithmetic(self) -> str:
        """Changes with what changes the last bits of the vectors: the kind of numbers, the way of adding up."""
        ...

    @property
    def dimension(self) -> int:
        """The length D of a vector."""
        ...

    @property
    def layers(self) -> TokenLayers | None:
        """What lets a coder learn its top layers; None where it has none."""
        ...

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D), in the order of ``texts``; ``progress`` hears how many are done."""
        ...
