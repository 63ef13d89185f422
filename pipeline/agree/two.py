"""Counts of two coders on one code in, every coefficient drawn from them out; 0/0 is undefined, with its reason.

A table counts a (both put the code), b (the first alone), c (the second alone), d (neither). The functions take
arrays of tables (..., 4) and give nan where a coefficient is undefined, so that thousands are computed at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Coefficient = Callable[[ArrayLike], Array]


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """How two coders used one code: a both, b the first alone, c the second alone, d neither.

    NVivo's documented example, 1000 characters (help pages of NVivo 8 to 12):

    >>> table = TwoByTwo(50, 150, 0, 800)
    >>> table.observed, round(table.kappa, 4)
    (0.85, 0.3478)
    """

    a: int
    b: int
    c: int
    d: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """The four counts, in order."""
        return self.a, self.b, self.c, self.d

    @property
    def n(self) -> int:
        """The number of units."""
        return sum(self.cells)

    @property
    def uses(self) -> float:
        """How often the code was used, as the mean of the two coders."""
        return self.a + (self.b + self.c) / 2

    @property
    def observed(self) -> float | None:
        """The share of units on which both say the same; None without units."""
        return scalar(observed(self.cells))

    @property
    def expected(self) -> float | None:
        """The share expected by chance from each coder's own use of the code."""
        return scalar(_cohen_chance(*_shares(self.cells)))

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None where it is 0/0."""
        return scalar(kappas(self.cells))


def scalar(value: ArrayLike) -> float | None:
    """Return one coefficient as a float, None for nan.

    >>> scalar(np.float64("nan")) is None, scalar(0.5)
    (True, 0.5)
    """
    number = float(np.asarray(value))
    return None if np.isnan(number) else number


def observed(tables: ArrayLike) -> Array:
    """Return the share of units on which both say the same."""
    tables = np.asarray(tables, np.float64)
    return _ratio(tables[..., 0] + tables[..., 3], tables.sum(axis=-1))


def kappas(tables: ArrayLike) -> Array:
    """Return Cohen's kappa (1960): (po - pe) / (1 - pe), pe from each coder's own use of the code.

    >>> kappas([[50, 150, 0, 800], [0, 0, 0, 9]]).round(4).tolist()
    [0.3478, nan]
    """
    return _corrected(tables, _cohen_chance)


def scott(tables: ArrayLike) -> Array:
    """Return Scott's pi (1955): as kappa, with one use of the code for both coders.

    Artstein & Poesio (2008), p. 558:

    >>> round(float(scott([20, 10, 20, 50])), 3)
    0.341
    """

    def chance(a: Array, b: Array, c: Array, d: Array) -> Array:
        share = a + (b + c) / 2
        return share**2 + (1 - share) ** 2

    return _corrected(tables, chance)


def alpha_two(tables: ArrayLike) -> Array:
    """Return Krippendorff's nominal alpha of two coders who read every unit: pi, corrected for few units.

    >>> round(float(alpha_two([1, 3, 1, 5])), 3)  # Krippendorff (2011), example A
    0.095
    """
    tables = np.asarray(tables, np.float64)
    n = tables.sum(axis=-1)
    a, b, c, d = np.moveaxis(tables, -1, 0)
    yes, no = 2 * a + b + c, 2 * d + b + c
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - (2 * n - 1) * (b + c) / np.where(yes * no == 0, np.nan, yes * no))


def brennan_prediger(tables: ArrayLike) -> Array:
    """Return Brennan & Prediger's coefficient (1981), Bennett's S: chance is one in two.

    >>> round(float(brennan_prediger([40, 9, 6, 45])), 2)
    0.7
    """
    return 2 * observed(tables) - 1


def ac1(tables: ArrayLike) -> Array:
    """Return Gwet's AC1 (2008); undefined for a code that never varied, where it is 1 whatever the coders do.

    >>> round(float(ac1([40, 9, 6, 45])), 6)
    0.700748
    """

    def chance(a: Array, b: Array, c: Array, d: Array) -> Array:
        share = a + (b + c) / 2
        return np.where((share <= 0) | (share >= 1), 1.0, 2 * share * (1 - share))

    return _corrected(tables, chance)


def positive(tables: ArrayLike) -> Array:
    """Return positive agreement (Cicchetti & Feinstein 1990), which is F1: 2a / (2a + b + c).

    >>> round(float(positive([40, 9, 6, 45])), 4)
    0.8421
    """
    a, b, c, _ = _shares(tables)
    return _ratio(2 * a, 2 * a + b + c)


def negative(tables: ArrayLike) -> Array:
    """Return negative agreement (Cicchetti & Feinstein 1990): 2d / (2d + b + c).

    >>> round(float(negative([40, 9, 6, 45])), 4)
    0.8571
    """
    _, b, c, d = _shares(tables)
    return _ratio(2 * d, 2 * d + b + c)


def prevalence(tables: ArrayLike) -> Array:
    """Return Byrt's prevalence index (1993), signed: (a - d) / n; -1 for a code nobody uses.

    >>> round(float(prevalence([40, 9, 6, 45])), 4)
    -0.05
    """
    a, _, _, d = _shares(tables)
    return a - d


def bias(tables: ArrayLike) -> Array:
    """Return Byrt's bias index (1993), signed: (b - c) / n; above 0 where the first coder uses the code more.

    >>> round(float(bias([40, 9, 6, 45])), 4)
    0.03
    """
    _, b, c, _ = _shares(tables)
    return b - c


def kappa_max(tables: ArrayLike) -> Array:
    """Return the greatest kappa that the two coders' own uses of the code allow (Cohen 1960).

    >>> round(float(kappa_max([20, 10, 20, 50])), 4)
    0.7826
    """
    a, b, c, d = _shares(tables)
    best = np.minimum(a + b, a + c) + np.minimum(c + d, b + d)
    return _over_chance(best, _cohen_chance(a, b, c, d))


@dataclass(frozen=True, slots=True)
class Measure:
    """A coefficient of the 2x2 table: its French name, its source, what it computes from tables (..., 4)."""

    label: str
    source: str
    of: Coefficient


# To add a measure of the 2x2 table: a function above and a line here (key -> French name, source, function).
MEASURES: dict[str, Measure] = {
    "observed": Measure("accord observé", "part des unités où les deux codeurs disent la même chose", observed),
    "kappa": Measure("κ de Cohen", "Cohen 1960", kappas),
    "pi": Measure("π de Scott", "Scott 1955", scott),
    "brennan_prediger": Measure("Brennan-Prediger", "Brennan et Prediger 1981", brennan_prediger),
    "ac1": Measure("AC1 de Gwet", "Gwet 2008", ac1),
    "alpha": Measure("α de Krippendorff", "Krippendorff 2011", alpha_two),
    "pabak": Measure("PABAK", "Byrt, Bishop et Carlin 1993", brennan_prediger),
    "positive": Measure("accord positif", "Cicchetti et Feinstein 1990", positive),
    "negative": Measure("accord négatif", "Cicchetti et Feinstein 1990", negative),
    "prevalence": Measure("indice de prévalence", "Byrt, Bishop et Carlin 1993", prevalence),
    "bias": Measure("indice de biais", "Byrt, Bishop et Carlin 1993", bias),
    "kappa_max": Measure("κ maximal", "Cohen 1960", kappa_max),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient, or None and the French reason why it is undefined."""

    value: float | None
    why: str = ""


