"""`filrouge agree plan`: what a second coder should read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars
from pipeline.cli.tables import counted, number, show, whole

if TYPE_CHECKING:
    from pipeline.run import Plan

HELP = """Tire au hasard les segments qu’un second codeur doit lire, dans tous les entretiens.

Le nombre vient de la largeur d’intervalle souhaitée pour le kappa (« ce corpus »). Le tirage est stratifié par \
entretien, et la même graine redonne la même liste, écrite dans ÉTUDE/worklists/plan.csv.

Jamais « 10 % des entretiens » : quatre entretiens entiers sur seize donnent des intervalles à 95 % qui ne \
tiennent que 74 à 94 fois sur cent (docs/methods.md)."""


def main(
    study: StudyPath,
    width: Annotated[
        float, typer.Option("--width", metavar="L", help="Largeur souhaitée de l’intervalle de κ (0.25).")
    ] = 0.25,
    kappa: Annotated[float, typer.Option("--kappa", metavar="κ", help="κ auquel on s’attend (0.7).")] = 0.7,
    count: Annotated[
        int | None, typer.Option("--count", metavar="N", help="Nombre de segments, si vous le fixez vous-même.")
    ] = None,
    codes: Annotated[
        str | None, typer.Option("--codes", metavar="A,B…", help="Codes qui comptent (par défaut : tous).")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Graine du tirage (1).")] = 1,
    out: Annotated[Path | None, typer.Option("--out", metavar="FICHIER", help="Où écrire la liste.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Remplace une liste qui s’y trouve déjà.")] = False,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Draw, write, and say what to expect."""
    from pipeline.errors import StudyError
    from pipeline.run import plan_study

    if not 0 < width < 2 or not 0 < kappa < 1 or (count is not None and count < 1):
        raise StudyError("--width va de 0 à 2, --kappa de 0 à 1, et --count vaut 1 ou plus.")
    named = tuple(name.strip() for name in codes.split(",") if name.strip()) if codes else None
    with bars(quiet=quiet or as_json) as progress:
        plan = plan_study(
            study, width=width, kappa=kappa, count=count, codes=named, seed=seed, out=out, replace=replace,
            interviewer=tuple(interviewer or ()), progress=progress,
        )  # fmt: skip
    tell_failures(plan.failures)
    if as_json:
        typer.echo(json.dumps(_as_dict(plan), ensure_ascii=False, indent=1))
    elif not quiet:
        _show(plan, width)
    if plan.failures:
        raise typer.Exit(1)


def _show(plan: Plan, width: float) -> None:
    """Print what each code asks for, then where the list is."""
    from rich import box
    from rich.table import Table

    table = Table("code", title="Segments à lire par un second codeur", title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("fréquence", "segments", "largeur attendue"):
        table.add_column(heading, justify="right")
    for need in plan.needs:
        often = f"{need.prevalence:.1%}".replace(".", ",").replace("%", "\u202f%")
        asked = whole(need.segments) if need.segments is not None else "tout ne suffit pas"
        table.add_row(need.code, often, asked, number(need.width))
    show(table)
    if not plan.known:
        typer.echo("Personne n’a encore codé : un emploi pour dix segments est supposé pour chaque code.")
    share = len(plan.tasks) / plan.total
    typer.echo(
        f"{counted(len(plan.tasks), 'segment tiré', 'segments tirés')} sur {whole(plan.total)} "
        f"({share:.0%}), dans {counted(plan.interviews, 'entretien', 'entretiens')}, ".replace("%", "\u202f%")
        + f"pour une largeur de {number(width)} là où elle peut être atteinte."
    )
    typer.echo(f"{plan.path.name} : {plan.path}")
    typer.echo("Le second codeur lit ces segments dans leur contexte, sans voir les codages du premier.")


def _as_dict(plan: Plan) -> dict[str, object]:
    """Return the same for a machine."""
    return {
        "path": str(plan.path),
        "segments": len(plan.tasks),
        "total": plan.total,
        "interviews": plan.interviews,
        "needs": [asdict(need) for need in plan.needs],
        "prevalence_known": plan.known,
        "failures": [{"path": str(f.path), "message": f.message} for f in plan.failures],
    }
