"""Measure how often the intervals of `filrouge agree` hold what they claim: simulated studies in, a table out.

    .venv/bin/python scripts/coverage_study.py --studies 1000 --out coverage.jsonl

Sixteen interviews of 60 to 120 segments; between interviews the logit of a code's prevalence varies with SD .8,
and how readily each coder uses it with SD .7. Of each study, n segments drawn at random over all interviews are
read by everyone compared. Two targets: kappa on the whole of this corpus, and kappa on endless interviews of
the kind. The last column is a negative control: the percentile bootstrap of segments, which must miss the
second target. A setting done is a line of --out: after an interruption the same command goes on from there.
Same seed, same table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.alpha import alphas_binary, binary_coincidences
from pipeline.agree.intervals import (
    alpha_transfer_interval,
    corpus_interval,
    difference_interval,
    transfer_interval,
)
from pipeline.agree.two import kappas

Array = NDArray[np.float64]

PREVALENCES, SIZES = (0.03, 0.10, 0.25), (100, 200, 300)
# How well the machine, and the humans, tell the code from its absence, in standard deviations of their noise.
SHARPNESS = {"modest": (2.6, 4.2), "good": (3.6, 4.2), "excellent": (6.0, 6.0)}
INTERVIEWS, VARIES, SHIFTS = 16, 0.8, 0.7
WHOLE = 4  # interviews that a second coder reads whole, where they are not given segments of all
READ = 0.7  # share of segments that each of three coders read, where alpha meets missing cells
CLAIMS = ("corpus", "transfer", "alpha", "difference", "control", "whole")


@dataclass(frozen=True, slots=True)
class Setting:
    """One kind of study: how common the code is, how many segments are read, how good the machine is."""

    prevalence: float
    size: int
    machine: str


@dataclass(frozen=True, slots=True)
class World:
    """What never ends: the mean logit of the code, each coder's threshold and sharpness, and the true values."""

    logit: float
    sharp: tuple[float, ...]
    thresholds: tuple[float, ...]
    kappa: float
    alpha: float
    difference: float


