"""Segments in, passages out: each segment with what was said around it, as words and as vectors.

A coded unit often makes sense only after the question that called for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.records import Segment, Transcript

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
Window = tuple[str, tuple[str, ...]]  # a question, and segments of the answer
Spans = tuple[tuple[int, int], ...]

# Segments on each side. Macro kappa on rsn-pe (simulated, `scripts/benchmark_coder.py`): 0.287, and 0.255 with 1.
NEIGHBOURS = 3
_DECAY = 0.5


class Layers(Protocol):
    """An encoder opened up: states of tokens under the layers that learn (``embed.layers`` has one)."""

    @property
    def half(self) -> bool:
        """Whether the processor multiplies bf16 natively."""
        ...

    @property
    def dimension(self) -> int:
        """The length D of a state."""
        ...

    def top(self) -> dict[str, Any]:
        """Return a copy of the weights that learn, by name."""
        ...

    def read(self, windows: Sequence[Window], *, keep: bool = False) -> list[tuple[Any, Spans]]:
        """Return the states (T, D) of each window's tokens and where each segment stands among them."""
        ...

    def run(self, weights: Mapping[str, Any], states: Any, present: Any) -> Any:
        """Pass states (B, T, D), of which ``present`` (B, T) count, through the layers that learn."""
        ...

    def pooled(self, windows: Sequence[Window], weights: Mapping[str, Any]) -> list[NDArray[np.float32]]:
        """Return the mean state (S, D) of each of a window's S segments, through all layers."""
        ...


@dataclass(frozen=True, slots=True)
class Passages:
    """N segments as a classifier reads them.

    ``own`` and ``context`` are N texts each; ``vectors`` has shape (N, 3D): the segment, its neighbours, the
    question. ``interview`` (N,) numbers the transcript of each segment and ``turn`` (N,) its turn; segments of one
    stand together. ``asked`` are the N questions, and ``layers`` opens the encoder; a classifier that needs
    neither may have them empty.
    """

    own: tuple[str, ...]
    context: tuple[str, ...]
    vectors: NDArray[np.float32]
    interview: NDArray[np.int64]
    turn: NDArray[np.int64]
    asked: tuple[str, ...] = ()
    layers: Layers | None = None

    def take(self, rows: NDArray[np.bool_]) -> Passages:
        """Keep the rows of a mask (N,)."""
        kept = np.flatnonzero(rows)
        return Passages(
            tuple(self.own[i] for i in kept),
            tuple(self.context[i] for i in kept),
            self.vectors[kept],
            self.interview[kept],
            self.turn[kept],
            tuple(self.asked[i] for i in kept) if self.asked else (),
            self.layers,
        )

    def blocks(self, most: int) -> Iterator[Passages]:
        """Yield them in order, whole interviews together, about ``most`` at a time (one interview may be longer).

        >>> alone = np.array([0, 0, 1, 2])
        >>> talk = Passages(("a", "b", "c", "d"), ("",) * 4, np.zeros((4, 3), np.float32), alone, alone)
        >>> [block.own for block in talk.blocks(2)]
        [('a', 'b'), ('c', 'd')]
        """
        ends = np.flatnonzero(np.diff(self.interview, append=-1)) + 1
        start = 0
        for place, end in enumerate(ends.tolist()):
            if place + 1 == len(ends) or ends[place + 1] - start > most:
                mask = np.zeros(len(self.own), bool)
                mask[start:end] = True
                yield self.take(mask)
                start = end

    def joined(self, other: Passages) -> Passages:
        """Append the passages of other interviews."""
        return Passages(
            (*self.own, *other.own),
            (*self.context, *other.context),
            np.vstack([self.vectors, other.vectors]),
            np.concatenate([self.interview, other.interview + 1 + self.interview.max(initial=-1)]),
            np.concatenate([self.turn, other.turn + 1 + self.turn.max(initial=-1)]),
            (*self.asked, *other.asked),
            self.layers,
        )


