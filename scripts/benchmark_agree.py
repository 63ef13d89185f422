"""Time agreement at scale, beside the krippendorff package in the same run, and print a Markdown table.

    .venv/bin/python scripts/benchmark_agree.py [--runs 3]

Made-up codings: 100,000 segments in 40 interviews, 5 coders, 10 codes, a tenth of the cells not read. The
report is all that `filrouge agree` says of codes: every measure of every pair, both intervals, all coders
together; best of the runs. The package (GPL-3) is needed here alone: pip install 'filrouge[test]'.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import put

sys.path.insert(0, str(Path(__file__).parents[1]))
from pipeline.agree import MEASURES, figure
from pipeline.agree.pairs import agree_on, summarise
from pipeline.agree.reading import Reading
from pipeline.agree.several import alpha_nominal
from pipeline.agree.together import on_codes, on_dimensions
from pipeline.codebook import parse_codebook

UNITS, CODERS, CODES, INTERVIEWS = 100_000, 5, 10, 40


def best(function: Callable[[], object], runs: int) -> float:
    """Return the shortest time of several runs, in seconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return min(times)


def made_up(rng: np.random.Generator) -> Reading:
    """Return five coders who mostly agree, a tenth of the segments not read."""
    truth = rng.random((UNITS, CODES)) < np.linspace(0.03, 0.3, CODES)
    seen = rng.random((CODERS, UNITS)) < 0.9
    labels = np.where(rng.random((CODERS, UNITS, CODES)) < 0.95, truth, ~truth) & seen[:, :, None]
    group = np.sort(rng.integers(0, INTERVIEWS, UNITS))
    coders, codes, talks = (tuple(f"n{n}" for n in range(many)) for many in (CODERS, CODES, INTERVIEWS))
    return Reading(coders, codes, "segment", labels, seen, group, talks)


def report(reading: Reading) -> None:
    """Say all that `filrouge agree` says of codes."""
    for line in agree_on(reading):
        for measure in MEASURES:
            figure(line.table, measure)
    summarise(reading)
    on_codes(reading)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--into", type=Path, metavar="FILE", help="docs/methods.md, say")
    asked = parser.parse_args()
    runs = asked.runs
    import krippendorff

    rng = np.random.default_rng(0)
    reading = made_up(rng)
    book = parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": c, "label": c} for c in reading.codes]}]})
    choices = np.where(reading.seen, rng.integers(0, 4, (CODERS, UNITS)), -1).T
    values = np.where(choices < 0, np.nan, choices.astype(float)).T

    def theirs() -> float:
        domain = [0.0, 1.0, 2.0, 3.0]
        return float(krippendorff.alpha(values, level_of_measurement="nominal", value_domain=domain))

    assert abs(alpha_nominal(choices, 4) - theirs()) < 1e-9
    rows = [
        ("rapport par code, 100 000 × 5 codeurs × 10 codes", best(lambda: report(reading), runs)),
        ("α sur les ensembles de 10 codes, deux distances", best(lambda: on_dimensions(reading, book), runs)),
        ("α nominal, 100 000 × 5, filrouge", best(lambda: alpha_nominal(choices, 4), runs)),
        ("α nominal, 100 000 × 5, paquet krippendorff", best(theirs, runs)),
    ]
    lines = [f"| {name} | {seconds:.3f} |".replace(".", ",") for name, seconds in rows]
    lines += ["", f"Meilleur de {runs} passages ; Python {platform.python_version()}, {platform.machine()}."]
    told = "\n".join(["| calcul | secondes |", "|---|---:|", *lines])
    print(told)
    if asked.into:
        put(asked.into, "agree-speed", told)


if __name__ == "__main__":
    main()
