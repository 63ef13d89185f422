"""Real processes killed, a real limit on what may be written: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import os
import resource
import signal
import time
from pathlib import Path

import psutil
import pytest
from corpus import bytes_of, command, write_parts

from pipeline.batch import EXECUTORS, Place
from pipeline.run.batching import Wanted, batch, batch_status


@pytest.fixture(scope="module")
def undisturbed(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """Return parts long enough to be caught at work, and what they give."""
    home = tmp_path_factory.mktemp("fautes")
    parts = write_parts(home / "entree", 8, 150)
    assert batch(parts, home / "sortie", Wanted(model=str(small_model), place=Place(2))).complete
    return parts, bytes_of(home / "sortie")


def workers(process: psutil.Process) -> list[psutil.Process]:
    """Return the processes, begun by another, that have loaded what codes."""
    return [child for child in process.children(recursive=True) if child.memory_info().rss > 150e6]


def caught(out: Path, process: psutil.Process) -> list[psutil.Process]:
    """Wait until some of the parts are done, not all; return the workers."""
    for _ in range(1200):
        if list(out.glob("part-*.parquet")) and workers(process):
            return workers(process)
        assert process.is_running()
        time.sleep(0.05)
    raise AssertionError("no worker was caught at work")


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_worker_killed_in_the_middle_changes_nothing(
    executor: str, undisturbed: tuple[Path, dict[str, bytes]], small_model: Path, tmp_path: Path
) -> None:
    parts, expected = undisturbed
    out = tmp_path / "o"
    job = command(parts, "--out", out, "--model", small_model, "--executor", executor, "--workers", 2)
    caught(out, psutil.Process(job.pid))[0].kill()
    told, errors = job.communicate(timeout=200)
    assert job.returncode == 0, errors
    assert "8 parts codées sur 8" in told
    assert bytes_of(out) == expected
    assert not list(out.glob(".part-*"))


def test_a_job_killed_is_resumed_and_leaves_no_worker_behind(
    undisturbed: tuple[Path, dict[str, bytes]], small_model: Path, tmp_path: Path
) -> None:
    parts, expected = undisturbed
    out = tmp_path / "o"
    job = command(parts, "--out", out, "--model", small_model, "--workers", 2)
    hands = caught(out, psutil.Process(job.pid))
    job.kill()
    job.communicate(timeout=60)
    _, alive = psutil.wait_procs(hands, timeout=30)
    assert not alive
    state = batch_status(out)
    assert 0 < len(state.done) < 8
    outcome = batch(parts, out, Wanted(model=str(small_model), place=Place(2)))
    assert outcome.complete
    assert outcome.coded == 8 - len(state.done)
    assert bytes_of(out) == expected
    assert not list(out.glob(".part-*"))


def test_ctrl_c_says_that_what_is_done_stays_done(
    undisturbed: tuple[Path, dict[str, bytes]], small_model: Path, tmp_path: Path
) -> None:
    parts, expected = undisturbed
    out = tmp_path / "o"
    job = command(parts, "--out", out, "--model", small_model, "--workers", 1, start_new_session=True)
    caught(out, psutil.Process(job.pid))
    os.killpg(job.pid, signal.SIGINT)
    _, errors = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "la même commande reprendra là" in errors
    assert "Traceback" not in errors
    assert all(data == expected[name] for name, data in bytes_of(out).items())


def test_a_disk_that_is_full_is_said_and_nothing_is_half_written(
    undisturbed: tuple[Path, dict[str, bytes]], small_model: Path, tmp_path: Path
) -> None:
    parts, expected = undisturbed
    out = tmp_path / "o"
    room = 9_000  # bytes a file may have: the manifest fits, no result does

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    assert min(map(len, expected.values())) > room
    job = command(parts, "--out", out, "--model", small_model, "--workers", 1, preexec_fn=narrow)
    _, errors = job.communicate(timeout=120)
    assert job.returncode == 1
    assert "impossible d’écrire ce fichier" in errors
    assert "Traceback" not in errors
    assert bytes_of(out) == {}
    assert not list(out.glob(".part-*"))
    assert batch(parts, out, Wanted(model=str(small_model), place=Place(2))).complete
    assert bytes_of(out) == expected
