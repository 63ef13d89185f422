"""Print what each constant of the coder is worth: leave-one-firm-out macro kappa on a study.

    .venv/bin/python scripts/benchmark_coder.py [STUDY [BANK]]

STUDY is corpora/rsn-pe and BANK corpora/rsn-bank by default: SIMULATED interviews and exchanges. The first lines
compare classifiers, with and without the bank; each other line changes one constant of the ridge coder and leaves
the others as they are. Kappa is the mean over codes and coders, on segments, of a machine that never read the firm
it codes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks, mark
from pipeline.classify import CLASSIFIERS, context, crossval, ridge
from pipeline.classify.cases import cases
from pipeline.classify.figures import consensus, figures
from pipeline.embed import load_encoder
from pipeline.read.exchanges import read_bank
from pipeline.read.study import Study, read_study
from pipeline.segment import load_senter, segment_all

GRID = {
    (ridge, "PENALTY"): (4.0, 8.0, 32.0),
    (ridge, "ANSWER_WEIGHT"): (0.0, 0.35, 1.4),
    (ridge, "VECTOR_WEIGHT"): (0.0, 2.5, 10.0),
    (ridge, "SMOOTHING"): (0.0, 0.1, 0.3),
}


def encoding() -> context.Encode:
    """Return the shipped encoder's function, which remembers what it encoded."""
    encoder = load_encoder(None)
    known: dict[str, NDArray[np.float32]] = {}

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encoder.encode(new), strict=True) if new else ())
        return np.stack([known[text] for text in texts])

    return encode


@dataclass(frozen=True)
class Material:
    """A study's segments: what the coders said of them, and how a classifier reads them."""

    marks: dict[str, Marks]
    labels: NDArray[np.float64]
    seen: NDArray[np.bool_]
    passages: context.Passages


def material(study: Study, codes: tuple[str, ...], encode: context.Encode) -> Material:
    """Segment a study and read it in context."""
    groups = list(segment_all(study.transcripts, nlp=load_senter()))
    segments = [segment for group in groups for segment in group]
    marks = {one: mark(segments, study.codings, coder=one, codes=codes) for one in study.coders}
    labels, seen = consensus(marks, len(segments), len(codes))
    return Material(marks, labels[seen], seen, context.passages(groups, encode=encode).take(seen))


def measure(
    own: Material, more: Material | None, kind: str, splits: Sequence[NDArray[np.bool_]], codes: tuple[str, ...]
) -> str:
    """Cross-validate one classifier, with or without the bank."""
    fit = CLASSIFIERS[kind].fit

    def learn(known: context.Passages, target: NDArray[np.float64]) -> crossval.Score:
        if more:
            known, target = known.joined(more.passages), np.vstack([target, more.labels])
        return fit(known, target, seed=0).logits

    logits = crossval.out_of_fold(own.passages, own.labels, splits, fit=learn)
    _, decided, _ = crossval.crossed(logits, own.labels, [split[own.passages.interview] for split in splits])
    macro = figures(decided, own.marks, own.seen, codes)["macro"]
    return f"macro kappa {macro:.3f}, {int(decided.any(axis=1).sum())} of {len(decided)} segments coded"


def main() -> None:
    """Run the comparison, then the grid."""
    study = read_study(Path(sys.argv[1] if len(sys.argv) > 1 else "corpora/rsn-pe"))
    if study.codebook is None or not study.codings:
        sys.exit("Cette étude n’a pas de grille ou pas de codages : rien à mesurer.")
    codes, encode = study.codebook.ids, encoding()
    bank = read_bank(Path(sys.argv[2] if len(sys.argv) > 2 else "corpora/rsn-bank"), study.codebook)
    own, more = material(study, codes, encode), material(bank, codes, encode)
    splits = crossval.folds(cases(study.transcripts, None))
    for kind in CLASSIFIERS:
        print(f"{kind:24} {measure(own, more, kind, splits, codes)}", flush=True)
        print(f"{kind + ', no bank':24} {measure(own, None, kind, splits, codes)}", flush=True)
    for (module, name), values in GRID.items():
        usual = getattr(module, name)
        for value in values:
            setattr(module, name, value)
            print(f"{f'{name} = {value}':24} {measure(own, more, 'ridge', splits, codes)}", flush=True)
        setattr(module, name, usual)


if __name__ == "__main__":
    main()
