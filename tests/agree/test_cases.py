"""136 published or independently reproduced values (tests/agree/cases.json, each with its source), all of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.agree import several, two
from pipeline.agree.alpha import alpha, alpha_of_values, tallies
from pipeline.agree.gamma import d_pos, disorder
from pipeline.agree.sets import alpha_multi_valued, alpha_sets, apart
from pipeline.agree.unitizing import UAlpha, u_alpha

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("cases.json").read_text(encoding="utf-8"))
Case = Mapping[str, Any]


def choices(case: Case) -> tuple[NDArray[np.int64], list[Any]]:
    """Give the categories of a case, table or data, their numbers."""
    if "table" in case:
        table = np.array(case["table"])
        cells = [[i, j] for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
        return np.array(cells), list(range(len(table)))
    values = sorted({value for row in case["data"] for value in row if value is not None})
    place = {value: n for n, value in enumerate(values)}
    return np.array([[place.get(value, -1) for value in row] for row in case["data"]]), values


def two_by_two(measure: str) -> Callable[[Case], float | None]:
    """Read a case's table as a, b, c, d."""

    def value(case: Case) -> float | None:
        (a, b), (c, d) = case["table"]
        return two.figure(two.TwoByTwo(a, b, c, d), measure).value

    return value


def of_choices(measure: str) -> Callable[[Case], float]:
    """Apply a measure for several coders."""

    def value(case: Case) -> float:
        cells, values = choices(case)
        return several.SEVERAL[measure][1](cells, len(values))

    return value


def of_table(function: Callable[..., float], **options: Any) -> Callable[[Case], float]:
    """Apply a function of a (Q, Q) table, whichever way the case tells it."""

    def value(case: Case) -> float:
        cells, values = choices(case)
        return function(several.table_of(cells, len(values)), **options)

    return value


def weighted(case: Case, power: int) -> float:
    """Return kappa with weights by distance between the categories present."""
    cells, values = choices(case)
    ranks = np.arange(len(values), dtype=float)
    return several.cohen(several.table_of(cells, len(values)), abs(ranks[:, None] - ranks) ** power)


def custom_alpha(case: Case) -> float:
    """Return alpha with the case's own distances."""
    cells, values = choices(case)
    return alpha(tallies(cells, len(values)), case["params"]["disagreement_weights"])


def category(case: Case) -> float:
    """Return Fleiss's kappa of one category."""
    cells, values = choices(case)
    return several.fleiss_category(cells, len(values), values.index(case["params"]["category"]))


def spans(case: Case) -> UAlpha:
    """Return the u-alpha family of a case."""
    units = case["params"]["spans"]
    told = {coder: [(a, b, c) for a, b, c in one] for coder, one in units.items()}
    return u_alpha(told, case["params"]["continuum_length"])


def aligned(case: Case) -> float:
    """Return the disorder of a case's best alignment."""
    units: dict[str, list[tuple[int, int, str]]] = {}
    for coder, start, end, code in case["params"]["units"]:
        units.setdefault(coder, []).append((start, end, code))
    return disorder(units)


def level(name: str) -> Callable[[Case], float]:
    """Return alpha at a level of measurement."""
    return lambda case: alpha_of_values(case["data"], name)


MEASURES: dict[str, Callable[[Case], float | None]] = {
    "cohen_kappa": of_table(several.cohen),
    "brennan_prediger": of_choices("brennan_prediger"),
    "krippendorff_alpha_nominal": of_choices("alpha"),
    "scott_pi": of_table(several.scott_table),
    "fleiss_kappa": of_choices("fleiss"),
    "gwet_ac1": of_choices("ac1"),
    "conger_kappa": of_choices("conger"),
    "light_kappa": of_choices("light"),
    "percent_agreement": of_table(lambda table: float(np.trace(table) / table.sum())),
    "fleiss_kappa_category": category,
    "kappa_se": of_table(several.cohen_error),
    "kappa_se0": of_table(several.cohen_error, null=True),
    "kappa_max": of_table(several.cohen_max),
    "pabak": two_by_two("pabak"),
    "p_pos": two_by_two("positive"),
    "p_neg": two_by_two("negative"),
    "prevalence_index": two_by_two("prevalence"),
    "bias_index": two_by_two("bias"),
    "krippendorff_alpha_ordinal": level("ordinal"),
    "krippendorff_alpha_interval": level("interval"),
    "krippendorff_alpha_ratio": level("ratio"),
    "cohen_kappa_weighted": lambda case: of_table(several.cohen, weights=case["params"]["disagreement_weights"])(
        case
    ),
    "krippendorff_alpha_custom": custom_alpha,
    "cohen_kappa_linear": lambda case: weighted(case, 1),
    "cohen_kappa_quadratic": lambda case: weighted(case, 2),
    "masi_distance": lambda case: apart(case["data"][0], case["data"][1], "MASI"),
    "krippendorff_alpha_jaccard": lambda case: alpha_sets(case["data"], "Jaccard"),
    "krippendorff_alpha_masi": lambda case: alpha_sets(case["data"], "MASI"),
    "krippendorff_alpha_dice": lambda case: alpha_sets(case["data"], "Dice"),
    "multi_valued_alpha_nominal": lambda case: alpha_multi_valued(case["data"]),
    "u_alpha": lambda case: spans(case).u,
    "bar_u_alpha": lambda case: spans(case).bar,
    "cu_alpha": lambda case: spans(case).cu,
    "gamma_d_pos": lambda case: d_pos(tuple(case["data"][0]), tuple(case["data"][1])),
    "gamma_best_alignment_disorder": aligned,
}
ELSEWHERE = {"per_code_report", "property"}


