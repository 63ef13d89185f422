"""Part « cold » of benchmark.py: what a person waits for, from the key pressed to the prompt come back."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from speed_runs import FILROUGE, machine, number, process, rounds, spread

WORDS = 2300
MODULES = {
    "numpy": "numpy", "torch": "torch", "scikit-learn, ce qu’en prend le codage": "sklearn.linear_model",
    "spaCy": "spacy", "sentence-transformers (filrouge s’en passe)": "sentence_transformers",
}  # fmt: skip


def cold(folder: Path, count: int) -> str:
    """Time the commands and the imports, each in a fresh process; the disk's cache is warm."""
    path, words = _nearest(folder)
    with tempfile.TemporaryDirectory() as out:
        commands: dict[str, tuple[str | Path, ...]] = {
            "`filrouge --help`": (*FILROUGE, "--help"),
            f"`filrouge code` sur un entretien de {number(words, 0)} mots": (
                *FILROUGE,
                "code",
                path,
                "--out",
                out,
            ),
            "Python seul": (sys.executable, "-c", "pass"),
        }
        commands |= {
            f"`import` : {name}": (sys.executable, "-c", f"import {one}") for name, one in MODULES.items()
        }

        def measure(command: tuple[str | Path, ...]) -> Callable[[], float]:
            return lambda: process(command).seconds

        found = rounds({name: measure(command) for name, command in commands.items()}, count)
    lines = ["| à froid | secondes | visé |", "|---|---:|---:|"]
    aims = dict(zip(commands, ("0,5", "6"), strict=False))
    lines += [f"| {name} | {spread(values, 2)} | {aims.get(name, '')} |" for name, values in found.items()]
    bare = statistics.median(found["Python seul"])
    told = f"Chaque `import` compte le démarrage de Python ({number(bare, 2)} s). "
    return "\n".join([*lines, "", told + machine("torch", "spacy", "scikit-learn", count=count)])


def _nearest(folder: Path) -> tuple[Path, int]:
    """Return the interview whose length is nearest to WORDS words, speakers all together."""
    from pipeline.read.study import read_study

    talks = read_study(folder).transcripts
    lengths = [sum(len(talk.text[turn.start : turn.end].split()) for turn in talk.turns) for talk in talks]
    words, name = min(
        ((words, talk.id) for words, talk in zip(lengths, talks, strict=True)), key=lambda one: abs(one[0] - WORDS)
    )
    places = [path for path in folder.rglob("*") if path.stem == name and path.is_file()]
    return places[0], words
