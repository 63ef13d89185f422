"""Scores in the order of speech in, smoother scores out: a theme lasts several segments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def smoothed(scores: NDArray[Any], interview: NDArray[np.int64], *, pull: float) -> NDArray[Any]:
    """Move each row (N, C) by ``pull`` toward each of its two neighbours of the same interview (N,).

    >>> smoothed(np.array([[0.0], [4.0], [0.0]]), np.array([0, 0, 1]), pull=0.2).ravel().tolist()
    [0.8, 3.2, 0.0]
    """
    moved = scores.copy()
    if len(scores) > 1:
        step = pull * (scores[1:] - scores[:-1]) * (interview[1:] == interview[:-1])[:, None]
        moved[:-1] += step
        moved[1:] -= step
    return moved


def echoed(scores: NDArray[Any], turn: NDArray[np.int64], *, pull: float) -> NDArray[Any]:
    """Mix each row (N, C) with ``pull`` parts of the best of its turn (N,), whose rows stand together.

    An answer that speaks of a theme once is likelier to speak of it again a sentence further. A row alone in its
    turn stays as it is.

    >>> echoed(np.array([[0.0], [3.0], [1.0]]), np.array([0, 0, 1]), pull=0.5).ravel().tolist()
    [1.0, 3.0, 1.0]
    """
    if not len(scores):
        return scores
    begins = np.flatnonzero(np.diff(turn, prepend=turn[0] - 1))
    best = np.maximum.reduceat(scores, begins, axis=0)
    return np.asarray((scores + pull * np.repeat(best, np.diff(begins, append=len(scores)), axis=0)) / (1 + pull))
