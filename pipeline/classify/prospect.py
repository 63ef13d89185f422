"""Human codings in, what they let a machine learn out: said before an hour is spent on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.agree.intervals import FEWEST
from pipeline.align import Marks
from pipeline.classify.figures import SEEN_ENOUGH, cases_with, consensus

Outlook = Literal["nothing", "starved", "narrow", "wide", "fair"]
_FAIR = 60  # uses from which the corpus interval is about .3 wide (prevalence .10, measured in the design notes)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the labels of one code allow: ``uses`` segments, in ``held`` of ``cases`` cases."""

    code: str
    uses: int
    held: int
    cases: int
    outlook: Outlook


def prospects(marks: Mapping[str, Marks], codes: Sequence[str], cases: Sequence[str]) -> tuple[Prospect, ...]:
    """Judge each code by its labels; ``cases`` (N,) names the case of each segment."""
    shares, seen = consensus(marks, len(cases), len(codes))
    held = cases_with(marks, seen, codes, cases) if marks else dict.fromkeys(codes, 0)
    many = len(set(np.array(cases, dtype=object)[seen]))
    uses = _rounded(shares)
    return tuple(
        Prospect(code, uses[c], held[code], many, outlook(uses[c], held[code], many))
        for c, code in enumerate(codes)
    )


def outlook(uses: int, held: int, cases: int) -> Outlook:
    """Say in a word what to expect of a code.

    >>> outlook(0, 0, 8), outlook(9, 4, 8), outlook(40, 1, 8), outlook(41, 7, 8), outlook(120, 8, 8)
    ('nothing', 'starved', 'narrow', 'wide', 'fair')
    """
    if not uses:
        return "nothing"
    if uses < SEEN_ENOUGH:
        return "starved"
    if held < 2 or held < cases / 4:
        return "narrow"
    return "wide" if uses < _FAIR else "fair"


# What each outlook means for the researcher. FEWEST uses are the least for an interval at all.
WORDS: dict[Outlook, str] = {
    "nothing": "aucun passage ; rien à apprendre que la définition de la grille",
    "starved": f"trop rare pour être confié à la machine (moins de {SEEN_ENOUGH}) ; à coder à la main. "
    f"Sous {FEWEST} passages, aucun intervalle ne sera donné",
    "narrow": "dans trop peu de cas : la machine risque d’apprendre ces cas plutôt que le code",
    "wide": "attendez-vous à un intervalle large",
    "fair": "assez pour apprendre et pour mesurer",
}


def sentence(prospect: Prospect) -> str:
    """Say it in French.

    >>> sentence(Prospect("fiabilite", 41, 7, 8, "wide"))
    'fiabilite : 41 passages dans 7 cas sur 8 ; attendez-vous à un intervalle large.'
    """
    plural = "s" if prospect.uses > 1 else ""
    where = f" dans {prospect.held} cas sur {prospect.cases}" if prospect.uses else ""
    count = f"{prospect.uses} passage{plural}{where} ; " if prospect.uses else ""
    return f"{prospect.code} : {count}{WORDS[prospect.outlook]}."


def _rounded(shares: NDArray[np.float64]) -> list[int]:
    """Sum the shares of coders into a number of passages a code."""
    return [round(float(total)) for total in shares.sum(axis=0)]
