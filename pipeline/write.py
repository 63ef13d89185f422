"""Write a file whole or not at all: a temporary neighbour, fsync, rename; a table laid out as CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import OutputError, reason


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; when the block ends well it takes the place of ``path``.

    If the block fails, whatever stood at ``path`` stands there still and the temporary file is gone.
    Raises OutputError, in French, when the folder cannot be written or the disk is full.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(
            f"{path} : impossible d’écrire ce fichier ({reason(error)}). "
            "Rien n’a été modifié ; vérifiez l’espace disque et les droits du dossier, "
            "ou choisissez-en un autre avec --out."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""Lay a table out as CSV: commas, LF line ends, quotation marks where they are needed.

    >>> csv_text(("a", "b"), [(1, "x,y"), ("", None)])
    'a,b\n1,"x,y"\n,\n'
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8 with LF line ends, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def refuse_unwritable(folder: Path) -> None:
    """Raise OutputError now rather than after minutes of work; leave nothing behind."""
    existed = folder.exists()
    probe = folder / ".filrouge"
    write_text(probe, "")
    probe.unlink()
    if not existed:
        folder.rmdir()
