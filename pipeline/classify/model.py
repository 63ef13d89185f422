"""A fitted study model: a classifier, its calibration, and what must be known to use it honestly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.classify import blend, ridge
from pipeline.classify.context import Encode, Passages, passages
from pipeline.classify.crossval import Calibration, calibrate, crossed, folds, out_of_fold
from pipeline.classify.diagnosis import by_case, reliability
from pipeline.codebook import Codebook, differences
from pipeline.errors import ModelError, StudyError
from pipeline.records import Segment

Progress = Callable[[int, int], None]


class Classifier(Protocol):
    """What scores passages. Nothing must inherit from it."""

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score N passages on C codes, (N, C), on the logit scale."""
        ...

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that ``restore`` needs to build it again."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of classifier is fitted and read back."""

    fit: Callable[..., Classifier]
    restore: Callable[[Mapping[str, NDArray[Any]]], Classifier]


# To add a classifier: a module with `fit(passages, labels, *, seed)` and `restore(tensors)`, and a line here.
CLASSIFIERS: dict[str, Kind] = {
    "ridge": Kind(ridge.fit, ridge.restore),
    "blend": Kind(blend.fit, blend.restore),
}


@dataclass(frozen=True, slots=True)
class Model:
    """A coder that learnt from one study.

    ``encoder`` names the encoder and ``encoder_fingerprint`` is that of its weights. ``figures`` holds what the
    card says: see ``train``. ``provenance`` says in French what it was trained on.
    """

    name: str
    kind: str
    classifier: Classifier
    calibration: Calibration
    codebook: Codebook
    encoder: str
    encoder_fingerprint: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    provenance: str = ""
    date: str = ""

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The probability from which each code is retained, (C,)."""
        return self.calibration.threshold

    def probabilities(self, groups: Sequence[Sequence[Segment]], *, encode: Encode) -> NDArray[np.float64]:
        """Return the probability of each code for each segment, (N, C), one list of segments a transcript."""
        if not sum(map(len, groups)):
            return np.zeros((0, len(self.codebook.ids)))
        logits = self.classifier.logits(passages(groups, encode=encode))
        return self.calibration.probabilities(logits)

    def check(self, codebook: Codebook) -> None:
        """Raise ModelError, naming the differences, unless ``codebook`` asks what this model learnt."""
        found = differences(self.codebook, codebook)
        if found:
            raise ModelError(
                f"Le modèle « {self.name} » a été entraîné avec une autre grille : {' ; '.join(found)}. "
                "Entraînez un modèle pour cette grille (filrouge train ÉTUDE --out DOSSIER), "
                "ou indiquez-en un autre avec --model."
            )


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
    encoder_fingerprint: str = "",
    kind: str = "ridge",
    also: Also | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Model:
    """Learn from human codings, and cross-validate without ever splitting a case.

    ``groups`` holds the segments of each interview; ``marks`` what each coder said of all N of them; ``cases``
    the firm (or the like) of each interview. ``figures`` of the result: "kappa" and "human" (per code, mean over
    coders and kappa between the first two), "macro", "human_macro", "positives", "segments", "interviews",
    "cases", "coders", "trained_on" (sha256 of the sources), "reliability", "calibration_error" and "by_case" (see
    ``diagnosis``). Raises StudyError if nothing was coded.
    """
    labels, seen = consensus(marks, sum(map(len, groups)), len(codebook.ids))
    if not seen.any() or not labels[seen].any():
        raise StudyError("Aucun passage codé : il faut des codages humains dans codes/ pour entraîner un modèle.")
    fit = _fitter(kind, also, encode, seed)
    read = passages(groups, encode=encode)
    known, shares = read.take(seen), labels[seen]
    splits = folds(cases)
    if len(splits) < 2:
        raise StudyError("Un seul cas a été codé : il en faut au moins deux pour valider le modèle.")
    logits = out_of_fold(
        known, shares, splits, progress=progress, fit=lambda part, target: fit(part, target).logits
    )
    held = [split[known.interview] for split in splits]
    probabilities, decided = crossed(logits, shares, [mask for mask in held if mask.any()])
    return Model(
        name=name, kind=kind, classifier=fit(known, shares),
        calibration=calibrate(logits, shares), codebook=codebook, encoder=encoder,
        encoder_fingerprint=encoder_fingerprint,
        figures=figures(decided, marks, seen, codebook.ids)
        | dict(zip(("reliability", "calibration_error"), reliability(probabilities, shares), strict=True))
        | {"by_case": by_case(decided, marks, seen, [c for c, g in zip(cases, groups, strict=True) for _ in g])}
        | {"segments": int(seen.sum()), "interviews": len(groups), "cases": len(set(cases))}
        | ({"also": also.origin, "also_segments": len(also.labels)} if also else {})
        | {"trained_on": sorted({group[0].transcript.sha256 for group in groups if group})},
    )  # fmt: skip


def _fitter(
    kind: str, also: Also | None, encode: Encode, seed: int
) -> Callable[[Passages, NDArray[np.float64]], Classifier]:
    """Return a function that fits on passages and shares, with the material learnt besides."""
    fit = CLASSIFIERS[kind].fit
    if also is None:
        return lambda known, shares: fit(known, shares, seed=seed)
    more, labels = passages(also.groups, encode=encode), also.labels
    return lambda known, shares: fit(known.joined(more), np.vstack([shares, labels]), seed=seed)


def consensus(
    marks: Mapping[str, Marks], rows: int, columns: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the share of coders who applied each code (N, C), and which segments anyone read (N,)."""
    votes, readers = np.zeros((rows, columns)), np.zeros(rows)
    for mark in marks.values():
        votes += mark.labels * mark.seen[:, None]
        readers += mark.seen
    return votes / np.maximum(readers, 1)[:, None], readers > 0


