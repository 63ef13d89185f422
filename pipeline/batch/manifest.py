"""What a job is: its parts, each with its digest, and the settings that decide every byte of the result.

The manifest is written once, before anything is coded, to ``OUT/manifest.json``; a result belongs to it when it
bears the fingerprint of its part under these settings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError, reason
from pipeline.write import write_text

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """An input file: its ``path`` (relative to the job's folder where it lies in it), digest and documents."""

    name: str
    path: str
    sha256: str
    documents: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides the result beside the part.

    ``model`` is the model's folder or name and ``model_sha256`` that of its files, its codebook among them;
    ``encoder_fingerprint`` and ``arithmetic`` are the encoder's; ``version`` is filrouge's.
    """

    model: str
    model_sha256: str
    encoder: str
    encoder_fingerprint: str
    precision: str
    arithmetic: str
    version: str

    @property
    def decisive(self) -> dict[str, str]:
        """Those that change the result: where the model and the encoder lie does not."""
        return {name: value for name, value in asdict(self).items() if name not in ("model", "encoder")}


@dataclass(frozen=True, slots=True)
class Manifest:
    """A job in ``folder``: parts to code, under ``settings``."""

    folder: Path
    source: str
    parts: tuple[Part, ...]
    settings: Settings
    cache: str = ""

    @property
    def documents(self) -> int:
        """How many documents there are to code."""
        return sum(part.documents for part in self.parts)

    def part(self, name: str) -> Part:
        """Return a part by its name."""
        return next(part for part in self.parts if part.name == name)

    def source_of(self, part: Part) -> Path:
        """Return where a part's input lies."""
        return self.folder / part.path

    def result_of(self, part: Part) -> Path:
        """Return where a part's result belongs."""
        return self.folder / f"{part.name}.parquet"

    def fingerprint(self, part: Part) -> str:
        """Return what a part's result must bear: changes with the part and with every decisive setting.

        >>> settings = Settings("m", "1", "e", "2", "bf16", "bert-1 bf16", "0.1")
        >>> job = Manifest(Path("."), "", (), settings)
        >>> job.fingerprint(Part("part-000", "a", "3", 1)) == job.fingerprint(Part("part-009", "b", "3", 1))
        True
        """
        told = json.dumps({"part": part.sha256, "format": FORMAT, **self.settings.decisive}, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


def write_manifest(manifest: Manifest) -> None:
    """Write it, whole or not at all."""
    told: dict[str, Any] = {"format": FORMAT, "source": manifest.source, "cache": manifest.cache}
    told |= {"settings": asdict(manifest.settings), "parts": [asdict(part) for part in manifest.parts]}
    write_text(manifest.folder / NAME, json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a job. Raises StudyError when the folder holds none that can be read."""
    path = folder / NAME
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != FORMAT:
            raise StudyError(f"{path} : écrit par une autre version de filrouge. Mettez-la à jour.")
        parts = tuple(Part(**part) for part in told["parts"])
        return Manifest(folder, told["source"], parts, Settings(**told["settings"]), told["cache"])
    except FileNotFoundError:
        raise StudyError(
            f"{folder} : ce dossier n’est pas celui d’un codage par lots (pas de {NAME}). "
            "Donnez celui de --out, ou commencez par filrouge batch ENTRÉE --out DOSSIER."
        ) from None
    except OSError as error:
        raise StudyError(f"{path} : illisible ({reason(error)}).") from None
    except (ValueError, KeyError, TypeError):
        raise StudyError(f"{path} : manifeste abîmé. Relancez filrouge batch avec --restart.") from None


def digest(path: Path) -> str:
    """Return the sha256 of a file, read a megabyte at a time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differing(one: Settings, other: Settings) -> tuple[str, ...]:
    """Name, in French, what differs between the settings of two jobs.

    >>> one = Settings("m", "1", "e", "2", "bf16", "bert-1 bf16", "0.1")
    >>> differing(one, Settings("m", "9", "e", "2", "bf16", "bert-1 bf16", "0.2"))
    ('le modèle', 'la version de filrouge')
    """
    names: Mapping[str, str] = {
        "model_sha256": "le modèle", "encoder_fingerprint": "l’encodeur", "precision": "la précision",
        "arithmetic": "l’arithmétique", "version": "la version de filrouge",
    }  # fmt: skip
    return tuple(word for name, word in names.items() if getattr(one, name) != getattr(other, name))
