"""`filrouge export`: a study for another tool, for Word, for Excel, for IRaMuTeQ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import StudyPath
from pipeline.cli.tables import counted

HELP = """Exporte une étude, codages humains et codages de la machine, pour un autre logiciel.

Formats : qdpx et qdc (REFI-QDA : NVivo, MAXQDA, ATLAS.ti, QualCoder…), taguette, docx (codes en commentaires), \
xlsx (une feuille par code), iramuteq, doccano, labelstudio, prodigy, argilla, grille-csv, grille-toml.

Deux exports de la même étude donnent les mêmes octets. La machine y a son propre nom de codeur."""


def main(
    study: StudyPath,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="Format voulu (liste ci-dessus).")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FICHIER", help="Où écrire (par défaut : ÉTUDE/results). docx : un dossier."
        ),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            metavar="PROFIL",
            help="Pour qdpx : refi (par défaut), nvivo, maxqda ou atlas.",
            show_default=False,
        ),
    ] = "refi",
    coders: Annotated[
        str | None, typer.Option("--coders", metavar="A,B", help="Codeurs à exporter (par défaut : tous).")
    ] = None,
) -> None:
    """Export, then say what went out and where it is."""
    from pipeline.run.exporting import export_study

    named = tuple(name.strip() for name in coders.split(",") if name.strip()) if coders else ()
    exported = export_study(study, to, out=out, profile=profile, coders=named)
    tell_failures(exported.failures)
    codes = sum(len(coding.codes) for coding in exported.project.codings)
    who = f" de {', '.join(exported.project.coders)}" if exported.project.coders else ""
    talks = counted(len(exported.project.transcripts), "entretien", "entretiens")
    typer.echo(f"{talks}, {counted(codes, 'codage', 'codages')}{who}.")
    for path in exported.written[:12]:
        typer.echo(f"Écrit : {path}")
    if len(exported.written) > 12:
        typer.echo(f"… et {counted(len(exported.written) - 12, 'autre fichier', 'autres fichiers')}.")
    if exported.failures:
        raise typer.Exit(1)