def name(case: Case) -> str:
    """Return a case's test id."""
    return f"{case['name']}-{case['measure']}"


def test_no_case_is_left_out() -> None:
    assert len(CASES) == 136
    assert {case["measure"] for case in CASES} == set(MEASURES) | ELSEWHERE
    assert all(case["source"] for case in CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case["measure"] not in ELSEWHERE], ids=name)
def test_a_known_value(case: Case) -> None:
    value = MEASURES[case["measure"]](case)
    if case["value"] is None:
        assert value is None or math.isnan(value)
    else:
        assert value == pytest.approx(case["value"], abs=case["tolerance"], rel=0)


@pytest.mark.parametrize("case", [c for c in CASES if c.get("table") and len(c["table"]) == 2], ids=name)
def test_the_two_by_two_core_says_the_same_as_the_general_formulas(case: Case) -> None:
    cells, _ = choices(case)
    table = two.TwoByTwo(*(int(n) for row in case["table"] for n in row))
    for mine, theirs in [("kappa", of_table(several.cohen)), ("pi", of_table(several.scott_table)),
                         ("alpha", of_choices("alpha")), ("ac1", of_choices("ac1"))]:  # fmt: skip
        assert two.figure(table, mine).value == pytest.approx(theirs(case), abs=1e-12)
    assert two.figure(table, "kappa_max").value == pytest.approx(of_table(several.cohen_max)(case), abs=1e-12)
    assert len(cells) == table.n


STUDY = next(case for case in CASES if case["measure"] == "per_code_report")


@pytest.mark.parametrize("row", range(38))
def test_the_interview_study_of_38_codes_to_three_decimals(row: int) -> None:
    (a, b), (c, d) = STUDY["table"][row]
    table, told = two.TwoByTwo(a, b, c, d), STUDY["value"][row]
    found = {
        "kappa": two.figure(table, "kappa").value, "po": table.observed, "pe": table.expected,
        "prevalence_index_abs": abs(two.figure(table, "prevalence").value or 0),
        "bias_index_abs": abs(two.figure(table, "bias").value or 0), "pabak": two.figure(table, "pabak").value,
    }  # fmt: skip
    for key, value in found.items():
        assert value == pytest.approx(told[key], abs=0.0005001), (told["code"], key)


def test_at_interview_scale_the_paradox_is_the_normal_case() -> None:
    tables = [two.TwoByTwo(*(n for line in table for n in line)) for table in STUDY["table"]]
    assert len(tables) == 38
    assert np.mean([table.kappa for table in tables if table.kappa is not None]) == pytest.approx(0.512, abs=5e-4)
    assert sum((table.kappa or 0) <= 1e-12 and (table.observed or 0) > 0.9 for table in tables) == 15


def test_kappa_tends_to_f1_as_uncoded_text_grows() -> None:
    case = next(case for case in CASES if case["measure"] == "property")
    a, b, c = (case["params"][key] for key in "abc")
    for d, kappa in zip(case["params"]["d"], case["value"]["kappa"], strict=True):
        assert two.TwoByTwo(a, b, c, d).kappa == pytest.approx(kappa, abs=case["tolerance"])
    assert two.figure(two.TwoByTwo(a, b, c, 1), "positive").value == pytest.approx(case["value"]["f1"])
