"""Zip archives from outside, opened with care; archives of ours, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import ReadError, reason
from pipeline.read.archive import refuse_harm

_LARGEST = 500_000_000  # bytes of all parts, decompressed: some thousand interviews; more is a zip bomb
_EPOCH = (2000, 1, 1, 0, 0, 0)


class Archive:
    """The parts of a zip archive, by name; nothing is ever written to the disk."""

    def __init__(self, path: Path) -> None:
        """Open ``path``; raises ReadError when it is no archive, or one that means harm."""
        self.path = path
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise ReadError(f"{path} : lecture impossible ({reason(error)}).") from None
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                self._infos = archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, UnicodeDecodeError):
            raise self._broken() from None
        refuse_harm(self._infos, name=str(path), counted=self._infos, largest=_LARGEST)

    @property
    def names(self) -> list[str]:
        """The names of the parts, folders aside."""
        return [info.filename for info in self._infos if not info.is_dir()]

    def read(self, name: str) -> bytes:
        """Return one part. Raises ReadError."""
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                info = archive.getinfo(name)
                with archive.open(info) as part:
                    data = part.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError):
            raise self._broken() from None
        except KeyError:
            raise ReadError(f"{self.path} : la partie « {name} » manque dans l’archive.") from None
        if len(data) != info.file_size:
            raise self._broken()
        return data

    def _broken(self) -> ReadError:
        """Say that the archive is damaged."""
        return ReadError(
            f"{self.path} : archive abîmée, incomplète ou protégée par un mot de passe. "
            "Exportez le projet de nouveau."
        )


def pack_archive(parts: Mapping[str, bytes]) -> bytes:
    """Write a zip archive, the same bytes for the same parts.

    >>> pack_archive({"a": b"x"}) == pack_archive({"a": b"x"})
    True
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return file.getvalue()


def settled(data: bytes) -> bytes:
    """Rewrite an archive (a .docx, an .xlsx) without the hour at which it was made."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return pack_archive({name: archive.read(name) for name in archive.namelist()})
