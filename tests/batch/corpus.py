"""A corpus of short answers in several parts. Invented sentences."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet

ROOT = Path(__file__).parents[2]
SAID = (
    "On a une page Facebook au nom de l’entreprise, et des distributeurs allemands nous trouvent comme ça.",
    "Non. Rien de ce côté-là.",
    "Sur LinkedIn, j’ai vérifié son parcours avant de signer ; ça m’a évité d’aller à Turin. On a signé.",
    "Les salons, toujours les salons ! Et le téléphone.",
    "Il m’a ajouté comme ami, on s’écrit le dimanche, c’est devenu un partenaire.",
    "",
    "Euh je sais pas trop, la douane, le transport, enfin voilà quoi.",
)


def answers(parts: int, each: int) -> list[list[dict[str, str]]]:
    """Return the rows of some parts, no two answers alike."""
    return [
        [
            {
                "id": f"r{part}-{row}", "case": f"région {row % 3}", "wave": str(1 + part % 2),
                "text": f"{SAID[(part + row) % len(SAID)]}{f' Numéro {part * each + row}.' if row % 5 else ''}",
                "question": "Et les réseaux sociaux ?" if row % 2 else "",
            }
            for row in range(each)
        ]
        for part in range(parts)
    ]  # fmt: skip


def write_parts(folder: Path, parts: int = 4, each: int = 20) -> Path:
    """Write them as part-NNN.jsonl."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, rows in enumerate(answers(parts, each)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"part-{number:03d}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def command(*words: object, **options: Any) -> subprocess.Popen[str]:
    """Begin the real command."""
    begun: subprocess.Popen[str] = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import app; app()", "batch", *map(str, words)],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        **options,
    )  # fmt: skip
    return begun


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the results in a folder."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*.parquet"))}


def rows(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of every result in a folder."""
    return [
        row
        for path in sorted(folder.glob("part-*.parquet"))
        for row in pyarrow.parquet.read_table(path).to_pylist()
    ]
