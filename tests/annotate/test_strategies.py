"""Strategies: a contract for every one, and what each is for."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.annotate.material import draws, typicality
from pipeline.annotate.strategies import (
    COLD,
    DEFAULT,
    EVERY,
    STARVED,
    STRATEGIES,
    Pool,
    hybrid_turn,
    pick,
    starved_code,
    turn,
)  # fmt: skip
from pipeline.records import Segment, Transcript, Turn


def pool(seed: int = 0, n: int = 40, **more: object) -> Pool:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    decided = np.arange(n) < 5
    given = {
        "probabilities": rng.random((n, 3)), "vectors": vectors, "free": ~decided, "decided": decided,
        "positives": np.array([40, 3, 7]), "typical": rng.random(n), "draw": rng.random(n), "answers": 30,
    }  # fmt: skip
    return Pool(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_scores_every_segment_and_repeats_itself(name: str) -> None:
    scores = STRATEGIES[name](pool())
    assert scores.shape == (40,)
    assert np.isfinite(scores).all()
    assert np.array_equal(scores, STRATEGIES[name](pool()))
    assert np.ptp(scores) > 0


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_asks_only_what_is_free(name: str) -> None:
    one = pool()
    free, asked = one.free.copy(), set()
    rng = np.random.default_rng(1)
    while (row := pick(STRATEGIES[name](one), free, rng)) is not None:
        free[row] = False
        asked.add(row)
    assert asked == set(range(5, 40))


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_bears_the_first_question_and_no_code_found(name: str) -> None:
    nothing = np.zeros(40, dtype=bool)
    blank = pool(decided=nothing, free=~nothing, answers=0, probabilities=np.full((40, 3), 0.5))
    assert pick(STRATEGIES[name](blank), blank.free, np.random.default_rng(0)) is not None


def test_ties_are_broken_by_the_generator_alone() -> None:
    scores, free = np.array([1.0, 1.0, 1.0, 0.0]), np.array([True, True, True, True])
    picked = [pick(scores, free, np.random.default_rng(seed)) for seed in range(40)]
    assert set(picked) == {0, 1, 2}
    assert picked == [pick(scores, free, np.random.default_rng(seed)) for seed in range(40)]


def test_uncertain_prefers_a_coin_and_margin_the_worst_code() -> None:
    p = np.array([[0.5, 0.5, 0.5], [0.5, 0.0, 0.0], [0.1, 0.1, 0.1]])
    three = pool(n=3, probabilities=p, typical=np.arange(3.0), draw=np.arange(3.0) / 3)
    assert np.argsort(-STRATEGIES["uncertain"](three)).tolist() == [0, 2, 1]
    assert STRATEGIES["margin"](three)[0] == STRATEGIES["margin"](three)[1] > STRATEGIES["margin"](three)[2]


def test_positives_are_sought_for_the_most_starved_code_only() -> None:
    one = pool()
    assert starved_code(one) == 1
    assert np.array_equal(STRATEGIES["seek-positive"](one), one.probabilities[:, 1])
    rich = pool(positives=np.array([STARVED, STARVED, 99]))
    assert starved_code(rich) is None
    assert np.array_equal(STRATEGIES["seek-positive"](rich), STRATEGIES["uncertain"](rich))


def test_diverse_flees_what_is_decided() -> None:
    one = pool(vectors=np.eye(40, dtype=np.float32))
    scores = STRATEGIES["diverse"](one)
    assert scores[5:].min() > scores[:5].max()


@pytest.mark.parametrize("name", STRATEGIES)
def test_one_question_in_five_is_the_random_streams_whatever_the_strategy(name: str) -> None:
    turns = [turn(name, pool(answers=n)) for n in range(100)]
    assert [n for n, who in enumerate(turns) if who == "random"][:20] == list(range(EVERY - 1, 100, EVERY)) or (
        name == "random" and set(turns) == {"random"}
    )


def test_the_default_begins_typical_then_asks_what_it_doubts() -> None:
    assert DEFAULT == "hybrid"
    assert {hybrid_turn(pool(answers=n)) for n in range(COLD)} == {"typical", "random"}
    later = [hybrid_turn(pool(answers=n)) for n in range(COLD, COLD + 10)]
    assert (later.count("random"), later.count("seek-positive"), later.count("uncertain")) == (2, 1, 7)


def test_a_typical_segment_stands_in_the_middle_of_the_largest_group() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(3, 6)
    groups = [centres[g] + rng.normal(scale=0.2, size=(size, 6)) for g, size in enumerate((30, 12, 5))]
    rows = np.vstack(groups).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    first = np.argsort(-typicality(rows, clusters=3, seed=0))[:3]
    assert [int(row) < 30 for row in first] == [True, False, False]
    assert 30 <= first[1] < 42 <= first[2]


def test_permanent_random_numbers_stay_when_an_interview_comes() -> None:
    turn_ = Turn(0, 9, "R", "respondent")
    parts = [Segment(Transcript(f"e{n}", "x" * 9), 0, 9, turn_) for n in range(2000)]
    assert np.array_equal(draws(parts, seed=3)[:10], draws(parts[:10], seed=3))
    assert not np.array_equal(draws(parts[:10], seed=3), draws(parts[:10], seed=4))
    assert abs(draws(parts, seed=0).mean() - 0.5) < 0.03
