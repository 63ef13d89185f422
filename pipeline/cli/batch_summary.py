"""`filrouge batch summary`: how often each code holds, read part after part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Json
from pipeline.cli.tables import counted, show, whole

if TYPE_CHECKING:
    from pipeline.batch import Tally

HELP = """Compte les codes d’un codage par lots, en tout ou par cas et par vague.

Les résultats sont lus l’un après l’autre : la mémoire ne dépend pas du corpus. Un codage inachevé se compte \
aussi : il est dit sur combien de parts. Un décompte de la machine n’est pas une prévalence : voyez la fiche du \
modèle."""


def main(
    folder: Annotated[
        Path, typer.Argument(metavar="DOSSIER", help="Celui de filrouge batch --out.", show_default=False)
    ],
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="case|wave", help="Compte par cas, par vague, ou les deux (répétable)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Count, and show."""
    from pipeline.batch import BY
    from pipeline.errors import StudyError
    from pipeline.run.batching import batch_summary

    wanted = tuple(dict.fromkeys(by or ()))
    if set(wanted) - set(BY):
        raise StudyError(f"--by {', '.join(sorted(set(wanted) - set(BY)))} : inconnu. Choix : {', '.join(BY)}.")
    state, found = batch_summary(folder, wanted)
    if as_json:
        rows = [dict(zip(wanted, group, strict=True)) | _as_dict(tally) for group, tally in found.items()]
        typer.echo(
            json.dumps(
                {"parts": len(state.done), "of": len(state.manifest.parts), "rows": rows},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    if state.left:
        typer.echo(
            f"Codage inachevé : {whole(len(state.done))} parts sur {whole(len(state.manifest.parts))}.", err=True
        )
    for group, tally in found.items():
        _show(" · ".join(part or "(sans)" for part in group) or "Tout le corpus", tally)


def _as_dict(tally: Tally) -> dict[str, object]:
    """Return a group's counts for a machine."""
    return {
        "documents": tally.documents, "segments": tally.segments, "coded": tally.coded,
        "codes": dict(tally.codes), "holders": dict(tally.holders),
    }  # fmt: skip


def _show(title: str, tally: Tally) -> None:
    """Print one group: each code, its segments and its documents."""
    from rich import box
    from rich.table import Table

    heading = (
        f"{title} : {counted(tally.documents, 'document', 'documents')}, "
        f"{counted(tally.segments, 'segment', 'segments')}, dont {whole(tally.coded)} avec au moins un code"
    )
    typer.echo(heading)
    if not tally.codes:
        typer.echo("")
        return
    table = Table("code", box=box.SIMPLE_HEAD)
    for name in ("segments", "part", "documents", "part"):
        table.add_column(name, justify="right")
    for code in sorted(tally.codes, key=lambda code: (-tally.codes[code], code)):
        table.add_row(
            code, whole(tally.codes[code]), _share(tally.codes[code], tally.segments),
            whole(tally.holders[code]), _share(tally.holders[code], tally.documents),
        )  # fmt: skip
    show(table)


def _share(count: int, of: int) -> str:
    """Write a share.

    >>> _share(1, 8)
    '12,5\u202f%'
    """
    return f"{count / max(1, of):.1%}".replace(".", ",").replace("%", "\u202f%")
