"""A thread beside the page: what is known in, probabilities of every segment out; the newest state wins."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.annotate.ledger import Ledger
from pipeline.annotate.material import Machine
from pipeline.annotate.measure import Measured, measure

POINT = 20  # answers between two points of the learning curve
FEWEST = 4  # answers before anything is learnt


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the machine makes of the N segments, (N, C), after ``answers``; ``model`` is its name."""

    probabilities: NDArray[np.float64]
    answers: int
    model: str


@dataclass(frozen=True, slots=True)
class Job:
    """What to learn from: a ledger, and the rows (M,) of the random sample."""

    ledger: Ledger
    sample: NDArray[np.int64]


class Refit:
    """Learns the newest job whenever it is idle, and measures every POINT answers. Nobody waits for it."""

    def __init__(
        self, machine: Machine, interview: NDArray[np.int64], *, last: int, told: Callable[[Measured], None]
    ) -> None:
        self._machine, self._interview, self._told = machine, interview, told
        self._measured_at = last
        self._before: NDArray[np.bool_] | None = None
        self._wake = threading.Condition()
        self._job: Job | None = None
        self._busy = self._closed = False
        self.learnt: Learnt | None = None
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="filrouge-refit", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to be learnt."""
        return self._busy or self._job is not None

    def submit(self, job: Job) -> None:
        """Ask for a refit; an older job not yet begun is forgotten."""
        if job.ledger.answers < FEWEST and not job.ledger.finished:
            return
        with self._wake:
            self._job = job
            self._wake.notify_all()

    def settle(self, timeout: float) -> bool:
        """Wait until nothing is left to learn; False if it took longer."""
        with self._wake:
            return self._wake.wait_for(lambda: not self.busy or self._closed, timeout)

    def close(self) -> None:
        """Stop the thread once it has done what it is at."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._thread.join(30)

    def _run(self) -> None:
        """Take the newest job, again and again."""
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._job is not None or self._closed)
                if self._closed:
                    return
                job, self._job, self._busy = self._job, None, True
            try:
                if job is not None:
                    self._learn(job)
            except Exception as error:  # a refit that fails must not end the session: the next may do
                self.failure = error
            finally:
                with self._wake:
                    self._busy = False
                    self._wake.notify_all()

    def _learn(self, job: Job) -> None:
        """Learn, and measure if it is time."""
        rows = job.ledger.known
        answers = job.ledger.answers
        found = self._machine.probabilities(rows, job.ledger.labels[rows])
        self.learnt = Learnt(found, answers, f"séance-{answers}")
        if answers // POINT > self._measured_at // POINT:
            self._measured_at = answers
            says = found >= 0.5
            self._told(measure(self._machine, job.ledger, job.sample, self._interview, self._before, says))
            self._before = says
