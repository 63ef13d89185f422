"""Free spans in, the u-alpha family out (Krippendorff, Mathet, Bouvry & Widloecher 2016, Qual Quant 50:2347).

For coders who bounded their own passages: where they put bounds counts as well as which code. Four coefficients:
``u`` (bounds and codes), ``bar`` (what is worth coding at all), ``cu`` (which code, where both coded) and ``(k)u``
(one code, where both coded; Krippendorff 2019, eq. 38). It is not the alpha_U of 1995 and 2004. One coder's spans
must not overlap: merge them (``merged``), go code by code, or by dimension where one code holds.

l_ck: length on which one coder says c and another k, over ordered pairs, / (m - 1). By chance,
e_ck = l.. (l_c l_k - [c = k] S_c) / (l..^2 - sum S): pairs inside one and the same unit cannot disagree, and go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bounded = tuple[int, int, str]
GAP = ""

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UAlpha:
    """The family; None is undefined. ``by_code`` is (k)u; ``coverage`` the share of a code where others coded."""

    u: float | None
    bar: float | None
    cu: float | None
    by_code: Mapping[str, float | None]
    coverage: Mapping[str, float | None]


def u_alpha(spans: Mapping[str, Sequence[Bounded]], length: int) -> UAlpha:
    """Return the family for coders' spans (start, end, code) on a text of ``length``, end exclusive.

    >>> found = u_alpha({"Alex": [(2, 5, "1")], "Paul": [(2, 5, "1"), (10, 20, "2")],
    ...                  "Susan": [(2, 5, "2"), (15, 20, "2")]}, 60)
    >>> round(found.u, 4), round(found.bar, 4), round(found.cu, 4)
    (0.3983, 0.5238, 0.3571)

    Raises ValueError where one coder's spans overlap, or leave the text.
    """
    units = [_units(one, length) for one in spans.values()]
    codes = sorted({code for one in units for _, _, code in one if code != GAP})
    names = [GAP, *codes]
    pairs = _lengths(units, names)
    own = _squares(units, names)
    coded, shared = pairs[1:, 1:], _shared_squares(units, codes)
    both = np.array([[pairs[0, 0], pairs[0, 1:].sum()], [pairs[1:, 0].sum(), coded.sum()]])
    expected = _expected(pairs, own)
    collapsed = np.array(
        [[expected[0, 0], expected[0, 1:].sum()], [expected[1:, 0].sum(), expected[1:, 1:].sum()]]
    )
    among = _expected(coded, shared)
    return UAlpha(
        _alpha(pairs, expected), _alpha(both, collapsed), _alpha(coded, among),
        {code: _one(coded, among, n) for n, code in enumerate(codes)},
        {code: _share(coded[:, n].sum(), pairs[:, n + 1].sum()) for n, code in enumerate(codes)},
    )  # fmt: skip


def merged(spans: Sequence[Bounded]) -> tuple[list[Bounded], int]:
    """Unite the spans of one code that overlap; return them, and how many disappeared. Touching spans stay two.

    >>> merged([(0, 5, "a"), (3, 8, "a"), (8, 9, "a"), (4, 6, "b")])
    ([(0, 8, 'a'), (4, 6, 'b'), (8, 9, 'a')], 1)
    """
    kept: list[Bounded] = []
    for start, end, code in sorted(spans, key=lambda span: (span[2], span[0], span[1])):
        if kept and kept[-1][2] == code and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]), code)
        else:
            kept.append((start, end, code))
    return sorted(kept), len(spans) - len(kept)


def _units(spans: Sequence[Bounded], length: int) -> list[Bounded]:
    """Return one coder's spans with the gaps between them, so that they tile the text."""
    tiles, at = [], 0
    for start, end, code in sorted(spans):
        if start < at or not start < end <= length:
            raise ValueError(f"spans must lie in the text and not overlap: {start}-{end} in 0-{length}")
        if start > at:
            tiles.append((at, start, GAP))
        tiles.append((start, end, code))
        at = end
    return tiles if at == length else [*tiles, (at, length, GAP)]


def _meetings(one: Sequence[Bounded], other: Sequence[Bounded]) -> list[tuple[Bounded, Bounded, int]]:
    """Walk along two tilings and return what meets what, over which length."""
    found, i, j, at = [], 0, 0, 0
    while i < len(one) and j < len(other):
        end = min(one[i][1], other[j][1])
        found.append((one[i], other[j], end - at))
        i, j, at = i + (one[i][1] == end), j + (other[j][1] == end), end
    return found


def _lengths(units: Sequence[Sequence[Bounded]], names: Sequence[str]) -> Array:
    """Return l_ck, the lengths on which c meets k."""
    place = {name: n for n, name in enumerate(names)}
    pairs = np.zeros((len(names), len(names)))
    for one in range(len(units)):
        for other in range(one + 1, len(units)):
            for mine, theirs, shared in _meetings(units[one], units[other]):
                c, k = place[mine[2]], place[theirs[2]]
                pairs[c, k] += shared
                pairs[k, c] += shared
    return pairs / max(len(units) - 1, 1)


def _squares(units: Sequence[Sequence[Bounded]], names: Sequence[str]) -> Array:
    """Return S_c: squared lengths of coded units, plain lengths of gaps (a gap has no unity to keep)."""
    sums = dict.fromkeys(names, 0.0)
    for start, end, code in (unit for one in units for unit in one):
        sums[code] += (end - start) ** (1 if code == GAP else 2)
    return np.array(list(sums.values()))


def _shared_squares(units: Sequence[Sequence[Bounded]], codes: Sequence[str]) -> Array:
    """Return S_c of cu: for each unit and each other coder, the squared length they coded of it, / (m - 1)."""
    sums = dict.fromkeys(codes, 0.0)
    for n, one in enumerate(units):
        for other in (*units[:n], *units[n + 1 :]):
            shared: dict[Bounded, int] = {}
            for unit, theirs, length in _meetings(one, other):
                if GAP not in (unit[2], theirs[2]):
                    shared[unit] = shared.get(unit, 0) + length
            for unit, length in shared.items():
                sums[unit[2]] += length**2
    return np.array(list(sums.values())) / max(len(units) - 1, 1)


def _expected(pairs: Array, squares: Array) -> Array:
    """Return e_ck; nan where no two units could disagree."""
    total, uses = pairs.sum(), pairs.sum(axis=0)
    below = total**2 - squares.sum()
    return np.asarray(total * (np.outer(uses, uses) - np.diag(squares)) / (below if below > 0 else np.nan))


def _alpha(pairs: Array, expected: Array) -> float | None:
    """Return one minus observed over expected disagreement; None where none is expected."""
    below = float(expected.sum() - np.trace(expected))
    return 1 - float(pairs.sum() - np.trace(pairs)) / below if below > 0 else None


def _one(pairs: Array, expected: Array, n: int) -> float | None:
    """Return (k)u of one code: its share of disagreement, over the share that chance gives."""
    uses, chance = float(pairs[:, n].sum()), float(expected[:, n].sum())
    below = chance - float(expected[n, n])
    if not uses or not below > 0:
        return None
    return 1 - (uses - float(pairs[n, n])) / uses * chance / below


def _share(part: float, whole: float) -> float | None:
    """Divide; None for a zero below."""
    return float(part / whole) if whole else None