def figure(table: TwoByTwo, measure: str) -> Figure:
    """Compute one measure of a table, and say why where it is undefined.

    >>> figure(TwoByTwo(0, 0, 0, 12), "kappa")
    Figure(value=None, why='aucun des deux codeurs n’a employé ce code')
    >>> figure(TwoByTwo(0, 0, 0, 12), "observed").value
    1.0
    """
    value = scalar(MEASURES[measure].of(table.cells))
    return Figure(value, "" if value is not None else reason(table))


def reason(table: TwoByTwo) -> str:
    """Say in French why a coefficient of ``table`` is undefined."""
    if not table.n:
        return "aucune unité lue par les deux codeurs"
    if table.a + table.b + table.c == 0:
        return "aucun des deux codeurs n’a employé ce code"
    if table.d + table.b + table.c == 0:
        return "les deux codeurs ont mis ce code partout"
    return "division de zéro par zéro"


def agreement(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> TwoByTwo:
    """Count how two coders used one code on the same units, (N,) each.

    >>> agreement(np.array([True, True, False]), np.array([True, False, False]))
    TwoByTwo(a=1, b=1, c=0, d=1)
    """
    a, b, c = int((one & other).sum()), int((one & ~other).sum()), int((~one & other).sum())
    return TwoByTwo(a, b, c, len(one) - a - b - c)


def _shares(tables: ArrayLike) -> tuple[Array, Array, Array, Array]:
    """Return the four cells as shares of the units; nan without units."""
    tables = np.asarray(tables, np.float64)
    n = tables.sum(axis=-1, keepdims=True)
    a, b, c, d = np.moveaxis(tables / np.where(n == 0, np.nan, n), -1, 0)
    return a, b, c, d


def _cohen_chance(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Return Cohen's expected agreement."""
    return np.asarray((a + b) * (a + c) + (c + d) * (b + d))


def _corrected(tables: ArrayLike, chance: Callable[[Array, Array, Array, Array], Array]) -> Array:
    """Return the agreement above chance, as a share of what there was to gain."""
    a, b, c, d = _shares(tables)
    return _over_chance(a + d, chance(a, b, c, d))


def _over_chance(agreed: Array, chance: Array) -> Array:
    """Return (agreed - chance) / (1 - chance), nan where chance leaves nothing to gain."""
    left = 1 - np.asarray(chance)
    return _ratio(agreed - chance, np.where(left < 1e-15, 0.0, left))


def _ratio(above: Array, below: Array) -> Array:
    """Divide, nan for a zero below."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(above / np.where(below == 0, np.nan, below))
