"""Part « cold » of benchmark.py: what a person waits for, from the key pressed to the prompt come back."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from speed_runs import FILROUGE, Run, machine, number, process, rounds, spread

WORDS = 2300
MODULES = {
    "numpy": "numpy", "torch": "torch", "scikit-learn, ce qu’en prend le codage": "sklearn.linear_model",
    "spaCy": "spacy", "sentence-transformers (filrouge s’en passe)": "sentence_transformers",
}  # fmt: skip


def cold(folder: Path, count: int) -> str:
    """Time the commands and the imports, each in a fresh process; the disk's cache is warm."""
    path, words = _nearest(folder)
    bare, coding = "Python seul", f"`filrouge code` sur un entretien de {number(words, 0)} mots"
    commands: dict[str, tuple[str | Path, ...]] = {"`filrouge --help`": (*FILROUGE, "--help")}
    with tempfile.TemporaryDirectory() as out:
        commands |= {coding: (*FILROUGE, "code", path, "--out", out), bare: (sys.executable, "-c", "pass")}
        commands |= {
            f"`import` : {name}": (sys.executable, "-c", f"import {one}") for name, one in MODULES.items()
        }
        ends: dict[str, list[Run]] = {name: [] for name in commands}

        def measure(name: str) -> Callable[[], float]:
            def one() -> float:
                ends[name].append(process(commands[name]))
                return ends[name][-1].seconds

            return one

        rounds({name: measure(name) for name in commands}, count)
    lines = ["| à froid | secondes | s de processeur | visé |", "|---|---:|---:|---:|"]
    aims = dict(zip(commands, ("0,5", "6"), strict=False))
    for name, runs in ends.items():
        cells = [spread([getattr(run, kind) for run in runs], 2) for kind in ("seconds", "processor")]
        lines.append(f"| {name} | {' | '.join(cells)} | {aims.get(name, '')} |")
    told = "Chaque `import` compte le démarrage de Python. " + machine(
        "torch", "spacy", "scikit-learn", count=count
    )
    return "\n".join([*lines, "", told])


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
