"""What a training has already done, kept on disk until it ends: an interruption costs one fold at most."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline import __version__
from pipeline.classify.context import Passages
from pipeline.write import replacing

Tensors = Mapping[str, NDArray[Any]]


def fingerprint(passages: Passages, labels: NDArray[np.float64], *settings: object) -> str:
    """Return a hash that changes with anything the scores of a fold depend on.

    >>> alone = np.zeros(1, np.int64)
    >>> one = Passages(("a",), ("",), np.ones((1, 3), np.float32), alone, alone)
    >>> fingerprint(one, np.ones((1, 1)), 0) == fingerprint(one, np.ones((1, 1)), 1)
    False
    """
    digest = hashlib.sha256(repr((__version__, settings)).encode())
    for texts in (passages.own, passages.context, passages.asked):
        digest.update("\0".join(texts).encode())
    for array in (passages.vectors, passages.interview, passages.turn, labels):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class Resume:
    """A folder of scores and weights by key; no word of the interviews is in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def tensors(self, key: str, compute: Callable[[], Tensors]) -> Tensors:
        """Return what was kept under ``key``, else compute it and keep it; what is damaged is computed again."""
        from safetensors import SafetensorError
        from safetensors.numpy import load, save

        path = self._folder / f"{key}.safetensors"
        if path.is_file():
            try:
                return load(path.read_bytes())
            except (OSError, SafetensorError):
                pass
        found = compute()
        self._folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_bytes(save({name: np.ascontiguousarray(value) for name, value in found.items()}))
        return found

    def forget(self) -> None:
        """Remove the folder: training is over."""
        shutil.rmtree(self._folder, ignore_errors=True)
