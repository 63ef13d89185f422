"""Print what each constant of the coder is worth: leave-one-firm-out macro kappa on a study.

    .venv/bin/python scripts/benchmark_coder.py [STUDY]

STUDY is corpora/rsn-pe by default: SIMULATED interviews. Each line changes one constant and leaves the others as
they are in pipeline/classify. Kappa is the mean over codes and coders, on segments, of a machine that never read
the firm it codes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.align import mark
from pipeline.classify import blend, context, crossval
from pipeline.classify.cases import cases
from pipeline.classify.model import consensus, figures
from pipeline.embed import load_encoder
from pipeline.read.study import read_study
from pipeline.segment import load_senter, segment_all

GRID = {
    (blend, "WORD_STRENGTH"): (0.1, 0.3, 3.0, 10.0),
    (blend, "VECTOR_STRENGTH"): (0.3, 3.0, 10.0),
    (blend, "SMOOTHING"): (0.0, 0.1, 0.33),
    (context, "NEIGHBOURS"): (1, 2),
}


def main() -> None:
    """Run the grid."""
    study = read_study(Path(sys.argv[1] if len(sys.argv) > 1 else "corpora/rsn-pe"))
    if study.codebook is None or not study.codings:
        sys.exit("Cette étude n’a pas de grille ou pas de codages : rien à mesurer.")
    groups = list(segment_all(study.transcripts, nlp=load_senter()))
    segments = [segment for group in groups for segment in group]
    codes = study.codebook.ids
    marks = {one: mark(segments, study.codings, coder=one, codes=codes) for one in study.coders}
    labels, seen = consensus(marks, len(segments), len(codes))
    splits = crossval.folds(cases(study.transcripts, None))
    known: dict[str, NDArray[np.float32]] = {}
    encoder = load_encoder(None)

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, encoder.encode(new), strict=True) if new else ())
        return np.stack([known[text] for text in texts])

    def measure() -> str:
        read = context.passages(groups, encode=encode).take(seen)
        fit = partial(blend.fit, seed=0)
        logits = crossval.out_of_fold(read, labels[seen], splits, fit=lambda p, y: fit(p, y).logits)
        held = [split[read.interview] for split in splits]
        _, decided = crossval.crossed(logits, labels[seen], held)
        macro = figures(decided, marks, seen, codes)["macro"]
        return f"macro kappa {macro:.3f}, {int(decided.any(axis=1).sum())} of {int(seen.sum())} segments coded"

    print(f"{'as shipped':24} {measure()}", flush=True)
    for (module, name), values in GRID.items():
        usual = getattr(module, name)
        for value in values:
            setattr(module, name, value)
            print(f"{name + ' = ' + str(value):24} {measure()}", flush=True)
        setattr(module, name, usual)


if __name__ == "__main__":
    main()
