"""What to ask next: a pool in, a score a segment out; the highest is picked, ties broken by a given Generator.

Measured on French sets by `scripts/benchmark_active.py`. Typical segments first (Hacohen, Dekel & Weinshall 2022),
then the codes' uncertainty (Lewis & Gale 1994); positives are sought only while a code is starved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STARVED = 15  # positives: with fewer, a code is sought; under it after many labels, it is too rare to automate
COLD = 20  # answers before the machine has a say
EVERY = 5  # one question in five comes from the random stream
_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Pool:
    """The N segments of a study as a strategy sees them.

    ``probabilities`` (N, C) are the machine's; ``vectors`` (N, D) unit rows; ``free`` (N,) what may be asked;
    ``decided`` (N,) what this coder answered; ``positives`` (C,) passages found so far, by code; ``typical`` (N,)
    says how well each stands for many, the higher the better; ``draw`` (N,) are permanent random numbers, the
    lowest drawn first; ``answers`` counts the answers.
    """

    probabilities: NDArray[np.float64]
    vectors: NDArray[np.float32]
    free: NDArray[np.bool_]
    decided: NDArray[np.bool_]
    positives: NDArray[np.int64]
    typical: NDArray[np.float64]
    draw: NDArray[np.float64]
    answers: int


Strategy = Callable[[Pool], NDArray[np.float64]]


def by_chance(pool: Pool) -> NDArray[np.float64]:
    """Score by the permanent random number, lowest first: the first n asked are a random sample of the study."""
    return -pool.draw


def typical(pool: Pool) -> NDArray[np.float64]:
    """Score by how many segments each stands for."""
    return pool.typical


def uncertain(pool: Pool) -> NDArray[np.float64]:
    """Score by the mean over codes of the entropy of their probability, in bits."""
    return np.asarray(_entropy(pool.probabilities).mean(axis=1))


def margin(pool: Pool) -> NDArray[np.float64]:
    """Score by the code about which the machine hesitates most."""
    return np.asarray(-np.abs(2 * pool.probabilities - 1).min(axis=1))


def seek_positive(pool: Pool) -> NDArray[np.float64]:
    """Score by the probability of the code with fewest passages, if one is starved; else as ``uncertain``."""
    starved = starved_code(pool)
    return uncertain(pool) if starved is None else pool.probabilities[:, starved]


def diverse(pool: Pool) -> NDArray[np.float64]:
    """Score by the distance to the nearest segment decided (farthest first: Gonzalez 1985)."""
    known = np.flatnonzero(pool.decided)
    if not len(known):
        return pool.typical
    return np.asarray(1 - (pool.vectors @ pool.vectors[known].T).max(axis=1), dtype=np.float64)


def starved_code(pool: Pool) -> int | None:
    """Return the code with fewest passages among those under STARVED, each in its turn; None if there is none."""
    few = np.flatnonzero(pool.positives < STARVED)
    if not len(few):
        return None
    return int(few[np.argmin(pool.positives[few])])


def _entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the entropy of probabilities, in bits."""
    q = np.clip(p, 1e-12, 1 - 1e-12)
    return np.asarray(-(q * np.log2(q) + (1 - q) * np.log2(1 - q)))


def pick(scores: NDArray[np.float64], free: NDArray[np.bool_], rng: np.random.Generator) -> int | None:
    """Return the free segment with the highest score, at random among ties; None if nothing is free.

    >>> pick(np.array([0.1, 0.9, 0.5]), np.array([True, False, True]), np.random.default_rng(0))
    2
    """
    if not free.any():
        return None
    held = np.where(free, scores, -np.inf)
    best = np.flatnonzero(held >= held.max() - _TIE)
    return int(rng.choice(best))


# To add a strategy: a function Pool -> scores (N,) above, and a line here.
STRATEGIES: dict[str, Strategy] = {
    "random": by_chance,
    "typical": typical,
    "uncertain": uncertain,
    "margin": margin,
    "seek-positive": seek_positive,
    "diverse": diverse,
    "hybrid": lambda pool: STRATEGIES[hybrid_turn(pool)](pool),
}
DEFAULT = "hybrid"


def hybrid_turn(pool: Pool) -> str:
    """Return whose turn it is: chance every EVERY; typical at first, then uncertain; a starved code one in ten."""
    if pool.answers % EVERY == EVERY - 1:
        return "random"
    if pool.answers < COLD:
        return "typical"
    if pool.answers % (2 * EVERY) == 1 and starved_code(pool) is not None:
        return "seek-positive"
    return "uncertain"


def turn(strategy: str, pool: Pool) -> str:
    """Return the simple strategy that asks the next question: one in EVERY is the random stream's, whatever it is.

    Without it nothing honest could be measured during a session.
    """
    if pool.answers % EVERY == EVERY - 1:
        return "random"
    return hybrid_turn(pool) if strategy == "hybrid" else strategy
