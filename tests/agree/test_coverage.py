"""A small coverage study: intervals hold what they claim, and the negative controls miss (goals F.3, F.4, F.6)."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/coverage_study.py"


@pytest.fixture(scope="module")
def study() -> dict[str, Any]:
    """Return the script's names."""
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def rows(study: dict[str, Any]) -> list[dict[str, Any]]:
    """Run 120 studies in each of four settings."""
    settings = [study["Setting"](p, 200, machine) for p in (0.1, 0.25) for machine in ("modest", "good")]
    return [study["run"](setting, 120, 7) for setting in settings]


@pytest.mark.parametrize("claim", ["corpus", "transfer", "alpha", "difference"])
def test_an_interval_holds_what_it_claims(study: dict[str, Any], rows: list[dict[str, Any]], claim: str) -> None:
    assert sum(row[claim]["issued"] for row in rows) > 440
    assert study["pooled"](rows, claim) >= 0.93


@pytest.mark.parametrize("claim", ["control", "whole"])
def test_the_controls_miss_so_the_simulator_has_teeth(
    study: dict[str, Any], rows: list[dict[str, Any]], claim: str
) -> None:
    assert study["pooled"](rows, claim) <= 0.92


def test_the_same_seed_gives_the_same_table(study: dict[str, Any]) -> None:
    one, again = (study["run"](study["Setting"](0.25, 100, "good"), 10, 3) for _ in range(2))
    assert one == again
    assert study["markdown"]([one]).count("\n") == 3


def test_the_table_of_the_methods_page_meets_its_goals() -> None:
    page = (SCRIPT.parents[1] / "docs/methods.md").read_text(encoding="utf-8")
    table = page.split("<!-- figures: coverage -->")[1].split("<!-- /figures -->")[0]
    lines = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ") and "%" in line]
    shares = [[float(cell.split("(")[0].replace(",", ".")) for cell in line[4:8]] for line in lines]
    assert len(shares) == 27
    assert min(min(line) for line in shares) >= 0.93
