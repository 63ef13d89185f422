"""A coder that learns from few passages: the encoder's top layers draw together what bears the same codes.

Supervised contrastive learning (Khosla et al. 2020): every passage of a batch against every other, passages that
share codes attract each other as far as they share them (Jaccard), all others repel. A logistic head a code then
reads the vectors so trained. SetFit (Tunstall et al. 2022) learns from pairs in the same way, one pair after the
other; here the lower layers are run once, and a batch of n passages holds n (n - 1) pairs.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.context import Passages
from pipeline.classify.heads import fit_heads
from pipeline.classify.net import Net, Read, batches, places, read
from pipeline.classify.tuned import Tuned

# Double the rate or three times the temperature changed kappa by at most 0.03 (SIB-200 French, eight labels
# a class, three draws, seen on its test: docs/benchmarks.md says so).
STEPS, RATE = 30, 1e-4
TEMPERATURE = 0.1
BATCH = 96  # windows a step
BUDGET = 800  # tokens read together: fewer pads, the same step
STRENGTH = 10.0  # of the heads: scikit-learn's C, on unit vectors
ENOUGH = 2  # passages of a code, and codes that have them, without which nothing attracts


def learnable(passages: Passages, labels: NDArray[np.float64]) -> bool:
    """Tell whether there is something to draw together, and passages that stand alone (open answers, say).

    In an interview, where a passage leans on those around it, what this is worth has not been measured yet.

    >>> alone, none = np.arange(4), ("",) * 4
    >>> four = Passages(none, none, np.zeros((4, 3), np.float32), alone, alone, layers=object())
    >>> learnable(four, np.vstack([np.eye(2), np.eye(2)])), learnable(four, np.eye(4))
    (True, False)
    """
    alone = len(set(passages.turn.tolist())) == len(passages.own) and not any(passages.asked)
    enough = ((labels >= 0.5).sum(axis=0) >= ENOUGH).sum() >= ENOUGH
    return passages.layers is not None and alone and bool(enough)


def likeness(labels: Any) -> Any:
    """Return how far passages share their codes, (N, N): Jaccard; 0 where one has none, and with itself.

    >>> import torch
    >>> likeness(torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])).tolist()
    [[0.0, 0.5, 0.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    both = labels @ labels.T
    either = labels.sum(1)[:, None] + labels.sum(1)[None] - both
    shared = both / either.clamp(min=1e-9)
    return shared.fill_diagonal_(0.0)


def loss(vectors: Any, labels: Any) -> Any:
    """Return the contrastive loss of unit vectors (N, D) whose codes are (N, C); 0 where nothing attracts."""
    import torch

    near = vectors @ vectors.T / TEMPERATURE
    near = near.masked_fill(torch.eye(len(vectors), dtype=torch.bool), -1e9)
    log_share = near - torch.logsumexp(near, dim=1, keepdim=True)
    weight = likeness(labels)
    drawn = weight.sum(1) > 0
    if not drawn.any():
        return (vectors * 0).sum()
    return -((log_share * weight).sum(1)[drawn] / weight.sum(1)[drawn]).mean()


def fit(passages: Passages, labels: NDArray[np.float64], *, seed: int) -> Tuned:
    """Train on N passages and the share of coders (N, C) who applied each code.

    The same seed on the same machine gives the same weights.
    """
    import torch

    assert passages.layers is not None
    windows = read(places(passages), passages.layers, keep=True)
    target = torch.tensor(labels >= 0.5, dtype=torch.float32)
    rng = random.Random(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net(passages.layers, labels.shape[1] + 1)
        optimizer, pace = net.descent(STEPS, rate=RATE)
        net.learn()
        for _ in range(STEPS):
            states, rows = _states(net, rng.sample(windows, min(BATCH, len(windows))))
            value = loss(torch.nn.functional.normalize(states, dim=-1), target[rows])
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            pace.step()
        net.learn(on=False)
        _give_heads(net, windows, labels)
    return Tuned(net.saved())


def _states(net: Net, windows: Sequence[Read]) -> tuple[Any, list[int]]:
    """Return the states of the passages of windows and their rows; windows of like lengths are read together."""
    import torch

    parts = [net.states(batch) for batch in batches(windows, budget=BUDGET)]
    return torch.cat([states for states, _ in parts]), [row for _, rows in parts for row in rows]


def _give_heads(net: Net, windows: Sequence[Read], labels: NDArray[np.float64]) -> None:
    """Fit a logistic head a code (and one for any code) on the trained vectors, and hand them to the network.

    A head reads states as they are; its weights are divided by their mean length, so that it was in effect fitted
    on vectors of about unit length.
    """
    import torch

    vectors = np.zeros((len(labels), net.head.weight.shape[1]), np.float32)
    with torch.no_grad():
        states, rows = _states(net, windows)
        vectors[rows] = states.numpy()
    length = float(np.linalg.norm(vectors, axis=1).mean())
    heads = np.hstack([labels, labels.max(axis=1, keepdims=True)])
    weights, biases = fit_heads(vectors / length, heads, strength=STRENGTH)
    with torch.no_grad():
        net.head.weight[:] = torch.from_numpy(weights / length)
        net.head.bias[:] = torch.from_numpy(biases)
