"""`filrouge init`: a study folder made of transcripts and, where there is one, a codebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.tables import counted

if TYPE_CHECKING:
    from pipeline.run.opening import Opened

HELP = """Crée le dossier d’une étude à partir de transcriptions.

Les fichiers sont copiés tels quels dans ÉTUDE/transcripts. La grille peut venir d’un codebook.toml, d’un .qdc, \
d’un tableau .csv ou .xlsx, ou d’un projet .qdpx ou Taguette ; sans --codebook, une grille d’exemple est écrite."""


def main(
    study: Annotated[Path, typer.Argument(metavar="ÉTUDE", help="Dossier à créer.", show_default=False)],
    transcripts: Annotated[
        list[Path], typer.Argument(metavar="TRANSCRIPTIONS", help="Fichiers ou dossiers de transcriptions.")
    ],
    codebook: Annotated[
        Path | None,
        typer.Option("--codebook", metavar="FICHIER", help="Grille de codage, de n’importe quel outil."),
    ] = None,
) -> None:
    """Make the folder, then say what it holds and what to do next."""
    from pipeline.run.opening import init_study

    opened = init_study(study, transcripts, codebook=codebook)
    tell_failures(opened.failures)
    typer.echo(_summary(opened))
    if opened.failures:
        raise typer.Exit(1)


def _summary(opened: Opened) -> str:
    """Say in French what was made."""
    lines = [f"{opened.folder} : {counted(len(opened.transcripts), 'transcription', 'transcriptions')}."]
    if opened.codebook:
        lines.append(f"Grille « {opened.codebook.name} » : {counted(len(opened.codebook.ids), 'code', 'codes')}.")
    else:
        lines.append(f"Grille d’exemple : remplacez-la dans {opened.folder / 'codebook.toml'}.")
    lines.append(f"Attributs (entreprise, vague…) à remplir dans {opened.folder / 'attributes.csv'}.")
    return "\n".join([*lines, f"Ensuite : filrouge info {opened.folder}"])
