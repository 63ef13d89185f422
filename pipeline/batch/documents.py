"""Rows of a part in, documents out: what is to be coded, and where it comes from.

A document is one open answer, or one whole interview with its turns. Parts are read a few rows at a time.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.batch.needs import arrow
from pipeline.errors import ReadError, StudyError
from pipeline.records import Role, Transcript, Turn
from pipeline.typography import whole

# The columns a part may have; « id » and « text » are required, others are left alone.
COLUMNS = ("id", "text", "case", "wave", "question", "turns")
REQUIRED = ("id", "text")
# Characters of one document: a day of talk. What is longer is a file pasted into a cell.
LONGEST = 1_000_000
_ROWS = 256  # read together

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Document:
    """What is coded as one conversation.

    ``text`` is in NFC with LF line ends; ``turns`` are (start, end, speaker, role) in it: none where the whole is
    one answer, to ``question`` if that is known.
    """

    id: str
    text: str
    case: str = ""
    wave: str = ""
    question: str = ""
    turns: tuple[tuple[int, int, str, Role], ...] = ()

    @property
    def shift(self) -> int:
        """How far the transcript's offsets are beyond the text's own: what the question takes."""
        return 0 if self.turns or not self.question else len(self.question) + 1

    def transcript(self) -> Transcript:
        r"""Return it as a transcript; an answer's question is its first turn.

        >>> talk = Document("7", "Oui.", question="Exportez-vous ?").transcript()
        >>> talk.text, [turn.role for turn in talk.turns]
        ('Exportez-vous ?\nOui.', ['interviewer', 'respondent'])
        """
        if self.turns:
            turns = tuple(Turn(start, end, speaker, role) for start, end, speaker, role in self.turns)
            return Transcript(self.id, self.text, turns)
        lead = f"{self.question}\n" if self.question else ""
        asked = (Turn(0, len(self.question), "", "interviewer"),) if self.question else ()
        answer = Turn(len(lead), len(lead) + len(self.text), "", "respondent")
        return Transcript(self.id, lead + self.text, (*asked, answer))

    def row(self) -> dict[str, Any]:
        """Return it as a row of a part."""
        found = {"id": self.id, "text": self.text, "case": self.case, "wave": self.wave, "question": self.question}
        return found | {"turns": [list(turn) for turn in self.turns]}


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that is not coded, and why, in a French sentence."""

    id: str
    case: str
    wave: str
    message: str


def documents(path: Path) -> Iterator[Document | Refused]:
    """Yield the documents of a part, in order; in place of one too long to be speech, what is said of it.

    Raises ReadError, naming the part and the row, when it is damaged, lacks a column or holds something else than
    text.
    """
    yield from read_rows(rows(path), path.name)


def read_rows(
    found: Iterable[Row], name: str, *, first: int = 1, limit: int = LONGEST
) -> Iterator[Document | Refused]:
    """Yield rows as documents; ``first`` is the number of the first row, ``limit`` the characters one may have."""
    for number, row in enumerate(found, first):
        place = f"{name}, ligne {number}"
        text = row["text"] or ""
        if row["id"] in (None, ""):
            raise ReadError(f"{place} : identifiant vide. Chaque ligne doit avoir le sien.")
        if not isinstance(text, str):
            raise ReadError(f"{place} : la colonne « text » doit contenir du texte.")
        identifier, case, wave, question = (
            _canonical(str(row.get(column) or "")) for column in ("id", "case", "wave", "question")
        )
        if len(text) > limit:
            yield Refused(identifier, case, wave, _too_long(text))
            continue
        text = _canonical(text)
        yield Document(identifier, text, case, wave, question, _turns(row.get("turns") or (), text, place))


def _too_long(text: str) -> str:
    """Say that a cell holds more than speech."""
    return (
        f"{whole(len(text))} caractères dans une cellule ; le maximum est de {whole(LONGEST)}. "
        "Découpez ce document, ou retirez ce qui n’est pas une parole."
    )


def rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file, a few read at a time. Raises ReadError when it is damaged or lacks a column."""
    reader = FORMATS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(f"{path.name} : format inconnu. Formats lus : {', '.join(FORMATS)}.")
    return reader(path)


def require(columns: Mapping[str, Any] | list[str], name: str) -> None:
    """Raise ReadError, naming what was found, where a required column is missing."""
    missing = [f"« {column} »" for column in REQUIRED if column not in columns]
    if missing:
        found = ", ".join(str(column) for column in columns) or "aucune"
        absent = (
            f"colonne {missing[0]} absente" if len(missing) == 1 else f"colonnes {' et '.join(missing)} absentes"
        )
        raise ReadError(
            f"{name} : {absent} (colonnes trouvées : {found}). Il faut « id » et "
            "« text » ; « case », « wave », « question » et « turns » sont facultatives. "
            "Pour d’autres noms : --id COLONNE --text COLONNE."
        )


def _parquet(path: Path) -> Iterator[Row]:
    """Read row groups by small batches."""
    pyarrow = arrow()
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            require(names, path.name)
            wanted = [name for name in COLUMNS if name in names]
            for batch in file.iter_batches(batch_size=_ROWS, columns=wanted, use_threads=False):
                yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise ReadError(f"{path.name} : part illisible ({_first_line(error)}). Recopiez-la.") from None


def _lines(path: Path) -> Iterator[Row]:
    """Read one JSON object a line."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise ValueError("une ligne doit être un objet JSON")
                require(row, f"{path.name}, ligne {number}")
                yield row
    except (OSError, ValueError, RecursionError) as error:
        raise ReadError(f"{path.name} : part illisible ({_first_line(error)}). Recopiez-la.") from None


# To read parts of another format: a function from a path to its rows, and a line here.
FORMATS: dict[str, Callable[[Path], Iterator[Row]]] = {".parquet": _parquet, ".jsonl": _lines}


def _turns(found: Any, text: str, place: str) -> tuple[tuple[int, int, str, Role], ...]:
    """Check the turns of a row: in order, disjoint, inside the text, of known roles."""
    turns: list[tuple[int, int, str, Role]] = []
    last = 0
    for turn in found:
        try:
            start, end, speaker, role = turn.values() if isinstance(turn, dict) else turn
            fits = last <= int(start) <= int(end) <= len(text) and role in ("interviewer", "respondent", "other")
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise ReadError(
                f"{place} : tour de parole {turn!r} refusé. Il faut [début, fin, locuteur, rôle], dans l’ordre, "
                "à l’intérieur du texte, le rôle étant interviewer, respondent ou other."
            )
        turns.append((int(start), int(end), str(speaker), role))
        last = int(end)
    return tuple(turns)


def _canonical(text: str) -> str:
    """Bring text to NFC with LF line ends, as every reader of filrouge does."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


def _first_line(error: Exception) -> str:
    """Return the first line of an error, short."""
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def refuse_study(folder: Path) -> StudyError:
    """Say what a source may be."""
    return StudyError(
        f"{folder} : rien à coder ici. Donnez un dossier de parts (part-000.parquet ou part-000.jsonl), "
        "un tableau (.parquet, .jsonl, .csv, .tsv) avec les colonnes « id » et « text », ou un dossier de "
        "transcriptions."
    )
