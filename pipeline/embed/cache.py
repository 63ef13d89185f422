"""An encoder that remembers: vectors on disk by encoder and by the digest of each text; no text is kept."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.encoder import Encoder
from pipeline.embed.layers import TokenLayers
from pipeline.errors import OutputError
from pipeline.write import replacing


class CachedEncoder:
    """Encodes what it has not met yet, and keeps it under ``folder``; a folder that cannot be written is no error.

    A damaged file is computed again.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self.arithmetic = encoder.arithmetic
        digest = hashlib.sha256(f"{self.fingerprint} {self.arithmetic}".encode()).hexdigest()
        self.path = folder / f"vectors-{digest[:16]}.safetensors"
        self._kept = _read(self.path, self.dimension)

    @property
    def layers(self) -> TokenLayers | None:
        """The encoder's own."""
        return self._encoder.layers

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D), in the order of ``texts``."""
        keys = [self._key(text) for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._kept}
        if fresh:
            rows = self._encoder.encode(list(fresh.values()), progress=progress)
            self._kept |= dict(zip(fresh, rows, strict=True))
            self._write()
        if progress:
            progress(len(texts))
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self._kept[key] for key in keys])

    def _key(self, text: str) -> bytes:
        """Return what stands for a text."""
        return hashlib.sha256(f"{self.fingerprint}\n{text}".encode()).digest()

    def _write(self) -> None:
        """Keep everything met so far."""
        from safetensors.numpy import save

        keys = np.frombuffer(b"".join(self._kept), np.uint8).reshape(-1, 32)
        rows = np.stack(list(self._kept.values())).astype(np.float32)
        with contextlib.suppress(OutputError), replacing(self.path) as temporary:
            temporary.write_bytes(save({"keys": np.ascontiguousarray(keys), "rows": rows}))


def _read(path: Path, dimension: int) -> dict[bytes, NDArray[np.float32]]:
    """Read a file back; nothing if it is missing, damaged or of another length."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors = load(path.read_bytes())
        keys, rows = tensors["keys"], tensors["rows"]
    except (OSError, SafetensorError, KeyError):
        return {}
    if rows.ndim != 2 or rows.shape[1] != dimension or keys.shape != (len(rows), 32):
        return {}
    return {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}
