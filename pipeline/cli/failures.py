"""Transcripts that were left out, told on stderr, one sentence each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pipeline.read.study import Failure


def tell_failures(failures: Sequence[Failure]) -> None:
    """Write one line a failure on stderr."""
    for failure in failures:
        typer.echo(f"Écarté : {failure.message}", err=True)
