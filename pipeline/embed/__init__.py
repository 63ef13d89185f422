"""Texts in, unit vectors out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.embed.encoder import Encoder
from pipeline.embed.lexical import LexicalEncoder
from pipeline.embed.sentence import SentenceEncoder, default_encoder_path

__all__ = ["ENCODERS", "Encoder", "default_encoder_path", "load_encoder"]

# To add an encoder: a module with a class that satisfies Encoder, and a line here (name -> how to load it).
ENCODERS: dict[str, Callable[[], Encoder]] = {
    "encoder": lambda: SentenceEncoder(default_encoder_path(), name="encoder"),
    "lexical": LexicalEncoder,
}


def load_encoder(path_or_name: str | None = None) -> Encoder:
    """Load the shipped encoder, a registered one, or a SentenceTransformer by folder or hub name.

    Raises ModelError, in French.
    """
    wanted = path_or_name or "encoder"
    if wanted in ENCODERS:
        return ENCODERS[wanted]()
    return SentenceEncoder(Path(wanted), name=wanted)
