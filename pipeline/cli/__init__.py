"""The command line: `app`, one module a command, each thin over run.py; heavy imports wait until it runs."""

from __future__ import annotations

import typer

from pipeline.cli import (
    agree,
    annotate,
    batch,
    batch_status,
    batch_summary,
    code,
    consensus,
    export,
    import_,
    info,
    init,
    plan,
    train,
    version,
)
from pipeline.cli.french import FrenchCommand, FrenchGroup

__all__ = ["COMMANDS", "app"]

# To add a command: a module here with HELP and `main`, and a line below (the order is that of the help page).
COMMANDS = {
    "init": init,
    "code": code,
    "batch": batch,
    "batch status": batch_status,
    "batch summary": batch_summary,
    "annotate": annotate,
    "agree": agree,
    "agree plan": plan,
    "agree consensus": consensus,
    "train": train,
    "info": info,
    "import": import_,
    "export": export,
    "version": version,
}

app = typer.Typer(
    cls=FrenchGroup,
    help="Code des entretiens d’après une grille de codage, sans réseau, et dit à quel point s’y fier.",
    epilog="Pour commencer : filrouge info ÉTUDE, puis filrouge code ÉTUDE. Guide : docs/guide.md.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def filrouge() -> None:
    """Hold the commands together."""


for _name, _module in COMMANDS.items():
    app.command(_name, cls=FrenchCommand, help=_module.HELP)(_module.main)
