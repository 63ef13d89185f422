"""What filrouge is compared with: the usual recipes on isolated segments, and SIB-200 French."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # peers run in an environment without filrouge
    from pipeline.classify import Passages

Scorer = Callable[["Passages"], NDArray[np.float64]]


def _heads(
    rows: NDArray[np.float32], labels: NDArray[np.float64], cost: float
) -> Callable[..., NDArray[np.float64]]:
    """Fit one balanced logistic regression a code on rows (N, F), a coder's majority being the label."""
    from sklearn.linear_model import LogisticRegression

    heads = []
    for column in (labels >= 0.5).T:
        constant = column.all() or not column.any()
        head = None if constant else LogisticRegression(C=cost, class_weight="balanced", max_iter=2000)
        heads.append(head.fit(rows, column) if head else None)

    def score(new: NDArray[np.float32]) -> NDArray[np.float64]:
        columns = [head.decision_function(new) if head else np.full(new.shape[0], -9.0) for head in heads]
        return np.stack(columns, axis=1)

    return score


def words(known: Passages, labels: NDArray[np.float64]) -> Scorer:
    """TF-IDF of words and pairs of words of the segment, logistic regression: what Potato and iQual do."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), strip_accents="unicode", dtype=np.float32)
    score = _heads(vectorizer.fit_transform(known.own), labels, 10.0)
    return lambda held: score(vectorizer.transform(held.own))


def vectors(known: Passages, labels: NDArray[np.float64]) -> Scorer:
    """Vector of the isolated segment by the shipped encoder, logistic regression."""
    width = known.vectors.shape[1] // 3
    score = _heads(known.vectors[:, :width], labels, 10.0)
    return lambda held: score(held.vectors[:, :width])


def neighbours(known: Passages, labels: NDArray[np.float64]) -> Scorer:
    """Vectors of the segment and of its neighbours side by side, logistic regression."""
    width = 2 * known.vectors.shape[1] // 3
    score = _heads(known.vectors[:, :width], labels, 10.0)
    return lambda held: score(held.vectors[:, :width])


# Recipes measured beside filrouge. To add one: a function and a line here.
PEERS = {
    "TF-IDF du segment + régression logistique": words,
    "e5 figé du segment + régression logistique": vectors,
    "e5 figé du segment et de ses voisins + régression logistique": neighbours,
}


def topics(folder: Path) -> dict[str, tuple[list[str], list[str]]]:
    """Read SIB-200: texts and topics of "train", "dev" and "test"."""
    found = {}
    for name in ("train", "dev", "test"):
        with (folder / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        found[name] = [row["text"] for row in rows], [row["category"] for row in rows]
    return found


def few(labels: Sequence[str], each: int, seed: int) -> NDArray[np.int64]:
    """Draw ``each`` rows of every label at random, without replacement."""
    rng = np.random.default_rng(seed)
    kinds = np.array(labels)
    picked = [rng.permutation(np.flatnonzero(kinds == kind))[:each] for kind in sorted(set(labels))]
    return np.concatenate(picked)
