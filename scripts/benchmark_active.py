"""What asking well is worth: strategies against chance, on SIB-200 French (a code a topic) and rsn-pe (simulated).

    python scripts/benchmark_active.py --data ../shared/data/sib200_fr            # both sets, ten seeds
    python scripts/benchmark_active.py --data … --sets rsn-pe --seeds 3

Three in ten interviews (sentences, in SIB-200) are held out by seed; the machine of a session (run.learning.Heads)
learns ten answers at a time, which come from the set's own labels; macro-F1 is measured on what is held out. « +
grille » learns the codebook's statements besides, as a session does. SIB-200's codebook is written here.
Vectors are computed once and kept. Writes the table between the marks of docs/benchmarks.md, and the figure.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from figures import put
from numpy.typing import NDArray
from quality_peers import topics

from pipeline.annotate.material import typicality
from pipeline.annotate.strategies import COLD, STRATEGIES, Pool, pick
from pipeline.classify import Passages, passages
from pipeline.classify.statements import Statements, as_passages, statements
from pipeline.codebook import Codebook, read_codebook
from pipeline.embed import load_encoder
from pipeline.embed.cache import CachedEncoder
from pipeline.run import read_material
from pipeline.run.learning import Heads
from pipeline.write import write_text

ROOT = Path(__file__).parents[1]
TOTAL, BATCH, SHOWN = 300, 10, (20, 60, 100, 200, 300)
ARMS = ("random", "hybrid", "random + grille", "hybrid + grille", "uncertain", "margin", "typical", "diverse",
        "seek-positive")  # fmt: skip


@dataclass(frozen=True)
class Set_:
    """A coded set: passages, labels (N, C), what is held out together (N,), what the codebook says."""

    read: Passages
    labels: NDArray[np.bool_]
    group: NDArray[np.int64]
    stated: Statements


def sib200(folder: Path, encoder: CachedEncoder) -> Set_:
    """Read SIB-200 French, all splits."""
    book = read_codebook(ROOT / "scripts/quality_topics.toml")
    splits = topics(folder).values()
    own = tuple(text for texts, _ in splits for text in texts)
    kinds = [kind.split("/")[0] for _, kinds in splits for kind in kinds]
    labels = np.array([[kind == code for code in book.ids] for kind in kinds])
    vectors = encoder.encode(own)
    alone = np.arange(len(own))
    read = Passages(own, ("",) * len(own), np.hstack([vectors, vectors, vectors * 0]), alone, alone)
    return Set_(read, labels, alone, _stated(book, encoder))


def rsn_pe(_: Path, encoder: CachedEncoder) -> Set_:
    """Read rsn-pe (simulated); the answers are those of its first coder."""
    material = read_material(ROOT / "corpora/rsn-pe")
    read = passages(material.groups, encode=encoder.encode)
    labels = next(iter(material.marks.values())).labels
    return Set_(read, labels, read.interview, _stated(material.codebook, encoder))


def _stated(book: Codebook, encoder: CachedEncoder) -> Statements:
    """Read a codebook as passages."""
    texts, says = statements(book)
    return as_passages(texts, encode=encoder.encode), says


SETS = {"SIB-200 (français)": sib200, "rsn-pe (simulé)": rsn_pe}
SHORT = ("sib200", "rsn-pe")


def macro_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """Return the mean over codes of F1; 0 for a code neither true nor said.

    >>> macro_f1(np.array([[True], [False]]), np.array([[True], [True]]))
    0.6666666666666666
    """
    both, either = (truth & said).sum(axis=0), truth.sum(axis=0) + said.sum(axis=0)
    return float(np.where(either > 0, 2 * both / np.maximum(either, 1), 0.0).mean())


def curve(data: Set_, arm: str, seed: int) -> list[float]:
    """Return macro-F1 on what is held out after every BATCH answers, TOTAL in all."""
    rng = np.random.default_rng(seed)
    groups = rng.permutation(np.unique(data.group))
    held = np.isin(data.group, groups[: round(0.3 * len(groups))])
    machine = Heads(data.read, data.stated if arm.endswith("grille") else None)
    strategy = STRATEGIES[arm.split(" ")[0]]
    mine = np.flatnonzero(~held)
    vectors, truth = machine.features[mine], data.labels[mine].astype(float)
    typical, draw = typicality(vectors, clusters=COLD, seed=seed), rng.random(len(mine))
    free = np.ones(len(mine), dtype=bool)
    said = machine.cold() if arm.endswith("grille") else None
    scores = np.full(data.labels.shape, 0.5) if said is None else said
    asked: list[int] = []
    found = []
    while len(asked) < TOTAL:
        positives = truth[asked].sum(axis=0).astype(np.int64)
        pool = Pool(scores[mine], vectors, free, ~free, positives, typical, draw, len(asked))
        row = pick(strategy(pool), free, rng)
        assert row is not None
        free[row] = False
        asked.append(row)
        if len(asked) % BATCH == 0:
            scores = machine.probabilities(mine[asked], truth[asked])
            found.append(macro_f1(data.labels[held], scores[held] >= 0.5))
    return found


def reached(curves: NDArray[np.float64], level: float) -> int | None:
    """Return after how many answers the mean curve (S, T) reaches ``level``; None if it never does."""
    over = np.flatnonzero(curves.mean(axis=0) >= level)
    return int(over[0] + 1) * BATCH if len(over) else None


def interval(gaps: NDArray[np.float64]) -> float:
    """Return the half width of the 95 % interval of a mean over seeds, Student's t."""
    from scipy.stats import t

    return float(t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else 0.0


def table(results: dict[str, dict[str, list[list[float]]]], seeds: int) -> str:
    """Write what was measured as Markdown."""
    lines = []
    for name, arms in results.items():
        chance = np.array(arms["random"])
        level = chance.mean(axis=0)[-1]
        lines += [f"**{name}**, {seeds} graines, macro-F1 sur ce qui est mis de côté :", ""]
        lines += [
            "| stratégie | " + " | ".join(f"@{n}" for n in SHOWN) + " | réponses pour hasard@300 | aire − hasard |"
        ]
        lines += ["|---|" + "---:|" * (len(SHOWN) + 2)]
        for arm, rows in arms.items():
            curves = np.array(rows)
            gaps = (curves - chance).mean(axis=1)
            means = [f"{curves.mean(axis=0)[n // BATCH - 1]:.3f}" for n in SHOWN]
            gain = "–" if arm == "random" else f"{gaps.mean():+.3f} ± {interval(gaps):.3f}"
            lines.append(f"| {arm} | {' | '.join(means)} | {reached(curves, level) or 'jamais'} | {gain} |")
        lines.append("")
    return "\n".join(lines).rstrip()


def figure(results: dict[str, dict[str, list[list[float]]]]) -> str:
    """Draw the mean curves as SVG, one panel a set."""
    shown = {"random": "#5B5B5B", "hybrid": "#0072B2", "random + grille": "#D55E00", "hybrid + grille": "#009E73"}
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{420 * len(results)}" height="330" '
             'font-family="sans-serif" font-size="12" role="img"><title>Courbes d’apprentissage</title>'
             '<rect width="100%" height="100%" fill="#fff"/>']  # fmt: skip
    for panel, (name, arms) in enumerate(results.items()):
        means = {arm: np.array(arms[arm]).mean(axis=0) for arm in shown if arm in arms}
        low, high = min(m.min() for m in means.values()), max(m.max() for m in means.values())
        left = 50 + 420 * panel
        parts.append(f'<text x="{left}" y="20" font-weight="bold">{name} : macro-F1</text>')
        for level in (low, high):
            y = 250 - 210 * (level - low) / (high - low)
            parts.append(f'<text x="{left - 6}" y="{y:.0f}" text-anchor="end">{level:.2f}</text>')
        parts.append(f'<path d="M{left} 40V250H{left + 340}" fill="none" stroke="#000"/>')
        parts += [f'<text x="{left + 340 * n / TOTAL:.0f}" y="266" text-anchor="middle">{n}</text>'
                  for n in (0, 100, 200, 300)]  # fmt: skip
        for place, (arm, mean) in enumerate(means.items()):
            across = left + 340 * (1 + np.arange(len(mean))) * BATCH / TOTAL
            up = 250 - 210 * (mean - low) / (high - low)
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
            parts.append(f'<polyline points="{points}" fill="none" stroke="{shown[arm]}" stroke-width="2"/>')
            x, y = left + 170 * (place % 2), 290 + 18 * (place // 2)
            parts.append(f'<path d="M{x} {y - 4}h18" stroke="{shown[arm]}" stroke-width="3"/>'
                         f'<text x="{x + 24}" y="{y}">{arm}</text>')  # fmt: skip
    return "".join([*parts, "</svg>\n"])


def measured(data: Set_, name: str, path: Path, seeds: int, wanted: Sequence[str]) -> None:
    """Run arms on one set, telling and keeping each as it ends; those kept already are not run again."""
    for arm in wanted:
        kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if len(kept.get(arm, ())) == seeds:
            continue
        began = time.perf_counter()
        kept[arm] = [curve(data, arm, seed) for seed in range(seeds)]
        write_text(path, json.dumps(kept))
        mean = np.array(kept[arm]).mean(axis=0)
        shown = "  ".join(f"@{n} {mean[n // BATCH - 1]:.3f}" for n in SHOWN)
        print(f"{name:20} {arm:16} {shown}  ({time.perf_counter() - began:.0f} s)", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write what the docs show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/sib200_fr")
    parser.add_argument("--sets", choices=SHORT, nargs="*")
    parser.add_argument("--arms", choices=ARMS, nargs="*")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "filrouge-active")
    given = parser.parse_args(arguments)
    encoder = CachedEncoder(load_encoder(), given.keep)
    for name, short in zip(SETS, SHORT, strict=True):
        if short in (given.sets or SHORT):
            data = SETS[name](given.data, encoder)
            measured(data, name, given.keep / f"{short}.json", given.seeds, given.arms or ARMS)
    results = {}
    for name, short in zip(SETS, SHORT, strict=True):
        if (given.keep / f"{short}.json").is_file():
            kept = json.loads((given.keep / f"{short}.json").read_text(encoding="utf-8"))
            results[name] = {arm: kept[arm] for arm in ARMS if len(kept.get(arm, ())) == given.seeds}
    text = table(results, given.seeds)
    print(text)
    write_text(ROOT / "docs/images/apprentissage-actif.svg", figure(results))
    put(ROOT / "docs/benchmarks.md", "active", text)


if __name__ == "__main__":
    main()
