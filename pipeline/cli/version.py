"""`filrouge version`."""

from __future__ import annotations

import typer

from pipeline import __version__

HELP = "Affiche la version."


def main() -> None:
    """Print the version."""
    typer.echo(f"filrouge {__version__}")
