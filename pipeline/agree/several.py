"""Several coders' choices in, one coefficient for all of them out; cells nobody filled are left out.

Choices are (N, R) integers: unit, coder; the category's number, or MISSING where that coder did not read the unit.
Units read by one coder tell how often a category is used and nothing of agreement (Gwet 2014, chapter 2).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.agree.alpha import alpha, tallies

MISSING = -1

Array = NDArray[np.float64]
Choices = NDArray[np.int64]


def fleiss(choices: Choices, categories: int) -> float:
    """Return Fleiss's kappa (1971); nan where it is 0/0.

    >>> round(fleiss(np.array([[0, 0, 1], [1, 1, 1], [0, 0, 0], [0, 1, 1]]), 2), 4)
    0.3333
    """
    counts = tallies(choices, categories)
    shares = _use(counts)
    return _above(_agreed(counts), float((shares**2).sum()))


def fleiss_category(choices: Choices, categories: int, category: int) -> float:
    """Return Fleiss's kappa (1971) of one category against all others."""
    counts = tallies(choices, categories)
    one = counts[:, [category]]
    return fleiss_of(np.concatenate([one, counts.sum(axis=1, keepdims=True) - one], axis=1))


def fleiss_of(counts: Array) -> float:
    """Return Fleiss's kappa of (N, Q) counts of coders by unit and category."""
    return _above(_agreed(counts), float((_use(counts) ** 2).sum()))


def ac1_several(choices: Choices, categories: int) -> float:
    """Return Gwet's AC1 (2008) for any number of coders; nan where no category varies."""
    counts = tallies(choices, categories)
    shares = _use(counts)
    if categories < 2 or (shares > 0).sum() < 2:
        return float("nan")
    return _above(_agreed(counts), float((shares * (1 - shares)).sum()) / (categories - 1))


def brennan_prediger_several(choices: Choices, categories: int) -> float:
    """Return Brennan & Prediger's coefficient (1981): chance is one in ``categories``."""
    return _above(_agreed(tallies(choices, categories)), 1 / categories)


def conger(choices: Choices, categories: int) -> float:
    """Return Conger's kappa (1980): each coder keeps their own use of the categories."""
    seen = choices != MISSING
    read = seen.sum(axis=0)
    kept = choices[:, read > 0]
    coders = kept.shape[1]
    if coders < 2:
        return float("nan")
    uses = np.stack([np.bincount(column[column != MISSING], minlength=categories) for column in kept.T])
    shares = uses / uses.sum(axis=1, keepdims=True)
    chance = float((shares.mean(axis=0) ** 2 - shares.var(axis=0, ddof=1) / coders).sum())
    return _above(_agreed(tallies(choices, categories)), chance)


