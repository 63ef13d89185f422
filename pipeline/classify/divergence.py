"""Cross-validated decisions in, whether the machine errs more on some interviews than on others out.

A machine that errs evenly costs precision; one that errs more on one firm, wave or transcriber bends the findings
(Ashwin, Chhabra & Rao 2025). Segments of one interview go together, so the tests permute interviews or cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.intervals import kappas

PERMUTATIONS = 4999


def divergence(
    tables: NDArray[np.float64],
    cases: Sequence[str],
    traits: Mapping[str, Sequence[str]],
    *,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Test, trait by trait and case against case, whether the machine's kappa differs.

    ``tables`` (K, C, 4) counts machine and coders in each interview; ``cases`` (K,) and each of ``traits`` (K,)
    say what it is. The kappa of an interview pools its codes. One row a trait: "trait", "levels" (level ->
    "interviews", "kappa", "missed", "added", the last two as shares of decisions), "p" of the permutation test,
    "holm" (Holm 1979, over the rows) and "unit", what was permuted. Cases go unnamed.
    """
    pooled = tables.sum(axis=1)
    value = np.nan_to_num(kappas(pooled))
    rows = [_row("cas", cases, value, pooled, _between(cases, value, None, seed), "interview")]
    rows[0]["levels"] = {f"cas {n}": level for n, level in enumerate(rows[0]["levels"].values(), 1)}
    for name, levels in traits.items():
        inside = any(len({b for a, b in zip(cases, levels, strict=True) if a == one}) > 1 for one in set(cases))
        if inside:
            p, unit = _between(levels, value, cases, seed), "within"
        else:
            names = sorted(set(cases))
            mean = np.array([value[[c == one for c in cases]].mean() for one in names])
            level = [levels[cases.index(one)] for one in names]
            p, unit = _between(level, mean, None, seed), "case"
        rows.append(_row(name, levels, value, pooled, p, unit))
    for row, holm in zip(rows, _holm([row["p"] for row in rows]), strict=True):
        row["holm"] = holm
    return rows


def _row(
    name: str,
    levels: Sequence[str],
    value: NDArray[np.float64],
    pooled: NDArray[np.float64],
    p: float | None,
    unit: str,
) -> dict[str, Any]:
    """Lay out one trait: cells count both, machine alone, coders alone, neither."""
    found = {}
    for level in sorted(set(levels)):
        mine = np.array([one == level for one in levels])
        cells = pooled[mine].sum(axis=0)
        total = max(1.0, float(cells.sum()))
        found[level] = {
            "interviews": int(mine.sum()),
            "kappa": round(float(value[mine].mean()), 6),
            "missed": round(float(cells[2]) / total, 6),
            "added": round(float(cells[1]) / total, 6),
        }
    return {"trait": name, "levels": found, "p": p, "unit": unit}


def _between(
    levels: Sequence[str], value: NDArray[np.float64], blocks: Sequence[str] | None, seed: int
) -> float | None:
    """Return the permutation p of the spread between levels; None where no permutation can change it.

    With ``blocks``, values are exchanged within a block only (the waves of one firm).

    >>> _between(list("aaaabbbb"), np.array([0.1, 0.2, 0.1, 0.2, 0.8, 0.9, 0.8, 0.9]), None, 0) < 0.05
    True
    >>> _between(["a", "b"], np.array([0.1, 0.2]), ["x", "y"], 0) is None
    True
    """
    names = sorted(set(levels))
    member = np.array([[level == name for level in levels] for name in names], dtype=np.float64)
    if len(names) < 2 or len(names) == len(levels):
        return None
    if blocks is not None and len(set(blocks)) == len(blocks):
        return None
    size = member.sum(axis=1)

    def spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
        means = values @ member.T / size
        return np.asarray(((means - values.mean(axis=-1, keepdims=True)) ** 2 * size).sum(axis=-1))

    rng = np.random.default_rng(seed)
    block = np.zeros(len(value), np.int64) if blocks is None else np.unique(blocks, return_inverse=True)[1]
    keys = rng.random((PERMUTATIONS, len(value))) + block * 2
    order = np.argsort(keys, axis=1)
    by_block = np.argsort(block, kind="stable")
    permuted = np.empty((PERMUTATIONS, len(value)))
    permuted[:, by_block] = value[order]
    observed = spread(value[None])[0]
    return round(float((1 + (spread(permuted) >= observed - 1e-12).sum()) / (1 + PERMUTATIONS)), 4)


def _holm(ps: Sequence[float | None]) -> list[float | None]:
    """Correct p values for their number (Holm 1979); None stays None.

    >>> _holm([0.01, None, 0.04])
    [0.02, None, 0.04]
    """
    known = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    out: list[float | None] = [None] * len(ps)
    worst = 0.0
    for rank, (p, i) in enumerate(known):
        worst = max(worst, min(1.0, p * (len(known) - rank)))
        out[i] = round(worst, 4)
    return out
