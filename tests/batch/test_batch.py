"""Coding by parts: the same bytes wherever and however often it is done, and the same codes as `filrouge code`."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest
from corpus import answers, bytes_of, rows
from typer.testing import Result

from pipeline.batch import Place, packing, results, summarise
from pipeline.run.batching import Wanted, batch, batch_summary
from pipeline.run.part import code_part

Filrouge = Callable[..., Result]


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


def test_a_part_larger_than_what_is_coded_at_a_time_gives_the_same_rows(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, done = coded
    out = shutil.copytree(done, tmp_path / "o")
    before = bytes_of(out)["part-002.parquet"]
    (out / "part-002.parquet").unlink()
    monkeypatch.setattr(packing, "CHARACTERS", 300)
    monkeypatch.setattr(results, "_ROW_GROUP", 7)
    assert not code_part(out, "part-002", 1).error
    table = pyarrow.parquet.ParquetFile(out / "part-002.parquet")
    assert table.metadata.num_row_groups > 3
    assert table.read().to_pylist() == pyarrow.parquet.read_table(done / "part-002.parquet").to_pylist()
    assert (out / "part-002.parquet").read_bytes() != before
