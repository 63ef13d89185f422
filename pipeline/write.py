"""Write a file whole or not at all: a temporary neighbour, fsync, rename; a table laid out as CSV."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import OutputError, reason


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; when the block ends well it takes the place of ``path``.

    If the block fails, whatever stood at ``path`` stands there still and the temporary file is gone.
    Raises OutputError, in French, when the folder cannot be written or the disk is full.
    """
    # Two machines that write one file may share a process number, not the eight digits.
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
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


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold ``folder`` (made if need be) against another process of filrouge; the system lets go if this one dies.

    Raises OutputError, in French, where another holds it. Does nothing where the system has no such locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutputError(
                    f"{folder} : un autre filrouge batch travaille déjà dans ce dossier. Attendez qu’il finisse, "
                    "ou arrêtez-le ; ce qui est fait reste fait."
                ) from None
            yield
    except OSError as error:
        raise OutputError(f"{folder} : impossible d’écrire ici ({reason(error)}).") from None
