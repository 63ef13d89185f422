"""Agreement against published values, an independent implementation, and the two coders of rsn-pe (simulated)."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.agree import TwoByTwo, agree_on_characters, agree_on_segments, agreement, macro_kappa
from pipeline.codebook import parse_codebook
from pipeline.read.study import read_study
from pipeline.records import Coding, Segment, Transcript, Turn
from pipeline.segment import load_senter, segment_all

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("table", "observed", "kappa"),
    [
        # Feinstein & Cicchetti (1990), J Clin Epidemiol 43:543: same agreement, far-off kappas.
        (TwoByTwo(40, 9, 6, 45), 0.85, 0.6995),
        (TwoByTwo(80, 10, 5, 5), 0.85, 0.3182),
        # Artstein & Poesio (2008), Computational Linguistics 34(4), p. 558.
        (TwoByTwo(20, 20, 10, 50), 0.7, 0.3478),
        # NVivo's help: 1000 characters, 50 coded by both, 150 by one.
        (TwoByTwo(50, 150, 0, 800), 0.85, 0.3478),
        (TwoByTwo(10, 0, 0, 10), 1.0, 1.0),
        (TwoByTwo(0, 10, 10, 0), 0.0, -1.0),
        (TwoByTwo(5, 5, 5, 5), 0.5, 0.0),
    ],
)
def test_published_tables(table: TwoByTwo, observed: float, kappa: float) -> None:
    assert table.observed == pytest.approx(observed)
    assert table.kappa == pytest.approx(kappa, abs=5e-5)


@pytest.mark.parametrize("table", [TwoByTwo(0, 0, 0, 0), TwoByTwo(0, 0, 0, 12), TwoByTwo(12, 0, 0, 0)])
def test_kappa_is_undefined_where_the_code_never_varied(table: TwoByTwo) -> None:
    assert table.kappa is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60), st.randoms())
def test_kappa_is_scikit_learns_in_any_order(pairs: list[tuple[bool, bool]], random: Random) -> None:
    one, other = np.array(pairs).T
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where kappa is 0/0
        oracle = float(cohen_kappa_score(one, other, labels=[False, True]))
    kappa = agreement(one, other).kappa
    assert (kappa is None) == math.isnan(oracle)
    if kappa is not None:
        assert kappa == pytest.approx(oracle, abs=1e-12)
    assert agreement(other, one).kappa == kappa
    random.shuffle(pairs)
    shuffled = np.array(pairs).T
    assert agreement(shuffled[0], shuffled[1]) == agreement(one, other)


CODEBOOK = parse_codebook({"name": "g", "dimensions": [{"id": "d", "codes": [{"id": "a", "label": "A"}]}]})
TALKS = tuple(Transcript(f"e{n}", "R : abcdefghij", (Turn(4, 14, "R", "respondent"),)) for n in (1, 2))
SEGMENTS = [Segment(talk, start, start + 5, talk.turns[0]) for talk in TALKS for start in (4, 9)]


def test_only_transcripts_that_both_coders_read_count() -> None:
    codings = [
        Coding("e1", 4, 9, "anne", frozenset("a")),
        Coding("e1", 4, 8, "bob", frozenset("a")),
        Coding("e2", 4, 9, "anne", frozenset("a")),
    ]
    pair = ("anne", "bob")
    (segments,) = agree_on_segments(SEGMENTS, codings, coders=pair, codebook=CODEBOOK)
    (letters,) = agree_on_characters(SEGMENTS, codings, coders=pair, codebook=CODEBOOK)
    assert segments.table == TwoByTwo(1, 0, 0, 1)
    assert letters.table == TwoByTwo(4, 1, 0, 5)
    assert (segments.unit, letters.unit) == ("segment", "caractère")
    assert macro_kappa((segments, letters)) == pytest.approx((1.0 + 0.8) / 2)


def test_nobody_in_common_gives_no_kappa() -> None:
    codings = [Coding("e1", 4, 9, "anne", frozenset("a")), Coding("e2", 4, 9, "bob", frozenset("a"))]
    for agree in (agree_on_segments, agree_on_characters):
        (row,) = agree(SEGMENTS, codings, coders=("anne", "bob"), codebook=CODEBOOK)
        assert row.table.n == 0
        assert macro_kappa((row,)) is None


def test_the_two_coders_of_rsn_pe_agree_closely() -> None:
    study = read_study(ROOT / "corpora/rsn-pe")
    assert study.codebook is not None
    segments = [one for group in segment_all(study.transcripts, nlp=load_senter()) for one in group]
    rows = agree_on_segments(segments, study.codings, coders=("coder_c", "coder_d"), codebook=study.codebook)
    assert {row.table.n for row in rows} == {len(segments)}
    assert min(row.table.kappa or 0 for row in rows) > 0.85
    spoken = sum(t.end - t.start for talk in study.transcripts for t in talk.turns if t.role == "respondent")
    letters = agree_on_characters(segments, study.codings, coders=("coder_c", "coder_d"), codebook=study.codebook)
    assert {row.table.n for row in letters} == {spoken}
    assert abs((macro_kappa(letters) or 0) - (macro_kappa(rows) or 0)) < 0.02
