"""Real processes killed, a real limit on what may be written: nothing lost, nothing twice, the same bytes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from corpus import ROOT, bytes_of, command, write_parts

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


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Begin a scheduler and two workers of Dask as anyone would, each a process of its own, on the loopback."""
    told = tmp_path / "grappe.json"
    quiet: dict[str, Any] = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [str(Path(sys.executable).with_name("dask"))]
    place = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told)]
    hands = [subprocess.Popen([*dask, "scheduler", "--port", "0", *place], **quiet)]
    for _ in range(600):
        if told.exists() and told.read_text():
            break
        time.sleep(0.05)
    address = json.loads(told.read_text())["address"]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    hands += [subprocess.Popen([*worker, "--local-directory", str(tmp_path)], **quiet) for _ in range(2)]
    yield address, hands
    for hand in reversed(hands):
        hand.kill()
        hand.wait()


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes_and_without_any_says_so(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    undisturbed: tuple[Path, dict[str, bytes]],
    small_model: Path,
    tmp_path: Path,
) -> None:
    (address, (_, first, second)), (parts, expected) = cluster, undisturbed
    out = tmp_path / "o"
    options = ["--model", small_model, "--executor", "dask", "--cluster", address]
    job = command(parts, "--out", out, *options)
    for _ in range(1200):
        if list(out.glob("part-*.parquet")):
            break
        time.sleep(0.05)
    first.kill()
    _, errors = job.communicate(timeout=200)
    assert job.returncode == 0, errors
    assert bytes_of(out) == expected
    second.kill()
    second.wait()
    job = command(parts, "--out", tmp_path / "vide", *options)
    _, errors = job.communicate(timeout=60)
    assert job.returncode == 2
    assert "aucun ouvrier" in errors
    assert "Traceback" not in errors


def test_a_scheduler_that_dies_in_the_middle_is_one_sentence_and_what_is_done_stays(
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    undisturbed: tuple[Path, dict[str, bytes]],
    small_model: Path,
    tmp_path: Path,
) -> None:
    (address, (scheduler, *_)), (parts, expected) = cluster, undisturbed
    out = tmp_path / "o"
    job = command(parts, "--out", out, "--model", small_model, "--executor", "dask", "--cluster", address)
    for _ in range(1200):
        if list(out.glob("part-*.parquet")):
            break
        time.sleep(0.05)
    scheduler.kill()
    _, errors = job.communicate(timeout=200)
    assert job.returncode == 2
    assert "La grappe s’est arrêtée en chemin" in errors
    assert "Traceback" not in errors
    assert all(data == expected[name] for name, data in bytes_of(out).items())
