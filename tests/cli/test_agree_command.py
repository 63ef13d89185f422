"""`filrouge agree`, `agree plan`, `agree consensus` as a team meets them: good input, and every bad input."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Filrouge = Callable[..., Result]
FILES = ("accord.html", "accord.json", "agreement.csv", "desaccords.csv", "desaccords.html", "sources.json")
FIRST, SECOND = "studio-calame_v1", "verger-lambert_v1"


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    """Write a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def refused(result: Result, *told: str) -> None:
    """Check that a mistake is one French sentence and exit code 2."""
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    for words in told:
        assert words in result.stderr


def machine(study: Path, name: str = "machine:essai") -> Path:
    """Write codings of a machine that says what coder_c says, but for every fifth row."""
    kept = [row for n, row in enumerate(rows(study / "codes/coder_c.csv")) if n % 5]
    path = study / "results/codings.csv"
    write(path, [{**row, "coder": name} for row in kept])
    return path


def test_agreement_is_told_and_written_and_nothing_of_the_study_changes(filrouge: Filrouge, study: Path) -> None:
    before = contents(study)
    result = filrouge("agree", study, "--bar", "0.8")
    assert result.exit_code == 0
    assert "coder_c – coder_d, par segment" in result.stdout
    assert "autres" in result.stdout
    assert "2 entretiens seulement" in result.stdout
    after = contents(study)
    assert {name: after[name] for name in before} == before
    assert sorted(after.keys() - before.keys()) == [f"results/{name}" for name in FILES]
    again = filrouge("agree", study, "--bar", "0.8", "--quiet")
    assert (again.exit_code, again.stdout) == (0, "")
    assert contents(study) == after


def test_json_has_every_measure_and_says_why_one_is_missing(filrouge: Filrouge, study: Path) -> None:
    told = json.loads(filrouge("agree", study, "--json", "--bar", "0.7").stdout)
    assert told == json.loads((study / "results/accord.json").read_text(encoding="utf-8"))
    assert {line["unit"] for line in told["characters"]} == {"caractère"}
    for line in told["segments"]:
        assert sum(line[cell] for cell in "abcd") == line["n"]
        assert set(line["intervals"]) == {"corpus", "new_interviews"}
        assert set(line["bar"].values()) <= {"au-dessus", "au-dessous", "indécis", "sans intervalle"}
        assert (line["kappa"] is None) == ("kappa" in line["undefined"])
    table = rows(study / "results/agreement.csv")
    assert len(table) == len(told["segments"]) + len(told["characters"])
    assert {row["kappa"] for row in table if row["unit"] == "segment"} >= {
        f"{line['kappa']:.6f}".rstrip("0") for line in told["segments"] if line["kappa"] not in (None, 1.0)
    }


def test_the_machine_stands_beside_the_second_human(filrouge: Filrouge, study: Path) -> None:
    refused(filrouge("agree", study, "--machine"), "results/codings.csv", "filrouge code")
    machine(study)
    result = filrouge("agree", study, "--machine")
    assert result.exit_code == 0
    assert "machine:essai à côté d’un second humain" in result.stdout
    told = json.loads((study / "results/accord.json").read_text(encoding="utf-8"))
    assert {tuple(line["coders"]) for line in told["segments"]} == {
        ("coder_c", "coder_d"), ("coder_c", "machine:essai"), ("coder_d", "machine:essai")
    }  # fmt: skip
    for line in told["machine_beside_human"]:
        if line["difference"] is not None:
            assert line["difference"] == pytest.approx(line["kappa_machine"] - line["kappa_human"], abs=2e-6)
    alone = filrouge("agree", study, "--machine", "--coders", "coder_c")
    assert alone.exit_code == 0
    assert "coder_c – machine:essai" in alone.stdout


def test_a_machine_that_learnt_from_these_interviews_is_left_out(
    filrouge: Filrouge, study: Path, small_model: Path, learnt_study: Path, tmp_path: Path
) -> None:
    write(tmp_path / "m.csv", [{**row, "coder": f"machine:{small_model}"} for row in
                               rows(learnt_study / "codes/coder_c.csv")])  # fmt: skip
    result = filrouge("agree", learnt_study, "--codings", tmp_path / "m.csv", "--out", tmp_path)
    assert result.exit_code == 0
    assert "la flatterait" in result.stdout
    assert "second humain" not in result.stdout


def test_one_human_and_a_machine_that_learnt_from_them_have_nothing_to_compare(
    filrouge: Filrouge, small_model: Path, learnt_study: Path, tmp_path: Path
) -> None:
    alone = tmp_path / "etude"
    shutil.copytree(learnt_study, alone)
    (alone / "codes/coder_d.csv").unlink()
    write(tmp_path / "m.csv", [{**row, "coder": f"machine:{small_model}"} for row in
                               rows(alone / "codes/coder_c.csv")])  # fmt: skip
    refused(filrouge("agree", alone, "--codings", tmp_path / "m.csv"), "deux codeurs", "la flatterait")


