"""Figures and tables in, French text on stdout out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.typography import whole

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["counted", "number", "show", "whole"]


def number(value: float | None) -> str:
    """Write a coefficient the French way; a dash where it is undefined.

    >>> number(0.8214), number(None)
    ('0,821', '–')
    """
    return "–" if value is None else f"{value:.3f}".replace(".", ",")


def counted(count: int, one: str, many: str) -> str:
    """Write a count and its noun.

    >>> counted(0, "segment", "segments"), counted(1200, "segment", "segments")
    ('0 segment', '1\u202f200 segments')
    """
    return f"{whole(count)} {one if count < 2 else many}"


def show(table: Table) -> None:
    """Print a table, whole even where stdout is a file."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, 160)
    console.print(table)
