"""`filrouge info`: what the reader understood of each transcript, before anything is coded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Inputs, Interviewer, Json
from pipeline.cli.tables import show, whole

if TYPE_CHECKING:
    from pipeline.read.digest import Digest
    from pipeline.run import Inventory

HELP = """Montre ce que filrouge a compris de chaque transcription : tours, rôles, étiquettes, mots, doutes.

Si les rôles sont faux, indiquez-les avec --interviewer ÉTIQUETTE, ou dans study.toml : \
[speakers] interviewer = ["Q"], respondent = ["R"]."""

ROLES = {"interviewer": "enquêteur", "respondent": "répondant", "other": "autre"}


def main(inputs: Inputs, interviewer: Interviewer = None, as_json: Json = False) -> None:
    """Print one line a transcript, then the doubts."""
    from pipeline.run import inform

    found = inform(inputs, interviewer=tuple(interviewer or ()))
    tell_failures(found.failures)
    if as_json:
        typer.echo(json.dumps(_as_dict(found), ensure_ascii=False, indent=1))
    else:
        _show(found)
    if found.failures or not all(digest.sure for digest in found.digests):
        raise typer.Exit(1)


def _show(found: Inventory) -> None:
    """Print the table, then what is doubtful."""
    from rich.table import Table

    table = Table("transcription", title=found.title, title_justify="left")
    table.add_column("tours", justify="right")
    for role in ROLES.values():
        table.add_column(f"{role} : mots", justify="right")
        table.add_column("étiquettes")
    table.add_column("doutes", justify="right")
    for digest in found.digests:
        cells = [part for role in ROLES for part in _cells(digest, role)]
        doubts = f"{len(digest.doubts)}" if digest.sure else f"{len(digest.doubts)} (à vérifier)"
        table.add_row(digest.id, whole(digest.turns), *cells, doubts, style=None if digest.sure else "bold red")
    show(table)
    for digest in found.digests:
        for doubt in digest.doubts:
            typer.echo(f"{digest.id} : {doubt}")
    if found.coders:
        typer.echo(f"Codeurs : {', '.join(found.coders)}.")


def _cells(digest: Digest, role: str) -> tuple[str, str]:
    """Return the words and the labels of one role."""
    labels = digest.labels.get(role, {})
    named = ", ".join(f"{label or 'sans étiquette'} ({count})" for label, count in labels.items())
    return whole(digest.words.get(role, 0)), named


def _as_dict(found: Inventory) -> dict[str, object]:
    """Return the same for a machine."""
    return {
        "title": found.title,
        "coders": list(found.coders),
        "transcripts": [
            {
                "id": digest.id,
                "turns": digest.turns,
                "labels": digest.labels,
                "words": digest.words,
                "sure": digest.sure,
                "doubts": list(digest.doubts),
            }
            for digest in found.digests
        ],
        "failures": [{"path": str(f.path), "message": f.message} for f in found.failures],
    }