def test_a_plan_is_drawn_over_all_interviews_and_never_replaced_unasked(filrouge: Filrouge, study: Path) -> None:
    result = filrouge("agree", "plan", study, "--count", "40", "--seed", "3")
    assert result.exit_code == 0
    plan = study / "worklists/plan.csv"
    drawn = rows(plan)
    assert list(drawn[0]) == ["transcript", "start", "end", "stratum", "probability", "seed", "rank"]
    assert len(drawn) == 40
    assert {row["transcript"] for row in drawn} == {FIRST, SECOND}
    kept = plan.read_bytes()
    assert filrouge("agree", "plan", study, "--count", "40", "--seed", "3", "--quiet").exit_code == 0
    refused(filrouge("agree", "plan", study, "--count", "41"), "une autre liste", "--replace")
    assert plan.read_bytes() == kept
    assert filrouge("agree", "plan", study, "--count", "41", "--replace").exit_code == 0
    told = json.loads(filrouge("agree", "plan", study, "--width", "0.5", "--replace", "--json").stdout)
    asked = [need["segments"] for need in told["needs"] if need["segments"]]
    assert told["segments"] == max(asked, default=told["total"])
    refused(filrouge("agree", "plan", study, "--codes", "licorne"), "licorne", "visibilite")
    refused(filrouge("agree", "plan", study, "--width", "0"), "--width")


def test_a_second_coder_who_read_the_list_is_compared_on_the_list(filrouge: Filrouge, study: Path) -> None:
    filrouge("agree", "plan", study, "--count", "30", "--quiet")
    listed = rows(study / "worklists/plan.csv")
    coded = [{"transcript": r["transcript"], "start": r["start"], "end": r["end"], "coder": "zoe",
              "code": "visibilite" if n % 3 == 0 else ""} for n, r in enumerate(listed)]  # fmt: skip
    write(study / "codes/zoe.csv", coded)
    result = filrouge("agree", study, "--coders", "coder_c,zoe")
    assert result.exit_code == 0
    assert "zoe n’a rien codé hors de la liste plan.csv" in result.stdout
    told = json.loads((study / "results/accord.json").read_text(encoding="utf-8"))
    assert {line["n"] for line in told["segments"]} == {30}
    assert "tiré au hasard" in told["methods"]["fr"]
    whole = filrouge("agree", study, "--coders", "coder_c,coder_d", "--worklist", "coder_d=absent.csv")
    refused(whole, "absent.csv")
    refused(filrouge("agree", study, "--worklist", "coder_d"), "CODEUR=FICHIER")


def test_what_the_team_settles_comes_back_as_consensus(filrouge: Filrouge, study: Path) -> None:
    filrouge("agree", study, "--quiet")
    sheet = study / "results/desaccords.csv"
    disputed = rows(sheet)
    assert disputed
    assert all({row["coder_c"], row["coder_d"]} == {"oui", "non"} for row in disputed)
    refused(filrouge("agree", "consensus", study, sheet), f"{len(disputed)} désaccords sans décision")
    write(sheet, [{**row, "decision": "OUI" if n % 2 else "non", "note": "vu"} for n, row in enumerate(disputed)])
    assert filrouge("agree", study, "--quiet").exit_code == 0
    assert [row["note"] for row in rows(sheet)] == ["vu"] * len(disputed)  # nobody's work is lost
    result = filrouge("agree", "consensus", study, sheet)
    assert result.exit_code == 0
    assert f"{len(disputed)} décisions" in result.stdout
    settled = rows(study / "codes/consensus.csv")
    held = {(row["transcript"], row["start"], row["end"], row["code"]) for row in settled}
    for n, row in enumerate(disputed):
        place = row["transcript"], row["start"], row["end"], row["code"]
        assert (place in held) == bool(n % 2)
    refused(filrouge("agree", "consensus", study, sheet), "--replace")
    compared = json.loads(filrouge("agree", study, "--json").stdout)
    assert compared["humans"] == ["coder_c", "coder_d"]
    asked = json.loads(filrouge("agree", study, "--json", "--coders", "coder_c,consensus").stdout)
    assert {tuple(line["coders"]) for line in asked["segments"]} == {("coder_c", "consensus")}
    machine(study)
    beside = json.loads(filrouge("agree", study, "--json", "--machine").stdout)
    assert ["consensus", "machine:essai"] in [line["coders"] for line in beside["segments"]]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [("decision", "peut-être", "écrivez oui ou non"), ("code", "licorne", "licorne"), ("start", "x", "entiers")],
)
def test_a_sheet_wrongly_filled_is_told_with_its_line(
    filrouge: Filrouge, study: Path, column: str, value: str, told: str
) -> None:
    filrouge("agree", study, "--quiet")
    sheet = study / "results/desaccords.csv"
    lines = rows(sheet)
    write(sheet, [{**lines[0], column: value}, *lines[1:]])
    refused(filrouge("agree", "consensus", study, sheet), f"{sheet}, ligne ", told)
    assert not (study / "codes/consensus.csv").exists()


