"""Measure coding by parts: one worker, two, Dask; and memory over some 200,000 segments.

    .venv/bin/python scripts/benchmark_batch.py [workers] [memory] [--into docs/scaling.md] [--model NAME|FOLDER]

Answers are drawn with a seed from the real interviews kept beside the repository (no word of them is written
outside a temporary folder), else from corpora/rsn-pe (simulated); a number is added to each, so that no two are
alike and nothing is encoded for another.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from figures import put

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared/data/artisans/docx"
PER_PART, PER_ANSWER, RUNS = 1000, 3, 3
MARKS = (25_000, 50_000, 100_000, 200_000)
COMMAND = [sys.executable, "-c", "from pipeline.cli import app; app()"]


def sentences() -> list[str]:
    """Return the segments of the interviews, in order."""
    sys.path.insert(0, str(ROOT))
    from pipeline.run.steps import read_inputs
    from pipeline.segment import load_senter, segment_all

    study = read_inputs([REAL if REAL.is_dir() else ROOT / "corpora/rsn-pe"], ())
    groups = segment_all(study.transcripts, nlp=load_senter())
    return [" ".join(segment.text.split()) for group in groups for segment in group]


def corpus(folder: Path, segments: int) -> Path:
    """Write parts of answers of PER_ANSWER segments each, about ``segments`` in all."""
    folder.mkdir()
    said, rng = sentences(), random.Random(0)
    answers = segments // PER_ANSWER
    for part, start in enumerate(range(0, answers, PER_PART)):
        lines = []
        for number in range(start, min(start + PER_PART, answers)):
            first = rng.randrange(len(said) - PER_ANSWER)
            text = " ".join([*said[first : first + PER_ANSWER], f"({number})"])
            row = {"id": f"r{number}", "text": text, "case": f"c{number % 9}", "question": "Et les réseaux ?"}
            lines.append(json.dumps(row, ensure_ascii=False))
        (folder / f"part-{part:04d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def run(parts: Path, out: Path, *options: str) -> tuple[float, list[tuple[int, float, float]]]:
    """Code; return the seconds, and as it went: segments done, MB of the largest worker, MB of the program."""
    began = time.perf_counter()
    quiet = os.environ | {"HF_HUB_OFFLINE": "1"}
    job = subprocess.Popen(
        [*COMMAND, "batch", str(parts), "--out", str(out), "--quiet", *options], cwd=ROOT, env=quiet
    )
    watched = psutil.Process(job.pid)
    seen: list[tuple[int, float, float]] = []
    worker = program = 0.0
    done: dict[Path, int] = {}
    while job.poll() is None:
        try:
            program = max(program, watched.memory_info().rss / 1e6)
            worker = max([worker, *(p.memory_info().rss / 1e6 for p in watched.children(recursive=True))])
        except psutil.NoSuchProcess:
            pass
        done |= {path: _segments(path) for path in out.glob("part-*.parquet") if path not in done}
        seen.append((sum(done.values()), worker, program))
        time.sleep(0.5)
    if job.returncode:
        raise SystemExit(f"filrouge batch ended with {job.returncode}.")
    return time.perf_counter() - began, seen


def _segments(path: Path) -> int:
    """Return how many segments a result holds."""
    from pipeline.batch.results import totals_of

    found = totals_of(path)
    return found.segments if found else 0


def workers(model: list[str]) -> str:
    """Compare one worker, two, and Dask with two, in turn."""
    ways = {
        "local, 1 ouvrier": ["--workers", "1"],
        "local, 2 ouvriers": ["--workers", "2"],
        "dask (LocalCluster), 2 ouvriers": ["--executor", "dask", "--workers", "2"],
    }
    spent: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, list[bytes]] = {}
    segments = 0
    with tempfile.TemporaryDirectory() as home:
        parts = corpus(Path(home) / "entree", 12_000)
        for turn in range(RUNS):
            for name, options in ways.items():
                out = Path(home) / f"{turn}-{len(results)}-{name[:5]}"
                seconds, _ = run(parts, out, *options, *model)
                spent[name].append(seconds)
                found = sorted(out.glob("part-*.parquet"))
                results[name] = [path.read_bytes() for path in found]
                segments = sum(map(_segments, found))
    same = all(one == results["local, 1 ouvrier"] for one in results.values())
    base = statistics.median(spent["local, 1 ouvrier"])
    lines = ["| exécution | secondes (médiane) | segments/s | rapport |", "|---|---:|---:|---:|"]
    for name, seconds_each in spent.items():
        middle = statistics.median(seconds_each)
        lines.append(f"| {name} | {_french(middle)} | {segments / middle:.0f} | {_french(base / middle, 2)} |")
    verdict = "Les fichiers sont les mêmes, à l’octet près." if same else "**Les fichiers diffèrent.**"
    return "\n".join(
        [*lines, "", f"{segments} segments, {RUNS} mesures, démarrages compris. {verdict} {machine()}"]
    )


def memory(model: list[str]) -> str:
    """Code some 200,000 segments; report the peaks on the way, a line through them, and the launcher's passes."""
    with tempfile.TemporaryDirectory() as home:
        parts = corpus(Path(home) / "entree", MARKS[-1] + 4_000)
        seconds, seen = run(parts, Path(home) / "sortie", *model)
        passes = _passes(parts, Path(home) / "sortie")
    total = seen[-1][0]
    rows = []
    for mark in MARKS:
        at = next((row for row in seen if row[0] >= mark), seen[-1])
        rows.append((mark, at[1], at[2]))
    slope, base = np.polyfit([row[0] for row in rows], [row[1] for row in rows], 1)
    lines = ["| segments codés | ouvrier le plus gros, Mo | programme, Mo |", "|---:|---:|---:|"]
    lines += [f"| {mark} | {worker:.0f} | {program:.0f} |" for mark, worker, program in rows]
    told = (
        f"Droite à travers les maximums des ouvriers : {base:.0f} Mo + {_french(slope * 1e5, 1)} Mo par 100 000 "
        f"segments, soit {base + slope * 1e6:.0f} Mo à un million. {total} segments en {seconds:.0f} s "
        f"({total / seconds:.0f} segments/s). {machine()}"
    )
    return "\n".join([*lines, "", told, "", passes])