def talk(
    rng: np.random.Generator, logit: float, sharp: Sequence[float], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw what coders feel of the segments of interviews of given sizes: scores (N, R), interview (N,)."""
    where = np.repeat(np.arange(len(sizes)), sizes)
    odds = logit + VARIES * rng.normal(size=len(sizes))
    truth = rng.random(len(where)) < (1 / (1 + np.exp(-odds)))[where]
    shift = SHIFTS * rng.normal(size=(len(sizes), len(sharp)))
    noise = rng.normal(size=(len(where), len(sharp)))
    return truth[:, None] * np.array(sharp) + noise + shift[where], where


def world(setting: Setting, *, seed: int = 1, interviews: int = 6000) -> World:
    """Settle a setting so that every coder uses the code as often as it holds, and read the truth off it."""
    nodes = np.random.default_rng(seed).normal(size=200_000)
    low, high = -9.0, 3.0
    for _ in range(50):
        middle = (low + high) / 2
        mean = float((1 / (1 + np.exp(-(middle + VARIES * nodes)))).mean())
        low, high = (middle, high) if mean < setting.prevalence else (low, middle)
    machine, human = SHARPNESS[setting.machine]
    sharp = (machine, human, human, human)
    rng = np.random.default_rng(seed)
    scores, _ = talk(rng, low, sharp, np.full(interviews, 90))
    thresholds = tuple(float(np.quantile(one, 1 - setting.prevalence)) for one in scores.T)
    said = scores > np.array(thresholds)
    with_machine, between = (float(kappas(table(said[:, i], said[:, 1]))) for i in (0, 2))
    humans = said[:, 1:]
    sums = binary_coincidences(humans.sum(axis=1), np.full(len(humans), 3.0)).sum(axis=0)
    return World(low, sharp, thresholds, with_machine, float(alphas_binary(sums)), with_machine - between)


def table(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> Array:
    """Return a, b, c, d."""
    return np.array(
        [(one & other).sum(), (one & ~other).sum(), (~one & other).sum(), (~one & ~other).sum()], float
    )


def tables(one: NDArray[np.bool_], other: NDArray[np.bool_], where: NDArray[np.int64]) -> Array:
    """Return one table an interview, those with a segment read."""
    cells = np.stack([one & other, one & ~other, ~one & other, ~one & ~other], axis=1).astype(float)
    sums = np.zeros((INTERVIEWS, 4))
    np.add.at(sums, where, cells)
    return np.asarray(sums[sums.sum(axis=1) > 0])


def bootstrap(whole: Array, rng: np.random.Generator, draws: int = 1000) -> tuple[float, float]:
    """Return the percentile bootstrap of kappa, segments taken for independent: the negative control."""
    again = rng.multinomial(int(whole.sum()), whole / whole.sum(), size=draws)
    low, high = np.nanquantile(kappas(again), [0.025, 0.975])
    return float(low), float(high)


def one_study(setting: Setting, true: World, rng: np.random.Generator) -> dict[str, tuple[float, float, float]]:
    """Draw one study and return, by claim, the interval's ends and what they should hold, if there is one."""
    scores, where = talk(rng, true.logit, true.sharp, rng.integers(60, 121, INTERVIEWS))
    said = scores > np.array(true.thresholds)
    read = np.sort(rng.permutation(len(where))[: setting.size])
    machine, first, second = said[read, 0], said[read, 1], said[read, 2]
    found: dict[str, tuple[float, float, float]] = {}
    whole = table(machine, first)
    by_interview = tables(machine, first, where[read])
    ends = corpus_interval(whole, seed=int(rng.integers(2**31)))
    if ends:
        found["corpus"] = (*ends, float(kappas(table(said[:, 0], said[:, 1]))))
        found["control"] = (*bootstrap(whole, rng), true.kappa)
    ends = transfer_interval(by_interview)
    if ends:
        found["transfer"] = (*ends, true.kappa)
    joint = np.zeros((INTERVIEWS, 8))
    np.add.at(joint, (where[read], 4 * machine + 2 * second + first), 1)
    ends = difference_interval(joint[joint.sum(axis=1) > 0].reshape(-1, 2, 2, 2))
    if ends:
        found["difference"] = (*ends, true.difference)
    seen = rng.random((len(read), 3)) < READ
    pairs = binary_coincidences((said[read, 1:] & seen).sum(axis=1).astype(float), seen.sum(axis=1).astype(float))
    sums = np.zeros((INTERVIEWS, 3))
    np.add.at(sums, where[read], pairs)
    ends = alpha_transfer_interval(sums[sums.sum(axis=1) > 0])
    if ends:
        found["alpha"] = (*ends, true.alpha)
    ends = corpus_interval(table(said[where < WHOLE, 0], said[where < WHOLE, 1]))
    if ends:
        found["whole"] = (*ends, float(kappas(table(said[:, 0], said[:, 1]))))
    return found


def run(setting: Setting, studies: int, seed: int) -> dict[str, object]:
    """Return how often each claim held in a setting, how wide its intervals were, and how often there was none."""
    true = world(setting)
    rng = np.random.default_rng([seed, int(setting.prevalence * 1000), setting.size, len(setting.machine)])
    drawn = [one_study(setting, true, rng) for _ in range(studies)]
    row: dict[str, object] = {**asdict(setting), "studies": studies, "seed": seed, "kappa": round(true.kappa, 4)}
    for claim in CLAIMS:
        ends = np.array([study[claim] for study in drawn if claim in study])
        row[claim] = {
            "issued": len(ends),
            "held": int(((ends[:, 0] <= ends[:, 2]) & (ends[:, 2] <= ends[:, 1])).sum()) if len(ends) else 0,
            "width": round(float((ends[:, 1] - ends[:, 0]).mean()), 4) if len(ends) else None,
        }
    return row


def pooled(rows: Iterable[dict[str, object]], claim: str) -> float:
    """Return the share of a claim's intervals that held, over rows."""
    cells = [row[claim] for row in rows]
    held, issued = (sum(cell[key] for cell in cells if isinstance(cell, dict)) for key in ("held", "issued"))
    return held / issued if issued else float("nan")


def markdown(rows: Sequence[dict[str, object]]) -> str:
    """Return the table that docs/methods.md shows, in French."""
    titles = (
        "κ, ce corpus", "κ, autres entretiens", "α à trois codeurs", "différence de κ",
        "témoin : bootstrap", "témoin : 4 entretiens entiers",
    )  # fmt: skip
    lines = [
        "| fréquence du code | segments lus | κ vrai | avec intervalle | " + " | ".join(titles) + " |",
        "|---|---:|---:|---:|" + "---:|" * len(titles),
    ]
    for row in rows:
        cell = row["corpus"]
        issued = cell["issued"] / float(str(row["studies"])) if isinstance(cell, dict) else 0.0
        often = percent(float(str(row["prevalence"])))
        head = [often, str(row["size"]), comma(row["kappa"]), percent(issued)]
        lines.append("| " + " | ".join([*head, *(_cell(row[claim]) for claim in CLAIMS)]) + " |")
    sums = [comma(pooled(rows, claim), 3) for claim in CLAIMS]
    lines.append("| **ensemble** | | | | " + " | ".join(f"**{one}**" for one in sums) + " |")
    return "\n".join(lines)


def _cell(cell: object) -> str:
    """Write coverage, and the mean width in brackets."""
    if not isinstance(cell, dict) or not cell["issued"]:
        return "–"
    return f"{comma(cell['held'] / cell['issued'], 3)} ({comma(cell['width'])})"


def percent(share: float) -> str:
    """Write a share the French way."""
    return f"{share:.0%}".replace("%", "\u202f%")


def comma(value: object, digits: int = 2) -> str:
    """Write a number the French way."""
    return f"{float(str(value)):.{digits}f}".replace(".", ",")


def main() -> None:
    """Run what is not done yet, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--out", type=Path, default=Path("coverage.jsonl"))
    parser.add_argument("--into", type=Path, metavar="FILE", help="docs/methods.md, say")
    options = parser.parse_args()
    from figures import put
    from rich.console import Console
    from rich.progress import track

    done = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    key = ("prevalence", "size", "machine", "studies", "seed")
    kept = {tuple(row[name] for name in key): row for row in done}
    settings = [Setting(*one) for one in product(PREVALENCES, SIZES, SHARPNESS)]
    rows = []
    for setting in track(settings, description="Couverture", console=Console(stderr=True)):
        told = (*asdict(setting).values(), options.studies, options.seed)
        if told not in kept:
            kept[told] = run(setting, options.studies, options.seed)
            with options.out.open("a") as file:
                file.write(json.dumps(kept[told]) + "\n")
        rows.append(kept[told])
    studies = f"{options.studies:,}".replace(",", " ")
    text = f"{studies} études simulées par ligne, graine {options.seed}.\n\n{markdown(rows)}"
    print(text)
    if options.into:
        put(options.into, "coverage", text)


if __name__ == "__main__":
    main()