def figures(
    decided: NDArray[np.bool_], marks: Mapping[str, Marks], seen: NDArray[np.bool_], codes: Sequence[str]
) -> dict[str, Any]:
    """Compare cross-validated decisions (rows of ``seen``) with each coder, and the first two coders."""
    whole = np.zeros((len(seen), len(codes)), dtype=bool)
    whole[seen] = decided
    against = [_kappas(whole, mark.labels, mark.seen) for mark in marks.values()]
    kappa = {code: _mean([one[c] for one in against]) for c, code in enumerate(codes)}
    result: dict[str, Any] = {
        "coders": list(marks),
        "positives": {
            code: {coder: int(mark.labels[mark.seen, c].sum()) for coder, mark in marks.items()}
            for c, code in enumerate(codes)
        },
        "kappa": kappa,
        "macro": _mean(list(kappa.values())),
    }
    if len(marks) > 1:
        one, other = list(marks.values())[:2]
        human = _kappas(one.labels, other.labels, one.seen & other.seen)
        result |= {"human": dict(zip(codes, human, strict=True)), "human_macro": _mean(human)}
    return result


def _kappas(one: NDArray[np.bool_], other: NDArray[np.bool_], seen: NDArray[np.bool_]) -> list[float | None]:
    """Cohen's kappa per column on the rows both saw; None where it is undefined."""
    a, b = one[seen], other[seen]
    if not len(a):
        return [None] * one.shape[1]
    observed = (a == b).mean(axis=0)
    p, q = a.mean(axis=0), b.mean(axis=0)
    expected = p * q + (1 - p) * (1 - q)
    return [
        None if e == 1 else round(float((o - e) / (1 - e)), 6) for o, e in zip(observed, expected, strict=True)
    ]


def _mean(values: Sequence[float | None]) -> float | None:
    """Mean of the defined values, None if there is none."""
    known = [value for value in values if value is not None]
    return round(float(np.mean(known)), 6) if known else None