@dataclass(frozen=True, slots=True)
class Besides:
    """Coded passages of other material, learnt from besides the study's: M passages, shares of coders (M, C).

    ``start`` holds the encoder's layers already trained on them (see ``tuned``), where there are any.
    """

    passages: Passages
    labels: NDArray[np.float64]
    start: Any = None


def joined(
    known: Passages, labels: NDArray[np.float64], besides: Besides | None
) -> tuple[Passages, NDArray[np.float64]]:
    """Append what is learnt besides to N passages and the shares of coders (N, C)."""
    if besides is None:
        return known, labels
    return known.joined(besides.passages), np.vstack([labels, besides.labels])


def passages(
    groups: Sequence[Sequence[Segment]], *, encode: Encode, layers: Layers | None = None, called: bool = True
) -> Passages:
    """Read the segments of each transcript in their context.

    ``groups`` holds one list of segments a transcript; ``encode`` turns texts into (N, D) unit rows. Each
    distinct text (segment or question) is encoded once. ``layers`` opens the encoder, where it can be. Without
    ``called`` the vectors of questions are left at 0, for a classifier that does not read them.
    """
    own = [segment.text for group in groups for segment in group]
    asked = [question for group in groups for question in questions(group)]
    heard = [question if called else "" for question in asked]
    texts = list(dict.fromkeys([*own, *filter(None, heard)]))
    rows = encode(texts)
    where = {text: row for row, text in enumerate(texts)}
    mine = rows[[where[text] for text in own]] if own else rows
    questioned = np.zeros_like(mine)
    for i, question in enumerate(heard):
        if question:
            questioned[i] = rows[where[question]]
    interview = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    turns: dict[tuple[int, int], int] = {}
    places = [(g, segment.turn.start) for g, group in enumerate(groups) for segment in group]
    turn = np.array([turns.setdefault(place, len(turns)) for place in places], dtype=np.int64)
    return Passages(
        tuple(own),
        tuple(text for group in groups for text in surroundings(group)),
        np.hstack([mine, neighbourhood(mine, interview), questioned]),
        interview,
        turn,
        tuple(asked),
        layers,
    )


def questions(group: Sequence[Segment]) -> list[str]:
    """Return, for each segment of one transcript, what the interviewer said just before its turn."""
    if not group:
        return []
    asked = _questions_by_turn(group[0].transcript)
    return [asked.get(segment.turn.start, "") for segment in group]


def _questions_by_turn(transcript: Transcript) -> dict[int, str]:
    """Map the start of each respondent's turn to the interviewer's last words before it."""
    asked: dict[int, str] = {}
    last, fresh = "", False
    for turn in transcript.turns:
        said = transcript.text[turn.start : turn.end]
        if turn.role == "interviewer":
            last, fresh = (f"{last} {said}" if fresh else said), True
        else:
            asked[turn.start], fresh = last, False
    return asked


def surroundings(group: Sequence[Segment]) -> list[str]:
    """Return, for each segment of one transcript, the question and the neighbouring segments as one text."""
    own = [segment.text for segment in group]
    return [
        " ".join([question, *own[max(0, i - NEIGHBOURS) : i], *own[i + 1 : i + 1 + NEIGHBOURS]])
        for i, question in enumerate(questions(group))
    ]


def neighbourhood(vectors: NDArray[np.float32], interview: NDArray[np.int64]) -> NDArray[np.float32]:
    """Average each row (N, D) with its neighbours of the same interview, the farther the lighter; unit rows.

    >>> rows = np.eye(2, dtype=np.float32)
    >>> neighbourhood(rows, np.array([0, 1])).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    mixed = vectors.copy()
    for step in range(1, NEIGHBOURS + 1):
        if step >= len(vectors):
            break
        same = (interview[step:] == interview[:-step])[:, None] * np.float32(_DECAY**step)
        mixed[step:] += same * vectors[:-step]
        mixed[:-step] += same * vectors[step:]
    length = np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(mixed / np.maximum(length, 1e-12), dtype=np.float32)
