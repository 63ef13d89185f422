"""The encoder's top layers as a network that learns: windows of speech, their states, the heads that read them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Layers, Passages, Window

DROPOUT = 0.1
DECAY = 0.01
WARMED = 0.1  # share of the steps over which the rate rises
BUDGET = 3000  # tokens a step
SEGMENTS, OVERLAP = 10, 1  # of a window, and more on each side


@dataclass(frozen=True, slots=True)
class Place:
    """One window: what is read, which of its segments are asked for, and their rows."""

    window: Window
    first: int
    rows: tuple[int, ...]


def places(passages: Passages) -> list[Place]:
    """Lay passages out in windows, in order; every passage is asked for exactly once.

    >>> alone = np.array([0, 0, 1])
    >>> talk = Passages(("a", "b", "c"), ("",) * 3, np.zeros((3, 3)), alone, alone, ("Q", "Q", "R"))
    >>> [(place.window, place.first, place.rows) for place in places(talk)]
    [(('Q', ('a', 'b')), 0, (0, 1)), (('R', ('c',)), 0, (2,))]
    """
    asked = passages.asked or ("",) * len(passages.own)
    edges = np.flatnonzero(np.diff(passages.turn, prepend=-1, append=-1)).tolist() if len(passages.own) else []
    found = []
    for start, end in pairwise(edges):
        for first in range(start, end, SEGMENTS):
            last = min(first + SEGMENTS, end)
            low, high = max(start, first - OVERLAP), min(end, last + OVERLAP)
            window = asked[first], passages.own[low:high]
            found.append(Place(window, first - low, tuple(range(first, last))))
    return found


Read = tuple[Any, tuple[tuple[int, int], ...], tuple[int, ...]]  # states, spans asked for, rows


def read(found: Sequence[Place], layers: Layers, *, keep: bool) -> list[Read]:
    """Run the lower layers over windows."""
    states = layers.read([place.window for place in found], keep=keep)
    return [
        (state, spans[place.first : place.first + len(place.rows)], place.rows)
        for place, (state, spans) in zip(found, states, strict=True)
    ]


def batches(
    read: Sequence[Read], rng: random.Random | None = None, *, budget: int = BUDGET
) -> Iterator[list[Read]]:
    """Deal windows into batches of about ``budget`` tokens, of like lengths; shuffled with ``rng``."""
    order = list(read)
    if rng:
        rng.shuffle(order)
    batches: list[list[Read]] = []
    for start in range(0, len(order), 64):
        batch: list[Read] = []
        for one in sorted(order[start : start + 64], key=lambda one: len(one[0])):
            if batch and (len(batch) + 1) * len(one[0]) > budget:
                batches.append(batch)
                batch = []
            batch.append(one)
        batches += [batch] if batch else []
    if rng:
        rng.shuffle(batches)
    yield from batches


def as_tensors(weights: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Turn stored weights into float32 tensors."""
    import torch

    return {name: torch.from_numpy(np.asarray(value, np.float32)) for name, value in weights.items()}


class Net:
    """The trained layers and the heads; a plain holder, so that torch is imported only where it is used.

    ``weights`` are the layers' by name, float32.
    """

    def __init__(self, layers: Layers, outputs: int, *, bias: Any = None) -> None:
        import torch

        self._layers, self._drop = layers, 0.0
        self.weights = {name: value.requires_grad_() for name, value in layers.top().items()}
        self.head = torch.nn.Linear(layers.dimension, outputs)
        torch.nn.init.normal_(self.head.weight, std=0.02)
        if bias is not None:
            self.head.bias.data[:] = torch.logit(bias.clamp(0.01, 0.99))

    def learn(self, *, on: bool = True) -> None:
        """Begin to drop states at random, or stop."""
        self._drop = DROPOUT if on else 0.0

    def descent(self, steps: int, *, rate: float, head_rate: float = 0.0) -> tuple[Any, Any]:
        """Return AdamW (Loshchilov & Hutter 2019), and its rate: it rises over WARMED of the steps, then falls.

        The head learns too where ``head_rate`` is given.
        """
        import torch

        learning: list[dict[str, Any]] = [{"params": list(self.weights.values()), "lr": rate}]
        learning += [{"params": self.head.parameters(), "lr": head_rate}] if head_rate else []
        optimizer = torch.optim.AdamW(learning, weight_decay=DECAY)
        pace = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / (WARMED * steps)) * max(0.02, 1 - step / steps)
        )
        return optimizer, pace

    def load(self, weights: Mapping[str, Any]) -> None:
        """Take weights by name."""
        import torch

        with torch.no_grad():
            for name, value in self.weights.items():
                value.copy_(weights[f"layers.{name}"])
        self.head.load_state_dict({"weight": weights["head.weight"], "bias": weights["head.bias"]})

    def saved(self) -> dict[str, NDArray[Any]]:
        """Return weights by name, as float16."""
        named = {f"layers.{name}": value for name, value in self.weights.items()}
        named |= {"head.weight": self.head.weight, "head.bias": self.head.bias}
        return {name: value.detach().numpy().astype(np.float16) for name, value in named.items()}

    def score(self, batch: Sequence[Read]) -> tuple[Any, list[int]]:
        """Score the passages of a batch, (P, outputs), and say which rows they are."""
        import torch

        states, rows = self.states(batch)
        return self.head(torch.nn.functional.dropout(states, self._drop, training=self._drop > 0)), rows

    def states(self, batch: Sequence[Read]) -> tuple[Any, list[int]]:
        """Return the mean state of each passage of a batch, (P, D), and say which rows they are."""
        import torch

        longest, most = max(len(one[0]) for one in batch), max(len(one[1]) for one in batch)
        states = torch.zeros((len(batch), longest, batch[0][0].shape[1]), dtype=batch[0][0].dtype)
        present = torch.zeros((len(batch), longest), dtype=torch.bool)
        mean = torch.zeros((len(batch), most, longest))
        asked = torch.zeros((len(batch), most), dtype=torch.bool)
        for row, (state, spans, _) in enumerate(batch):
            states[row, : len(state)] = state
            present[row, : len(state)] = True
            asked[row, : len(spans)] = True
            for column, (start, end) in enumerate(spans):
                mean[row, column, start:end] = 1 / max(1, end - start)
        states = self._layers.run(self.weights, states, present)
        return torch.bmm(mean, states.float())[asked], [row for _, _, rows in batch for row in rows]