def _passes(parts: Path, out: Path) -> str:
    """Time what one machine does alone: looking the input over, and the results."""
    from pipeline.batch import parts_in, read_manifest, status, taken

    began = time.perf_counter()
    found = taken(parts_in(parts), out)
    looked = time.perf_counter() - began
    began = time.perf_counter()
    state = status(read_manifest(out))
    checked = time.perf_counter() - began
    size = sum(path.stat().st_size for path in out.glob("part-*.parquet")) / state.segments
    documents = sum(part.documents for part in found.parts)
    return (
        f"Ce que fait seule la machine qui lance : lire l’entrée, {documents / looked:.0f} documents/s ; "
        f"relire les résultats page par page, {state.segments / checked:.0f} segments/s. "
        f"Un segment y occupe {size:.0f} octets."
    )


def machine() -> str:
    """Name what was measured on."""
    import torch

    return f"{os.cpu_count()} cœurs, Python {platform.python_version()}, torch {torch.__version__}."


def _french(value: float, digits: int = 1) -> str:
    """Write a number the French way."""
    return f"{value:.{digits}f}".replace(".", ",")


PARTS = {"workers": workers, "memory": memory}


def main() -> None:
    """Read the command line and print the tables."""
    parser = argparse.ArgumentParser(description="Measure coding by parts.")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--model")
    parser.add_argument("--into", type=Path, metavar="FILE")
    given = parser.parse_args()
    for part in given.parts or PARTS:
        figures = PARTS[part](["--model", given.model] if given.model else [])
        print(f"{part}\n{figures}\n", flush=True)
        if given.into:
            put(given.into, f"batch-{part}", figures)


if __name__ == "__main__":
    main()
