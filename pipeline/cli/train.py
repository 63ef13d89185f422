"""`filrouge train`: a study coded by humans in, a model out."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Encoder, Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars

if TYPE_CHECKING:
    from pipeline.classify import Model
    from pipeline.run import Material

HELP = """Entraîne un modèle sur une étude codée à la main.

Avant de commencer, dit ce que vos codages permettent, code par code. Sans aucun codage, le modèle ne sait que ce \
que dit la grille : des suggestions faibles, pour amorcer le travail.

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
        list[Path] | None,
        typer.Option(
            "--also",
            metavar="DOSSIER",
            help="Banque d’échanges codés (exchanges.jsonl) à apprendre en plus ; rien n’y est mesuré. Répétable.",
        ),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="Sans réentraîner les couches de l’encodeur : une à deux minutes au lieu de dix, moins bon.",
        ),
    ] = False,
    encoder: Encoder = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Train, save, and show the cross-validated figures."""
    from pipeline.run import read_material, train_study

    silent = quiet or as_json
    with bars(quiet=silent) as progress:
        material = read_material(study, case=case, interviewer=tuple(interviewer or ()), progress=progress)
    if not silent:
        _announce(material)
    with bars(quiet=silent) as progress:
        model, failures = train_study(
            material, out=out, also=also or (), encoder=encoder, fast=fast,
            date=datetime.date.today().isoformat(), progress=progress,
        )  # fmt: skip
    tell_failures(failures)
    if as_json:
        typer.echo(json.dumps({"model": str(out), "figures": dict(model.figures)}, ensure_ascii=False, indent=1))
    elif not quiet:
        _show(model, out)
    if failures:
        raise typer.Exit(1)


def _announce(material: Material) -> None:
    """Say what the labels allow, before time is spent on them."""
    from pipeline.classify.prospect import sentence

    if not material.marks:
        typer.echo(
            "Aucun passage codé : le modèle ne saura que ce que dit la grille. Suggestions faibles, non mesurées."
        )
        return
    typer.echo("Ce que vos codages permettent :")
    for one in material.prospects:
        typer.echo(f"  {sentence(one)}")


def _show(model: Model, out: Path) -> None:
    """Print kappa per code, machine and humans, and what each code is good for."""
    figures = model.figures
    if "kappa" in figures:
        _show_kappas(figures)
    typer.echo(f"Modèle écrit dans {out} (fiche : {out / 'card.md'}).")


def _show_kappas(figures: Mapping[str, Any]) -> None:
    """Print the table of kappas."""
    from rich.table import Table

    from pipeline.classify.card import USAGE, interval
    from pipeline.cli.tables import number, show

    table = Table("code", title="Kappa de Cohen en validation croisée, sur les segments")
    for title in ("machine", "autres entretiens (95 %)", "humains"):
        table.add_column(title, justify="right")
    table.add_column("usage")
    human = figures.get("human", {})
    for code, kappa in figures["kappa"].items():
        reach, usage = figures["intervals"][code]["transfer"], USAGE[figures["verdict"][code]]
        table.add_row(code, number(kappa), interval(reach), number(human.get(code)), usage)
    macro, humans = number(figures["macro"]), number(figures.get("human_macro"))
    table.add_row("moyenne", macro, interval(figures["macro_interval"]), humans, "", style="bold")
    show(table)
