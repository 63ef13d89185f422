"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

import pipeline
from pipeline.cli import COMMANDS

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for folder in ("pipeline", "scripts", "tests") for path in (ROOT / folder).rglob("*.py"))
LIBRARY = [path for path in MODULES if path.is_relative_to(ROOT / "pipeline")]
# codebook.py was there before the rule and is one subject.
LENGTHS = {"pipeline/codebook.py": 320}
FORBIDDEN = {"utils", "helpers", "common", "core", "base"}
MACHINE = re.compile(r"/(?:work|home|Users|root)/\w|/tmp/\w+/\w")


def name(path: Path) -> str:
    """Return a path as a test's id."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, its docstring aside."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def tracked() -> list[Path]:
    """Return the files that git keeps; an empty list outside a clone."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    return [ROOT / entry for entry in told.stdout.split("\0") if entry]


def test_there_is_a_house() -> None:
    assert len(LIBRARY) > 20


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LENGTHS.get(name(path), 300)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_function_is_short(path: Path) -> None:
    assert {node.name: length(node) for node in functions(path) if length(node) > 40} == {}


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_a_module_says_what_it_is_and_has_a_name_of_its_own(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert path.stem not in FORBIDDEN
    assert path.parent.name not in FORBIDDEN


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_heavy_imports_stay_inside_functions(path: Path) -> None:
    heavy = {"spacy", "torch", "sentence_transformers", "sklearn", "docx", "lxml", "scipy", "transformers"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_import = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {
        alias.name.split(".")[0] for node in at_import if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {(node.module or "").split(".")[0] for node in at_import if isinstance(node, ast.ImportFrom)}
    assert not names & heavy


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_the_library_never_prints_nor_unpickles(path: Path) -> None:
    calls = [
        node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    assert not [call for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    assert not re.search(r"^\s*(?:import|from) (?:pickle|joblib|dill)\b", path.read_text(encoding="utf-8"), re.M)


def test_the_changelog_tells_this_version() -> None:
    newest = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest
    assert newest[1] == pipeline.__version__


def test_the_architecture_page_names_every_folder_and_module_of_the_package() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = [path for path in (ROOT / "pipeline").iterdir() if (path / "__init__.py").is_file()]
    modules = [path for path in (ROOT / "pipeline").glob("*.py") if path.stem != "__init__"]
    assert len(folders) > 4
    assert [f.name for f in folders if f"`pipeline/{f.name}/`" not in page] == []
    assert [m.name for m in modules if f"`pipeline/{m.name}`" not in page] == []


def test_the_architecture_page_names_nothing_that_is_not_there() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:pipeline|docs|scripts|tests)/[\w./]*)`", page)
    assert named
    assert [entry for entry in named if not (ROOT / entry).exists()] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_the_guide_or_the_readme_shows_every_command(command: str) -> None:
    shown = (ROOT / "docs/guide.md").read_text(encoding="utf-8") + (ROOT / "README.md").read_text(encoding="utf-8")
    shown += (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"filrouge {command}\b|`{command}`", shown)


def test_no_path_of_one_machine_is_kept() -> None:
    files = tracked()
    if not files:
        pytest.skip("hors d’un clone git : pas de liste des fichiers suivis")
    texts = [
        path for path in files if path.suffix in {".py", ".md", ".toml", ".sh", ".json", ""} and path.is_file()
    ]
    found = {name(path) for path in texts if MACHINE.search(path.read_text(encoding="utf-8", errors="replace"))}
    assert found - {name(Path(__file__))} == set()
