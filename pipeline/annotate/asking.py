"""A ledger and what the machine learnt in, a question out: worklist, then the strategy, then what was skipped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.annotate.events import Event
from pipeline.annotate.ledger import Ledger
from pipeline.annotate.material import Material, draws
from pipeline.annotate.questions import Question, Why, encode_id
from pipeline.annotate.refit import Learnt
from pipeline.annotate.strategies import STRATEGIES, Pool, pick, turn
from pipeline.annotate.wording import REASONS
from pipeline.annotate.worklist import Listed
from pipeline.codebook import Codebook


class Asking:
    """Chooses and words questions over N segments; keeps no state of its own but the seed."""

    def __init__(
        self, material: Material, codebook: Codebook, *, strategy: str, seed: int, worklist: Sequence[Listed] = ()
    ) -> None:
        self._material, self._strategy, self._seed, self._worklist = material, strategy, seed, worklist
        self._draw = draws(material.segments, seed=seed)
        self._order = np.argsort(self._draw, kind="stable")
        self._rank = np.argsort(self._order, kind="stable")
        blank = np.full((len(material.segments), len(codebook.ids)), 0.5)
        self._cold = blank if material.cold is None else material.cold

    def next(self, ledger: Ledger, learnt: Learnt | None) -> Question | None:
        """Choose the next segment; None when every one is decided."""
        free = ~ledger.decided & ~ledger.skipped
        for listed in self._worklist:
            if free[listed.row]:
                return self.question(listed.row, Why("worklist", probability=listed.probability))
        if free.any():
            return self._chosen(ledger, learnt, free)
        left = np.flatnonzero(ledger.skipped)
        return self.question(int(left[0]), Why("again")) if len(left) else None

    def _chosen(self, ledger: Ledger, learnt: Learnt | None, free: NDArray[np.bool_]) -> Question | None:
        """Ask the strategy."""
        pool = Pool(
            learnt.probabilities if learnt else self._cold, self._material.vectors, free, ledger.decided,
            ledger.positives, self._material.typical, self._draw, ledger.answers,
        )  # fmt: skip
        name = turn(self._strategy, pool)
        scores = STRATEGIES[name](pool)
        rng = np.random.default_rng((self._seed, ledger.answers, int(ledger.skipped.sum())))
        row = pick(scores, free, rng)
        if row is None:
            return None
        drawn = (int(self._rank[row]) + 1) / len(free) if name == "random" else None
        return self.question(row, Why(name, round(float(scores[row]), 6), drawn, learnt.model if learnt else ""))

    def question(self, row: int, why: Why, said: Event | None = None) -> Question:
        """Word the question on one segment; ``said`` is what was answered before."""
        segment = self._material.segments[row]
        before, after = self._material.around(row)
        return Question(
            encode_id(segment, why), segment, self._material.asked[row], before, after, segment.turn.speaker, why,
            REASONS.get(why.strategy, ""), said.codes if said else frozenset(), said.memo if said else "",
            self._listed_rank(row) if why.strategy == "worklist" else None,
        )  # fmt: skip

    def sample(self, ledger: Ledger) -> NDArray[np.int64]:
        """Return the rows of the random sample: what was decided among the first of the drawing order.

        The first n in the order of permanent random numbers are a simple random sample, whoever asked them: a
        segment that a strategy had asked before its draw came belongs to it too.
        """
        done = (ledger.decided | ledger.skipped)[self._order]
        reached = len(done) if done.all() else int(np.argmin(done))
        first = self._order[:reached]
        return np.asarray(first[ledger.decided[first]])

    def listed(self, ledger: Ledger) -> tuple[int, int] | None:
        """Return how much of the worklist is done, and its length; None without one."""
        if not self._worklist:
            return None
        return sum(bool(ledger.decided[listed.row]) for listed in self._worklist), len(self._worklist)

    def _listed_rank(self, row: int) -> tuple[int, int]:
        """Return the place of a segment in the worklist."""
        return 1 + [listed.row for listed in self._worklist].index(row), len(self._worklist)
