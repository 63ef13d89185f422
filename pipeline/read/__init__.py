"""Read transcripts: bytes in, Transcript out, with its turns, their roles and what was doubtful."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ReadError, reason
from pipeline.read.captions import read_srt, read_vtt
from pipeline.read.chat import read_cha
from pipeline.read.draft import Draft, Reader
from pipeline.read.elan import read_eaf
from pipeline.read.odt import read_odt
from pipeline.read.otranscribe import read_otr
from pipeline.read.page import read_page
from pipeline.read.pdf import read_pdf
from pipeline.read.plain import read_plain
from pipeline.read.rtf import read_rtf
from pipeline.read.sheets import read_sheets
from pipeline.read.speakers import Cast, Speakers, cast
from pipeline.read.table import read_table
from pipeline.read.text import damage
from pipeline.read.textgrid import read_textgrid
from pipeline.read.transcriber import read_trs
from pipeline.read.whisper import read_json
from pipeline.read.word import read_word
from pipeline.read.xml import read_xml
from pipeline.records import Coding, Transcript

__all__ = [
    "READERS", "Cast", "Draft", "Interview", "Reader", "Speakers", "cast", "read_file", "read_transcript",
    "read_transcripts",
]  # fmt: skip

# Suffix -> reader. To accept another format, write read/<format>.py with a function (data, *, name) -> Draft and
# add its line here; the contract tests of tests/read/ then ask for a sample of it in writers.py.
READERS: dict[str, Reader] = {
    ".cha": read_cha,
    ".csv": read_table,
    ".docx": read_word,
    ".eaf": read_eaf,
    ".htm": read_page,
    ".html": read_page,
    ".json": read_json,
    ".md": read_plain,
    ".odt": read_odt,
    ".otr": read_otr,
    ".pdf": read_pdf,
    ".rtf": read_rtf,
    ".srt": read_srt,
    ".textgrid": read_textgrid,
    ".trs": read_trs,
    ".tsv": read_table,
    ".txt": read_plain,
    ".vtt": read_vtt,
    ".xlsx": read_sheets,
    ".xml": read_xml,
}


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview of a file, and the codings that the file carries about it, with the names it gives them."""

    transcript: Transcript
    codings: tuple[Coding, ...] = ()


def read_file(
    path: Path,
    *,
    speakers: Speakers = Speakers(),  # noqa: B008 (frozen)
    attributes: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Interview, ...]:
    """Read every interview of a file: one, whose id is the file's stem, or several, whose ids begin with it.

    ``attributes`` are those of the study, by id; they win over those that the file tells. Raises ReadError, in one
    French sentence, when the file cannot be read.
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
        raise ReadError(f"{path} : lecture impossible ({reason(error)}).") from None
    first = reader(data, name=str(path))
    sha256, interviews = hashlib.sha256(data).hexdigest(), []
    for draft in (first, *first.more):
        name = f"{_id(path)}_{draft.part}" if first.more else _id(path)
        entry = _interview(draft, name, speakers=speakers, attributes=(attributes or {}).get(name, {}))
        told = replace(entry.transcript, sha256=sha256, format=draft.format or path.suffix[1:].lower())
        interviews.append(replace(entry, transcript=told))
    return tuple(interviews)


def read_transcript(
    path: Path,
    *,
    speakers: Speakers = Speakers(),  # noqa: B008 (frozen)
    attributes: Mapping[str, str] | None = None,
) -> Transcript:
    """Read the one transcript of a file; its id is the file's stem.

    Raises ReadError, in one French sentence, when the file cannot be read or holds several interviews.
    """
    interviews = read_file(path, speakers=speakers, attributes={_id(path): attributes or {}})
    if len(interviews) > 1:
        raise ReadError(f"{path} : ce fichier contient {len(interviews)} entretiens ; un seul est attendu ici.")
    return interviews[0].transcript


def read_transcripts(
    paths: Iterable[Path],
    *,
    speakers: Speakers = Speakers(),  # noqa: B008 (frozen)
) -> tuple[Transcript, ...]:
    """Read several files; the first that cannot be read raises ReadError."""
    return tuple(entry.transcript for path in paths for entry in read_file(path, speakers=speakers))


def _interview(draft: Draft, name: str, *, speakers: Speakers, attributes: Mapping[str, str]) -> Interview:
    """Give the turns their roles, and the codings the interview's id."""
    roles = cast(draft, speakers=speakers)
    damaged = tuple(note for note in damage(draft.text) if note not in draft.notes)
    talk = Transcript(
        id=name,
        text=draft.text,
        turns=roles.turns,
        attributes={**attributes, **draft.attributes, **{key: cell for key, cell in attributes.items() if cell}},
        doubts=(*draft.notes, *damaged, *roles.doubts),
        sure=roles.sure,
    )
    return Interview(talk, tuple(replace(coding, transcript=name) for coding in draft.codings))


def _id(path: Path) -> str:
    """Return the stem, composed as the texts are (macOS splits accents in file names)."""
    import unicodedata

    return unicodedata.normalize("NFC", path.stem)
