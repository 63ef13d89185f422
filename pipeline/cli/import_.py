"""`filrouge import`: a project, a codebook or coded segments of another tool into a study."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.options import Json
from pipeline.cli.tables import counted

if TYPE_CHECKING:
    from pipeline.run.importing import Imported

HELP = """Importe dans une étude un projet, une grille ou des segments codés d’un autre logiciel.

Lit .qdpx et .qdc (REFI-QDA : NVivo, MAXQDA, ATLAS.ti, QualCoder…), les projets .qda de QualCoder et .sqlite3 \
de Taguette, les tableaux de segments codés et les grilles (.csv, .xlsx), les annotations doccano, Label Studio, \
Prodigy et Argilla (.json, .jsonl).

L’étude est créée si elle n’existe pas ; sinon rien de ce qu’elle contient n’est remplacé sans --replace. Ce qui \
n’a pu être placé est compté, puis listé dans results/non-places.csv (code de sortie 1)."""


def main(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="Fichier (ou dossier .qda) à importer.")],
    into: Annotated[Path, typer.Option("--into", metavar="ÉTUDE", help="Étude qui reçoit, créée au besoin.")],
    kind: Annotated[
        str | None,
        typer.Option("--from", metavar="FORMAT", help="Format, si le suffixe trompe (qdpx, segments…)."),
    ] = None,
    coder: Annotated[
        str,
        typer.Option(
            "--coder", metavar="NOM", help="Qui a codé, quand le fichier ne le dit pas.", show_default=False
        ),
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Remplace grille et codages qui portent les mêmes noms.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Import, then say what came, how positions were understood, and what is left to place."""
    from pipeline.run.importing import import_into

    imported = import_into(source, into, kind=kind, coder=coder, replacing=replace)
    if as_json:
        typer.echo(json.dumps(_as_dict(imported), ensure_ascii=False, indent=1))
    else:
        for doubt in imported.project.doubts:
            typer.echo(f"À vérifier : {doubt}", err=True)
        typer.echo(_summary(imported))
    if imported.project.unplaced:
        raise typer.Exit(1)


def _summary(imported: Imported) -> str:
    """Say in French what was imported."""
    project = imported.project
    codes = sum(len(coding.codes) for coding in project.codings)
    told = [counted(len(project.transcripts), "entretien", "entretiens")]
    if project.codebook:
        told.append(counted(len(project.codebook.ids), "code", "codes"))
    who = f" de {', '.join(project.coders)}" if project.coders else ""
    told.append(counted(codes, "codage", "codages") + who)
    if project.memos:
        told.append(counted(len(project.memos), "mémo", "mémos"))
    lines = [f"Importé dans {imported.folder} : {', '.join(told)}.", *project.evidence]
    if project.unplaced:
        lost = counted(len(project.unplaced), "codage n’a pu être placé", "codages n’ont pu être placés")
        lines.append(f"{lost} ; la liste est dans {imported.folder / 'results/non-places.csv'} :")
        lines += [
            f"  {one.document} · {one.code} · « {_short(one.quote)} » : {one.why}." for one in project.unplaced[:5]
        ]
    lines += [f"Écrit : {path}" for path in imported.written[:12]]
    if len(imported.written) > 12:
        lines.append(f"… et {counted(len(imported.written) - 12, 'autre fichier', 'autres fichiers')}.")
    return "\n".join(lines if imported.written else [*lines, "Rien de neuf : l’étude contenait déjà tout."])


def _short(text: str) -> str:
    """Cut a passage for one line."""
    line = " ".join(text.split())
    return line if len(line) <= 50 else line[:49] + "…"


def _as_dict(imported: Imported) -> dict[str, object]:
    """Return the same for a machine."""
    project = imported.project
    return {
        "format": imported.kind,
        "transcripts": [talk.id for talk in project.transcripts],
        "codes": list(project.codebook.ids) if project.codebook else [],
        "coders": list(project.coders),
        "codings": len(project.codings),
        "evidence": list(project.evidence),
        "doubts": list(project.doubts),
        "unplaced": [
            {"document": u.document, "code": u.code, "coder": u.coder, "quote": u.quote, "why": u.why}
            for u in project.unplaced
        ],
        "written": [str(path) for path in imported.written],
    }
