"""Time each stage of coding a folder, in a fresh process each run, and print a Markdown table.

    .venv/bin/python scripts/benchmark.py [FOLDER] [--runs 3] [--model NAME] [--encoder NAME]

By default the real interviews kept beside the repository, where they are, else corpora/rsn-pe (simulated).
``--into FILE`` also writes the table between the marks ``<!-- figures: speed -->`` of a Markdown file (the README,
a model's card), at its end where it has none.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from figures import put

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared/data/artisans/docx"
STAGES = {"read": "lecture", "load": "chargements", "segment": "découpage", "encode": "encodage"}
STAGES |= {"classify": "codage", "explain": "explications", "agree": "accord", "write": "écriture"}


def measure(folder: Path, model: str | None, encoder: str | None) -> dict[str, float]:
    """Code ``folder`` here and now; seconds by stage, counts, and peak memory in MB."""
    began = time.perf_counter()
    sys.path.insert(0, str(ROOT))
    from pipeline.run import code

    spent: dict[str, float] = {}
    last: list[Any] = [began, "load"]

    def lap(stage: str, done: int, total: int) -> None:
        now = time.perf_counter()
        spent[str(last[1])] = spent.get(str(last[1]), 0.0) + now - float(last[0])
        last[:] = [now, stage]

    with tempfile.TemporaryDirectory() as out:
        outcome = code([folder], model=model, encoder=encoder, out=Path(out), progress=lap)
    lap("end", 0, 0)
    words = sum(len(t.text[u.start : u.end].split()) for t in outcome.transcripts for u in t.turns)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return spent | {
        "total": time.perf_counter() - began, "peak": peak, "words": words,
        "interviews": len(outcome.transcripts), "segments": len(outcome.codings),
    }  # fmt: skip


def fresh(arguments: argparse.Namespace) -> dict[str, float]:
    """Measure in a new process, so that imports and memory count from nothing."""
    command = [sys.executable, __file__, str(arguments.folder), "--inner"]
    for option in ("model", "encoder"):
        if getattr(arguments, option):
            command += [f"--{option}", getattr(arguments, option)]
    quiet = os.environ | {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=quiet).stdout
    result: dict[str, float] = json.loads(told.splitlines()[-1])
    return result


def table(runs: list[dict[str, float]], place: str = "") -> str:
    """Lay out the median of the runs."""
    middle = {key: statistics.median(run.get(key, 0.0) for run in runs) for key in runs[0]}
    segments = middle["segments"]
    lines = ["| étape | secondes | segments/s |", "|---|---:|---:|"]
    for stage, name in (STAGES | {"total": "**total, à froid**"}).items():
        seconds = middle.get(stage, 0.0)
        pace = f"{segments / seconds:.0f}" if seconds >= 0.05 else ""
        lines.append(f"| {name} | {seconds:.1f} | {pace} |")
    lines += [
        "",
        f"{place}{middle['interviews']:.0f} entretiens, {middle['words']:.0f} mots, {segments:.0f} segments ; "
        f"mémoire maximale {middle['peak']:.0f} Mo ; {len(runs)} mesure(s), {os.cpu_count()} cœurs, "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description="Time each stage of coding a folder.")
    parser.add_argument("folder", nargs="?", type=Path, default=REAL if REAL.is_dir() else ROOT / "corpora/rsn-pe")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--model")
    parser.add_argument("--encoder")
    parser.add_argument("--into", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inner:
        print(json.dumps(measure(arguments.folder, arguments.model, arguments.encoder)))
        return
    real = arguments.folder.resolve() == REAL.resolve()
    place = "Corpus « artisans » (entretiens réels, hors du dépôt) : " if real else f"{arguments.folder.name} : "
    figures = table([fresh(arguments) for _ in range(arguments.runs)], place)
    print(figures)
    for path in arguments.into:
        put(path, "speed", figures, heading="## Vitesse\n\n`scripts/benchmark.py`, à froid.")


if __name__ == "__main__":
    main()
