"""What is done stays done, on the same part under the same settings; nothing else does."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from corpus import bytes_of, rows, write_parts

from pipeline.batch import Place
from pipeline.batch.results import intact
from pipeline.errors import OutputError, StudyError
from pipeline.run.batching import Wanted, batch, batch_status
from pipeline.run.part import code_part
from pipeline.write import locked


def test_what_is_done_is_not_done_again_and_what_is_not_whole_is(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts, done = coded
    out = tmp_path / "o"
    shutil.copytree(done, out)
    before = bytes_of(out)
    wanted = Wanted(model=str(small_model), place=Place(1))
    kept = (out / "part-003.parquet").stat().st_mtime_ns
    (out / "part-000.parquet").unlink()
    middle = bytearray(before["part-001.parquet"])
    middle[len(middle) // 3] ^= 0xFF  # a byte inside a page: the last bytes still read well
    (out / "part-001.parquet").write_bytes(middle)
    (out / "part-002.parquet").write_bytes(before["part-003.parquet"])  # another part's result
    (out / ".part-002.parquet.123-abc.tmp").write_bytes(b"half")
    state = batch_status(out)
    assert (state.missing, state.damaged, state.other) == (("part-000",), ("part-001",), ("part-002",))
    outcome = batch(parts, out, wanted)
    assert (outcome.coded, outcome.swept, outcome.complete) == (3, 1, True)
    assert bytes_of(out) == before
    assert (out / "part-003.parquet").stat().st_mtime_ns == kept
    assert batch(parts, out, wanted).coded == 0


def test_a_job_of_other_settings_is_refused_until_it_is_asked_for(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts, done = coded
    out = tmp_path / "o"
    shutil.copytree(done, out)
    other = shutil.copytree(small_model, tmp_path / "autre")
    config = json.loads((other / "config.json").read_text("utf-8"))
    (other / "config.json").write_text(json.dumps(config | {"date": "2027-01-01"}), encoding="utf-8")
    with pytest.raises(StudyError, match="diffère par le modèle"):
        batch(parts, out, Wanted(model=str(other)))
    with pytest.raises(StudyError, match="diffère par l’entrée"):
        batch(write_parts(tmp_path / "i", 1, 2), out, Wanted(model=str(small_model)))
    assert bytes_of(out) == bytes_of(done)
    assert batch(parts, out, Wanted(model=str(other), place=Place(1), restart=True)).coded == 4
    manifest = batch_status(out).manifest
    assert intact(out / "part-000.parquet", manifest.fingerprint(manifest.parts[0]))


def test_two_at_once_in_one_folder_is_refused(coded: tuple[Path, Path], small_model: Path, tmp_path: Path) -> None:
    parts, _ = coded
    with locked(tmp_path / "o"), pytest.raises(OutputError, match="travaille déjà dans ce dossier"):
        batch(parts, tmp_path / "o", Wanted(model=str(small_model)))


def test_an_input_that_changes_while_it_is_coded_is_refused_part_by_part(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts = write_parts(tmp_path / "i", 2, 4)
    out = tmp_path / "o"
    assert batch(parts, out, Wanted(model=str(small_model), place=Place(1))).complete
    with (parts / "part-000.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "tard", "text": "Oui."}\n')
    (parts / "part-001.jsonl").unlink()
    before = bytes_of(out)
    assert "a changé depuis le début" in code_part(out, "part-000", 1).error
    assert "introuvable depuis cet ouvrier" in code_part(out, "part-001", 1).error
    assert bytes_of(out) == before


def test_an_input_that_changed_between_two_runs_is_coded_as_it_stands(small_model: Path, tmp_path: Path) -> None:
    parts, out = write_parts(tmp_path / "i", 3, 4), tmp_path / "o"
    wanted = Wanted(model=str(small_model), place=Place(1))
    assert batch(parts, out, wanted).complete
    before = bytes_of(out)
    with (parts / "part-001.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "tard", "text": "Oui, sur LinkedIn."}\n')
    (parts / "part-003.jsonl").write_text('{"id": "neuf", "text": "Non."}\n', encoding="utf-8")
    outcome = batch(parts, out, wanted)
    assert (outcome.coded, outcome.complete) == (2, True)
    assert {"tard", "neuf"} < {row["id"] for row in rows(out)}
    assert (out / "part-000.parquet").read_bytes() == before["part-000.parquet"]
    (parts / "part-002.jsonl").unlink()
    outcome = batch(parts, out, wanted)
    assert not outcome.complete
    assert outcome.status.strangers == ("part-002.parquet",)
    assert "part-002.parquet : résultat d’une part que l’entrée n’a plus" in outcome.errors[0]
    assert batch(parts, out, replace(wanted, restart=True)).complete
    assert set(bytes_of(out)) == {"part-000.parquet", "part-001.parquet", "part-003.parquet"}


def test_restart_begins_all_anew_and_touches_nothing_else(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts, done = coded
    out = shutil.copytree(done, tmp_path / "o")
    (out / "part-note.parquet").write_bytes(b"not ours")
    outcome = batch(parts, out, Wanted(model=str(small_model), place=Place(1), restart=True))
    assert (outcome.coded, outcome.complete) == (4, True)
    assert (out / "part-note.parquet").read_bytes() == b"not ours"


def test_the_input_s_own_folder_is_no_place_for_results(small_model: Path, tmp_path: Path) -> None:
    parts = write_parts(tmp_path / "i", 1, 2)
    with pytest.raises(StudyError, match="ne peuvent pas être le même dossier"):
        batch(parts, parts, Wanted(model=str(small_model), restart=True))
    assert [path.name for path in parts.iterdir()] == ["part-000.jsonl"]
