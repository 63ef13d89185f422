"""A sentence-transformers folder as an encoder: sorted by length, token-budget batches, bf16 if native."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.layers import TokenLayers
from pipeline.errors import ModelError

# Padding is the enemy: 1,000 to 2,000 tokens a batch measured best (encoder-and-speed notes).
BUDGET = 2048


class SentenceEncoder:
    """Loads once, encodes many times; no network unless ``path`` names a model on a hub."""

    def __init__(self, path: Path, *, name: str) -> None:
        self.name = name
        if path.exists() or name == "encoder":
            os.environ["HF_HUB_OFFLINE"] = "1"
        self._model = _load(path)
        self.fingerprint = _fingerprint(path)
        self.dimension = int(self._model.get_embedding_dimension())

    @property
    def layers(self) -> TokenLayers | None:
        """The layers under and above, for a coder that learns the top ones; None if it is not built so."""
        return TokenLayers.of(self._model, half=_has_bf16())

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D). The same list of texts gives the same rows."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        done = 0
        for batch in _batches([len(text) for text in texts]):
            rows[batch] = self._model.encode(
                [texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False,
                normalize_embeddings=True, convert_to_numpy=True,
            )  # fmt: skip
            done += len(batch)
            if progress:
                progress(done)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def default_encoder_path() -> Path:
    """Return the shipped encoder's folder: inside the wheel, else in the repository."""
    package = Path(__file__).parents[1]
    inside = package / "_models" / "encoder"
    return inside if inside.is_dir() else package.parent / "models" / "encoder"


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Deal texts, longest first, into batches of about BUDGET tokens (4 characters each, plus the frame).

    >>> list(_batches([10, 9000, 12]))
    [[1, 2, 0]]
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        tokens = min(lengths[order[0]] // 4 + 6, 512)
        size = max(1, BUDGET // tokens)
        yield order[:size]
        order = order[size:]


def _load(path: Path) -> Any:
    """Load a SentenceTransformer on the processor, in bf16 where it is native."""
    import logging

    # oneDNN keeps a program a shape of matrix, 1,024 of them: a gigabyte where texts have every length. With
    # sixteen, coding is as fast (README.md has its memory). Whoever set it knows better.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    kind = torch.bfloat16 if _has_bf16() else torch.float32
    try:
        return SentenceTransformer(str(path), device="cpu", model_kwargs={"torch_dtype": kind})
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"Encodeur « {path} » introuvable ou illisible ({type(error).__name__}). Donnez à --encoder un "
            "dossier sentence-transformers, ou retirez cette option pour l’encodeur livré."
        ) from error


def _has_bf16() -> bool:
    """Tell whether the processor multiplies bf16 natively."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="ignore")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


def _fingerprint(path: Path) -> str:
    """Hash the weights and the tokenizer of a folder; the name stands for a model of a hub."""
    digest = hashlib.sha256(path.name.encode() if not path.exists() else b"")
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if (path / name).is_file():
            digest.update((path / name).read_bytes())
    return digest.hexdigest()
