"""The ridge coder: its matrices are what they say, its solver solves, and a bank only adds."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.classify import ridge
from pipeline.classify.context import Passages
from pipeline.classify.words import WORD_COLUMNS

OWN = ("le prix monte", "le prix baisse", "mes amis viennent", "mes amis partent", "le prix stagne", "il pleut")


def talk(interview: list[int], turn: list[int]) -> Passages:
    """Return six segments with random unit vectors of 4 dimensions at three places."""
    vectors = np.random.default_rng(0).normal(size=(6, 12)).astype(np.float32)
    return Passages(OWN, OWN, vectors, np.array(interview), np.array(turn))


def test_neighbours_never_cross_an_interview_nor_an_answer() -> None:
    passages = talk([0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2])
    near = ridge.mixture(passages, 2, 0.5).toarray()
    answer = ridge.mixture(passages, 20, 1.0, answer=True).toarray()
    assert near[0].tolist() == [1, 0.5, 0.25, 0, 0, 0]
    assert near[3].tolist() == [0, 0, 0, 1, 0.5, 0.25]
    assert answer[1].tolist() == [1, 0, 0, 0, 0, 0]
    assert answer[2].tolist() == [0] * 6
    assert answer[4].tolist() == [0, 0, 0, 1, 0, 1]


def test_one_segment_alone_has_no_neighbours() -> None:
    alone = talk([0] * 6, [0] * 6).take(np.array([True] + [False] * 5))
    assert ridge.mixture(alone, 20, 1.0, answer=True).toarray().tolist() == [[0.0]]


def test_conjugate_gradients_solve_the_system() -> None:
    rng = np.random.default_rng(0)
    features = [rng.normal(size=(60, 20)).astype(np.float32), rng.normal(size=(60, 90)).astype(np.float32)]
    target = rng.normal(size=(60, 3)).astype(np.float32)
    system = sum(part @ part.T for part in features) + ridge.PENALTY * np.eye(60)
    np.testing.assert_allclose(ridge._solved(features, target), np.linalg.solve(system, target), atol=1e-4)
    assert not ridge._solved(features, np.zeros((60, 2), np.float32)).any()


def test_scores_follow_the_shares_it_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ridge, "PENALTY", 0.01)
    monkeypatch.setattr(ridge, "SMOOTHING", 0.0)
    passages = talk([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5])
    labels = np.array([[1.0], [1.0], [0.0], [0.0], [0.5], [0.0]])
    scores = ridge.fit(passages, labels, seed=0).logits(passages)[:, 0] / 10
    np.testing.assert_allclose(scores, labels[:, 0], atol=0.1)


def test_joined_interviews_stay_apart() -> None:
    one, other = talk([0, 0, 0, 1, 1, 1], [0, 0, 1, 2, 2, 2]), talk([0] * 6, [0] * 6)
    both = one.joined(other)
    assert both.interview.tolist() == [0, 0, 0, 1, 1, 1] + [2] * 6
    assert both.turn.tolist() == [0, 0, 1, 2, 2, 2] + [3] * 6
    assert len(both.own) == len(both.vectors) == 12


def test_words_and_characters_weigh_alike() -> None:
    from scipy.sparse import csr_matrix

    rows = ridge.unit_blocks(csr_matrix(np.array([[3.0, 4.0, 5.0], [0.0, 0.0, 2.0]])), 2).toarray()
    np.testing.assert_allclose(rows, [[0.6, 0.8, 1.0], [0.0, 0.0, 1.0]], rtol=1e-6)
    assert WORD_COLUMNS == 2**17


def test_the_same_passages_give_the_same_bytes() -> None:
    passages = talk([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1])
    labels = np.array([[1, 0], [1, 0], [0, 1], [0, 0.5], [1, 0], [0, 0]])
    one, other = (ridge.fit(passages, labels, seed=0).tensors() for _ in range(2))
    assert {name: rows.tobytes() for name, rows in one.items()} == {
        name: rows.tobytes() for name, rows in other.items()
    }
