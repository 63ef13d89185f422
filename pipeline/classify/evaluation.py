"""Everything a card tells of a validated model, gathered: agreement, calibration, piles, where it errs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.classify.diagnosis import by_case, reliability
from pipeline.classify.divergence import divergence
from pipeline.classify.figures import averaged, consensus, counts, figures
from pipeline.classify.traits import traits
from pipeline.records import Segment

Validated = tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.int8]]


def evaluation(
    validated: Validated,
    marks: Mapping[str, Marks],
    seen: NDArray[np.bool_],
    groups: Sequence[Sequence[Segment]],
    codes: Sequence[str],
    cases: Sequence[str],
) -> dict[str, Any]:
    """Return the figures of a cross-validated model.

    ``validated`` is what ``crossval.crossed`` gave for the rows of ``seen`` (N,); ``groups`` holds the segments of
    each interview, ``cases`` (I,) their cases. To what ``figures`` tells are added "reliability",
    "calibration_error", "by_case" (see ``diagnosis``), "divergence" and "piles".
    """
    probabilities, decided, piles = validated
    shares, _ = consensus(marks, len(seen), len(codes))
    case_of = [case for case, group in zip(cases, groups, strict=True) for _ in group]
    interview = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    bins, error = reliability(probabilities, shares[seen])
    return figures(decided, marks, seen, codes, interview=interview, cases=case_of) | {
        "reliability": bins,
        "calibration_error": error,
        "by_case": by_case(decided, marks, seen, case_of),
        "divergence": _divergence(decided, marks, seen, groups, cases),
        "piles": pile_figures(piles, shares[seen], codes),
    }


def pile_figures(
    piles: NDArray[np.int8], shares: NDArray[np.float64], codes: Sequence[str]
) -> dict[str, dict[str, float | None]]:
    """Count, by code, what the machine is sure of: "yes", "no", "ask", and how far it was right to be.

    "yes_right" is the share of coders who applied the code where it was sure of it, "no_lost" the share of the
    code's uses that lie where it was sure of none; None where there is nothing to share.

    >>> piles = np.array([[1], [0], [-1], [-1]], np.int8)
    >>> pile_figures(piles, np.array([[1.0], [1.0], [0.0], [0.0]]), ["a"])["a"]
    {'yes': 1, 'ask': 1, 'no': 2, 'yes_right': 1.0, 'no_lost': 0.0}
    """
    found: dict[str, dict[str, float | None]] = {}
    for c, code in enumerate(codes):
        yes, no, y = piles[:, c] == 1, piles[:, c] == -1, shares[:, c]
        found[code] = {
            "yes": int(yes.sum()), "ask": int((piles[:, c] == 0).sum()), "no": int(no.sum()),
            "yes_right": round(float(y[yes].mean()), 6) if yes.any() else None,
            "no_lost": round(float(y[no].sum() / y.sum()), 6) if y.any() else None,
        }  # fmt: skip
    return found


def _divergence(
    decided: NDArray[np.bool_],
    marks: Mapping[str, Marks],
    seen: NDArray[np.bool_],
    groups: Sequence[Sequence[Segment]],
    cases: Sequence[str],
) -> list[dict[str, Any]]:
    """Test where the machine errs, on the interviews that anyone read."""
    whole = np.zeros((len(seen), decided.shape[1]), dtype=bool)
    whole[seen] = decided
    interview = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    read = [i for i in range(len(groups)) if seen[interview == i].any()]
    tables = averaged([counts(whole, mark, interview) for mark in marks.values()])
    kept = [cases[i] for i in read]
    return divergence(tables, kept, traits([groups[i][0].transcript for i in read], kept))
