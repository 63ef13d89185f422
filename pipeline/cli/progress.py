"""Stages of a long job in, bars on stderr out; a line a stage where stderr is a file."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import typer

Progress = Callable[[str, int, int], None]

# To name a new stage of run.py: its key and its French words.
STAGES = {
    "read": "Lecture",
    "load": "Chargement",
    "segment": "Découpage",
    "encode": "Encodage",
    "classify": "Codage",
    "explain": "Explications",
    "train": "Validation croisée",
    "agree": "Accord",
    "write": "Écriture",
}


@contextlib.contextmanager
def bars(*, quiet: bool) -> Iterator[Progress]:
    """Yield a function (stage, done, total) that shows how far a job is; total 0 means unknown."""
    if quiet:
        yield lambda stage, done, total: None
    elif sys.stderr.isatty():
        with _drawn() as show:
            yield show
    else:
        yield _lines()


def _lines() -> Progress:
    """Return a function that writes a line when a stage begins."""
    told: set[str] = set()

    def show(stage: str, done: int, total: int) -> None:
        if stage not in told:
            told.add(stage)
            typer.echo(f"{STAGES.get(stage, stage)}…", err=True)

    return show


@contextlib.contextmanager
def _drawn() -> Iterator[Progress]:
    """Yield a function that draws a bar a stage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks: dict[str, TaskID] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(STAGES.get(stage, stage))
            progress.update(tasks[stage], completed=done, total=total or None)

        yield show
