"""Time each stage of coding a folder, in a fresh process each run, and print a Markdown table.

    .venv/bin/python scripts/benchmark.py [FOLDER] [--runs 5] [--model NAME] [--encoder NAME]
    .venv/bin/python scripts/benchmark.py [FOLDER] --part PART [--part PART ...] [--runs 5] [--into FILE]

By default the real interviews kept beside the repository, where they are, else corpora/rsn-pe (simulated).
``--into FILE`` also writes the table between the marks ``<!-- figures: speed -->`` of a Markdown file (the README,
a model's card), at its end where it has none. The other parts, each between its marks (``speed-PART``):

whole      from transcripts to codes, beside the pipeline one would write oneself; FILROUGE_SPEED=FOLDER keeps what
           is trained for it
encoder    texts and tokens a second by engine
limit      what share of the machine's own limit our encoder reaches, and where the rest goes
setfit     few labels, beside SetFit (FILROUGE_PEERS=PYTHON, where it is installed)
cold       what a person waits for: --help, one interview
shortcuts  what bf16 costs, and whether int8 is worth having
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
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from figures import put
from speed_cold import cold
from speed_encoder import encoder
from speed_limit import limit
from speed_runs import REAL, ROOT
from speed_setfit import setfit
from speed_shortcuts import shortcuts
from speed_whole import whole

STAGES = {"read": "lecture", "load": "chargements", "segment": "découpage", "encode": "encodage"}
STAGES |= {"classify": "codage", "explain": "explications", "agree": "accord", "write": "écriture"}
# To add a part: a function of a folder and a number of runs, a line here, and its marks in docs/benchmarks.md.
PARTS: dict[str, Callable[[Path, int], str]] = {
    "whole": whole, "encoder": encoder, "limit": limit, "setfit": setfit, "cold": cold, "shortcuts": shortcuts
}  # fmt: skip


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
    parser.add_argument("--part", action="append", choices=list(PARTS), default=[])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--model")
    parser.add_argument("--encoder")
    parser.add_argument("--into", type=Path, action="append", default=[], metavar="FILE")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inner:
        print(json.dumps(measure(arguments.folder, arguments.model, arguments.encoder)))
        return
    sys.path.insert(0, str(ROOT))
    for part in arguments.part:
        tell(f"speed-{part}", PARTS[part](arguments.folder, arguments.runs), arguments.into)
    if not arguments.part:
        real = arguments.folder.resolve() == REAL.resolve()
        place = "Corpus « artisans » (entretiens réels, hors du dépôt)" if real else arguments.folder.name
        heading = "## Vitesse\n\n`scripts/benchmark.py`, à froid."
        runs = [fresh(arguments) for _ in range(arguments.runs)]
        tell("speed", table(runs, f"{place} : "), arguments.into, heading)


def tell(part: str, figures: str, pages: list[Path], heading: str = "") -> None:
    """Print the figures of a part, and put them where they stand."""
    print(f"{figures}\n", flush=True)
    for path in pages:
        put(path, part, figures, heading=heading)


if __name__ == "__main__":
    main()
