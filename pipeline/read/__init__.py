"""Read transcripts: bytes in, Transcript out, with its turns, their roles and what was doubtful."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.errors import ReadError
from pipeline.read.captions import read_srt, read_vtt
from pipeline.read.draft import Draft, Reader
from pipeline.read.speakers import Cast, Speakers, cast
from pipeline.read.table import read_table
from pipeline.read.text import read_text
from pipeline.read.word import read_word
from pipeline.records import Transcript

__all__ = ["READERS", "Cast", "Draft", "Reader", "Speakers", "cast", "read_transcript", "read_transcripts"]

# Suffix -> reader. To accept another format, write read/<format>.py with a function (data, *, name) -> Draft and
# add its line here; the contract tests of tests/read/test_readers.py then ask for a sample of it.
READERS: dict[str, Reader] = {
    ".csv": read_table,
    ".docx": read_word,
    ".md": read_text,
    ".srt": read_srt,
    ".tsv": read_table,
    ".txt": read_text,
    ".vtt": read_vtt,
}


def read_transcript(
    path: Path,
    *,
    speakers: Speakers = Speakers(),  # noqa: B008 (frozen)
    attributes: Mapping[str, str] | None = None,
) -> Transcript:
    """Read one transcript; its id is the file's stem.

    Raises ReadError, in one French sentence, when the file cannot be read.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        allowed = ", ".join(READERS)
        raise ReadError(f"{path} : suffixe « {path.suffix} » inconnu. Formats lus : {allowed}.")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path} : fichier introuvable.") from None
    except OSError as error:
        raise ReadError(f"{path} : lecture impossible ({error.strerror or error}).") from None
    draft = reader(data, name=str(path))
    roles = cast(draft, speakers=speakers)
    return Transcript(
        id=_id(path),
        text=draft.text,
        turns=roles.turns,
        attributes=dict(attributes or {}),
        sha256=hashlib.sha256(data).hexdigest(),
        doubts=(*draft.notes, *roles.doubts),
        sure=roles.sure,
    )


def read_transcripts(
    paths: Iterable[Path],
    *,
    speakers: Speakers = Speakers(),  # noqa: B008 (frozen)
) -> tuple[Transcript, ...]:
    """Read several transcripts; the first that cannot be read raises ReadError."""
    return tuple(read_transcript(path, speakers=speakers) for path in paths)


def _id(path: Path) -> str:
    """Return the stem, composed as the texts are (macOS splits accents in file names)."""
    import unicodedata

    return unicodedata.normalize("NFC", path.stem)
