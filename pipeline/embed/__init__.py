"""Texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.embed.encoder import Encoder
from pipeline.embed.lexical import LexicalEncoder
from pipeline.embed.sentence import default_encoder_path, open_encoder

__all__ = ["ENCODERS", "Encoder", "default_encoder_path", "load_encoder"]

# To add an encoder: a module with a class that satisfies Encoder, and a line here (name -> how to load it).
ENCODERS: dict[str, Callable[[str | None], Encoder]] = {
    "encoder": lambda precision: open_encoder(default_encoder_path(), name="encoder", precision=precision),
    "lexical": lambda _: LexicalEncoder(),
}


def load_encoder(path_or_name: str | None = None, *, precision: str | None = None) -> Encoder:
    """Load the shipped encoder, a registered one, or a SentenceTransformer by folder or hub name.

    ``precision`` is « bf16 » or « fp32 », by default what the processor multiplies natively. Raises ModelError, in
    French.
    """
    wanted = path_or_name or "encoder"
    if wanted in ENCODERS:
        return ENCODERS[wanted](precision)
    return open_encoder(Path(wanted), name=wanted, precision=precision)
