"""`filrouge batch status`: how far a job is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.options import Json
from pipeline.cli.tables import counted, whole

HELP = """Dit où en est un codage par lots : parts faites, à faire, abîmées.

Chaque résultat est relu en entier ; rien n’est changé. Code de sortie : 0 si tout est fait, 1 sinon."""


def main(
    folder: Annotated[
        Path, typer.Argument(metavar="DOSSIER", help="Celui de filrouge batch --out.", show_default=False)
    ],
    as_json: Json = False,
) -> None:
    """Look, and say."""
    from pipeline.run.batching import batch_status

    state = batch_status(folder)
    manifest = state.manifest
    if as_json:
        told = {
            "source": manifest.source, "model": manifest.settings.model, "parts": len(manifest.parts),
            "done": len(state.done), "documents": state.documents, "of_documents": manifest.documents,
            "segments": state.segments, "left_out": state.left_out, "missing": state.missing,
            "other_settings": state.other, "damaged": state.damaged,
        }  # fmt: skip
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        typer.echo(
            f"{whole(len(state.done))} / {counted(len(manifest.parts), 'part faite', 'parts faites')}, "
            f"{whole(state.documents)} / {counted(manifest.documents, 'document', 'documents')}, "
            f"{counted(state.segments, 'segment', 'segments')}. Modèle : {manifest.settings.model}."
        )
        for names, words in (
            (state.missing, "à faire"),
            (state.other, "d’un autre réglage, à refaire"),
            (state.damaged, "abîmées, à refaire"),
        ):
            if names:
                typer.echo(
                    f"{words} : {', '.join(names[:8])}{'…' if len(names) > 8 else ''} ({whole(len(names))})"
                )
        if state.left:
            typer.echo(
                f"Pour continuer : filrouge batch {manifest.source} --out {folder} (avec les mêmes options)."
            )
    if state.left:
        raise typer.Exit(1)
