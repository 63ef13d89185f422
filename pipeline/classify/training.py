"""Human codings, or a codebook alone, in; a model that knows how far to be trusted out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.classify.context import Besides, Encode, Layers, Passages, passages
from pipeline.classify.crossval import (
    MOST_FOLDS,
    Calibration,
    Score,
    calibrate,
    crossed,
    folds,
    out_of_fold,
    uncalibrated,
)
from pipeline.classify.evaluation import evaluation
from pipeline.classify.figures import consensus
from pipeline.classify.model import CLASSIFIERS, Classifier, Kind, Model
from pipeline.classify.resume import Resume, Tensors, fingerprint
from pipeline.classify.statements import as_passages, statements
from pipeline.codebook import Codebook
from pipeline.records import Segment

Progress = Callable[[int, int], None]
Fit = Callable[[Passages, NDArray[np.float64]], Classifier]
Unit = Literal["case", "interview", "block", "none"]
SLOW_FOLDS = 3  # folds where each takes minutes
_BLOCKS = 5


@dataclass(frozen=True, slots=True)
class Also:
    """Coded material of another study: learnt from, never measured or calibrated on.

    ``groups`` as in ``train``; ``labels`` (N, C) is the share of coders, ``origin`` names it in French.
    """

    groups: Sequence[Sequence[Segment]]
    labels: NDArray[np.float64]
    origin: str


def train(
    groups: Sequence[Sequence[Segment]],
    marks: Mapping[str, Marks],
    *,
    codebook: Codebook,
    cases: Sequence[str],
    encode: Encode,
    name: str,
    encoder: str,
    layers: Layers | None = None,
    encoder_fingerprint: str = "",
    kind: str = "contextual",
    also: Sequence[Also] = (),
    seed: int = 0,
    resume: Resume | None = None,
    progress: Progress | None = None,
) -> Model:
    """Learn from human codings, and cross-validate without ever splitting a case.

    ``groups`` holds the segments of each interview; ``marks`` what each coder said of all N of them; ``cases``
    the firm (or the like) of each interview; ``layers`` opens the encoder, whose top layers are then trained;
    ``resume`` keeps the scores of the folds done, for a training that is interrupted.
    ``figures`` of the result: those of ``evaluation``, "segments", "interviews", "cases", "validation" (what was
    left out in turn: see ``left_out``), "folds" and "trained_on" (sha256 of the sources). Without marks, the
    codebook alone teaches, and there is nothing to measure: "validation" is "none".
    """
    how = CLASSIFIERS[kind]
    read = passages(groups, encode=encode, layers=layers, called=how.called)
    labels, seen = consensus(marks, len(read.own), len(codebook.ids))
    known, shares = read.take(seen), labels[seen]
    names, unit = left_out(known, cases)
    more = _material(also, encode, layers, called=how.called)
    each = how.rounds(known, more)
    splits = folds(names, most=SLOW_FOLDS if each else MOST_FOLDS) if unit != "none" else []
    first = how.rounds(more.passages, None) if more and how.begin else 0
    told = _steps(first + max(each, 1) * (len(splits) + 1), progress)
    more = _begun(how, more, resume, seed, encoder_fingerprint, told)
    fit = _fitter(how, codebook, more, encode, seed, told)
    figures: dict[str, Any] = {"validation": unit, "folds": len(splits), "coders": list(marks)}
    classifier = None
    if unit == "none":
        classifier = fit(known, shares)
        calibration: Calibration = uncalibrated(classifier.logits(read))
    else:
        logits = out_of_fold(known, shares, splits, fit=_kept(fit, resume, kind, seed, encoder_fingerprint, more))
        calibration = calibrate(logits, shares)
        figures |= evaluation(crossed(logits, shares, splits), marks, seen, groups, codebook.ids, cases)
    return Model(
        name=name, kind=kind, classifier=classifier or fit(known, shares), calibration=calibration,
        codebook=codebook, encoder=encoder, encoder_fingerprint=encoder_fingerprint,
        figures=figures
        | {"segments": int(seen.sum()), "interviews": len(groups), "cases": len(set(cases))}
        | ({"also": [[one.origin, len(one.labels)] for one in also]} if also else {})
        | {"trained_on": sorted({group[0].transcript.sha256 for group in groups if group and marks})},
    )  # fmt: skip


def left_out(known: Passages, cases: Sequence[str]) -> tuple[list[str], Unit]:
    """Return, for each of N passages, what is left out with it in cross-validation, and what that is.

    A case where two were coded; else an interview; else, within one interview, a stretch of turns, which flatters:
    the same person speaks on both sides. "none" where not even two turns were coded.
    """
    by_case = [cases[i] for i in known.interview]
    if len(set(by_case)) > 1:
        return by_case, "case"
    if len(set(known.interview.tolist())) > 1:
        return [f"{i:06d}" for i in known.interview], "interview"
    turns = np.unique(known.turn)
    if len(turns) < 2:
        return [""] * len(known.own), "none"
    blocks = min(_BLOCKS, len(turns))
    return [str(place * blocks // len(turns)) for place in np.searchsorted(turns, known.turn)], "block"


def _steps(total: int, progress: Progress | None) -> Progress:
    """Return what hears of each step of each fit (an epoch where layers are trained), and tells their sum."""
    done = 0

    def tell(_: int, each: int) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    return tell


def _kept(
    fit: Fit, resume: Resume | None, kind: str, seed: int, encoder: str, more: Besides | None
) -> Callable[[Passages, NDArray[np.float64]], Score]:
    """Return what fits and scores a fold, or finds the scores that an interrupted training left."""
    besides = fingerprint(more.passages, more.labels) if more and resume else ""

    def prepare(known: Passages, shares: NDArray[np.float64]) -> Score:
        if resume is None:
            return fit(known, shares).logits
        key = fingerprint(known, shares, kind, seed, encoder, besides, known.layers is not None)

        def score(held: Passages) -> NDArray[np.float64]:
            name = fingerprint(held, np.zeros(0), key)
            found = resume.tensors(name, lambda: {"scores": fit(known, shares).logits(held)})
            return np.asarray(found["scores"], np.float64)

        return score

    return prepare


def _material(also: Sequence[Also], encode: Encode, layers: Layers | None, *, called: bool) -> Besides | None:
    """Read what is learnt besides."""
    if not also:
        return None
    read = [passages(one.groups, encode=encode, layers=layers, called=called) for one in also]
    whole = read[0]
    for other in read[1:]:
        whole = whole.joined(other)
    return Besides(whole, np.vstack([one.labels for one in also]))


def _begun(
    how: Kind, more: Besides | None, resume: Resume | None, seed: int, encoder: str, told: Progress
) -> Besides | None:
    """Learn once what every fold goes on from, or find what an interrupted training left of it."""
    if more is None or how.begin is None:
        return more

    def keep(compute: Callable[[], Tensors]) -> Tensors:
        if resume is None:
            return compute()
        return resume.tensors(fingerprint(more.passages, more.labels, "begin", seed, encoder), compute)

    return how.begin(more, seed=seed, keep=keep, progress=told)


def _fitter(how: Kind, codebook: Codebook, more: Besides | None, encode: Encode, seed: int, told: Progress) -> Fit:
    """Return a function that fits on passages and shares, with the codebook and the material learnt besides."""
    texts, said = statements(codebook)
    stated = as_passages(texts, encode=encode), said

    def fit(known: Passages, shares: NDArray[np.float64]) -> Classifier:
        found = how.fit(known, shares, seed=seed, statements=stated, besides=more, progress=told)
        if not how.rounds(known, more):
            told(1, 1)
        return found

    return fit
