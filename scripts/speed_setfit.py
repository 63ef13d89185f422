"""Part « setfit » of benchmark.py: what learning from few labels costs, SetFit beside filrouge, on the same draw.

Eight labels a class of SIB-200 French, 204 test sentences, the shipped encoder, one thread, a fresh process each:
imports, loading, training and coding are all counted. SetFit runs under the Python that FILROUGE_PEERS names, with
the settings of peers_setfit.py; filrouge as in ``benchmark_quality.py topics``, its layers trained, its codebook
of two lines a topic read too. FILROUGE_SETFIT names a file where what a run of SetFit printed is kept.

    PYTHON scripts/speed_setfit.py setfit|filrouge|fast      # one run, as JSON
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from quality_peers import few, topics
from speed_runs import ROOT, machine, number, process

SIB = ROOT.parent / "shared/data/sib200_fr"
EACH, SEED = 8, 0
NAMES = {"setfit": "SetFit, même encodeur", "filrouge": "**filrouge**", "fast": "filrouge, `--fast`"}


def by_setfit(data: Any, rows: Any) -> list[str]:
    """Train SetFit and code the test sentences."""
    from peers_setfit import with_setfit

    return with_setfit(data, rows, str(ROOT / "models/encoder"), SEED)


def by_filrouge(data: Any, rows: Any, *, layers: bool) -> list[str]:
    """Train filrouge's coder and code the test sentences, with or without training the encoder's layers."""
    from dataclasses import replace

    from benchmark_quality import isolated

    from pipeline.classify import CLASSIFIERS
    from pipeline.classify.statements import as_passages, statements
    from pipeline.codebook import read_codebook
    from pipeline.embed import load_encoder

    encode = load_encoder(None).encode
    codebook = read_codebook(Path(__file__).with_name("quality_topics.toml"))
    texts, said = statements(codebook)
    column = {kind: codebook.ids.index(kind.split("/")[0]) for kind in set(data["train"][1])}
    known = isolated([data["train"][0][i] for i in rows], encode)
    held = isolated(data["test"][0], encode)
    if not layers:
        known, held = replace(known, layers=None), replace(held, layers=None)
    target = np.eye(len(column))[[column[data["train"][1][i]] for i in rows]]
    stated = as_passages(texts, encode=encode), said
    model = CLASSIFIERS["contextual"].fit(known, target, seed=SEED, statements=stated)
    kinds = {place: kind for kind, place in column.items()}
    return [kinds[int(best)] for best in model.logits(held).argmax(axis=1)]


def run(kind: str) -> dict[str, float]:
    """Train and code once, here and now."""
    data = topics(SIB)
    rows = few(data["train"][1], EACH, SEED)
    told = by_setfit(data, rows) if kind == "setfit" else by_filrouge(data, rows, layers=kind == "filrouge")
    wall, spent = time.clock_gettime(time.CLOCK_BOOTTIME) - _born(), time.process_time()
    from sklearn.metrics import cohen_kappa_score

    return {"kappa": float(cohen_kappa_score(data["test"][1], told)), "seconds": wall, "processor": spent}


def _born() -> float:
    """Return when this process began, in seconds since the machine did."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return int(fields[19]) / os.sysconf("SC_CLK_TCK")


def fresh(kind: str) -> dict[str, float] | None:
    """Run in a new process of one thread; None where SetFit has no Python."""
    kept = os.environ.get("FILROUGE_SETFIT", "")
    if kind == "setfit" and kept and Path(kept).is_file():
        told = Path(kept).read_text(encoding="utf-8")
    else:
        python = os.environ.get("FILROUGE_PEERS") if kind == "setfit" else sys.executable
        if not python:
            return None
        told = process((python, __file__, kind), more={"OMP_NUM_THREADS": "1"}).told
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def setfit(folder: Path, count: int) -> str:
    """Lay out what each gave; ours ``count`` times in turn, SetFit once."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in NAMES}
    for _ in range(count):
        for kind in ("fast", "filrouge"):
            found[kind] += [run for run in [fresh(kind)] if run]
    found["setfit"] += [run for run in [fresh("setfit")] if run]
    lines = [
        "| 8 exemples par classe, 204 phrases | kappa | secondes | s de processeur | mesures |",
        "|---|---:|---:|---:|---:|",
    ]
    for kind, runs in found.items():
        cells = [statistics.median(run[key] for run in runs) for key in ("seconds", "processor")] if runs else []
        told = (
            [number(runs[0]["kappa"], 3), *(number(cell, 0) for cell in cells), str(len(runs))]
            if runs
            else ["—"] * 4
        )
        lines.append(f"| {NAMES[kind]} | {' | '.join(told)} |")
    if not found["setfit"]:
        lines += ["", "FILROUGE_PEERS ne nomme pas de Python où SetFit est installé : il n’a pas été mesuré."]
    return "\n".join([*lines, "", "Un fil chacun. " + machine("torch", "transformers")])


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1])))
