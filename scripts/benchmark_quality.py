"""Measure how far the machine agrees with human coders, in ways that cannot flatter it.

    .venv/bin/python scripts/benchmark_quality.py [PART ...] [--into docs/benchmarks.md]

Parts (all by default; each prints its table, and writes it between its marks with --into):

firms   leave one firm out: learn from the others, code it; each human coder is the reference in turn
curve   learn from 0 passages (the codebook alone) to all firms, code a firm not read
waves   wave 1 coded by hand, wave 2 by the machine, same firms
topics  SIB-200 French (real sentences, one topic each), 4 to 32 labels a class, 10 seeds; filrouge also reads
        the codebook of quality_topics.toml, written from the topics' names alone
setfit  the same with SetFit and spaCy, run by the Python that FILROUGE_PEERS names (setfit and spacy installed)

rsn-pe and rsn-bank are SIMULATED. A threshold is never chosen on what is coded: it retains, on scores out of fold
of the firms learnt from, as many passages as their coders did. Seeds are fixed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from figures import put
from quality_bench import ROOT, Bench, Fit, Kappas, by_firm, decide, macro
from quality_peers import PEERS, few, topics, vectors, words

from pipeline.agree.intervals import kappas
from pipeline.align import Marks
from pipeline.classify import CLASSIFIERS, Passages
from pipeline.classify.figures import counts
from pipeline.classify.statements import as_passages, statements
from pipeline.codebook import read_codebook
from pipeline.embed import load_encoder

SIB = ROOT.parent / "shared/data/sib200_fr"
PUBLISHED = (
    "Publiés : GPT-4 sans exemple 0,753, GPT-3.5 0,705 (kappas) ; XLM-R base, entraîné sur tout, exactitude 0,892."
)
SHOTS, SEEDS, SEEDS_CURVE = (4, 8, 16, 32), range(10), 2


def firms(bench: Bench) -> str:
    """Compare every method, firm by firm; then ours code by code beside the humans."""
    methods: list[tuple[str, Passages, Fit]] = [(name, bench.plain, fit) for name, fit in PEERS.items()]
    methods += [
        ("filrouge, mots et vecteurs mêlés (`blend`)", bench.plain, bench.ours("blend")),
        ("filrouge sans couches entraînées (`--fast`)", bench.plain, bench.ours("contextual")),
        *(
            (f"– et {words} banque{'s' * (words != 'une')}", bench.plain, bench.ours("contextual", besides=banks))
            for words, banks in zip(("une", "deux", "trois"), bench.banks, strict=True)
        ),
        ("**filrouge, trois banques**", bench.passages, bench.ours("contextual", besides=bench.started)),
    ]
    rows, decided = [], np.zeros(bench.labels.shape, bool)
    for name, passages, fit in methods:
        began = time.perf_counter()
        decided = by_firm(bench, passages, fit)
        ends = bench.interval(decided)
        reach = f"[{number(ends[0])} ; {number(ends[1])}]" if ends else ""
        on_segments, on_characters = macro(bench.kappas(decided)), macro(bench.on_characters(decided))
        seconds = time.perf_counter() - began
        rows.append(f"| {name} | {number(on_segments)} | {reach} | {number(on_characters)} | {seconds:.0f} |")
        print(rows[-1], file=sys.stderr, flush=True)
    head = "| méthode | kappa moyen, segments | nouveaux entretiens (95 %) | caractères | secondes |"
    return "\n".join([head, "|---|---:|---:|---:|---:|", *rows, "", *_by_code(bench, decided)])


def _by_code(bench: Bench, decided: NDArray[np.bool_]) -> list[str]:
    """Lay out kappa per code against each coder, on both units, beside the two humans."""
    coders = list(bench.own.marks)
    segments, characters = bench.kappas(decided), bench.on_characters(decided)
    human = kappas(_between(bench, np.ones(len(bench.labels), bool)))
    titles = [f"{coder}, {unit}" for unit in ("segments", "caractères") for coder in coders]
    lines = [
        f"| code | {' | '.join(titles)} | {coders[0]}–{coders[1]}, segments |",
        "|---|" + "---:|" * (len(titles) + 1),
    ]
    for c, code in enumerate(bench.codes):
        cells = [number(row[c]) for row in (*segments, *characters)]
        lines.append(f"| {code} | {' | '.join(cells)} | {number(float(human[c]))} |")
    means = [number(macro([row])) for row in (*segments, *characters)]
    return [*lines, f"| **moyenne** | {' | '.join(means)} | **{number(float(human.mean()))}** |"]


def curve(bench: Bench) -> str:
    """Learn from ever more, without the banks; drawn anew for each firm left out and each of SEEDS_CURVE."""
    lines = ["| appris de | kappa moyen |", "|---|---:|"]
    sizes: list[tuple[str, int, bool]] = [("la grille seule", 0, False)]
    sizes += [(f"{n} passages au hasard", n, False) for n in (20, 100, 300, 1000)]
    sizes += [(f"{n} entreprise(s)", n, True) for n in (1, 2, 4, 7)]
    for title, size, whole in sizes:
        lines.append(f"| {title} | {number(_point(bench, size, whole))} |")
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def _point(bench: Bench, size: int, whole: bool) -> float:
    """Return the mean kappa of one size of material: whole firms, or answers drawn at random up to ``size``."""
    fit, found = bench.ours("contextual"), []
    for seed in range(1 if size in (0, 7) else SEEDS_CURVE):
        decided = np.zeros(bench.labels.shape, bool)
        for place, firm in enumerate(sorted(set(bench.firm))):
            held = bench.firm == firm
            rng = np.random.default_rng([seed, place])
            unit = bench.firm if whole else bench.plain.turn.astype(str)
            order = rng.permutation(np.unique(unit[~held]))
            if whole:
                order = order[:size]
            else:
                order = order[: int(np.searchsorted(np.cumsum([(unit == one).sum() for one in order]), size))]
            kept = np.isin(unit, order) & ~held
            names = bench.firm[kept] if len(set(bench.firm[kept])) > 1 else bench.plain.interview[kept].astype(str)
            decided[held] = decide(
                fit, bench.plain.take(kept), bench.labels[kept], bench.plain.take(held), names.tolist()
            )
        found.append(macro(bench.kappas(decided)))
    return float(np.mean(found))


def waves(bench: Bench) -> str:
    """Learn wave 1 of every firm, code wave 2."""
    first = bench.wave == "1"
    lines = ["| méthode | kappa moyen, vague 2 |", "|---|---:|"]
    methods: list[tuple[str, Passages, Fit]] = [
        (
            "e5 figé du segment + régression logistique",
            bench.plain,
            PEERS["e5 figé du segment + régression logistique"],
        ),
        ("filrouge sans couches entraînées (`--fast`)", bench.plain, bench.ours("contextual")),
        ("**filrouge, trois banques**", bench.passages, bench.ours("contextual", besides=bench.started)),
    ]
    for name, passages, fit in methods:
        decided = np.zeros(bench.labels.shape, bool)
        decided[~first] = decide(
            fit, passages.take(first), bench.labels[first], passages.take(~first), bench.firm[first].tolist()
        )
        lines.append(f"| {name} | {number(macro(bench.kappas(decided, ~first)))} |")
        print(lines[-1], file=sys.stderr, flush=True)
    human: Kappas = [[macro([[float(k)]]) for k in kappas(_between(bench, ~first))]]
    return "\n".join([*lines, f"| coder_c–coder_d | {number(macro(human))} |"])


def _between(bench: Bench, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Count how the two humans used each code on ``rows``."""
    both = bench.read[:2].all(axis=0) & rows
    where = np.zeros(len(rows), np.int64)
    return np.asarray(
        counts(np.asarray(bench.human[0]), Marks(np.asarray(bench.human[1]), both), where).sum(axis=0)
    )


