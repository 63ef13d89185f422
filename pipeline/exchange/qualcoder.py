"""QualCoder projects (a .qda folder with its data.qda, or that file) in. Positions are code points, checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import ReadError
from pipeline.exchange.database import Database, Rows, opened
from pipeline.exchange.evidence import Sight, judge
from pipeline.exchange.offsets import Ruler
from pipeline.exchange.project import CASE_COLUMNS, Memo, Project, Setting, Unplaced, identifiers, merged
from pipeline.exchange.tree import Node, to_codebook
from pipeline.records import Coding, Transcript

TABLES = ("source", "code_name", "code_cat", "code_text")


def read_qualcoder(path: Path, setting: Setting) -> Project:
    """Read a project. Raises ReadError when there is none."""
    file = path / "data.qda" if path.is_dir() else path
    with opened(file, tables=TABLES, tool="QualCoder") as database:
        return _project(database, (path if path.is_dir() else path.parent).stem or path.stem, file, setting)


def _project(database: Database, name: str, file: Path, setting: Setting) -> Project:
    """Put everything together."""
    codebook, codes = to_codebook(_tree(database), name=name)
    sources = [
        row for row in database.rows("source", "id") if row["fulltext"] is not None and not row.get("mediapath")
    ]
    sources = sources or [row for row in database.rows("source", "id") if row["fulltext"]]
    ids = dict(zip([s["id"] for s in sources], identifiers([str(s["name"]) for s in sources]), strict=True))
    texts = {row["id"]: str(row["fulltext"]).removeprefix("\ufeff") for row in sources}
    rows = database.rows("code_text", "fid, pos0, pos1, owner, cid")
    sights = [Sight(str(r["fid"]), int(r["pos0"]), int(r["pos1"]), (str(r["seltext"] or ""),)) for r in rows]
    best = judge(sights, {str(key): text for key, text in texts.items()}, origin="qualcoder")
    if not best.fits:
        raise ReadError(f"{file} : les positions des codages ne correspondent pas au texte. {best.sentence}")
    rulers = {key: Ruler(text, best.counting) for key, text in texts.items()}
    codings, unplaced = _codings(rows, codes, ids, rulers, setting)
    attributes = _attributes(database, ids)
    transcripts = tuple(Transcript(ids[key], rulers[key].text, attributes=attributes[key]) for key in ids)
    other = len(database.rows("source", "id")) - len(sources)
    media = f"{other} document{'s' if other > 1 else ''} sans texte (image, son, vidéo) : non repris."
    doubts = (media,) if other else ()
    evidence = (best.sentence,) if best.total else ()
    return Project(
        name, codebook, transcripts, merged(codings), _memos(database, ids), tuple(unplaced), evidence, doubts,
    )  # fmt: skip


def _tree(database: Database) -> list[Node]:
    """Grow the tree: categories code nothing, codes hang on them (or, in newer versions, on codes)."""
    branches = {
        f"cat:{row['catid']}": Node(f"cat:{row['catid']}", str(row["name"]), str(row["memo"] or ""), codable=False)
        for row in database.rows("code_cat", "catid")
    }
    leaves = {
        f"{row['cid']}": Node(f"{row['cid']}", str(row["name"]), str(row["memo"] or ""), str(row["color"] or ""))
        for row in database.rows("code_name", "cid")
    }
    parents = {f"cat:{row['catid']}": f"cat:{row['supercatid']}" for row in database.rows("code_cat", "catid")}
    for row in database.rows("code_name", "cid"):
        above = row.get("supercid")
        parents[f"{row['cid']}"] = f"cat:{row['catid']}" if above is None else f"{above}"
    nodes = {**branches, **leaves}
    roots: list[Node] = []
    for key, node in nodes.items():
        above = nodes.get(parents[key])
        (roots if above is None or _loops(key, parents) else above.children).append(node)
    return roots


def _loops(key: str, parents: Mapping[str, str]) -> bool:
    """Tell whether going up from a branch leads back to it."""
    seen = {key}
    while (key := parents.get(key, "")) in parents:
        if key in seen:
            return True
        seen.add(key)
    return False


def _codings(
    rows: Rows, codes: Mapping[str, str], ids: Mapping[Any, str], rulers: Mapping[Any, Ruler], setting: Setting
) -> tuple[list[Coding], list[Unplaced]]:
    """Place every coded text."""
    codings, unplaced = [], []
    for row in rows:
        who = str(row["owner"] or "") or setting.coder or "inconnu"
        code, ruler = codes.get(str(row["cid"])), rulers.get(row["fid"])
        span = ruler.span(int(row["pos0"]), int(row["pos1"])) if ruler else None
        if code and span and span[0] < span[1]:
            note = str(row["memo"] or "")
            codings.append(Coding(ids[row["fid"]], *span, who, frozenset({code}), note=note))
        else:
            why = (
                "code absent de la grille du projet"
                if not code
                else "position hors du texte, ou document sans texte"
            )
            unplaced.append(Unplaced(ids.get(row["fid"], "?"), code or "?", who, str(row["seltext"] or ""), why))
    return codings, unplaced


def _attributes(database: Database, ids: Mapping[Any, str]) -> dict[Any, dict[str, str]]:
    """Give each document the attributes of its cases, then its own; and the case's name."""
    kinds = [str(row["name"]) for row in database.rows("attribute_type", "name")]
    values = database.rows("attribute", "attrid")
    names = {row["caseid"]: str(row["name"]) for row in database.rows("cases", "caseid")}
    held: dict[Any, dict[str, str]] = {key: dict.fromkeys(kinds, "") for key in ids}
    for link in database.rows("case_text", "id"):
        if link["fid"] not in held:
            continue
        case = {
            str(v["name"]): str(v["value"] or "")
            for v in values
            if v["attr_type"] == "case" and v["id"] == link["caseid"]
        }
        held[link["fid"]] |= {key: value for key, value in case.items() if value}
        name = names.get(link["caseid"], "")
        if name and name != ids[link["fid"]] and not any(case.get(column) == name for column in CASE_COLUMNS):
            held[link["fid"]]["cas"] = name
    for value in values:
        if value["attr_type"] == "file" and value["id"] in held and value["value"]:
            held[value["id"]][str(value["name"])] = str(value["value"])
    columns = dict.fromkeys(name for attributes in held.values() for name in attributes)
    return {key: {name: attributes.get(name, "") for name in columns} for key, attributes in held.items()}


def _memos(database: Database, ids: Mapping[Any, str]) -> tuple[Memo, ...]:
    """Keep the journal, the annotations, and the memos of the project, the documents and the cases."""
    memos = [Memo("Projet", str(row["memo"] or ""), about="projet") for row in database.rows("project", "date")]
    for row in database.rows("source", "id"):
        memos.append(
            Memo(str(row["name"]), str(row["memo"] or ""), str(row["owner"] or ""), ids.get(row["id"], ""))
        )
    for row in database.rows("journal", "jid"):
        memos.append(Memo(str(row["name"]), str(row["jentry"] or ""), str(row["owner"] or "")))
    for row in database.rows("cases", "caseid"):
        memos.append(Memo(f"Cas {row['name']}", str(row["memo"] or ""), str(row["owner"] or "")))
    for row in database.rows("annotation", "anid"):
        where = f"Annotation {row['pos0']}–{row['pos1']}"
        memos.append(Memo(where, str(row["memo"] or ""), str(row["owner"] or ""), ids.get(row["fid"], "")))
    return tuple(memo for memo in memos if memo.text.strip())
