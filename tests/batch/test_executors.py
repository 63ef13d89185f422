"""Every executor reports each part exactly once, whatever becomes of its workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from deeds import die_always, die_at_once, die_once, note

from pipeline.batch import EXECUTORS, Place, Report
from pipeline.errors import StudyError

PARTS = ["a", "b", "c", "d", "e"]


def reports(name: str, work: Callable[[str, str, int], Report], folder: Path, workers: int) -> list[Report]:
    return list(EXECUTORS[name](Place(workers)).run(partial(work, str(folder)), PARTS))


@pytest.mark.parametrize("name", EXECUTORS)
@pytest.mark.parametrize("workers", [1, 2])
def test_each_part_is_done_and_reported_once(name: str, workers: int, tmp_path: Path) -> None:
    found = reports(name, note, tmp_path, workers)
    assert sorted(report.part for report in found) == PARTS
    assert all((report.documents, report.segments, report.error) == (2, 3, "") for report in found)
    assert Counter(path.name[0] for path in tmp_path.iterdir()) == Counter(PARTS)


@pytest.mark.parametrize("name", EXECUTORS)
def test_what_a_dead_worker_left_is_done_by_another(name: str, tmp_path: Path) -> None:
    found = reports(name, die_once, tmp_path, 2)
    assert (tmp_path / "died").exists()
    assert sorted(report.part for report in found if not report.error) == PARTS


@pytest.mark.parametrize("name", EXECUTORS)
def test_a_part_that_kills_every_worker_is_named_and_the_others_are_done(name: str, tmp_path: Path) -> None:
    found = reports(name, die_always, tmp_path, 1)
    assert sorted(report.part for report in found) == PARTS
    (bad,) = [report for report in found if report.error]
    assert bad.part == "b"
    assert "ouvriers sont morts" in bad.error
    assert "--workers 1" in bad.error


@pytest.mark.parametrize("name", EXECUTORS)
def test_workers_that_only_die_do_not_hold_the_job_up_for_ever(name: str, tmp_path: Path) -> None:
    try:
        found = reports(name, die_at_once, tmp_path, 2)
    except StudyError as error:
        assert "avant d’avoir rien codé" in str(error)
    else:
        assert sorted(report.part for report in found) == PARTS
        assert all("ouvriers sont morts" in report.error for report in found)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "n’importe quoi", "tcp://nulle-part.invalid:8786"])
def test_a_cluster_that_does_not_answer_is_one_sentence(address: str) -> None:
    with pytest.raises(StudyError, match="la grappe ne répond pas"):
        list(EXECUTORS["dask"](Place(cluster=address)).run(partial(note, ""), PARTS))


def test_a_cluster_is_for_dask_alone() -> None:
    with pytest.raises(StudyError, match="--executor dask"):
        EXECUTORS["local"](Place(cluster="tcp://127.0.0.1:8786"))
