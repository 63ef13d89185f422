"""Whatever is to be coded in, parts out: files that hold whole documents, small enough to be coded in a minute.

Parts that lie there already are taken as they are. A table is split, transcripts are put together; what is made
lies in ``OUT/input``.
"""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.batch.documents import FORMATS, Document, Refused, Row, documents, read_rows, require, rows
from pipeline.batch.manifest import Part, digest
from pipeline.errors import ReadError, StudyError
from pipeline.write import write_text

INPUT = "input"
CHARACTERS, DOCUMENTS = 200_000, 2_000  # of a part: some ten seconds of one core
TABLES = (".csv", ".tsv", ".parquet", ".jsonl")
Places = Callable[[], Iterator[tuple[str, str]]]  # ids, and where each stands
# What a table may call a column, without accents, in lower case.
NAMES = {
    "id": ("id", "identifiant", "reference", "numero"),
    "text": ("text", "texte", "reponse", "contribution", "verbatim", "commentaire", "answer", "response"),
    "case": ("case", "cas"),
    "wave": ("wave", "vague"),
    "question": ("question",),
}


@dataclass(frozen=True, slots=True)
class Packed:
    """The parts of a job, and what is to be said of documents that are too long."""

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()


def parts_in(folder: Path) -> list[Path]:
    """Return the parts that lie in a folder: part-*.parquet or part-*.jsonl, by name."""
    return sorted(path for path in folder.glob("part-*") if path.suffix.lower() in FORMATS)


def taken(paths: Sequence[Path], folder: Path, table: Places | None = None) -> Packed:
    """Look every part over and list them. Raises ReadError for a bad part, StudyError for an id used twice.

    Where the parts were split from a ``table``, that is where an id is said to stand.
    """
    parts, seen, notes = [], [], []
    for path in paths:
        ids: list[int] = []
        for one in documents(path):
            ids.append(key(one.id))
            if isinstance(one, Refused):
                notes.append(f"{path.name}, document « {one.id} » : {one.message}")
        parts.append(Part(path.stem, _relative(path, folder), digest(path), len(ids)))
        seen.append(np.array(ids, np.uint64))
    names = [part.name for part in parts]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise StudyError(f"Deux parts portent le même nom : {', '.join(doubled[:3])}. Renommez-en une.")
    _refuse_doubles(seen, table or (lambda: _places(paths)))
    return Packed(tuple(parts), tuple(notes))


def packed(found: Iterable[Document | Refused], folder: Path) -> list[Path]:
    """Write documents as parts into ``folder``/input; return the files. The same documents give the same bytes."""
    written = [_write(documents, folder, number) for number, documents in enumerate(gathered(found))]
    for stale in set((folder / INPUT).glob("part-*.jsonl")) - set(written):
        stale.unlink()  # of an input that was longer
    return written


def gathered(found: Iterable[Document | Refused]) -> Iterator[list[Document | Refused]]:
    """Gather documents, up to DOCUMENTS or some CHARACTERS at a time; none is cut.

    >>> sizes = [len(group) for group in gathered(Document(str(n), "mot " * 20_000) for n in range(5))]
    >>> sizes
    [2, 2, 1]
    """
    group: list[Document | Refused] = []
    size = 0
    for one in found:
        length = len(one.text) if isinstance(one, Document) else 0
        if group and (size + length > CHARACTERS or len(group) >= DOCUMENTS):
            yield group
            group, size = [], 0
        group.append(one)
        size += length
    if group:
        yield group


def split(path: Path, wanted: Mapping[str, str], folder: Path) -> Packed:
    """Split a table into parts in ``folder``/input, and look them over.

    ``wanted`` names columns that are called otherwise. Raises ReadError and StudyError, naming the table's rows.
    """

    def every() -> Iterator[tuple[str, str]]:
        for number, one in enumerate(_table_documents(path, wanted), _first(path)):
            yield one.id, f"{path.name} ligne {number}"

    return taken(packed(_table_documents(path, wanted), folder), folder, every)


