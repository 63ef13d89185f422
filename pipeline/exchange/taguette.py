"""Taguette projects (.sqlite3) in: documents, tags, highlights, and who made them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError
from pipeline.exchange.database import Database, opened
from pipeline.exchange.fields import unpack
from pipeline.exchange.offsets import Counting, Ruler
from pipeline.exchange.project import Memo, Project, Setting, Unplaced, identifiers, merged
from pipeline.exchange.taguette_text import Page
from pipeline.exchange.tree import ID, Node, from_paths, to_codebook, walk
from pipeline.records import Coding, Transcript

DOT = "\u2024"  # stands for a full stop inside a label: Taguette cuts paths at full stops
TABLES = ("projects", "documents", "highlights", "tags", "highlight_tags")


def read_taguette(path: Path, setting: Setting) -> Project:
    """Read a project; raises ReadError when the file is none, or holds several."""
    with opened(path, tables=TABLES, tool="Taguette") as database:
        projects = database.rows("projects", "id")
        if len(projects) != 1:
            names = ", ".join(str(project["name"]) for project in projects) or "aucun"
            raise ReadError(
                f"{path} : {len(projects)} projets dans ce fichier ({names}). Dans Taguette, exportez le projet "
                "voulu (« Export this project ») et importez ce fichier-là."
            )
        return _project(database, str(projects[0]["name"]), str(projects[0]["description"] or ""), setting)


def _project(database: Database, name: str, description: str, setting: Setting) -> Project:
    """Put everything together."""
    codebook, codes = to_codebook(_tree(database), name=name, text=description)
    documents = database.rows("documents", "id")
    ids = dict(zip([d["id"] for d in documents], identifiers([str(d["name"]) for d in documents]), strict=True))
    pages = {document["id"]: Page(str(document["contents"])) for document in documents}
    rulers = {key: Ruler(page.text, Counting()) for key, page in pages.items()}
    codings, unplaced = _codings(database, codes, ids, pages, rulers, setting)
    attributes = _attributes(documents)
    transcripts = tuple(Transcript(ids[key], rulers[key].text, attributes=attributes[key]) for key in pages)
    words = [
        (f"Description de {ids[d['id']]}", unpack(str(d["description"] or ""))[0], ids[d["id"]]) for d in documents
    ]
    words.append(("Description", unpack(description)[0], "projet"))
    memos = tuple(Memo(title, text, about=about) for title, text, about in words if text.strip())
    total = len(codings) + len(unplaced)
    told = f"Positions lues en octets UTF-8 : {len(codings)} surlignages sur {total} placés."
    return Project(name, codebook, transcripts, merged(codings), memos, tuple(unplaced), (told,))


def _tree(database: Database) -> list[Node]:
    """Grow the tree of tags."""
    entries = []
    for tag in database.rows("tags", "id"):
        path = tuple(part.replace(DOT, ".") for part in _path(str(tag["path"])))
        entries.append((path, str(tag["description"] or ""), str(tag["id"])))
    roots = from_paths(entries)
    for node in walk(roots):
        own = (unpack(node.text)[1].get(ID) or [""])[0]
        node.name = node.name.removesuffix(f" ({own})")  # added on the way out, to tell two labels apart
    return roots


def _path(tag: str) -> tuple[str, ...]:
    """Cut a tag's path; blank parts are no branch."""
    return tuple(part for part in tag.split(".") if part.strip()) or (tag,)


def _attributes(documents: list[dict[str, Any]]) -> dict[Any, dict[str, str]]:
    """Read the attributes that an export of ours put in the descriptions."""
    fields = {d["id"]: unpack(str(d["description"] or ""))[1] for d in documents}
    columns = dict.fromkeys(name for held in fields.values() for name in held)
    return {key: {name: (held.get(name) or [""])[0] for name in columns} for key, held in fields.items()}


def _codings(
    database: Database,
    codes: Mapping[str, str],
    ids: Mapping[Any, str],
    pages: Mapping[Any, Page],
    rulers: Mapping[Any, Ruler],
    setting: Setting,
) -> tuple[list[Coding], list[Unplaced]]:
    """Place every highlight; one without tags says « rien ne s’applique »."""
    tags: dict[Any, list[str]] = {}
    for row in database.rows("highlight_tags", "highlight_id, tag_id"):
        tags.setdefault(row["highlight_id"], []).append(codes.get(str(row["tag_id"]), ""))
    authors = _authors(database)
    alone = setting.coder or next(
        (str(row["user_login"]) for row in database.rows("project_members", "user_login")), ""
    )
    codings, unplaced = [], []
    for row in database.rows("highlights", "id"):
        page, who = pages.get(row["document_id"]), authors.get(row["id"]) or alone or "inconnu"
        raw = page.span(int(row["start_offset"]), int(row["end_offset"])) if page else None
        span = rulers[row["document_id"]].span(*raw) if raw else None
        held = frozenset(filter(None, tags.get(row["id"], [])))
        if span is None:
            document = ids.get(row["document_id"], "?")
            why = "position hors du texte, ou au milieu d’un caractère"
            unplaced.append(Unplaced(document, ", ".join(sorted(held)), who, str(row["snippet"]), why))
        else:
            codings.append(Coding(ids[row["document_id"]], *span, who, held))
    return codings, unplaced


def _authors(database: Database) -> dict[Any, str]:
    """Say who made each highlight: the journal of commands knows."""
    authors: dict[Any, str] = {}
    for row in database.rows("commands", "id"):
        payload = json.loads(str(row["payload"]))
        if isinstance(payload, dict) and payload.get("type") == "highlight_add":
            authors.setdefault(payload.get("highlight_id"), str(row["user_login"]))
    return authors