def light(choices: Choices, categories: int) -> float:
    """Return Light's kappa (1971): the mean of the pairs' Cohen kappas, over the pairs where it is defined."""
    pairs = [cohen(table_of(choices[:, [i, j]], categories)) for i, j in combinations(range(choices.shape[1]), 2)]
    known = [value for value in pairs if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")


def alpha_nominal(choices: Choices, categories: int) -> float:
    """Return Krippendorff's nominal alpha; see ``alpha``."""
    return alpha(tallies(choices, categories))


# To add a measure for several coders: a function (choices, number of categories) -> float, and a line here.
SEVERAL: dict[str, tuple[str, Callable[[Choices, int], float]]] = {
    "alpha": ("α de Krippendorff", alpha_nominal),
    "fleiss": ("κ de Fleiss", fleiss),
    "conger": ("κ de Conger", conger),
    "light": ("κ de Light", light),
    "ac1": ("AC1 de Gwet", ac1_several),
    "brennan_prediger": ("Brennan-Prediger", brennan_prediger_several),
}


def table_of(pair: Choices, categories: int) -> Array:
    """Return the (Q, Q) table of two coders' choices (N, 2), over the units that both read.

    >>> table_of(np.array([[0, 0], [0, 1], [1, -1]]), 2).tolist()
    [[1.0, 1.0], [0.0, 0.0]]
    """
    both = pair[(pair != MISSING).all(axis=1)]
    flat = np.bincount(both[:, 0] * categories + both[:, 1], minlength=categories**2)
    return flat.reshape(categories, categories).astype(np.float64)


def cohen(table: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Return Cohen's kappa of a (Q, Q) table; with ``weights`` of disagreement (Q, Q), the weighted one (1968).

    >>> round(cohen([[46, 0, 0], [6, 32, 6], [0, 0, 10]]), 4)  # Artstein & Poesio (2008), p. 568
    0.8013
    """
    shares, apart = _pair(table, weights)
    chance = np.outer(shares.sum(axis=1), shares.sum(axis=0))
    return _below(float((shares * apart).sum()), float((chance * apart).sum()))


def scott_table(table: ArrayLike) -> float:
    """Return Scott's pi (1955) of a (Q, Q) table."""
    shares, apart = _pair(table, None)
    use = (shares.sum(axis=0) + shares.sum(axis=1)) / 2
    return _below(float((shares * apart).sum()), float((np.outer(use, use) * apart).sum()))


def cohen_max(table: ArrayLike) -> float:
    """Return the greatest kappa that the margins of a (Q, Q) table allow (Cohen 1960)."""
    shares, _ = _pair(table, None)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    return _above(float(np.minimum(rows, columns).sum()), float(rows @ columns))


def cohen_error(table: ArrayLike, *, null: bool = False) -> float:
    """Return the large-sample standard error of kappa of a (Q, Q) table (Fleiss, Cohen & Everitt 1969).

    ``null`` gives the one under kappa = 0: for that test and nothing else.
    """
    table = np.asarray(table, np.float64)
    p = table / table.sum()
    row, column = p.sum(axis=1), p.sum(axis=0)
    expected = float(row @ column)
    kappa = 0.0 if null else (float(np.trace(p)) - expected) / (1 - expected)
    shares = np.outer(row, column) if null else p
    sums = column[:, None] + row[None, :]
    diagonal = np.diag(shares) * (1 - (row + column) * (1 - kappa)) ** 2
    off = shares * sums**2 * (1 - np.eye(len(p)))
    spread = diagonal.sum() + (1 - kappa) ** 2 * off.sum() - (kappa - expected * (1 - kappa)) ** 2
    return float(np.sqrt(max(spread, 0.0) / table.sum()) / (1 - expected))


def _pair(table: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """Return the shares of a table, and how far apart its categories stand."""
    table = np.asarray(table, np.float64)
    total = table.sum()
    shares = table / total if total else np.full_like(table, np.nan)
    return shares, 1 - np.eye(len(table)) if weights is None else np.asarray(weights, np.float64)


def _agreed(counts: Array) -> float:
    """Return the share of agreeing pairs of coders, over units that two or more read."""
    read = counts.sum(axis=1)
    several, m = counts[read > 1], read[read > 1]
    if not len(m):
        return float("nan")
    return float(((several * (several - 1)).sum(axis=1) / (m * (m - 1))).mean())


def _use(counts: Array) -> Array:
    """Return how often each category is used, each unit read weighing the same."""
    read = counts.sum(axis=1)
    kept = counts[read > 0]
    if not len(kept):
        return np.full(counts.shape[1], np.nan)
    return np.asarray((kept / read[read > 0, None]).mean(axis=0))


def _above(agreed: float, chance: float) -> float:
    """Return agreement above chance, nan where chance leaves nothing to gain."""
    return float("nan") if np.isnan(chance) or 1 - chance < 1e-12 else (agreed - chance) / (1 - chance)


def _below(apart: float, chance: float) -> float:
    """Return one minus observed over expected disagreement, nan where none is expected."""
    return float("nan") if np.isnan(chance) or chance < 1e-15 else 1 - apart / chance