def _table_documents(path: Path, wanted: Mapping[str, str]) -> Iterator[Document | Refused]:
    """Read a table; a cell that is too long is kept, to be named like that of any part."""
    if wanted and path.suffix.lower() in FORMATS:
        raise ReadError(f"{path.name} : --id et --text ne valent que pour .csv et .tsv. Renommez les colonnes.")
    found = rows(path) if path.suffix.lower() in FORMATS else _table_rows(path, wanted)
    return read_rows(found, path.name, first=_first(path), limit=sys.maxsize)


def _first(path: Path) -> int:
    """Return the number of a table's first row: a line of headings comes before it in .csv and .tsv."""
    return 1 if path.suffix.lower() in FORMATS else 2


def _table_rows(path: Path, wanted: Mapping[str, str]) -> Iterator[Row]:
    """Yield rows by the names of COLUMNS."""
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(file.readline())
            file.seek(0)
            reader = csv.DictReader(file, delimiter=delimiter)
            columns = _columns(list(reader.fieldnames or ()), wanted, path.name)
            for row in reader:
                yield {name: row.get(column) for name, column in columns.items()}
    except UnicodeDecodeError:
        raise ReadError(
            f"{path.name} : ce tableau n’est pas en UTF-8. Réenregistrez-le en « CSV UTF-8 »."
        ) from None
    except (csv.Error, OSError) as error:
        raise ReadError(f"{path.name} : tableau illisible ({error}).") from None


def _columns(header: list[str], wanted: Mapping[str, str], name: str) -> dict[str, str]:
    """Find which column of a table is which."""
    absent = [column for column in wanted.values() if column not in header]
    if absent:
        raise ReadError(f"{name} : colonne « {absent[0]} » absente. Colonnes : {', '.join(header)}.")
    plain = {_plain(column): column for column in reversed(header)}
    found = {
        role: next(plain[word] for word in words if word in plain)
        for role, words in NAMES.items()
        if any(word in plain for word in words)
    } | dict(wanted)
    if "id" not in found or "text" not in found:
        require([role for role in found if role in ("id", "text")] or header, name)
    return found


def _delimiter(line: str) -> str:
    """Return the sign that parts the header.

    >>> _delimiter("id;texte, libre;cas")
    ';'
    """
    return max(";\t,", key=line.count)


def _plain(cell: str) -> str:
    """Drop accents, case and blanks around."""
    import unicodedata

    split = unicodedata.normalize("NFD", cell.strip().lower())
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def _write(documents: Sequence[Document | Refused], folder: Path, number: int) -> Path:
    """Write one part."""
    path = folder / INPUT / f"part-{number:05d}.jsonl"
    rows = (one.row() for one in documents if isinstance(one, Document))
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def key(identifier: str) -> int:
    """Return 64 bits that stand for an id: eight bytes a document are all that is kept."""
    return int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=8).digest())


def _places(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield each document's id, and where it stands."""
    for path in paths:
        for number, one in enumerate(documents(path), 1):
            yield one.id, f"{path.name} ligne {number}"


def _refuse_doubles(seen: Sequence[NDArray[np.uint64]], every: Places) -> None:
    """Raise StudyError, naming them, where two documents share an id."""
    keys, counts = np.unique(np.concatenate([np.zeros(0, np.uint64), *seen]), return_counts=True)
    suspect = set(keys[counts > 1].tolist())
    if not suspect:
        return
    places: dict[str, list[str]] = {}
    for identifier, place in every():
        if key(identifier) in suspect:
            places.setdefault(identifier, []).append(place)
    doubled = {name: where for name, where in places.items() if len(where) > 1}
    if doubled:
        name, where = next(iter(doubled.items()))
        more = f" (et {len(doubled) - 1} autres)" if len(doubled) > 1 else ""
        raise StudyError(
            f"Identifiant « {name} » employé {len(where)} fois : {', '.join(where[:3])}{more}. "
            "Chaque document doit avoir le sien."
        )


def _relative(path: Path, folder: Path) -> str:
    """Return a path as seen from ``folder`` if it lies in it, else whole: a job's folder may be moved."""
    whole, home = path.resolve(), folder.resolve()
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else str(whole)
