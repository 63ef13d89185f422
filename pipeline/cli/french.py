"""A typer command in, the same command speaking French out: help pages, complaints, exit codes.

typer and the click inside it speak English in fixed strings, which differ from one release to the next; help is
therefore laid out here, and complaints are translated by the table below.
"""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from pipeline.errors import FilrougeError

# To add a complaint: the English one as a pattern, and its French words.
COMPLAINTS: tuple[tuple[str, str], ...] = (
    (r"Missing argument '?(.+?)'?\.", "il manque l’argument {0}."),
    (r"Missing option '?(.+?)'?\.", "il manque l’option {0}."),
    (r"Missing command\.", "il manque une commande."),
    (r"No such command '(.+?)'\.? Did you mean (.+)\?", "commande inconnue : {0}. Vouliez-vous dire {1} ?"),
    (r"No such command '(.+?)'\.", "commande inconnue : {0}."),
    (r"No such option:? '?(\S+?)'?\.? \(Possible options: (.+)\)", "option inconnue : {0}. Proches : {1}."),
    (r"No such option:? '?(\S+?)'?\.? Did you mean (.+?)\?", "option inconnue : {0}. Vouliez-vous dire {1} ?"),
    (r"No such option:? '?(\S+?)'?\.?", "option inconnue : {0}."),
    (r"Option '(.+?)' requires an argument\.", "l’option {0} attend une valeur."),
    (r"Option '(.+?)' does not take a value\.", "l’option {0} ne prend pas de valeur."),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "argument en trop : {0}."),
    (r"Invalid value for '?(.+?)'?: (.+)", "valeur refusée pour {0} ({1})."),
)
_UsageError: Any = typer.BadParameter.__mro__[1]  # typer carries click inside or beside it, by release
_HELP = "Affiche cette aide et s’arrête."
_INTERRUPTED = "Interrompu : rien n’a été écrit, les résultats précédents sont intacts."


def french(message: str) -> str:
    """Put one of click's complaints into French.

    >>> french("No such option: --modle (Possible options: --model)")
    'option inconnue : --modle. Proches : --model.'
    """
    for pattern, words in COMPLAINTS:
        found = re.match(pattern + r"\s*$", message, re.DOTALL)
        if found:
            return words.format(*(group.replace("'", "") for group in found.groups()))
    return f"appel incorrect ({message})."


class FrenchCommand(TyperCommand):
    """A command whose help is French."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lay out the help page."""
        formatter.write(help_page(self, ctx, "[OPTIONS]"))


class FrenchGroup(TyperGroup):
    """The program: its help is French, a user's mistake is one sentence and exit code 2, Ctrl-C is 130."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Lay out the help page."""
        formatter.write(help_page(self, ctx, "COMMANDE [OPTIONS] …"))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Let a command's name be two words (« agree plan »), beside the command named by the first alone."""
        two = " ".join(args[:2])
        if len(args) > 1 and two in self.commands:
            return two, self.commands[two], args[2:]
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn mistakes and Ctrl-C into a sentence."""
        try:
            return super().invoke(ctx)
        except FilrougeError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo(f"\n{_INTERRUPTED}", err=True)
            raise typer.Exit(130) from None

    def main(self, args: Sequence[str] | None = None, **options: Any) -> Any:  # type: ignore[override]
        """Parse and run, then exit (or return the code where ``standalone_mode`` is False)."""
        given = list(sys.argv[1:] if args is None else args) or ["--help"]
        code = self._run(given)
        if options.get("standalone_mode", True):
            sys.exit(code)
        return code

    def _run(self, args: list[str]) -> int:
        """Return the exit code."""
        try:
            result = super().main(args=args, prog_name="filrouge", standalone_mode=False)
        except _UsageError as error:
            path = error.ctx.command_path if error.ctx else "filrouge"
            typer.echo(f"filrouge : {french(error.format_message())} Aide : {path} --help", err=True)
            return 2
        except typer.Abort:
            typer.echo(f"\n{_INTERRUPTED}", err=True)
            return 130
        return result if isinstance(result, int) else 0


def help_page(command: Any, ctx: Any, usage: str) -> str:
    """Lay out a command's help: usage, text, arguments, options, commands."""
    params = command.get_params(ctx)
    arguments = [param for param in params if param.param_type_name == "argument"]
    named = " ".join(param.metavar or param.name.upper() for param in arguments)
    children = _children(command, ctx)
    blocks = [
        f"{typer.style('Usage', bold=True)} : {ctx.command_path} {named + ' ' if named else ''}{usage}",
        _wrapped(command.help or ""),
        _section("Arguments", [(param.metavar or param.name, param.help or "") for param in arguments]),
        _section("Options", [_option(param) for param in params if param.param_type_name == "option"]),
        _section("Commandes", [(name, (child.help or "").split("\n")[0]) for name, child in children]),
        _wrapped(command.epilog or ""),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _children(command: Any, ctx: Any) -> list[tuple[str, Any]]:
    """Return a program's commands; of a command, those whose name goes on from its own."""
    if hasattr(command, "commands"):
        return list(command.commands.items())
    every = getattr(ctx.parent.command, "commands", {}) if ctx.parent else {}
    return [(name, child) for name, child in every.items() if name.startswith(f"{ctx.info_name} ")]


def _option(param: Any) -> tuple[str, str]:
    """Return how an option is written and what it does."""
    if "--help" in param.opts:
        return "--help", _HELP
    return " ".join([", ".join(param.opts), param.metavar or ""]).strip(), param.help or ""


def _section(title: str, rows: list[tuple[str, str]]) -> str:
    """Lay out two columns under a title; nothing for no rows."""
    if not rows:
        return ""
    left = max(len(name) for name, _ in rows)
    lines = [typer.style(title, bold=True)]
    for name, text in rows:
        words = textwrap.wrap(text, max(30, _width() - left - 4)) or [""]
        lines += [f"  {name:<{left}}  {words[0]}".rstrip()]
        lines += [" " * (left + 4) + more for more in words[1:]]
    return "\n".join(lines)


def _wrapped(text: str) -> str:
    """Wrap paragraphs to the terminal, leaving indented lines (examples) as they are."""
    parts = text.strip().split("\n\n")
    return "\n\n".join(p if p.startswith("  ") else textwrap.fill(p, _width()) for p in parts)


def _width() -> int:
    """Width of the terminal, within what reads well."""
    return min(100, shutil.get_terminal_size((88, 24)).columns)
