"""What must hold of any coding: the order of coders, names of codes, duplicated units, identity, oracles."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.agree import MEASURES, SEVERAL, TwoByTwo, figure
from pipeline.agree.alpha import LEVELS, alpha, alpha_of_parts, alpha_of_values, coincidences, parts, tallies
from pipeline.agree.intervals import corpus_interval, difference_interval, transfer_interval
from pipeline.agree.sets import DISTANCES, alpha_sets, apart, distances, numbered
from pipeline.agree.several import cohen, table_of

TABLES = st.tuples(*[st.integers(0, 40)] * 4)
SETS = st.frozensets(st.sampled_from("abcd"))


@st.composite
def choices(draw: st.DrawFn, *, complete: bool = False) -> NDArray[np.int64]:
    """Draw what 2 to 4 coders say of up to 12 units with 3 categories; -1 is missing."""
    coders, units = draw(st.integers(2, 4)), draw(st.integers(1, 12))
    cell = st.integers(0 if complete else -1, 2)
    return np.array(
        draw(st.lists(st.lists(cell, min_size=coders, max_size=coders), min_size=units, max_size=units))
    )


def same(one: float | None, other: float | None) -> bool:
    """Tell whether two coefficients are the same, undefined included."""
    first, second = (math.nan if value is None else value for value in (one, other))
    return (math.isnan(first) and math.isnan(second)) or first == pytest.approx(second, abs=1e-9)


@given(TABLES, st.sampled_from(sorted(MEASURES)))
def test_the_two_by_two_knows_no_order_of_coders_but_for_bias(cells: tuple[int, ...], measure: str) -> None:
    a, b, c, d = cells
    one, other = (figure(TwoByTwo(*x), measure).value for x in ((a, b, c, d), (a, c, b, d)))
    assert same(one, -other if measure == "bias" and other is not None else other)


@given(TABLES, st.sampled_from(sorted(MEASURES)))
def test_presence_and_absence_may_change_names(cells: tuple[int, ...], measure: str) -> None:
    a, b, c, d = cells
    mirror = {"positive": "negative", "negative": "positive"}.get(measure, measure)
    one, other = figure(TwoByTwo(a, b, c, d), measure).value, figure(TwoByTwo(d, c, b, a), mirror).value
    assert same(one, -other if measure in ("prevalence", "bias") and other is not None else other)


@given(TABLES, st.integers(2, 5), st.sampled_from(sorted(set(MEASURES) - {"alpha"})))
def test_units_told_twice_change_nothing(cells: tuple[int, ...], times: int, measure: str) -> None:
    assert same(
        figure(TwoByTwo(*cells), measure).value, figure(TwoByTwo(*(n * times for n in cells)), measure).value
    )


@given(TABLES)
def test_a_coefficient_lies_within_its_bounds_and_undefined_says_why(cells: tuple[int, ...]) -> None:
    table = TwoByTwo(*cells)
    for measure in MEASURES:
        found = figure(table, measure)
        assert (found.value is None) == bool(found.why)
        assert found.value is None or -1.0001 <= found.value <= 1.0001
    kappa, best = figure(table, "kappa").value, figure(table, "kappa_max").value
    assert kappa is None or best is None or kappa <= best + 1e-9


@given(st.integers(0, 30), st.integers(0, 30))
def test_coders_who_say_the_same_get_one_or_nothing(a: int, d: int) -> None:
    for measure in ("kappa", "pi", "alpha", "ac1", "kappa_max"):
        value = figure(TwoByTwo(a, 0, 0, d), measure).value
        assert value == (pytest.approx(1.0) if a and d else None), measure


@given(choices(), st.randoms(), st.sampled_from(sorted(SEVERAL)))
def test_several_coders_know_no_order_nor_names(cells: NDArray[np.int64], random: Any, measure: str) -> None:
    of = SEVERAL[measure][1]
    columns = list(range(cells.shape[1]))
    random.shuffle(columns)
    names = [0, 1, 2]
    random.shuffle(names)
    renamed = np.where(cells < 0, -1, np.array(names)[cells])
    assert same(of(cells, 3), of(renamed[:, columns], 3))


@given(choices(), st.sampled_from(sorted(SEVERAL)))
def test_units_that_nobody_read_change_nothing(cells: NDArray[np.int64], measure: str) -> None:
    of = SEVERAL[measure][1]
    padded = np.concatenate([cells, np.full((3, cells.shape[1]), -1)])
    assert same(of(cells, 3), of(padded, 3))


@given(choices(complete=True), st.sampled_from(sorted(set(SEVERAL) - {"alpha"})))
def test_told_twice_several_coders_say_the_same(cells: NDArray[np.int64], measure: str) -> None:
    of = SEVERAL[measure][1]
    assert same(of(cells, 3), of(np.concatenate([cells, cells]), 3))


@given(choices(), st.integers(1, 3))
def test_alpha_by_parts_is_alpha(cells: NDArray[np.int64], groups: int) -> None:
    where = np.arange(len(cells)) % groups
    line = np.arange(3.0)
    for distance in (1 - np.eye(3), (line[:, None] - line) ** 2):
        far, used = parts(cells, distance, where, groups)
        whole = alpha_of_parts(far.sum(), used.sum(axis=0), distance)
        assert same(float(whole), alpha(tallies(cells, 3), distance))


@given(st.lists(st.tuples(SETS, SETS, SETS), min_size=1, max_size=8), st.sampled_from(sorted(DISTANCES)))
def test_numbered_sets_stand_as_far_apart_as_the_sets(
    rows: list[tuple[frozenset[str], ...]], distance: str
) -> None:
    labels = np.array([[[code in one for code in "abcd"] for one in coder] for coder in zip(*rows, strict=True)])
    cells, members = numbered(labels, np.ones(labels.shape[:2], bool))
    far = distances(members, distance)
    assert same(alpha(tallies(cells, len(members)), far), alpha_sets(rows, distance))
    for (i, j), (one, other) in zip(cells[:, :2].tolist(), [row[:2] for row in rows], strict=True):
        assert far[i, j] == pytest.approx(apart(one, other, distance))
        assert apart(one, other, distance) == pytest.approx(apart(other, one, distance))
        assert (apart(one, other, distance) < 1e-12) == (one == other)


@given(choices())
def test_alpha_is_the_krippendorff_packages(cells: NDArray[np.int64]) -> None:
    oracle = pytest.importorskip("krippendorff")
    values = np.where(cells < 0, np.nan, cells.astype(float))
    pairs = coincidences(tallies(cells, 3))
    assume((pairs.sum(axis=0) > 0).sum() > 1)
    rows = [[None if math.isnan(v) else float(v) for v in row] for row in values]
    for level in LEVELS:
        found = oracle.alpha(reliability_data=values.T, level_of_measurement=level, value_domain=[0.0, 1.0, 2.0])
        assert alpha_of_values(rows, level) == pytest.approx(found, abs=1e-9)


@given(choices(complete=True))
def test_kappa_and_fleiss_are_statsmodels(cells: NDArray[np.int64]) -> None:
    oracle = pytest.importorskip("statsmodels.stats.inter_rater", exc_type=ImportError)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        fleiss = float(oracle.fleiss_kappa(tallies(cells, 3), method="fleiss"))
        kappa = float(oracle.cohens_kappa(table_of(cells[:, :2], 3)).kappa)
    if len(np.unique(cells)) > 1:
        assert same(SEVERAL["fleiss"][1](cells, 3), fleiss)
    if not math.isnan(kappa) and not math.isinf(kappa):
        assert same(cohen(table_of(cells[:, :2], 3)), kappa)


@given(st.lists(st.tuples(SETS, SETS), min_size=2, max_size=10))
def test_alpha_on_sets_is_nltks_with_a_distance_that_knows_the_empty_set(
    rows: list[tuple[frozenset[str], frozenset[str]]],
) -> None:
    agreement = pytest.importorskip("nltk.metrics.agreement")
    assume(len({cell for row in rows for cell in row}) > 1)
    for distance in ("MASI", "Jaccard"):
        triples = [(str(c), str(n), cell) for n, row in enumerate(rows) for c, cell in enumerate(row)]
        task = agreement.AnnotationTask(triples, distance=lambda a, b, d=distance: apart(a, b, d))
        assert alpha_sets(rows, distance) == pytest.approx(task.alpha(), abs=1e-9)


@given(choices(complete=True))
def test_kappa_fleiss_and_alpha_are_the_rater_agreement_packages(cells: NDArray[np.int64]) -> None:
    oracle = pytest.importorskip("raters")
    theirs: list[Any] = [
        lambda: oracle.cohen_kappa(cells[:, 0].tolist(), cells[:, 1].tolist(), [0, 1, 2]),
        lambda: oracle.fleiss_kappa(tallies(cells, 3)),
        lambda: oracle.krippendorff_alpha(cells.T.tolist(), categories=[0, 1, 2]),
    ]
    mine = [cohen(table_of(cells[:, :2], 3)), SEVERAL["fleiss"][1](cells, 3), SEVERAL["alpha"][1](cells, 3)]
    for value, other in zip(mine, theirs, strict=True):
        try:
            found = other()
        except oracle.UndefinedStatistic:
            found = math.nan
        assert same(value, found)


@given(TABLES)
def test_intervals_hold_what_they_are_about_or_are_not_given(cells: tuple[int, ...]) -> None:
    table = np.array(cells, float)
    ends = corpus_interval(table)
    uses = cells[0] + (cells[1] + cells[2]) / 2
    assert (ends is None) == (uses < 5)
    assert ends is None or -1 <= ends[0] < ends[1] <= 1
    split = np.stack([table // 2, table - table // 2])
    wide = transfer_interval(split)
    assert (wide is None) == (uses < 5)
    whole = corpus_interval(split.sum(axis=0))
    assert wide is None or whole is None or -1 <= wide[0] <= whole[0] < whole[1] <= wide[1] <= 1


def test_a_machine_as_good_as_the_human_differs_by_nothing() -> None:
    rng = np.random.default_rng(0)
    human, other, machine = (rng.random((3, 900)) < 0.3).astype(int)
    joint = np.zeros((9, 8))
    np.add.at(joint, (np.arange(900) % 9, 4 * machine + 2 * other + human), 1)
    ends = difference_interval(joint.reshape(-1, 2, 2, 2))
    assert ends is not None
    assert ends[0] < 0 < ends[1]
    assert difference_interval(joint[:1].reshape(-1, 2, 2, 2)) is None
