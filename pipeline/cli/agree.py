"""`filrouge agree`: how far the coders of a study agree, and the machine with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.failures import tell_failures
from pipeline.cli.options import Interviewer, Json, Quiet, StudyPath
from pipeline.cli.progress import bars
from pipeline.cli.tables import counted, number, show, whole

if TYPE_CHECKING:
    from pipeline.agree import Accord, CodeAgreement
    from pipeline.agree.pairs import Summary
    from pipeline.run import Agreement

HELP = """Mesure l’accord entre codeurs : kappa, alpha, deux intervalles par code, désaccords à discuter.

Écrit dans ÉTUDE/results : accord.html (figures, paragraphe de méthode en français et en anglais), \
desaccords.html et desaccords.csv (les passages où les codeurs diffèrent), agreement.csv, accord.json.

Deux affirmations, deux intervalles. « Ce corpus » : ce qu’on lirait en lisant davantage de segments de ces \
entretiens. « Autres entretiens » : ce que donneraient d’autres interviewés de même nature.

a : les deux codeurs ont mis le code ; b : le premier seul ; c : le second seul ; d : aucun des deux. \
Une étude nommée « plan » ou « consensus » s’écrit ./plan."""


def main(
    study: StudyPath,
    coders: Annotated[
        str | None,
        typer.Option("--coders", metavar="A,B…", help="Codeurs à comparer (par défaut : tous, paire par paire)."),
    ] = None,
    bar: Annotated[
        float | None,
        typer.Option("--bar", metavar="κ", help="Barre fixée avant la mesure (0,8 par exemple), dite et tracée."),
    ] = None,
    machine: Annotated[
        bool,
        typer.Option(
            "--machine", help="Compare aussi la machine (ÉTUDE/results/codings.csv), à côté des humains."
        ),
    ] = False,
    codings: Annotated[
        Path | None,
        typer.Option("--codings", metavar="FICHIER", help="Codages de la machine, s’ils sont ailleurs."),
    ] = None,
    worklist: Annotated[
        list[str] | None,
        typer.Option(
            "--worklist",
            metavar="CODEUR=FICHIER",
            help="Liste que ce codeur a lue, et elle seule (par défaut : celle de worklists/ hors de laquelle il "
            "n’a rien codé).",
        ),
    ] = None,
    gamma: Annotated[
        bool, typer.Option("--gamma", help="Ajoute le γ de Mathet (lent ; demande filrouge[gamma]).")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Graine des intervalles (0).")] = 0,
    out: Annotated[Path | None, typer.Option("--out", metavar="DOSSIER", help="Où écrire le rapport.")] = None,
    interviewer: Interviewer = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Compare, write, and print a table a pair."""
    from pipeline.run import agree_study, write_agreement

    named = tuple(name.strip() for name in coders.split(",") if name.strip()) if coders else None
    path = codings or (study / "results" / "codings.csv" if machine else None)
    with bars(quiet=quiet or as_json) as progress:
        found = agree_study(
            study, coders=named, machine=path, worklists=_worklists(worklist or ()), bar=_checked(bar),
            gamma=gamma, seed=seed, interviewer=tuple(interviewer or ()), progress=progress,
        )  # fmt: skip
        written = write_agreement(found, out=out)
    tell_failures(found.failures)
    if as_json:
        json_file = next(path for path in written if path.suffix == ".json")
        typer.echo(json_file.read_text(encoding="utf-8"), nl=False)
    elif not quiet:
        _show(found)
        for path in written:
            typer.echo(f"{path.name} : {path}")
    if found.failures:
        raise typer.Exit(1)


def _worklists(given: list[str] | tuple[str, ...]) -> dict[str, Path]:
    """Read CODEUR=FICHIER."""
    from pipeline.errors import StudyError

    pairs = [entry.partition("=") for entry in given]
    wrong = ["".join(pair) for pair in pairs if not all(pair)]
    if wrong:
        raise StudyError(f"--worklist {wrong[0]} : écrivez CODEUR=FICHIER, par exemple paul=worklists/plan.csv.")
    return {coder: Path(path) for coder, _, path in pairs}


def _checked(bar: float | None) -> float | None:
    """Refuse a bar that no coefficient could meet or miss."""
    from pipeline.errors import StudyError

    if bar is not None and not -1 < bar < 1:
        raise StudyError(f"--bar {bar:g} : il faut un coefficient entre -1 et 1, par exemple 0.8.")
    return bar


