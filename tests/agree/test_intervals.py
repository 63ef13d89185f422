"""Intervals of kappa: beside statsmodels, at their limits, and by the share of studies they cover."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.agree.intervals import (
    FEWEST,
    _asymptotic,
    corpus_interval,
    kappas,
    mean_transfer_interval,
    transfer_interval,
)


@pytest.mark.parametrize("cells", [(20, 5, 10, 15), (118, 5, 2, 0), (1, 7, 3, 300), (40, 10, 10, 140)])
def test_the_large_sample_error_is_that_of_fleiss_cohen_and_everitt(cells: tuple[float, ...]) -> None:
    inter_rater = pytest.importorskip("statsmodels.stats.inter_rater", exc_type=ImportError)
    found = inter_rater.cohens_kappa(np.array(cells, float).reshape(2, 2))
    assert _asymptotic(np.array(cells, float)) == pytest.approx(float(found.std_kappa))
    assert float(kappas(np.array(cells, float))) == pytest.approx(float(found.kappa))


def test_a_code_hardly_used_has_no_interval() -> None:
    rare = np.array([FEWEST - 2.0, 1, 0, 90])
    assert corpus_interval(rare) is None
    assert transfer_interval(np.stack([rare, np.zeros(4)])) is None
    assert mean_transfer_interval(rare[None, None].repeat(3, axis=0) * 0.1) is None


def test_one_interview_says_nothing_of_others() -> None:
    assert transfer_interval(np.array([[20.0, 5, 5, 70]])) is None


def test_the_same_seed_gives_the_same_interval() -> None:
    table = np.array([20.0, 5, 5, 70])
    assert corpus_interval(table, seed=3) == corpus_interval(table, seed=3)


def test_unlike_interviews_widen_what_is_said_of_others_and_not_of_this_corpus() -> None:
    even = np.tile([10.0, 3, 3, 44], (8, 1))
    swing = np.array([3.0, -3, -3, 3])
    odd = even + np.where(np.arange(8) % 2, 1, -1)[:, None] * swing
    np.testing.assert_allclose(even.sum(axis=0), odd.sum(axis=0))
    narrow, wide = transfer_interval(even), transfer_interval(odd)
    assert narrow is not None
    assert wide is not None
    assert wide[1] - wide[0] > 1.3 * (narrow[1] - narrow[0])
    assert corpus_interval(even.sum(axis=0)) == corpus_interval(odd.sum(axis=0))


def _study(rng: np.random.Generator, interviews: int = 16, segments: int = 80) -> NDArray[np.float64]:
    """Draw tables of one study whose interviews differ in prevalence and in how well the machine does."""
    tables = []
    for _ in range(interviews):
        truth = rng.random(segments) < 1 / (1 + np.exp(1.4 - 0.8 * rng.normal()))
        seen = 2.2 * truth + 0.4 * rng.normal() + rng.normal(size=segments) > 1.1
        tables.append([(truth & seen).sum(), (~truth & seen).sum(), (truth & ~seen).sum(), (~truth & ~seen).sum()])
    return np.array(tables, float)


def test_intervals_for_new_interviews_cover_what_they_claim() -> None:
    rng = np.random.default_rng(0)
    truth = float(kappas(np.sum([_study(rng, 400) for _ in range(20)], axis=(0, 1))))
    found = [transfer_interval(_study(rng)) for _ in range(300)]
    covered = np.mean([ends is not None and ends[0] <= truth <= ends[1] for ends in found])
    assert 0.91 <= covered <= 1.0
