"""Archives (.docx, .odt, .xlsx): parts in memory, nothing on disk, bombs and strange paths refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping, Sequence
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
            markup = [entry for entry in entries if _is_markup(entry)]
            refuse_harm(entries, name=name, counted=markup)
            read = [entry for entry in markup if not wanted or entry.filename in wanted]
            return {entry.filename: archive.read(entry) for entry in read}
    except ReadError:
        raise
    except Exception:  # zipfile, zlib, lzma and codecs have each their own, with no common parent
        raise broken from None


def refuse_harm(
    entries: Sequence[zipfile.ZipInfo], *, name: str, counted: Sequence[zipfile.ZipInfo], largest: int = _LARGEST
) -> None:
    """Look at the directory of an archive before any part of it is opened; ``counted`` are the parts to be read.

    Raises ReadError for a part that swells beyond measure, too many parts or bytes, a path that leaves it.
    """
    if any(map(_swollen, counted)) or len(entries) > _MOST or sum(one.file_size for one in counted) > largest:
        raise ReadError(f"{name} : archive démesurée une fois décompressée ; par prudence, elle n’est pas lue.")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename[:2]:
            raise ReadError(
                f"{name} : la partie « {entry.filename[:60]} » porte un chemin qui sort de l’archive ; "
                "par prudence, rien n’en est lu."
            )


def _swollen(entry: zipfile.ZipInfo) -> bool:
    """Tell a part that holds far more than any text that shrinks so."""
    size, packed = entry.file_size, entry.compress_size
    return size > _RATIO * max(packed, 50_000) or (size > 1_000_000 and size > 1000 * max(packed, 1))


def _is_markup(entry: zipfile.ZipInfo) -> bool:
    """Tell the parts that are read from the pictures and the rest."""
    return entry.filename.lower().endswith((".xml", ".rels", ".vml"))
