"""`filrouge code`: transcripts in, coded data and a report out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Cache, Encoder, Inputs, Interviewer, Json, Model, Quiet
from pipeline.cli.progress import bars
from pipeline.cli.tables import counted, whole

if TYPE_CHECKING:
    from pipeline.run import Outcome

HELP = """Code une étude ou des transcriptions avec un modèle.

Écrit codings.csv, segments.csv et rapport.html dans ÉTUDE/results (pour des fichiers : ./results). \
Rien n’est changé dans transcripts/ ni dans codes/. Code de sortie : 0 si tout est codé, \
1 si une transcription a été écartée, 2 si rien n’a pu être codé."""


def main(
    inputs: Inputs,
    model: Model = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DOSSIER", help="Où écrire les résultats.")] = None,
    examples: Annotated[
        Path | None,
        typer.Option(
            "--examples",
            metavar="ÉTUDE",
            help="Étude codée à la main où chercher les passages proches (par défaut : l’étude elle-même).",
        ),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Ajoute à codings.csv les mots qui ont pesé, les passages proches et ce qui est à décider.",
        ),
    ] = False,
    cache: Cache = None,
    encoder: Encoder = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Code, then say what was done and what was left out."""
    from pipeline.run import code

    with bars(quiet=quiet or as_json) as progress:
        outcome = code(
            inputs, model=model, out=out, encoder=encoder, interviewer=tuple(interviewer or ()),
            examples=examples, explain=explain, cache=cache, progress=progress,
        )  # fmt: skip
    tell_failures(outcome.failures)
    if as_json:
        typer.echo(json.dumps(_as_dict(outcome), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(_summary(outcome))
    if outcome.failures:
        raise typer.Exit(1)


def _summary(outcome: Outcome) -> str:
    """Say in French what was coded and where it is."""
    coded = sum(1 for coding in outcome.codings if coding.codes)
    lines = [
        counted(len(outcome.transcripts), "transcription codée", "transcriptions codées")
        + f" avec le modèle « {outcome.model.name} » : "
        + counted(len(outcome.codings), "segment", "segments")
        + f", dont {whole(coded)} avec au moins un code."
    ]
    if outcome.failures:
        lines.append(counted(len(outcome.failures), "écartée, nommée", "écartées, nommées") + " ci-dessus.")
    lines += outcome.notes
    lines += [f"{path.name} : {path}" for path in outcome.written]
    return "\n".join(lines)


def _as_dict(outcome: Outcome) -> dict[str, object]:
    """Return the same for a machine."""
    return {
        "model": outcome.model.name,
        "transcripts": [transcript.id for transcript in outcome.transcripts],
        "segments": len(outcome.codings),
        "coded": sum(1 for coding in outcome.codings if coding.codes),
        "failures": [{"path": str(f.path), "message": f.message} for f in outcome.failures],
        "notes": list(outcome.notes),
        "written": [str(path) for path in outcome.written],
    }
