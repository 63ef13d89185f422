"""u-alpha against its definition, point by point; merging; gamma's exact part and its extra."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.agree.gamma import disorder, gamma, gamma_line
from pipeline.agree.unitizing import GAP, Bounded, merged, u_alpha
from pipeline.errors import MissingExtra

Spans = dict[str, list[Bounded]]


@st.composite
def spans(draw: st.DrawFn) -> tuple[Spans, int]:
    """Draw what 2 or 3 coders bounded on a text of up to 18 characters, without overlap."""
    length = draw(st.integers(2, 18))
    told: Spans = {}
    for coder in "ABC"[: draw(st.integers(2, 3))]:
        bounds = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
        kept = [(a, b, draw(st.sampled_from("xyz"))) for a, b in zip(bounds[::2], bounds[1::2], strict=False)]
        told[coder] = kept
    return told, length


def points(told: Spans, length: int) -> list[list[tuple[str, int]]]:
    """Return, by coder and character, the code and the unit it belongs to; each character of a gap is its own."""
    whole = []
    for coder, passages in told.items():
        line = [(GAP, -1 - at) for at in range(length)]
        for n, (start, end, code) in enumerate(passages):
            line[start:end] = [(code, n)] * (end - start)
        assert len(line) == length, coder
        whole.append(line)
    return whole


def defined(told: Spans, length: int, *, collapse: bool) -> float | None:
    """Compute u-alpha from its definition: all pairs of points, but those inside one and the same unit."""
    lines = points(told, length)
    m = len(lines)

    def differs(one: str, other: str) -> bool:
        return (one == GAP) != (other == GAP) if collapse else one != other

    observed = sum(
        differs(lines[i][at][0], lines[j][at][0]) / (m - 1)
        for at in range(length) for i in range(m) for j in range(m) if i != j
    )  # fmt: skip
    pairs, unlike = 0, 0
    every = [(i, *point) for i, line in enumerate(lines) for point in line]
    for n, (i, code, unit) in enumerate(every):
        for k, (j, other, theirs) in enumerate(every):
            if n == k or (i == j and unit == theirs):
                continue
            pairs += 1
            unlike += differs(code, other)
    expected = m * length * unlike / pairs if pairs else 0.0
    return 1 - observed / expected if expected else None


def defined_among(told: Spans, length: int) -> float | None:
    """Compute cu-alpha from its definition: points coded by two coders, pairs inside one unit left out."""
    lines = points(told, length)
    m = len(lines)
    drawn: list[tuple[str, float, tuple[int, int, int]]] = []
    observed = total = 0.0
    for i in range(m):
        for j in range(m):
            for at in range(length) if i != j else ():
                mine, theirs = lines[i][at], lines[j][at]
                if GAP not in (mine[0], theirs[0]):
                    total += 1 / (m - 1)
                    observed += (mine[0] != theirs[0]) / (m - 1)
                    drawn.append((mine[0], 1 / (m - 1), (i, j, mine[1])))
    # Every pair of points of the pool, less those inside one unit, as one coder met it.
    uses = {code: sum(w for c, w, _ in drawn if c == code) for code in "xyz"}
    units: dict[tuple[int, int, int], float] = {}
    for _, _, key in drawn:
        units[key] = units.get(key, 0) + 1
    squares = sum(size**2 for size in units.values()) / (m - 1)
    unlike = sum(uses[c] * uses[k] for c in uses for k in uses if c != k)
    below = total**2 - squares
    return 1 - observed / (total * unlike / below) if below > 0 and unlike else None


def close(one: float | None, other: float | None) -> bool:
    """Tell whether two coefficients are the same, undefined included."""
    return one == other if one is None or other is None else math.isclose(one, other, abs_tol=1e-9)


@settings(max_examples=60, deadline=None)
@given(spans())
def test_u_alpha_is_its_definition_point_by_point(drawn: tuple[Spans, int]) -> None:
    told, length = drawn
    found = u_alpha(told, length)
    assert close(found.u, defined(told, length, collapse=False))
    assert close(found.cu, defined_among(told, length))


@given(spans())
def test_bounds_alone_are_the_definition_with_one_code(drawn: tuple[Spans, int]) -> None:
    told, length = drawn
    found = u_alpha(told, length).bar
    plain = u_alpha({coder: [(a, b, "x") for a, b, _ in one] for coder, one in told.items()}, length)
    assert close(plain.u, plain.bar)
    assert close(found, plain.u)


@given(spans(), st.randoms())
def test_u_alpha_knows_no_order_of_coders_nor_names_of_codes(drawn: tuple[Spans, int], random: Any) -> None:
    told, length = drawn
    names = list("xyz")
    random.shuffle(names)
    other = {c: [(a, b, names["xyz".index(k)]) for a, b, k in told[c]] for c in reversed(list(told))}
    one, two = u_alpha(told, length), u_alpha(other, length)
    assert close(one.u, two.u)
    assert close(one.bar, two.bar)
    assert close(one.cu, two.cu)


@given(spans())
def test_coders_who_bound_the_same_get_one_or_nothing(drawn: tuple[Spans, int]) -> None:
    told, length = drawn
    first = next(iter(told.values()))
    found = u_alpha({"A": first, "B": first}, length)
    for value in (found.u, found.bar, found.cu, *found.by_code.values()):
        assert value is None or value == pytest.approx(1.0)
    assert found.u == (pytest.approx(1.0) if {c for *_, c in first} and found.u is not None else None)


def test_one_code_among_others() -> None:
    told = {"A": [(0, 10, "x"), (10, 20, "y")], "B": [(0, 10, "x"), (10, 15, "y"), (15, 20, "z")]}
    found = u_alpha(told, 20)
    assert found.by_code["x"] == pytest.approx(1.0)
    assert (found.by_code["z"] or 0) < (found.by_code["y"] or 0) < 1
    assert found.coverage == {"x": 1.0, "y": 1.0, "z": 1.0}


@pytest.mark.parametrize("wrong", [[(0, 5, "x"), (4, 6, "y")], [(3, 9, "x")], [(2, 2, "x")]])
def test_spans_that_overlap_or_leave_the_text_are_refused(wrong: list[Bounded]) -> None:
    with pytest.raises(ValueError, match="not overlap"):
        u_alpha({"A": wrong, "B": []}, 8)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6), st.sampled_from("xy")), max_size=10))
def test_merging_keeps_what_is_covered_and_leaves_no_overlap(drawn: list[tuple[int, int, str]]) -> None:
    given_ = [(start, start + size, code) for start, size, code in drawn]
    united, gone = merged(given_)
    assert len(united) + gone == len(given_)
    for code in "xy":
        before = {at for a, b, c in given_ if c == code for at in range(a, b)}
        kept = [(a, b) for a, b, c in united if c == code]
        assert before == {at for a, b in kept for at in range(a, b)}
        assert all(kept[n][1] <= kept[n + 1][0] for n in range(len(kept) - 1))


def test_disorder_is_nothing_for_the_same_units_and_grows_with_distance() -> None:
    same = {"A": [(0, 5, "x"), (8, 12, "y")], "B": [(0, 5, "x"), (8, 12, "y")]}
    near = {"A": [(0, 5, "x")], "B": [(1, 6, "x")]}
    far = {"A": [(0, 5, "x")], "B": [(3, 8, "x")]}
    assert disorder(same) == 0
    assert 0 < disorder(near) < disorder(far)
    with pytest.raises(ValueError, match="no unit"):
        disorder({"A": [], "B": []})


def test_gamma_without_its_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith(("pygamma", "pyannote")):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtra, match=r"pip install 'filrouge\[gamma\]'"):
        gamma({"A": [(0, 5, "x")], "B": [(0, 5, "x")]})
    assert gamma_line("d", [{"A": [], "B": [(0, 5, "x")]}]).gamma is None


def test_gamma_where_its_extra_is_installed() -> None:
    pytest.importorskip("pygamma_agreement", reason="needs filrouge[gamma]")
    told = {"A": [(2, 9, "1"), (11, 17, "2"), (24, 30, "5")], "B": [(2, 9, "1"), (11, 17, "3"), (19, 25, "5")]}
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    found = gamma(told, seed=1)
    assert -1 <= found.gamma <= 1
    assert np.random.random() == expected  # the global generator is given back as it was
