"""`filrouge train` as a researcher meets it: what it says before, what it writes, and with how little it works."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import copy_study
from typer.testing import Result

Filrouge = Callable[..., Result]


def test_it_says_what_the_labels_allow_before_it_starts_and_each_code_s_use_after(
    filrouge: Filrouge, learnt_study: Path, tmp_path: Path
) -> None:
    result = filrouge("train", learnt_study, "--out", tmp_path / "m", "--encoder", "lexical")
    assert result.exit_code == 0, result.stderr
    before, _, after = result.stdout.partition("Kappa de Cohen")
    assert "Ce que vos codages permettent" in before
    assert "fiabilite : " in before
    assert " dans 2 cas sur 2" in before
    assert "humains" in after
    card = (tmp_path / "m/card.md").read_text(encoding="utf-8")
    for part in (
        "autres entretiens",
        "Où la machine est sûre",
        "Erreurs par cas",
        "Calibrage",
        "p corrigé",
        "Usage",
    ):
        assert part in card


def test_a_study_without_codings_trains_on_its_codebook_and_says_how_weak_that_is(
    filrouge: Filrouge, study: Path, tmp_path: Path
) -> None:
    for path in (study / "codes").iterdir():
        path.unlink()
    result = filrouge("train", study, "--out", tmp_path / "m", "--encoder", "lexical")
    assert result.exit_code == 0, result.stderr
    assert "Suggestions faibles" in result.stdout
    told = filrouge("code", study, "--model", tmp_path / "m", "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["coded"] > 0


def test_explanations_go_into_codings_on_request_and_come_from_the_study_named(
    filrouge: Filrouge, study: Path, learnt_study: Path, small_model: Path
) -> None:
    options = ("--model", small_model, "--quiet", "--explain", "--examples", learnt_study)
    assert filrouge("code", study, *options).exit_code == 0
    written = list(csv.DictReader(io.StringIO((study / "results/codings.csv").read_text(encoding="utf-8"))))
    coded = [row for row in written if row["code"]]
    assert any(row["words"] for row in coded)
    assert all(row["precedents"].lstrip("'").startswith(("acier-vif", "pixelune")) for row in coded)
    assert {row["ask"] for row in coded} <= {"", "1"}


@pytest.mark.parametrize("change", ["no codes", "other codebook"])
def test_a_study_that_cannot_give_examples_is_refused_with_a_sentence(
    filrouge: Filrouge, study: Path, small_model: Path, tmp_path: Path, change: str
) -> None:
    other = copy_study(tmp_path / "autre", ("pixelune_v1",))
    if change == "no codes":
        for path in (other / "codes").iterdir():
            path.unlink()
    else:
        book = other / "codebook.toml"
        book.write_text(book.read_text(encoding="utf-8").replace("visibilite", "lumiere"), encoding="utf-8")
        for path in (other / "codes").iterdir():
            path.write_text(path.read_text(encoding="utf-8").replace("visibilite", "lumiere"), encoding="utf-8")
    result = filrouge("code", study, "--model", small_model, "--examples", other)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert ("aucun codage humain" if change == "no codes" else "autre grille") in result.stderr