def isolated(texts: Sequence[str], encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> Passages:
    """Read sentences without surroundings as passages."""
    rows, alone = encode(texts), np.arange(len(texts))
    return Passages(
        tuple(texts), ("",) * len(texts), np.hstack([rows, rows, np.zeros_like(rows)]), alone, alone,
        ("",) * len(texts), load_encoder(None).layers,
    )  # fmt: skip


def sib() -> str:
    """Few labels a class on SIB-200: mean kappa over seeds, and seconds to learn."""
    from sklearn.metrics import cohen_kappa_score

    data = topics(SIB)
    encoder = load_encoder(None)
    train, test = (isolated(data[part][0], encoder.encode) for part in ("train", "test"))
    codebook = read_codebook(Path(__file__).with_name("quality_topics.toml"))
    column = {kind: codebook.ids.index(kind.split("/")[0]) for kind in set(data["train"][1])}
    truth = np.array([column[kind] for kind in data["test"][1]])
    target = np.eye(len(column))[[column[kind] for kind in data["train"][1]]]
    texts, said = statements(codebook)
    stated = as_passages(texts, encode=encoder.encode), said

    def ours(known: Passages, labels: NDArray[np.float64]) -> Callable[[Passages], NDArray[np.float64]]:
        return CLASSIFIERS["contextual"].fit(known, labels, seed=0, statements=stated).logits

    methods: dict[str, Fit] = {
        "TF-IDF + régression logistique": words,
        "e5 figé + régression logistique": vectors,
        "**filrouge, grille et exemples**": ours,
    }
    alone = ours(train.take(np.zeros(len(train.own), bool)), target[:0])(test)
    lines = [f"| méthode | {' | '.join(f'{n} par classe' for n in SHOTS)} | s (à 8) |", "|---|" + "---:|" * 5]
    for name, fit in methods.items():
        cells, spent = [], 0.0
        for each in SHOTS:
            found = []
            for seed in SEEDS:
                rows = np.zeros(len(train.own), bool)
                rows[few(data["train"][1], each, seed)] = True
                began = time.perf_counter()
                score = fit(train.take(rows), target[rows])
                spent += (time.perf_counter() - began) / len(SEEDS) if each == 8 else 0.0
                found.append(cohen_kappa_score(truth, score(test).argmax(axis=1)))
            cells.append(f"{number(float(np.mean(found)))} (±{number(float(np.std(found, ddof=1)))})")
        lines.append(f"| {name} | {' | '.join(cells)} | {spent:.1f} |")
        print(lines[-1], file=sys.stderr, flush=True)
    told = f"Grille seule, sans exemple : {number(cohen_kappa_score(truth, alone.argmax(axis=1)))}."
    return "\n".join([*lines, "", told, PUBLISHED])


def setfit() -> str:
    """Run SetFit and spaCy's text classifier in their own environment."""
    python = os.environ.get("FILROUGE_PEERS")
    if not python:
        return "Non mesuré ici : FILROUGE_PEERS ne nomme pas de Python où setfit et spacy sont installés."
    command = [python, str(Path(__file__).with_name("peers_setfit.py")), str(SIB), str(ROOT / "models/encoder")]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def number(value: float | None) -> str:
    """Write a coefficient the French way."""
    return "—" if value is None else f"{value:.3f}".replace(".", ",")


# To add a part: a function, a line here, and its marks in docs/benchmarks.md.
ON_STUDY = {"firms": firms, "curve": curve, "waves": waves}
ALONE = {"topics": sib, "setfit": setfit}


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(description="Measure agreement with human coders.")
    parser.add_argument("parts", nargs="*", choices=[*ON_STUDY, *ALONE, []], metavar="PART")
    parser.add_argument("--into", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    wanted = arguments.parts or [*ON_STUDY, *ALONE]
    bench = Bench() if {*wanted} & {*ON_STUDY} else None
    for part in wanted:
        figures = ALONE[part]() if part in ALONE else ON_STUDY[part](bench)  # type: ignore[arg-type]
        print(f"\n{part}\n{figures}", flush=True)
        if arguments.into:
            put(arguments.into, part, figures)


if __name__ == "__main__":
    main()
