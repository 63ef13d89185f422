"""`filrouge agree`: how far two coders of a study agree."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars
from pipeline.cli.tables import number, show, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.agree import CodeAgreement

HELP = """Mesure l’accord entre codeurs : kappa de Cohen, accord observé, décomptes a/b/c/d par code.

Deux unités : les segments que filrouge découpe, et les caractères. a : les deux codeurs ont mis le code ; \
b : le premier seul ; c : le second seul ; d : aucun des deux."""


def main(
    study: StudyPath,
    coders: Annotated[
        str | None,
        typer.Option("--coders", metavar="A,B", help="Codeurs à comparer (par défaut : toutes les paires)."),
    ] = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Print one table a pair of coders and a unit."""
    from pipeline.agree import macro_kappa
    from pipeline.run import agree_study

    named = tuple(name.strip() for name in coders.split(",") if name.strip()) if coders else None
    with bars(quiet=quiet or as_json) as progress:
        result = agree_study(study, coders=named, interviewer=tuple(interviewer or ()), progress=progress)
    tell_failures(result.failures)
    tables = [list(rows) for _, rows in groupby(result.rows, key=lambda row: (row.coders, row.unit))]
    if as_json:
        told = [as_dict(rows, macro_kappa(rows)) for rows in tables]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for rows in tables:
            _show(rows, macro_kappa(rows))
    if result.failures:
        raise typer.Exit(1)


def as_dict(rows: Sequence[CodeAgreement], macro: float | None) -> dict[str, object]:
    """Return one comparison for a machine."""
    return {
        "coders": list(rows[0].coders),
        "unit": rows[0].unit,
        "macro_kappa": macro,
        "codes": {
            row.code: {
                "n": row.table.a + row.table.b + row.table.c + row.table.d,
                "a": row.table.a, "b": row.table.b, "c": row.table.c, "d": row.table.d,
                "observed": row.table.observed, "kappa": row.table.kappa,
            }
            for row in rows
        },
    }  # fmt: skip


def _show(rows: Sequence[CodeAgreement], macro: float | None) -> None:
    """Print one comparison."""
    from rich.table import Table

    one, other = rows[0].coders
    table = Table("code", title=f"{one} – {other}, sur les {rows[0].unit}s", title_justify="left")
    for heading in ("n", "a", "b", "c", "d", "accord observé", "kappa"):
        table.add_column(heading, justify="right")
    for row in rows:
        counts = (row.table.a, row.table.b, row.table.c, row.table.d)
        cells = [whole(sum(counts)), *map(whole, counts), number(row.table.observed), number(row.table.kappa)]
        table.add_row(row.code, *cells)
    table.add_row("moyenne", *[""] * 6, number(macro), style="bold")
    show(table)
