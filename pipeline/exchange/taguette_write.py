"""A Project in, a Taguette project (.sqlite3) out, in the schema of Taguette 1.5; Taguette imports it whole."""

from __future__ import annotations

import html
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.codebook import Codebook
from pipeline.errors import CodebookError
from pipeline.exchange.fields import pack
from pipeline.exchange.project import Options, Project, merged
from pipeline.exchange.taguette import DOT
from pipeline.exchange.taguette_text import bytes_of, to_html
from pipeline.exchange.tree import Node, described, from_codebook, summary
from pipeline.records import Coding

_REVISION = "db5e31a0233d"  # the migration that Taguette 1.5.2 stands at
_SCHEMA = Path(__file__).parent / "schemas/taguette.sql"


def write_taguette(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out the database. Raises CodebookError without a codebook."""
    if project.codebook is None:
        raise CodebookError(
            f"L’étude « {project.name} » n’a pas de codebook.toml : aucune étiquette pour Taguette."
        )
    connection = sqlite3.connect(":memory:")
    try:
        connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
        _fill(connection, project, project.codebook, options.date.replace("T", " ").rstrip("Z") + ".000000")
        connection.commit()
        return {f"{project.name}.sqlite3": connection.serialize()}
    finally:
        connection.close()


def tag_paths(codebook: Codebook) -> dict[str, str]:
    """Return the tag of each code: « Dimension.Label », the id instead where two would be one.

    >>> from pipeline.codebook import parse_codebook
    >>> codes = [{"id": "a", "label": "Visibilité, etc."}]
    >>> tag_paths(parse_codebook({"dimensions": [{"id": "d", "label": "Bénéfice", "codes": codes}]}))
    {'a': 'Bénéfice.Visibilité, etc․'}
    """
    paths: dict[str, str] = {}

    def name(nodes: Sequence[Node], above: str) -> None:
        for node in nodes:
            path = (above + _flat(node.name))[:200]
            if node.codable:
                taken = path in paths.values()
                paths[node.key] = path = f"{path[:150]} ({_flat(node.key)})"[:200] if taken else path
            name(node.children, f"{path}.")

    name(from_codebook(codebook), "")
    return paths


def _flat(label: str) -> str:
    """Hide the full stops of a label."""
    return label.replace(".", DOT)


def _fill(connection: sqlite3.Connection, project: Project, codebook: Codebook, date: str) -> None:
    """Fill every table, in an order that two exports share."""
    coders = list(dict.fromkeys(["admin", *(coder[:30] for coder in project.coders)]))
    words = "\n".join(memo.text for memo in project.memos if memo.about == "projet")
    about = "\n".join(part for part in (words, summary(codebook)) if part)
    connection.execute("INSERT INTO alembic_version VALUES (?)", (_REVISION,))
    connection.executemany(
        "INSERT INTO users VALUES (?,?,NULL,0,NULL,NULL,NULL,NULL)", [(c, date) for c in coders]
    )
    connection.execute("INSERT INTO projects VALUES (1,?,?,?)", (project.name[:50] or "filrouge", about, date))
    connection.executemany("INSERT INTO project_members VALUES (1,?,'ADMIN')", [(coder,) for coder in coders])
    tags = _tags(connection, codebook, date)
    numbers = _documents(connection, project, date)
    _highlights(connection, project, tags, numbers, date)


def _tags(connection: sqlite3.Connection, codebook: Codebook, date: str) -> dict[str, int]:
    """Write the tags; return their numbers by code."""
    paths = tag_paths(codebook)
    for number, code in enumerate(codebook.codes, 1):
        row = (number, paths[code.id], described(code))
        connection.execute("INSERT INTO tags VALUES (?,1,?,?)", row)
        payload = {"type": "tag_add", "tag_id": number, "tag_path": row[1], "description": row[2]}
        _command(connection, date, "admin", None, payload)
    return {code.id: number for number, code in enumerate(codebook.codes, 1)}


def _documents(connection: sqlite3.Connection, project: Project, date: str) -> dict[str, int]:
    """Write the documents, attributes in their descriptions; return their numbers by transcript."""
    for number, talk in enumerate(project.transcripts, 1):
        told = pack("", {name: [value] for name, value in talk.attributes.items()})
        row = (number, talk.id[:50], told, f"{number}.html", date, to_html(talk.text))
        connection.execute("INSERT INTO documents VALUES (?,?,?,?,?,1,'LEFT_TO_RIGHT',?)", row)
        payload = {
            "type": "document_add",
            "document_name": row[1],
            "description": told,
            "text_direction": "LEFT_TO_RIGHT",
        }
        _command(connection, date, "admin", number, payload)
    return {talk.id: number for number, talk in enumerate(project.transcripts, 1)}


def _highlights(
    connection: sqlite3.Connection,
    project: Project,
    tags: Mapping[str, int],
    numbers: Mapping[str, int],
    date: str,
) -> None:
    """Write a highlight for each passage and coder, and who made it in the journal."""
    for number, (coding, start, end, quote) in enumerate(_placed(project), 1):
        held = sorted(tags[code] for code in coding.codes if code in tags)
        document = numbers[coding.transcript]
        row = (number, document, start, end, html.escape(quote, quote=False))
        connection.execute("INSERT INTO highlights VALUES (?,?,?,?,?)", row)
        connection.executemany("INSERT INTO highlight_tags VALUES (?,?)", [(number, tag) for tag in held])
        payload = {
            "type": "highlight_add",
            "highlight_id": number,
            "start_offset": start,
            "end_offset": end,
            "tags": held,
        }
        _command(connection, date, coding.coder[:30], document, payload)


def _placed(project: Project) -> Iterator[tuple[Coding, int, int, str]]:
    """Yield codings with their bytes; what is nothing but line ends has no place in HTML."""
    places: dict[str, Sequence[int]] = {talk.id: bytes_of(talk.text) for talk in project.transcripts}
    texts = {talk.id: talk.text for talk in project.transcripts}
    for coding in merged(project.codings):
        start, end = places[coding.transcript][coding.start], places[coding.transcript][coding.end]
        if start < end:
            yield coding, start, end, texts[coding.transcript][coding.start : coding.end]


def _command(
    connection: sqlite3.Connection, date: str, user: str, document: int | None, payload: Mapping[str, object]
) -> None:
    """Write a line of the journal."""
    row = (date, user, document, json.dumps(payload, sort_keys=True))
    connection.execute(
        "INSERT INTO commands (date, user_login, project_id, document_id, payload) VALUES (?,?,1,?,?)", row
    )
