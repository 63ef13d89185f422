"""Print how long a session takes to learn again beside the page: 300 answers, 3,000 segments.

    .venv/bin/python scripts/benchmark_refit.py [--into docs/benchmarks.md]

Vectors of random directions, answers drawn at random with a seed: what is timed does not depend on the words.
Median of RUNS, for a codebook of 7 codes and one of 38.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np
from figures import put

from pipeline.classify import Passages
from pipeline.run.learning import Heads

ANSWERS, SEGMENTS, DIMENSION, RUNS = 300, 3000, 384, 5


def material(rng: np.random.Generator) -> Passages:
    """Return passages whose vectors point anywhere, ten a turn, a hundred an interview."""
    rows = rng.normal(size=(SEGMENTS, DIMENSION)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    places = np.arange(SEGMENTS)
    none = ("",) * SEGMENTS
    vectors = np.hstack([rows, np.roll(rows, 1, axis=0), np.zeros_like(rows)])
    return Passages(none, none, vectors, places // 100, places // 10, none)


def seconds(codes: int) -> float:
    """Return the median time of one refit."""
    rng = np.random.default_rng(0)
    machine, found = Heads(material(rng)), []
    for _ in range(RUNS):
        rows = rng.permutation(SEGMENTS)[:ANSWERS]
        labels = (rng.random((ANSWERS, codes)) < 0.1).astype(np.float64)
        began = time.perf_counter()
        machine.probabilities(rows, labels)
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, metavar="FILE")
    into = parser.parse_args().into
    lines = ["| codes | secondes (médiane de 5) |", "|---:|---:|"]
    lines += [f"| {codes} | {seconds(codes):.2f} |".replace(".", ",") for codes in (7, 38)]
    print("\n".join(lines))
    if into:
        put(into, "refit", "\n".join(lines))


if __name__ == "__main__":
    main()
