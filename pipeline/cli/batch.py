"""`filrouge batch`: a corpus of any size in, one result a part out; stopped, it goes on where it was."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Cache, Encoder, Interviewer, Json, Model, Quiet
from pipeline.cli.tables import counted, whole

if TYPE_CHECKING:
    from pipeline.run import Batched
    from pipeline.run.batching import Pace

HELP = """Code un corpus de toute taille, par parts, sur cette machine ou sur une grappe.

ENTRÉE est un dossier de transcriptions, un tableau (.csv, .tsv, .parquet, .jsonl ; colonnes id et text) \
ou un dossier de parts (part-000.parquet ou part-000.jsonl). Chaque part donne un fichier dans le dossier de \
sortie ; les mêmes octets, quels que soient la machine et le nombre d’ouvriers.

Interrompu, relancez la même commande : ce qui est fait n’est pas refait. \
Code de sortie : 0 si tout est codé, 1 si quelque chose a été écarté, 2 si rien n’a pu commencer."""


def main(
    source: Annotated[Path, typer.Argument(metavar="ENTRÉE", help="Ce qui est à coder.", show_default=False)],
    out: Annotated[
        Path, typer.Option("--out", metavar="DOSSIER", help="Où écrire les résultats.", show_default=False)
    ],
    model: Model = None,
    codebook: Annotated[
        Path | None,
        typer.Option(
            "--codebook", metavar="FICHIER", help="Grille que le modèle doit connaître ; sinon il est refusé."
        ),
    ] = None,
    executor: Annotated[
        str, typer.Option("--executor", metavar="local|dask", help="Où travailler (local : cette machine).")
    ] = "local",
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", help="Nombre d’ouvriers (par défaut : un par cœur).")
    ] = 0,
    cluster: Annotated[
        str, typer.Option("--cluster", metavar="ADRESSE", help="Ordonnanceur Dask, comme tcp://machine:8786.")
    ] = "",
    precision: Annotated[
        str | None,
        typer.Option(
            "--precision", metavar="bf16|fp32", help="Calcul (par défaut : bf16 là où le processeur le fait)."
        ),
    ] = None,
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLONNE", help="Colonne de l’identifiant, dans un tableau.")
    ] = None,
    text_column: Annotated[
        str | None, typer.Option("--text", metavar="COLONNE", help="Colonne du texte, dans un tableau.")
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Recommence tout, même si le dossier contient un autre codage.")
    ] = False,
    cache: Cache = None,
    encoder: Encoder = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Code, then say what was done and what is left."""
    from pipeline.batch import Place
    from pipeline.errors import StudyError
    from pipeline.run.batching import Wanted, batch

    if workers < 0:
        raise StudyError(f"--workers {workers} : il faut un nombre positif, ou 0 pour un ouvrier par cœur.")
    columns = {name: column for name, column in (("id", id_column), ("text", text_column)) if column}
    wanted = Wanted(
        model, codebook, encoder, precision, executor, Place(workers, cluster), cache, columns,
        tuple(interviewer or ()), restart,
    )  # fmt: skip
    try:
        with _bar(quiet=quiet or as_json) as told:
            outcome = batch(source, out, wanted, told=told)
    except KeyboardInterrupt:
        typer.echo("\nInterrompu. Les parts déjà codées restent ; la même commande reprendra là.", err=True)
        raise typer.Exit(130) from None
    tell_failures(outcome.failures)
    for sentence in (*outcome.notes, *outcome.errors):
        typer.echo(f"Écarté : {sentence}", err=True)
    if as_json:
        typer.echo(json.dumps(_as_dict(outcome), ensure_ascii=False, indent=1))
    elif not quiet:
        typer.echo(_summary(outcome))
    if not outcome.complete:
        raise typer.Exit(1)


def _summary(outcome: Batched) -> str:
    """Say in French what was coded and where it is."""
    state = outcome.status
    lines = [
        counted(len(state.done), "part codée", "parts codées")
        + f" sur {whole(len(state.manifest.parts))}, dont {whole(outcome.coded)} maintenant : "
        + counted(state.documents, "document", "documents")
        + f", {counted(state.segments, 'segment', 'segments')}."
    ]
    if state.left_out:
        lines.append(
            counted(state.left_out, "document sans parole à coder", "documents sans parole à coder")
            + " : la colonne note dit pourquoi."
        )
    if state.left:
        lines.append(
            f"Reste : {', '.join(state.left[:5])}{'…' if len(state.left) > 5 else ''}. Relancez la commande."
        )
    lines += [
        f"résultats : {state.manifest.folder}/part-*.parquet",
        f"compter : filrouge batch summary {state.manifest.folder}",
    ]
    return "\n".join(lines)


def _as_dict(outcome: Batched) -> dict[str, object]:
    """Return the same for a machine."""
    state = outcome.status
    return {
        "out": str(state.manifest.folder),
        "parts": len(state.manifest.parts),
        "done": len(state.done),
        "coded_now": outcome.coded,
        "documents": state.documents,
        "segments": state.segments,
        "left_out": state.left_out,
        "left": list(state.left),
        "errors": [*outcome.errors, *outcome.notes],
        "failures": [{"path": str(f.path), "message": f.message} for f in outcome.failures],
    }


@contextlib.contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[Pace], None]]:
    """Yield what shows how far the job is: a bar on a terminal, a line now and then elsewhere."""
    if quiet:
        yield lambda pace: None
        return
    began = time.monotonic()
    if not sys.stderr.isatty():
        yield _lines(began)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("Codage par lots"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("chargement…", total=None)

        def show(pace: Pace) -> None:
            progress.update(
                task,
                completed=pace.documents,
                total=pace.to_do or 1,
                description=told_pace(pace, time.monotonic() - began),
            )

        yield show


def _lines(began: float) -> Callable[[Pace], None]:
    """Return what writes a line at the beginning, at the end, and every ten seconds between."""
    last = [-60.0]

    def show(pace: Pace) -> None:
        now = time.monotonic()
        if now - last[0] >= 10 or pace.parts == pace.of:
            last[0] = now
            typer.echo(f"Codage : {told_pace(pace, now - began)}", err=True)

    return show


def told_pace(pace: Pace, seconds: float) -> str:
    """Say how far a job is after so many seconds: parts, segments a second, time left.

    >>> from pipeline.run.batching import Pace
    >>> told_pace(Pace(50, 200, 3000, 1, 4), 10.0)
    '1 / 4 parts, 300 segments/s, reste 30 s'
    """
    told = f"{whole(pace.parts)} / {counted(pace.of, 'part', 'parts')}"
    if not pace.documents or seconds <= 0:
        return told
    left = seconds * (pace.to_do - pace.documents) / pace.documents
    return f"{told}, {whole(round(pace.segments / seconds))} segments/s" + (
        f", reste {_lasting(left)}" if left else ""
    )


def _lasting(seconds: float) -> str:
    """Write a duration, roundly.

    >>> _lasting(42), _lasting(600), _lasting(9000)
    ('42 s', '10 min', '2 h 30 min')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02d} min"
