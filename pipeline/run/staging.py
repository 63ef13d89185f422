"""A new folder appears whole or not at all; in one that is there, files are replaced one by one, each whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import OutputError, reason
from pipeline.write import replacing

Place = Callable[[str, bytes], None]


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[Place]:
    """Yield a function (path within the folder, bytes) that writes a file.

    A folder that is not there yet is made beside its place and moved when the block ends well. Raises OutputError.
    """
    if folder.exists() and any(folder.iterdir()):
        yield lambda path, data: _write(folder / path, data)
        return
    beside = folder.resolve().with_name(f".{folder.resolve().name}.{os.getpid()}.tmp")
    try:
        beside.mkdir(parents=True)
        yield lambda path, data: _write(beside / path, data)
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    except OSError as error:
        raise OutputError(
            f"{folder} : impossible d’écrire ce dossier ({reason(error)}). Rien n’a été modifié."
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    """Write a file whole."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)
