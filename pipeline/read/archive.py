"""Archives (.docx, .odt, .xlsx): parts in memory, nothing on disk, bombs and strange paths refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from pipeline.errors import ReadError

_LARGEST = 200_000_000  # bytes of one part: a thousand interviews; more is a zip bomb
_RATIO = 200  # times smaller than what it holds: no text shrinks so much
_MOST = 20_000  # parts


def parts_of(data: bytes, *, name: str, kind: str, wanted: Collection[str] = ()) -> Mapping[str, bytes]:
    """Return the XML parts of an archive, by path, or those ``wanted``; ``kind`` names the format in messages.

    Raises ReadError when it is empty, encrypted, damaged, or made to harm: a part that swells beyond measure, a
    path that leaves the archive.
    """
    if not data:
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError(
            f"{name} : document protégé par un mot de passe, ou ancien format (.doc, .xls) renommé. "
            "Ouvrez-le dans son logiciel, retirez le mot de passe et réenregistrez-le."
        )
    broken = ReadError(f"{name} : {kind} abîmé ou incomplet. Rouvrez-le dans son logiciel et réenregistrez-le.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _refuse_harm(entries, name)
            read = [entry for entry in entries if _is_markup(entry) and (not wanted or entry.filename in wanted)]
            return {entry.filename: archive.read(entry) for entry in read}
    except ReadError:
        raise
    except Exception:  # zipfile, zlib, lzma and codecs have each their own, with no common parent
        raise broken from None


def _refuse_harm(entries: list[zipfile.ZipInfo], name: str) -> None:
    """Look at the directory of the archive before any part of it is opened."""
    xml = [entry for entry in entries if _is_markup(entry)]
    swollen = [entry for entry in xml if entry.file_size > _RATIO * max(entry.compress_size, 50_000)]
    if swollen or len(entries) > _MOST or sum(entry.file_size for entry in xml) > _LARGEST:
        raise ReadError(f"{name} : document démesuré une fois décompressé ; par prudence, il n’est pas lu.")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or entry.filename[1:2] == ":":
            raise ReadError(
                f"{name} : document refusé, car une de ses parties porte un chemin qui sort de l’archive."
            )


def _is_markup(entry: zipfile.ZipInfo) -> bool:
    """Tell the parts that are read from the pictures and the rest."""
    return entry.filename.lower().endswith((".xml", ".rels", ".vml"))
