"""A session = a stream of questions, an answer, an update; the machine refits beside it, never in its way."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.annotate.questions import Progress, Question, Reading, Suggestion
from pipeline.codebook import Codebook
from pipeline.records import Explanation


class Session:
    """One coder at work. Thread-safe. ``codebook`` and ``coder`` are public; every write takes a key.

    ``key`` is drawn by the page, once a form (uuid4): sent twice, it counts once. Every French complaint is a
    FilrougeError whose text can be shown as it is; a forged or stale question id is ValueError.
    """

    coder: str
    codebook: Codebook
    suggests: bool

    def next(self) -> Question | None:
        """Return the question to show: the same until it is answered or skipped; None when all is decided."""
        raise NotImplementedError

    def question(self, question: str) -> Question:
        """Return the question of an id, also after a restart. Raises ValueError if it names no segment."""
        raise NotImplementedError

    def answer(self, key: str, question: str, codes: Iterable[str], memo: str = "") -> bool:
        """Store what holds of a question's segment; no code means "nothing applies". False: known already.

        Raises CodingError if a code is unknown, or two codes of a dimension that takes one are given.
        """
        raise NotImplementedError

    def skip(self, key: str, question: str, memo: str = "") -> bool:
        """Leave a question aside; it comes back after all others."""
        raise NotImplementedError

    def undo(self, key: str) -> Question | None:
        """Take the newest answer back, and return its question (``chosen`` and ``memo`` filled in).

        None if there is nothing to take back, or if what was taken back was a span or a reading.
        """
        raise NotImplementedError

    def code_span(
        self, key: str, transcript: str, start: int, end: int, codes: Iterable[str], memo: str = ""
    ) -> bool:
        """Store codes on a free passage; offsets are code points of the transcript's text, end exclusive.

        Raises CodingError if the passage is empty, lies outside the text, or no code is given.
        """
        raise NotImplementedError

    def finish_reading(self, key: str, transcript: str) -> bool:
        """Store that the whole transcript was read: what bears no code is "read, nothing applies"."""
        raise NotImplementedError

    def transcripts(self) -> tuple[Reading, ...]:
        """Return every transcript, as ``reading`` does, in the study's order."""
        raise NotImplementedError

    def reading(self, transcript: str) -> Reading:
        """Return one transcript to read. Raises StudyError if the study holds none of that name."""
        raise NotImplementedError

    def progress(self) -> Progress:
        """Say how far the work is."""
        raise NotImplementedError

    def suggestion(self, question: str) -> Suggestion | None:
        """Say what the machine thinks; None unless ``suggests``, or while it knows nothing.

        Also None before this coder has answered that very question: it must not anchor them.
        """
        raise NotImplementedError

    def explain(self, question: str, code: str) -> Explanation:
        """Say why: the words that weighed most and the three nearest passages that this coder gave ``code``."""
        raise NotImplementedError

    def settle(self, timeout: float = 60.0) -> bool:
        """Wait until the machine has learnt all there is (for tests, and before a model is written)."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the machine's thread and let the coder's claim go; idempotent."""
        raise NotImplementedError
