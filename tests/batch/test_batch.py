"""Coding by parts: the same bytes wherever and however often it is done, and the same codes as `filrouge code`."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from corpus import answers, bytes_of, write_parts
from typer.testing import Result

from pipeline.batch import Place, summarise
from pipeline.batch.results import whole
from pipeline.errors import OutputError, StudyError
from pipeline.run.batching import Wanted, batch, batch_status, batch_summary
from pipeline.write import locked

Filrouge = Callable[..., Result]


@pytest.fixture(scope="module")
def coded(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return parts and the folder of a finished job; not to be changed."""
    home = tmp_path_factory.mktemp("lots")
    parts = write_parts(home / "entree")
    outcome = batch(parts, home / "sortie", Wanted(model=str(small_model), place=Place(1)))
    assert outcome.complete, outcome.errors
    return parts, home / "sortie"


def rows(folder: Path) -> list[dict[str, Any]]:
    return [
        row
        for path in sorted(folder.glob("part-*.parquet"))
        for row in pyarrow.parquet.read_table(path).to_pylist()
    ]


def test_every_document_has_its_rows_and_every_row_its_words(coded: tuple[Path, Path]) -> None:
    _, out = coded
    given = {row["id"]: row for part in answers(4, 20) for row in part}
    found = rows(out)
    assert {row["id"] for row in found} == set(given)
    for row in found:
        source = given[str(row["id"])]
        assert (row["case"], row["wave"]) == (source["case"], source["wave"])
        if row["segment"] is None:
            assert row["note"]
            assert not source["text"].strip()
        else:
            assert source["text"][row["start"] : row["end"]] == row["text"]
            assert row["note"] == ""


