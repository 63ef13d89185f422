"""What the card says of errors and scores, against tables made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.align import Marks
from pipeline.classify.diagnosis import by_case, mean_kappa, reliability


def test_scores_that_tell_the_truth_have_no_calibration_error() -> None:
    rng = np.random.default_rng(3)
    scores = rng.random((20_000, 2))
    rows, error = reliability(scores, (rng.random((20_000, 2)) < scores).astype(float))
    assert error < 0.02
    assert sum(row["n"] for row in rows) == 40_000
    _, off = reliability(scores, np.zeros((20_000, 2)))
    assert off == pytest.approx(0.5, abs=0.01)


def test_each_case_has_its_own_kappa_and_its_own_errors() -> None:
    seen = np.array([True, True, True, True, False])
    labels = np.array([[1], [0], [1], [0], [0]], dtype=bool)
    marks = {"anne": Marks(labels, seen), "bob": Marks(labels, seen)}
    found = by_case(
        np.array([[1], [0], [0], [1]], dtype=bool), marks, seen, ["acier", "acier", "pixel", "pixel", "pixel"]
    )
    assert found == {
        "cas 1": {"segments": 2, "macro": 1.0, "human": 1.0, "missed": 0, "added": 0},
        "cas 2": {"segments": 2, "macro": -1.0, "human": 1.0, "missed": 1, "added": 1},
    }


def test_mean_kappa_is_scikit_learns_where_it_is_defined() -> None:
    rng = np.random.default_rng(5)
    one, other = rng.random((50, 3)) < 0.4, rng.random((50, 3)) < 0.5
    one[:, 2] = other[:, 2] = False
    expected = np.mean([cohen_kappa_score(one[:, c], other[:, c]) for c in (0, 1)])
    assert mean_kappa(one, other) == pytest.approx(expected, abs=1e-6)
    assert mean_kappa(one[:, 2:], other[:, 2:]) is None
    assert mean_kappa(one[:0], other[:0]) is None