def test_a_sheet_without_its_columns_is_refused(filrouge: Filrouge, study: Path, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("transcript,start,end,code\n", encoding="utf-8")
    refused(filrouge("agree", "consensus", study, tmp_path / "f.csv"), "decision", "desaccords.csv")
    refused(filrouge("agree", "consensus", study, tmp_path / "rien.csv"), "rien.csv")
    (tmp_path / "g.csv").write_text("transcript,start,end,code,decision\n", encoding="utf-8")
    refused(filrouge("agree", "consensus", study, tmp_path / "g.csv"), "coder_c, coder_d")


def split(study: Path) -> None:
    """Leave each coder one interview of their own."""
    for coder, name in (("coder_c", FIRST), ("coder_d", SECOND)):
        path = study / f"codes/{coder}.csv"
        write(path, [row for row in rows(path) if row["transcript"] == name])


def rewrite(study: Path, row: dict[str, str]) -> None:
    """Change the first row of coder_c."""
    path = study / "codes/coder_c.csv"
    lines = rows(path)
    write(path, [{**lines[0], **row}, *lines[1:]])


@pytest.mark.parametrize(
    ("harm", "options", "told"),
    [
        (split, [], ["aucun entretien en commun", "coder_c : studio-calame_v1", "agree plan"]),
        (lambda s: (s / "codes/coder_d.csv").unlink(), [], ["deux codeurs", "coder_c"]),
        (lambda s: rewrite(s, {"code": "licorne"}), [], ["coder_c.csv, ligne 2", "licorne", "visibilite"]),
        (lambda s: rewrite(s, {"sha256": "0" * 64}), [], ["coder_c.csv, ligne 2", FIRST, "sha256"]),
        (lambda s: None, ["--bar", "8"], ["--bar 8"]),
        (lambda s: None, ["--coders", "coder_c,personne"], ["personne", "coder_d"]),
        (lambda s: None, ["--codings", "absent.csv"], ["absent.csv"]),
        (lambda s: machine(s, "coder_d"), ["--machine"], ["coder_d", "codeur humain"]),
    ],
)
def test_bad_input_is_one_sentence_that_says_where_and_what(
    filrouge: Filrouge, study: Path, harm: Callable[[Path], object], options: list[str], told: list[str]
) -> None:
    lines = rows(study / "codes/coder_c.csv")
    write(study / "codes/coder_c.csv", [{**line, "sha256": ""} for line in lines])
    harm(study)
    refused(filrouge("agree", study, *options), *told)
    assert not (study / "results/accord.html").exists()


def test_passages_that_overlap_with_one_code_are_united_and_told(filrouge: Filrouge, study: Path) -> None:
    path = study / "codes/coder_c.csv"
    lines = rows(path)
    start, end = int(lines[0]["start"]), int(lines[0]["end"])
    write(path, [*lines, {**lines[0], "start": str(start + 3), "end": str(end + 9), "quote": ""}])
    result = filrouge("agree", study)
    assert result.exit_code == 0
    assert (
        f"coder_c, {lines[0]['transcript']} : passages « {lines[0]['code']} » qui se chevauchent" in result.stdout
    )


def test_codings_of_a_text_that_changed_since_are_refused_by_name(filrouge: Filrouge, study: Path) -> None:
    for path in (study / "codes").glob("*.csv"):  # without quotes, nothing but the fingerprint tells
        write(path, [{**row, "quote": ""} for row in rows(path)])
    assert filrouge("agree", study, "--quiet").exit_code == 0
    talk = study / f"transcripts/{FIRST}.txt"
    kept = talk.read_text(encoding="utf-8")
    talk.write_text(kept.replace("a", "à", 1), encoding="utf-8")
    refused(filrouge("agree", study), "Le texte a changé", FIRST, "coder_c, coder_d", "sources.json")
    talk.write_text(kept.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert filrouge("agree", study, "--quiet").exit_code == 0  # other bytes, the same text
    (study / "results/sources.json").write_text("{", encoding="utf-8")
    refused(filrouge("agree", study), "sources.json", "abîmé")


def test_help_shows_the_two_commands_that_go_on_from_agree(filrouge: Filrouge) -> None:
    page = filrouge("agree", "--help").stdout
    assert "agree plan" in page.split("Commandes")[1]
    assert "agree consensus" in page.split("Commandes")[1]
    assert filrouge("agree", "plan", "--help").stdout.startswith("Usage : filrouge agree plan ÉTUDE")
    refused(filrouge("agree", "consensus", "x"), "il manque l’argument FICHIER", "filrouge agree consensus --help")
    refused(filrouge("agree", "./plan"), "dossier introuvable")