@pytest.mark.parametrize(("executor", "workers"), [("local", 2), ("dask", 1), ("dask", 2)])
def test_any_executor_and_any_number_of_workers_give_the_same_bytes(
    executor: str, workers: int, coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts, out = coded
    wanted = Wanted(model=str(small_model), executor=executor, place=Place(workers))
    assert batch(parts, tmp_path / "o", wanted).complete
    assert bytes_of(tmp_path / "o") == bytes_of(out)


def test_what_a_document_is_given_does_not_depend_on_its_part(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path
) -> None:
    parts, out = coded
    lines = [
        line for path in sorted(parts.iterdir()) for line in path.read_text("utf-8").splitlines(keepends=True)
    ]
    (tmp_path / "i").mkdir()
    for number, start in enumerate(range(0, len(lines), 7)):
        (tmp_path / f"i/part-{number:02d}.jsonl").write_text("".join(lines[start : start + 7]), encoding="utf-8")
    assert batch(tmp_path / "i", tmp_path / "o", Wanted(model=str(small_model), place=Place(1))).complete
    assert rows(tmp_path / "o") == rows(out)


def test_a_study_is_coded_as_by_filrouge_code(study: Path, tmp_path: Path, filrouge: Filrouge) -> None:
    assert filrouge("code", study, "--out", tmp_path / "seul").exit_code == 0
    result = filrouge("batch", study, "--out", tmp_path / "lot", "--workers", 1)
    assert result.exit_code == 0, result.stderr
    with (tmp_path / "seul/segments.csv").open(encoding="utf-8", newline="") as file:
        alone = list(csv.DictReader(file))
    found = rows(tmp_path / "lot")
    assert len(found) == len(alone) > 100
    for one, other in zip(alone, found, strict=True):
        assert (one["transcript"], int(one["start"]), int(one["end"])) == (
            other["id"],
            other["start"],
            other["end"],
        )
        assert one["codes"].split() == other["codes"]
        assert one["ask"].split() == other["ask"]
        scores = {name: value for name, value in other.items() if name.startswith("score_")}
        assert {f"score_{k}": v for k, v in one.items() if f"score_{k}" in scores} == {
            name: f"{value:.4f}" for name, value in scores.items()
        }
    assert {(row["case"], row["wave"]) for row in found} == {("Studio Calame", "1"), ("Verger Lambert", "1")}


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


def test_the_counts_are_those_of_the_rows(coded: tuple[Path, Path]) -> None:
    _, out = coded
    _, found = batch_summary(out, ("case", "wave"))
    every = rows(out)
    for (case, wave), tally in found.items():
        mine = [row for row in every if (row["case"], row["wave"]) == (case, wave)]
        assert tally.documents == len({row["id"] for row in mine})
        assert tally.segments == sum(row["segment"] is not None for row in mine)
        assert tally.codes == Counter(code for row in mine for code in row["codes"])
        held = {(row["id"], code) for row in mine for code in row["codes"]}
        assert tally.holders == Counter(code for _, code in held)
    (whole_corpus,) = summarise(sorted(out.glob("part-*.parquet"))).values()
    assert whole_corpus.codes == sum((tally.codes for tally in found.values()), Counter())
    assert whole_corpus.coded > 0


def test_vectors_kept_change_nothing(coded: tuple[Path, Path], small_model: Path, tmp_path: Path) -> None:
    parts, out = coded
    for name in ("1", "2"):
        wanted = Wanted(model=str(small_model), place=Place(1), cache=tmp_path / "vecteurs")
        assert batch(parts, tmp_path / name, wanted).complete
    assert bytes_of(tmp_path / "1") == bytes_of(tmp_path / "2") == bytes_of(out)
    assert list((tmp_path / "vecteurs").glob("vectors-*/*.npy"))


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
    assert whole(out / "part-000.parquet", manifest.fingerprint(manifest.parts[0]))


def test_two_at_once_in_one_folder_is_refused(coded: tuple[Path, Path], small_model: Path, tmp_path: Path) -> None:
    parts, _ = coded
    with locked(tmp_path / "o"), pytest.raises(OutputError, match="travaille déjà dans ce dossier"):
        batch(parts, tmp_path / "o", Wanted(model=str(small_model)))


def test_an_input_that_changed_meanwhile_is_named_and_the_rest_is_coded(small_model: Path, tmp_path: Path) -> None:
    parts = write_parts(tmp_path / "i", 3, 4)
    wanted = Wanted(model=str(small_model), place=Place(1))
    assert batch(parts, tmp_path / "o", wanted).complete
    for path in (tmp_path / "o").glob("part-*.parquet"):
        path.unlink()
    with (parts / "part-001.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "tard", "text": "Oui."}\n')
    (parts / "part-002.jsonl").unlink()
    outcome = batch(parts, tmp_path / "o", wanted)
    assert not outcome.complete
    assert outcome.status.left == ("part-001", "part-002")
    assert "a changé depuis le début" in outcome.errors[0]
    assert "introuvable depuis cet ouvrier" in outcome.errors[1]


def test_the_command_says_what_it_did_and_what_is_left(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path, filrouge: Filrouge
) -> None:
    parts, done = coded
    out = shutil.copytree(done, tmp_path / "o")
    (out / "part-002.parquet").unlink()
    status = filrouge("batch", "status", out)
    assert status.exit_code == 1
    assert "3 / 4 parts faites, 60 / 80 documents" in status.stdout
    assert "à faire : part-002 (1)" in status.stdout
    summary = filrouge("batch", "summary", out, "--by", "case")
    assert "Codage inachevé : 3 parts sur 4" in summary.stderr
    assert "région 0" in summary.stdout
    result = filrouge("batch", parts, "--out", out, "--model", small_model, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "4 parts codées sur 4, dont 1 maintenant : 80 documents" in result.stdout
    assert filrouge("batch", "status", out).exit_code == 0
    told = json.loads(filrouge("batch", "summary", out, "--json").stdout)
    assert told["rows"][0]["documents"] == 80


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{parts}", "--executor", "spark"], "Exécuteur « spark » inconnu"),
        (["{parts}", "--cluster", "tcp://127.0.0.1:9"], "--executor dask"),
        (["{parts}", "--executor", "dask", "--cluster", "tcp://127.0.0.1:9"], "la grappe ne répond pas"),
        (["{parts}", "--precision", "fp8"], "Précision « fp8 » inconnue"),
        (["{parts}", "--workers", "-1"], "--workers -1"),
        (["{parts}", "--codebook", "{grid}"], "entraîné avec une autre grille"),
        (["{nothing}"], "fichier ou dossier introuvable"),
        (["{empty}"], "aucune transcription"),
        (["{parts}", "--model", "{nothing}"], "ne contient pas de modèle"),
    ],
)
def test_misuse_is_one_sentence_and_nothing_is_coded(
    words: list[str], told: str, coded: tuple[Path, Path], small_model: Path, tmp_path: Path, filrouge: Filrouge
) -> None:
    (tmp_path / "vide").mkdir()
    grid = tmp_path / "grille.toml"
    grid.write_text(
        'name = "autre"\n[[dimensions]]\nid = "d"\nlabel = "D"\nselect = "any"\n[[dimensions.codes]]\n'
        'id = "prix"\nlabel = "Prix"\ndefinition = "Le prix."\n',
        encoding="utf-8",
    )
    places = {"parts": coded[0], "nothing": tmp_path / "rien", "empty": tmp_path / "vide", "grid": grid}
    model = [] if "--model" in words else ["--model", small_model]
    result = filrouge("batch", *(word.format(**places) for word in words), "--out", tmp_path / "o", *model)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "o").glob("part-*.parquet"))


def test_status_of_a_folder_that_is_no_job(tmp_path: Path, filrouge: Filrouge) -> None:
    for command in ("status", "summary"):
        result = filrouge("batch", command, tmp_path)
        assert result.exit_code == 2
        assert "n’est pas celui d’un codage par lots" in result.stderr
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert "manifeste abîmé" in filrouge("batch", "status", tmp_path).stderr
