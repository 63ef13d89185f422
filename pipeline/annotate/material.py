"""What a session works on: the segments of a study with their vectors, and the machine that learns them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Segment

AROUND = 3  # neighbours shown on each side
_NEIGHBOURS = 20  # segments that make one typical


class Machine(Protocol):
    """What learns from N segments. Nothing must inherit from it; ``run.learning`` has one."""

    def probabilities(self, rows: NDArray[np.int64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Learn from M rows and labels (M, C), NaN where nothing is known; return (N, C) for every segment."""
        ...

    def words(
        self, rows: NDArray[np.int64], labels: NDArray[np.float64], row: int, column: int
    ) -> tuple[str, ...]:
        """Return the words of segment ``row`` that weigh most for one code, heaviest first."""
        ...


@dataclass(frozen=True, slots=True)
class Material:
    """The N segments of a study.

    ``groups`` holds them by transcript; ``asked`` (N) is what the interviewer said before each; ``vectors`` (N, D)
    are unit rows; ``typical`` (N,) as ``typicality`` gives it. ``cold`` (N, C) is what the codebook alone makes
    of them, None where it says nothing.
    """

    groups: Sequence[Sequence[Segment]]
    asked: Sequence[str]
    vectors: NDArray[np.float32]
    typical: NDArray[np.float64]
    cold: NDArray[np.float64] | None = None
    title: str = ""
    segments: tuple[Segment, ...] = field(init=False)
    interview: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(segment for group in self.groups for segment in group))
        lengths = [len(group) for group in self.groups]
        object.__setattr__(self, "interview", np.repeat(np.arange(len(lengths)), lengths))

    def around(self, row: int) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
        """Return the neighbours of a segment in its interview, before and after."""
        first, last = np.flatnonzero(self.interview == self.interview[row])[[0, -1]]
        return self.segments[max(first, row - AROUND) : row], self.segments[row + 1 : min(last, row + AROUND) + 1]


def draws(segments: Sequence[Segment], *, seed: int) -> NDArray[np.float64]:
    """Return a permanent random number in [0, 1) a segment, (N,) (Ohlsson 1995).

    It depends on the seed and the place alone: every coder draws the same sample, and an interview added later
    moves nobody else.
    """
    told = [f"{seed}|{one.transcript.id}|{one.start}|{one.end}".encode() for one in segments]
    return np.array([int.from_bytes(hashlib.sha256(text).digest()[:8], "big") / 2**64 for text in told])


def typicality(vectors: NDArray[np.float32], *, clusters: int, seed: int) -> NDArray[np.float64]:
    """Score N unit rows (N, D) by how well each stands for many, the higher the better (Hacohen et al. 2022).

    The most typical row of each of ``clusters`` clusters comes first, largest cluster first; then the others.
    """
    from sklearn.cluster import KMeans

    if len(vectors) <= clusters:
        return np.zeros(len(vectors))
    cluster = KMeans(clusters, n_init=1, random_state=seed).fit_predict(vectors)
    sizes = np.bincount(cluster, minlength=clusters)
    scores = np.zeros(len(vectors))
    for rank, c in enumerate(np.argsort(-sizes, kind="stable")):
        mine = np.flatnonzero(cluster == c)
        alike = np.sort(vectors[mine] @ vectors[mine].T, axis=1)[:, -_NEIGHBOURS:].mean(axis=1)
        scores[mine] = alike - 2
        scores[mine[np.argmax(alike)]] = clusters - rank
    return scores
