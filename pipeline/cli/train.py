"""`filrouge train`: a study coded by humans in, a model out."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Encoder, Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars

if TYPE_CHECKING:
    from pipeline.classify import Model

HELP = """Entraîne un modèle sur une étude codée à la main.

La validation croisée ne sépare jamais les entretiens d’un même cas (entreprise, organisation…). \
Le dossier écrit contient la fiche du modèle (card.md) et ses chiffres, mais aucun mot des entretiens."""


def main(
    study: StudyPath,
    out: Annotated[
        Path, typer.Option("--out", metavar="DOSSIER", help="Dossier du modèle à écrire.", show_default=False)
    ],
    case: Annotated[
        str | None,
        typer.Option("--case", metavar="COLONNE", help="Colonne d’attributes.csv : le cas de chaque entretien."),
    ] = None,
    also: Annotated[
        Path | None,
        typer.Option(
            "--also",
            metavar="DOSSIER",
            help="Banque d’échanges codés (exchanges.jsonl) à apprendre en plus ; rien n’y est mesuré.",
        ),
    ] = None,
    encoder: Encoder = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Train, save, and show the cross-validated figures."""
    from pipeline.run import train_study

    with bars(quiet=quiet or as_json) as progress:
        model, failures = train_study(
            study, out=out, case=case, also=also, encoder=encoder, interviewer=tuple(interviewer or ()),
            date=datetime.date.today().isoformat(), progress=progress,
        )  # fmt: skip
    tell_failures(failures)
    if as_json:
        typer.echo(json.dumps({"model": str(out), "figures": dict(model.figures)}, ensure_ascii=False, indent=1))
    elif not quiet:
        _show(model, out)
    if failures:
        raise typer.Exit(1)


def _show(model: Model, out: Path) -> None:
    """Print kappa per code, machine and humans."""
    from rich.table import Table

    from pipeline.cli.tables import number, show

    table = Table("code", title="Kappa de Cohen en validation croisée, sur les segments")
    table.add_column("machine", justify="right")
    table.add_column("humains", justify="right")
    figures = model.figures
    human = figures.get("human", {})
    for code, kappa in figures["kappa"].items():
        table.add_row(code, number(kappa), number(human.get(code)))
    table.add_row("moyenne", number(figures["macro"]), number(figures.get("human_macro")), style="bold")
    show(table)
    typer.echo(f"Modèle écrit dans {out} (fiche : {out / 'card.md'}).")
