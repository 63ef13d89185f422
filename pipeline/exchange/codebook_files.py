"""Codebooks as files: TOML out, tables (CSV, XLSX, Taguette's) in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.codebook import Code, Codebook, read_codebook
from pipeline.errors import CodebookError
from pipeline.exchange.columns import named, read_rows
from pipeline.exchange.fields import pack
from pipeline.exchange.placing import split_path
from pipeline.exchange.project import Options, Project, Setting
from pipeline.exchange.tree import ID, from_paths, to_codebook, walk
from pipeline.write import csv_text

_HEAD = (
    "dimension",
    "code",
    "label",
    "parent",
    "definition",
    "include",
    "exclude",
    "examples",
    "aliases",
    "colour",
)
_LISTS = ("include", "exclude", "examples", "aliases")
_FIELDS = {"include": "Inclure", "exclude": "Exclure", "examples": "Exemple", "aliases": "Alias"}


def read_toml(path: Path, setting: Setting) -> Project:
    """Read a codebook.toml."""
    codebook = read_codebook(path)
    return Project(codebook.name, codebook)


def read_codebook_table(path: Path, setting: Setting) -> Project:
    """Read a codebook from a CSV or XLSX table: a code or tag a row, its path or dimension, its definition.

    Raises CodebookError when no column holds codes, or none is filled.
    """
    rows = read_rows(path)
    by_id = {named(row, "code"): row for row in rows if named(row, "code")}
    entries = [entry for n, row in enumerate(rows, 2) if (entry := _entry(row, str(n), by_id))]
    if not entries:
        raise CodebookError(
            f"{path} : aucun code. Il faut une colonne « code », « label » ou « tag » (et, au besoin, "
            "« dimension » et « definition »)."
        )
    roots = from_paths(entries)
    colours = {str(n): named(row, "colour") for n, row in enumerate(rows, 2)}
    for node in walk(roots):
        node.colour = colours.get(node.key, "")
    codebook, _ = to_codebook(roots, name=path.stem)
    return Project(path.stem, codebook)


def write_codebook_csv(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay the codebook out as a table."""
    codebook = _held(project)
    rows = []
    for dimension in codebook.dimensions:
        for code in dimension.codes:
            lists = (" | ".join(getattr(code, name)) for name in _LISTS)
            rows.append([dimension.label, code.id, code.label, code.parent, code.definition, *lists, code.colour])
    return {f"{project.name}.csv": csv_text(_HEAD, rows).encode()}


def write_codebook_toml(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay the codebook out as codebook.toml."""
    return {"codebook.toml": codebook_toml(_held(project)).encode()}


def codebook_toml(codebook: Codebook) -> str:
    """Write a codebook.toml; ``read_codebook`` gives the same codebook back."""
    return "\n".join(_lines(codebook)) + "\n"


def _held(project: Project) -> Codebook:
    """Return the codebook of a project, or complain."""
    if project.codebook is None:
        raise CodebookError(f"L’étude « {project.name} » n’a pas de codebook.toml : aucune grille à exporter.")
    return project.codebook


def _lines(codebook: Codebook) -> Iterator[str]:
    """Yield the lines of a codebook.toml."""
    yield f"name = {_quoted(codebook.name)}"
    yield f"language = {_quoted(codebook.language)}"
    for key in ("unit", "scope"):
        if getattr(codebook, key):
            yield f"{key} = {_quoted(getattr(codebook, key))}"
    for dimension in codebook.dimensions:
        yield from ("", "[[dimensions]]", f"id = {_quoted(dimension.id)}", f"label = {_quoted(dimension.label)}")
        yield f"select = {_quoted(dimension.select)}"
        for code in dimension.codes:
            yield from _code_lines(code)


def _code_lines(code: Code) -> Iterator[str]:
    """Yield the lines of one code."""
    yield from ("", "[[dimensions.codes]]", f"id = {_quoted(code.id)}", f"label = {_quoted(code.label)}")
    for key in ("definition", "parent", "colour"):
        if getattr(code, key):
            yield f"{key} = {_quoted(getattr(code, key))}"
    for key in _LISTS:
        if getattr(code, key):
            yield f"{key} = [{', '.join(map(_quoted, getattr(code, key)))}]"


def _quoted(text: str) -> str:
    r"""Write a TOML basic string.

    >>> print(_quoted('a "b"\n\x7f'))
    "a \"b\"\n\u007f"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _entry(
    row: Mapping[str, str], number: str, rows: Mapping[str, Mapping[str, str]]
) -> tuple[tuple[str, ...], str, str] | None:
    """Read one row as (path, description, key); ``rows`` are all of them, by the id of their code."""
    code, label = named(row, "code"), named(row, "label")
    if not (label or code):
        return None
    dimension = named(row, "dimension")
    path = (dimension, *_above(row, rows), label or code) if dimension else split_path(label or code) or (code,)
    fields: dict[str, Sequence[str]] = {
        _FIELDS[key]: [part.strip() for part in row.get(key, "").split("|") if part.strip()] for key in _LISTS
    }
    if code and label:
        fields[ID] = [code]
    return path, pack(named(row, "definition"), fields), number


def _above(row: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the labels of a code's parents, the nearest last; parents that go round in circles stop there."""
    labels: list[str] = []
    seen = {named(row, "code")}
    while (parent := row.get("parent", "").strip()) in rows and parent not in seen:
        seen.add(parent)
        row = rows[parent]
        labels.insert(0, named(row, "label") or parent)
    return labels
