"""What stands beside the transcripts: study.toml (who is the interviewer) and attributes.csv (firm, wave…)."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError, StudyError, reason
from pipeline.read.cells import open_table
from pipeline.read.speakers import Speakers
from pipeline.read.text import decode

_ROLES = ("interviewer", "respondent", "other")


def read_speakers(path: Path) -> Speakers:
    """Read the rubric [speakers] of study.toml; without the file or the rubric nothing is overridden.

    Raises StudyError, naming the line where the TOML is wrong.
    """
    if not path.exists():
        return Speakers()
    try:
        data = tomllib.loads(decode(path.read_bytes(), name=str(path))[0])
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f", ligne {line[1]}" if line else ""
        raise StudyError(
            f'{path}{place} : TOML invalide. Exemple de ligne juste : interviewer = ["Enq.", "MD"]'
        ) from None
    except OSError as error:
        raise StudyError(f"{path} : lecture impossible ({reason(error)}).") from None
    except ReadError as error:
        raise StudyError(str(error)) from None
    return _speakers(path, data.get("speakers", {}))


def _speakers(path: Path, table: Any) -> Speakers:
    """Check the rubric."""
    if not isinstance(table, dict):
        raise StudyError(f"{path} : « speakers » doit être une rubrique [speakers].")
    unknown = [key for key in table if key not in _ROLES]
    if unknown:
        raise StudyError(
            f"{path} : [speakers] ne connaît pas « {unknown[0]} ». Clés admises : {', '.join(_ROLES)}."
        )
    lists: dict[str, tuple[str, ...]] = {}
    for key, value in table.items():
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise StudyError(
                f'{path} : [speakers] {key} doit être une liste de textes, par exemple {key} = ["Enq.", "MD"].'
            )
        lists[key] = tuple(names)
    return Speakers(lists.get("interviewer", ()), lists.get("respondent", ()), lists.get("other", ()))


def read_attributes(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Read attributes.csv: transcript -> its attributes; nothing if there is no such file.

    Raises StudyError.
    """
    if not path.exists():
        return {}
    file, separator = open_table(path, StudyError)
    rows = list(csv.reader(file, delimiter=separator))
    header = [cell.strip() for cell in rows[0]]
    if "transcript" not in header:
        raise StudyError(f"{path}, ligne 1 : il manque la colonne « transcript ». Trouvé : {', '.join(header)}.")
    found: dict[str, Mapping[str, str]] = {}
    for number, cells in enumerate(rows[1:], 2):
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        name = unicodedata.normalize("NFC", row.pop("transcript", ""))
        if name in found:
            raise StudyError(f"{path}, rangée {number} : la transcription « {name} » figure deux fois.")
        if name:
            found[name] = row
    return found
