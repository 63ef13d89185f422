"""An encoder that remembers: vectors on disk by encoder and by the digest of each text; no text is kept.

A folder holds shards, files that are never changed: what one call to ``encode`` met for the first time, its
digests in order. They are mapped, not read, so that what is kept may be larger than memory, and several processes
may write side by side.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed.encoder import Encoder
from pipeline.embed.layers import TokenLayers
from pipeline.errors import OutputError
from pipeline.write import replacing

CACHE = ".filrouge"  # the folder, in a study's, where its vectors are kept


class CachedEncoder:
    """Encodes what it has not met yet, and keeps it under ``folder``; a folder that cannot be written is no error.

    A damaged shard is computed again.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder = encoder
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension
        self.arithmetic = encoder.arithmetic
        digest = hashlib.sha256(f"{self.fingerprint} {self.arithmetic}".encode()).hexdigest()
        self.path = folder / f"vectors-{digest[:16]}"
        # 16 bytes of digest: two of a thousand million texts share them with a chance of one in 10^21.
        self._row = np.dtype([("high", ">u8"), ("low", ">u8"), ("vector", "<f4", (self.dimension,))])
        self._shards: dict[str, Any] = {}

    @property
    def layers(self) -> TokenLayers | None:
        """The encoder's own."""
        return self._encoder.layers

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D), in the order of ``texts``."""
        distinct = list(dict.fromkeys(texts))
        rows = np.zeros(len(distinct), self._row)
        for place, text in enumerate(distinct):
            digest = hashlib.sha256(text.encode()).digest()
            rows["high"][place] = int.from_bytes(digest[:8])
            rows["low"][place] = int.from_bytes(digest[8:16])
        fresh = self._missing(rows)
        if len(fresh):
            rows["vector"][fresh] = self._encoder.encode([distinct[i] for i in fresh], progress=progress)
            self._write(rows[fresh])
        if progress:
            progress(len(texts))
        where = {text: place for place, text in enumerate(distinct)}
        return np.ascontiguousarray(rows["vector"][[where[text] for text in texts]], dtype=np.float32)

    def _missing(self, rows: Any) -> NDArray[np.int64]:
        """Fill in the vectors that are kept; return the places of the others."""
        left = np.arange(len(rows))
        for path in sorted(self.path.glob("*.npy")) if len(rows) else ():
            if not len(left):
                break
            shard = self._shards.get(path.name)
            if shard is None:
                shard = self._shards[path.name] = self._open(path)
            at = (
                np.minimum(np.searchsorted(shard["high"], rows["high"][left]), len(shard) - 1)
                if len(shard)
                else left
            )
            if not len(shard):
                continue
            found = (shard["high"][at] == rows["high"][left]) & (shard["low"][at] == rows["low"][left])
            rows["vector"][left[found]] = shard["vector"][at[found]]
            left = left[~found]
        return left

    def _open(self, path: Path) -> Any:
        """Map a shard; an empty one where it is damaged or of another length."""
        try:
            shard = np.load(path, mmap_mode="r", allow_pickle=False)
            fits = (
                shard.dtype == self._row
                and shard.ndim == 1
                and bool((shard["high"][1:] >= shard["high"][:-1]).all())
            )
        except (OSError, ValueError, EOFError):
            fits = False
        return shard if fits else np.zeros(0, self._row)

    def _write(self, rows: Any) -> None:
        """Keep rows as one shard, named by what it holds."""
        kept = rows[np.argsort(rows["high"], kind="stable")]
        name = hashlib.sha256(kept.tobytes()).hexdigest()[:16]
        with (
            contextlib.suppress(OutputError),
            replacing(self.path / f"{name}.npy") as temporary,
            temporary.open("wb") as file,
        ):
            np.save(file, kept, allow_pickle=False)