def _show(found: Agreement) -> None:
    """Print what was compared, a table a pair, and what must be known to read them."""
    accord = found.accord
    seen = accord.coverage
    share = "" if seen.share is None else f" ({seen.share:.0%} de ce qui a été lu)".replace("%", "\u202f%")
    typer.echo(
        f"{counted(seen.twice, 'segment lu', 'segments lus')} par deux codeurs au moins{share}, dans "
        f"{counted(seen.twice_interviews, 'entretien', 'entretiens')}."
    )
    for note in found.notes:
        typer.echo(note)
    for summary in accord.summaries:
        _show_pair(accord, summary)
    if accord.versus:
        _show_versus(accord)
    _show_together(accord)


def _show_pair(accord: Accord, summary: Summary) -> None:
    """Print one pair: the counts, kappa and its two intervals, then the words of two authors."""
    from rich import box
    from rich.table import Table

    from pipeline.agree import figure
    from pipeline.agree.scales import against, krippendorff, landis_koch

    one, other = summary.coders
    title = f"{one} – {other}, par segment"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("code", no_wrap=True)
    headings = ("a", "b", "c", "d", "accord", "κ", "ce corpus", "autres entretiens", "α", "κ car.")
    for heading in headings:
        table.add_column(heading, justify="right")
    titles = ["Landis-Koch", "Krippendorff", *(["barre"] if accord.bar is not None else [])]
    for heading in titles:
        table.add_column(heading, no_wrap=True)
    letters = {line.code: line.table.kappa for line in accord.characters if line.coders == summary.coders}
    lines = [line for line in accord.pairs if line.coders == summary.coders]
    for line in lines:
        kappa, alpha = line.table.kappa, figure(line.table, "alpha").value
        words = [landis_koch(kappa), krippendorff(alpha)]
        words += [against(accord.bar, line.corpus)] if accord.bar is not None else []
        cells = [number(line.table.observed), number(kappa), _ends(line.corpus), _ends(line.transfer)]
        cells += [number(alpha), number(letters.get(line.code))]
        table.add_row(line.code, *map(whole, line.table.cells), *cells, *words)
    if summary.used == summary.defined:
        table.add_row("moyenne", *[""] * 5, number(summary.mean), "", _ends(summary.transfer), style="bold")
    else:
        table.add_row("moyenne", *[""] * 5, number(summary.mean), style="bold")
        used = number(summary.used_mean), "", _ends(summary.transfer)
        table.add_row("… codes employés 5 fois", *[""] * 5, *used, style="bold")
    show(table)
    for line in lines:
        _tell(line)


def _tell(line: CodeAgreement) -> None:
    """Say why a coefficient or an interval is missing."""
    from pipeline.agree import figure

    found = figure(line.table, "kappa")
    if found.value is None:
        typer.echo(f"  {line.code} : κ non défini ({found.why}).")
    elif line.note:
        typer.echo(f"  {line.code} : {line.note}.")


def _show_versus(accord: Accord) -> None:
    """Print the machine beside a second human."""
    from rich import box
    from rich.table import Table

    title = f"{accord.machine} à côté d’un second humain, sur les mêmes segments"
    table = Table("code", "face à", title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("κ machine", "κ second humain", "différence", "autres entretiens"):
        table.add_column(heading, justify="right")
    for line in accord.versus:
        kappas = number(line.kappa_machine), number(line.kappa_human), number(line.difference)
        table.add_row(line.code, f"{line.human} (second : {line.other})", *kappas, _ends(line.interval))
    show(table)


def _show_together(accord: Accord) -> None:
    """Print alpha by dimension and for all coders, and which codes are taken for one another."""
    for one in accord.dimensions:
        told = ", ".join(f"{number(value)} (distance {name})" for name, (value, _) in one.alphas.items())
        typer.echo(f"{one.label} : α sur les ensembles de codes {told if not one.why else one.why}.")
    if accord.several and len(accord.several[0].coders) > 2:
        told = ", ".join(f"{line.code} {number(line.figures['alpha'])}" for line in accord.several)
        typer.echo(f"α de tous les codeurs ensemble : {told}.")
    for table in accord.confusions:
        if table.worst:
            mine, theirs, count = table.worst
            often = counted(count, "segment", "segments")
            typer.echo(
                f"Confusion la plus fréquente ({table.dimension}) : {table.coders[0]} dit « {mine} » où "
                f"{table.coders[1]} dit « {theirs} », sur {often}."
            )
    for line in accord.gammas:
        typer.echo(f"γ de Mathet, {line.dimension} : {number(line.gamma)} ({line.interviews} entretiens).")


def _ends(interval: tuple[float, float] | None) -> str:
    """Write an interval in a cell.

    >>> _ends((0.5, 0.75)), _ends(None)
    ('0,50 à 0,75', '–')
    """
    if interval is None:
        return "–"
    return " à ".join(f"{round(end, 2) + 0.0:.2f}".replace(".", ",").replace("-", "−") for end in interval)
