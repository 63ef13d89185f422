"""`filrouge agree consensus`: what the team settled, back among the codings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars
from pipeline.cli.tables import counted

HELP = """Rapporte dans l’étude les désaccords tranchés par l’équipe, sous le codeur « consensus ».

FICHIER est results/desaccords.csv, dont la colonne « decision » a été remplie (oui ou non) pour chaque \
désaccord. Écrit ÉTUDE/codes/consensus.csv : ce sur quoi les codeurs étaient d’accord, et ce qui a été décidé \
du reste. Les fichiers des codeurs ne changent pas ; le consensus n’est comparé qu’à la machine."""


def main(
    study: StudyPath,
    sheet: Annotated[Path, typer.Argument(metavar="FICHIER", help="Le tableau rempli.", show_default=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Remplace un consensus qui s’y trouve déjà.")] = False,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Import, and say what was written."""
    from pipeline.run import import_consensus

    with bars(quiet=quiet or as_json) as progress:
        found = import_consensus(
            study, sheet, replace=replace, interviewer=tuple(interviewer or ()), progress=progress
        )
    if as_json:
        told = {"path": str(found.path), "segments": found.segments, "decisions": found.decided}
        typer.echo(json.dumps(told | {"coders": list(found.coders)}, ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(
            f"Consensus de {', '.join(found.coders)} : {counted(found.segments, 'segment', 'segments')}, "
            f"{counted(found.decided, 'décision', 'décisions')} de l’équipe."
        )
        typer.echo(f"{found.path.name} : {found.path}")
