"""`filrouge info`: what the reader understood of each transcript, before anything is coded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Inputs, Interviewer, Json
from pipeline.cli.tables import counted, show, whole

if TYPE_CHECKING:
    from pipeline.read.digest import Digest
    from pipeline.run import Inventory

HELP = """Montre ce que filrouge a compris de chaque transcription : format, tours, rôles, mots, minutage, doutes.

Les codages que portent les fichiers eux-mêmes (commentaires, sections, thèmes) sont montrés, et leurs attributs.

Si les rôles sont faux, indiquez-les avec --interviewer ÉTIQUETTE, ou dans study.toml : \
[speakers] interviewer = ["Q"], respondent = ["R"]."""

ROLES = {"interviewer": "enquêteur", "respondent": "répondant", "other": "autre"}


def main(inputs: Inputs, interviewer: Interviewer = None, as_json: Json = False) -> None:
    """Print one line a transcript, then what their files carry, then the doubts."""
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

    roles = [role for role in ROLES if role != "other" or any(digest.words.get(role) for digest in found.digests)]
    table = Table(title=found.title, title_justify="left")
    table.add_column("transcription", overflow="fold", min_width=14)
    table.add_column("format", no_wrap=True)
    table.add_column("tours", justify="right")
    for role in roles:
        table.add_column(f"{ROLES[role]} : mots", justify="right")
        table.add_column("étiquettes")
    table.add_column("minutage", justify="right")
    table.add_column("doutes", justify="right")
    for digest in found.digests:
        cells = [part for role in roles for part in _cells(digest, role)]
        doubts = f"{len(digest.doubts)}" if digest.sure else f"{len(digest.doubts)} (à vérifier)"
        cells = [digest.format, whole(digest.turns), *cells, _timing(digest), doubts]
        table.add_row(digest.id, *cells, style=None if digest.sure else "bold red")
    show(table)
    for line in (*_attributes(found), *(line for digest in found.digests for line in _carried(digest))):
        typer.echo(line)
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


def _timing(digest: Digest) -> str:
    """Return how long the interview lasts, and how many turns have their time where not all do."""
    if not digest.timed or digest.lasts is None:
        return "–"
    minutes, seconds = divmod(round(digest.lasts), 60)
    clock = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return clock if digest.timed == digest.turns else f"{clock} ({counted(digest.timed, 'tour', 'tours')})"


def _attributes(found: Inventory) -> list[str]:
    """Name the attributes known of the transcripts, and the values of each."""
    values: dict[str, dict[str, None]] = {}
    for digest in found.digests:
        for name, value in digest.attributes.items():
            values.setdefault(name, {})[value] = None
    told = []
    for name, held in values.items():
        listed = [value or "vide" for value in held]
        told.append(f"{name} ({', '.join(listed[:6])}{'…' if len(listed) > 6 else ''})")
    return [f"Attributs : {' ; '.join(told)}."] if told else []


def _carried(digest: Digest) -> list[str]:
    """Say what the file codes by itself, coder by coder."""
    lines = []
    for coder, codes in digest.carried.items():
        named = [f"« {code} » ({count})" for code, count in codes.items() if code]
        if empty := codes.get("", 0):
            named.append(f"sans code ({empty})")
        passages = counted(sum(codes.values()), "passage codé", "passages codés")
        listed = ", ".join(named[:12]) + ("…" if len(named) > 12 else "")
        lines.append(f"{digest.id} : dans le fichier, {passages} par « {coder} » : {listed}.")
    return lines


def _as_dict(found: Inventory) -> dict[str, object]:
    """Return the same for a machine."""
    return {
        "title": found.title,
        "coders": list(found.coders),
        "transcripts": [
            {
                "id": digest.id,
                "format": digest.format,
                "turns": digest.turns,
                "labels": digest.labels,
                "words": digest.words,
                "timed": digest.timed,
                "lasts": digest.lasts,
                "attributes": dict(digest.attributes),
                "carried": digest.carried,
                "sure": digest.sure,
                "doubts": list(digest.doubts),
            }
            for digest in found.digests
        ],
        "failures": [{"path": str(f.path), "message": f.message} for f in found.failures],
    }
