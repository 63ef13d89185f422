"""Vectors kept on disk: computed once, without a word of text; a damaged or closed folder is no error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.embed import load_encoder
from pipeline.embed.cache import CachedEncoder
from pipeline.embed.lexical import LexicalEncoder

TEXTS = ["On exporte au Japon.", "Rien.", "On exporte au Japon.", ""]


class Counting(LexicalEncoder):
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        self.asked += texts
        return super().encode(texts, progress=progress)


def test_each_text_is_encoded_once_and_again_by_nobody(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    rows = CachedEncoder(first, tmp_path).encode(TEXTS)
    assert first.asked == ["On exporte au Japon.", "Rien.", ""]
    again = CachedEncoder(second, tmp_path)
    assert np.array_equal(again.encode([*TEXTS, "Neuf."])[:4], rows)
    assert second.asked == ["Neuf."]
    assert np.array_equal(rows, load_encoder("lexical").encode(TEXTS))
    assert again.encode([]).shape == (0, 256)


def test_another_encoder_shares_nothing(tmp_path: Path) -> None:
    CachedEncoder(Counting(), tmp_path).encode(TEXTS)
    other = Counting()
    other.fingerprint = "lexical-2"
    CachedEncoder(other, tmp_path).encode(TEXTS[:1])
    assert other.asked == TEXTS[:1]
    assert len(list(tmp_path.iterdir())) == 2


def test_no_text_is_kept(tmp_path: Path) -> None:
    cached = CachedEncoder(Counting(), tmp_path)
    cached.encode(TEXTS)
    (kept,) = cached.path.iterdir()
    assert b"Japon" not in kept.read_bytes()


def test_damage_is_computed_again_and_a_closed_folder_is_no_error(tmp_path: Path) -> None:
    cached = CachedEncoder(Counting(), tmp_path)
    cached.encode(TEXTS)
    (kept,) = cached.path.iterdir()
    kept.write_bytes(kept.read_bytes()[:200])
    fresh = Counting()
    CachedEncoder(fresh, tmp_path).encode(TEXTS)
    assert len(fresh.asked) == 3
    (tmp_path / "fichier").write_text("", encoding="utf-8")
    assert CachedEncoder(Counting(), tmp_path / "fichier" / "dossier").encode(TEXTS).shape == (4, 256)
