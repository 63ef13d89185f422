"""Help and complaints speak French, and asking for them loads nothing heavy."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import Result

from pipeline.cli import COMMANDS
from pipeline.cli.french import COMPLAINTS, french

ENGLISH = re.compile(
    r"\b(?:Usage: |Show|show|this|message|exit|Commands|Error|Missing|required|default|Try|TEXT|PATH)\b"
)
Filrouge = Callable[..., Result]


@pytest.mark.parametrize("arguments", [[], ["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_is_french(filrouge: Filrouge, arguments: list[str]) -> None:
    result = filrouge(*arguments)
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage : filrouge ")
    assert "--help" in result.stdout
    assert not ENGLISH.search(result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(filrouge: Filrouge, command: str) -> None:
    page = filrouge(command, "--help").stdout
    assert COMMANDS[command].HELP.split("\n")[0] in " ".join(page.split())
    options = re.findall(r"^  (--.*)$", page, re.M)
    assert options
    assert [line for line in options if not re.search(r"\S  +\S", line)] == []


def test_the_front_page_lists_every_command(filrouge: Filrouge) -> None:
    page = filrouge("--help").stdout
    assert re.findall(r"^  (\w+(?: \w+)?)  ", page.split("Commandes")[1], re.M) == list(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["code"], "il manque l’argument ÉTUDE|FICHIERS."),
        (["train", "e"], "il manque l’option --out."),
        (["cod"], "commande inconnue : cod. Vouliez-vous dire code ?"),
        (["zzz"], "commande inconnue : zzz."),
        (["code", "--modle", "m", "e"], "option inconnue : --modle."),
        (["version", "--zzz"], "option inconnue : --zzz."),
        (["code", "e", "--model"], "l’option --model attend une valeur."),
        (["code", "--quiet=oui", "e"], "l’option --quiet ne prend pas de valeur."),
        (["version", "maintenant"], "argument en trop : maintenant."),
    ],
)
def test_a_wrong_call_gets_a_french_sentence(filrouge: Filrouge, arguments: list[str], told: str) -> None:
    result = filrouge(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told.split(" Vouliez")[0].rstrip(".") in result.stderr
    assert "Aide : filrouge" in result.stderr
    assert not ENGLISH.search(result.stderr)


def test_an_unforeseen_complaint_is_still_told() -> None:
    assert french("Something new.") == "appel incorrect (Something new.)."
    assert len({pattern for pattern, _ in COMPLAINTS}) == len(COMPLAINTS)


@pytest.mark.parametrize("arguments", [["--help"], ["version"], ["code", "--help"]])
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys; from pipeline.cli import app; code = app(%r, standalone_mode=False); "
        "heavy = {'torch', 'spacy', 'sklearn', 'numpy', 'scipy', 'docx', 'lxml', 'sentence_transformers'}; "
        "sys.exit(' '.join(sorted(heavy & set(sys.modules))) or code)"
    )
    done = subprocess.run([sys.executable, "-c", script % arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
