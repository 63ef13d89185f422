"""What `benchmark_quality.py` measures on: the study, the bank, our methods, and how each codes a firm."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.agree import agree_on_characters
from pipeline.agree.intervals import mean_transfer_interval
from pipeline.classify import CLASSIFIERS, Passages, contextual
from pipeline.classify.cases import cases
from pipeline.classify.context import Besides
from pipeline.classify.crossval import calibrate, crossed, folds, out_of_fold, uncalibrated
from pipeline.classify.diagnosis import mean_kappa
from pipeline.classify.figures import averaged, counts
from pipeline.classify.resume import Resume
from pipeline.classify.statements import as_passages, statements
from pipeline.codebook import Codebook
from pipeline.embed import load_encoder
from pipeline.read.exchanges import read_bank
from pipeline.read.study import read_study
from pipeline.records import Coding
from pipeline.segment import load_senter, segment_all

sys.path.insert(0, str(Path(__file__).parent))
from benchmark_coder import Material, encoding, material

ROOT = Path(__file__).parents[1]
BANKS = ("rsn-bank", "rsn-bank-2", "rsn-bank-3")
START = "layers-of-all-banks"
Fit = Callable[[Passages, NDArray[np.float64]], Callable[[Passages], NDArray[np.float64]]]
Kappas = list[list[float | None]]


class Bench:
    """The study, the bank and the codebook's statements, read once. ``plain`` passages have no layers to train."""

    def __init__(self) -> None:
        self.study = read_study(ROOT / "corpora/rsn-pe")
        assert self.study.codebook is not None
        self.codebook: Codebook = self.study.codebook
        self.codes, self.encode = self.codebook.ids, encoding()
        self.own: Material = material(self.study, self.codes, self.encode)
        banks = [self._bank(name) for name in BANKS]
        groups = segment_all(self.study.transcripts, nlp=load_senter())
        every = [segment for group in groups for segment in group]
        self.segments = [every[i] for i in np.flatnonzero(self.own.seen)]
        self.plain, self.labels = self.own.passages, self.own.labels
        self.passages = replace(self.plain, layers=load_encoder(None).layers)
        self.banks = [Besides(banks[0].passages, banks[0].labels)]
        for bank in banks[1:]:
            last = self.banks[-1]
            self.banks.append(Besides(last.passages.joined(bank.passages), np.vstack([last.labels, bank.labels])))
        texts, said = statements(self.codebook)
        self.statements = as_passages(texts, encode=self.encode), said
        self.firm = np.array(cases(self.study.transcripts))[self.plain.interview]
        self.wave = np.array([talk.attributes["vague"] for talk in self.study.transcripts])[self.plain.interview]
        self.read = np.array([self.own.marks[one].seen[self.own.seen] for one in self.own.marks])
        self.human = np.array([self.own.marks[one].labels[self.own.seen] for one in self.own.marks])

    def _bank(self, name: str) -> Material:
        """Read a bank of coded exchanges."""
        return material(read_bank(ROOT / "corpora" / name, self.codebook), self.codes, self.encode)

    @cached_property
    def started(self) -> Besides:
        """All banks, with the layers trained on them once; kept in the folder FILROUGE_KEEP between two runs."""
        every = self.banks[-1]
        opened = replace(every, passages=replace(every.passages, layers=load_encoder(None).layers))
        folder = os.environ.get("FILROUGE_KEEP")
        return contextual.begin(
            opened,
            seed=0,
            keep=lambda compute: Resume(Path(folder)).tensors(START, compute) if folder else compute(),
        )

    def ours(self, kind: str, *, besides: Besides | None = None) -> Fit:
        """Return a function that fits one of filrouge's classifiers, with what is learnt besides."""

        def fit(known: Passages, labels: NDArray[np.float64]) -> Callable[[Passages], NDArray[np.float64]]:
            found = CLASSIFIERS[kind].fit(known, labels, seed=0, statements=self.statements, besides=besides)
            return found.logits

        return fit

    def kappas(self, decided: NDArray[np.bool_], rows: NDArray[np.bool_] | None = None) -> Kappas:
        """Return kappa by coder and code on segments (of ``rows``)."""
        where = np.ones(len(decided), bool) if rows is None else rows
        return [
            [mean_kappa(decided[where & read][:, [c]], said[where & read][:, [c]]) for c in range(len(self.codes))]
            for read, said in zip(self.read, self.human, strict=True)
        ]

    def on_characters(self, decided: NDArray[np.bool_]) -> Kappas:
        """Return kappa by coder and code on the respondents' characters."""
        machine = [
            Coding(s.transcript.id, s.start, s.end, "machine", frozenset(np.array(self.codes)[row].tolist()))
            for s, row in zip(self.segments, decided, strict=True)
        ]
        codings = [*self.study.codings, *machine]
        return [
            [
                row.table.kappa
                for row in agree_on_characters(
                    self.segments, codings, coders=(coder, "machine"), codebook=self.codebook
                )
            ]
            for coder in self.own.marks
        ]

    def interval(self, decided: NDArray[np.bool_]) -> tuple[float, float] | None:
        """Return the interval for new interviews of the mean kappa."""
        tables = [counts(decided, mark, self.plain.interview) for mark in self.own.marks.values()]
        return mean_transfer_interval(averaged(tables))


def by_firm(bench: Bench, passages: Passages, fit: Fit) -> NDArray[np.bool_]:
    """Code every firm by what learnt from the others.

    A firm's threshold is drawn from the scores of the other firms, each given by what did not learn from it.
    """
    splits = folds(bench.firm.tolist())
    logits = out_of_fold(passages, bench.labels, splits, fit=fit, progress=_dot)
    return crossed(logits, bench.labels, splits)[1]


def decide(
    fit: Fit, known: Passages, labels: NDArray[np.float64], held: Passages, names: Sequence[str]
) -> NDArray[np.bool_]:
    """Code ``held`` by what learnt from ``known`` and drew its thresholds there, out of fold (``names`` (N,))."""
    logits = fit(known, labels)(held)
    splits = folds(names, most=3)
    if len(splits) < 2:
        weak = uncalibrated(logits)
        return np.asarray(weak.probabilities(logits) >= weak.threshold)
    calibration = calibrate(out_of_fold(known, labels, splits, fit=fit), labels)
    return np.asarray(calibration.probabilities(logits) >= calibration.threshold)


def macro(kappas: Kappas) -> float:
    """Return the mean over coders and codes."""
    known = [value for row in kappas for value in row if value is not None]
    return float(np.mean(known)) if known else 0.0


def _dot(done: int, total: int) -> None:
    """Show that a fold is done."""
    print("." if done < total else ".\n", end="", file=sys.stderr, flush=True)
