"""A tree of codes, as other tools keep them, in; a Codebook out, and back.

filrouge has dimensions that hold codes, and a code may have a parent; other tools have one tree, whose branches
may or may not be codes themselves. A branch at the root that codes nothing is a dimension.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.codebook import Code, Codebook, parse_codebook
from pipeline.errors import CodebookError
from pipeline.exchange.fields import pack, unpack

ID = "Identifiant"
_LISTS = {"Inclure": "include", "Exclure": "exclude", "Exemple": "examples", "Alias": "aliases"}


@dataclass(slots=True)
class Node:
    """One branch: ``key`` is the tool's own (a GUID, a number, a path); ``text`` its description."""

    key: str
    name: str
    text: str = ""
    colour: str = ""
    codable: bool = True
    children: list[Node] = field(default_factory=list)


def slug(label: str, *, otherwise: str = "code") -> str:
    """Make an id of a label.

    >>> slug("Fiabilité / réduction du risque"), slug("3e âge"), slug("???"), slug("Œuvre")
    ('fiabilite_reduction_du_risque', 'code_3e_age', 'code', 'oeuvre')
    """
    plain = unicodedata.normalize("NFKD", label.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    word = re.sub(r"[^\w]+", "_", kept).strip("_")
    if not word:
        return otherwise
    return word if word[0].isalpha() else f"{otherwise}_{word}"


def to_codebook(roots: Sequence[Node], *, name: str, text: str = "") -> tuple[Codebook | None, dict[str, str]]:
    """Build the codebook of a tree, and say which code each codable branch became: key -> id.

    ``text`` is the description of the whole. Returns (None, {}) for an empty tree.
    """
    if not any(True for _ in walk(roots)):
        return None, {}
    taken: set[str] = set()
    ids = _identified(roots, taken)
    loose = [root for root in roots if root.codable]
    dimensions = [_dimension(root, ids) for root in roots if not root.codable]
    if loose:
        own = _free("codes", {entry["id"] for entry in dimensions})
        codes = [entry for root in loose for entry in _codes(root, ids, "")]
        dimensions.append({"id": own, "label": "Codes", "select": "any", "codes": codes})
    _untangle(dimensions)
    fields = unpack(text)[1]
    data: dict[str, Any] = {"name": name or "Grille de codage", "dimensions": dimensions}
    data["unit"], data["scope"] = _first(fields, "Unité"), _first(fields, "Portée")
    data["language"] = _first(fields, "Langue") or "fr"
    if not any(entry["codes"] for entry in dimensions):
        return None, {}
    return parse_codebook(data), ids


def from_codebook(codebook: Codebook) -> list[Node]:
    """Build the tree of a codebook: dimensions, which code nothing, then codes by parent; keys are ids."""
    roots = []
    for dimension in codebook.dimensions:
        held = {ID: [dimension.id], "Choix": ["un seul"] if dimension.select == "one" else []}
        root = Node(f"dimension:{dimension.id}", dimension.label, pack("", held), codable=False)
        nodes = {code.id: Node(code.id, code.label, described(code), code.colour) for code in dimension.codes}
        for code in dimension.codes:
            parent = nodes.get(code.parent) if _grounded(code, dimension.codes) else None
            (parent or root).children.append(nodes[code.id])
        roots.append(root)
    return roots


def described(code: Code) -> str:
    """Write all that a code says in one description."""
    lists = {name: getattr(code, key) for name, key in _LISTS.items()}
    return pack(code.definition, {**lists, ID: [code.id]})


def summary(codebook: Codebook) -> str:
    """Write what a codebook says of itself in one description."""
    return pack("", {"Unité": [codebook.unit], "Portée": [codebook.scope], "Langue": [codebook.language]})


def from_paths(entries: Sequence[tuple[tuple[str, ...], str, str]]) -> list[Node]:
    """Grow a tree from (path, description, key); a branch that no entry names codes nothing.

    >>> [(n.name, n.codable, [c.name for c in n.children]) for n in from_paths([(("A", "b"), "", "1")])]
    [('A', False, ['b'])]
    """
    roots: list[Node] = []
    known: dict[tuple[str, ...], Node] = {}
    for path, text, key in entries:
        for depth in range(1, len(path) + 1):
            if path[:depth] not in known:
                node = known[path[:depth]] = Node("", path[depth - 1], codable=False)
                (known[path[: depth - 1]].children if depth > 1 else roots).append(node)
        node = known[path]
        if node.codable:  # a second entry of the same name is another code
            node = Node("", node.name)
            (known[path[:-1]].children if len(path) > 1 else roots).append(node)
        node.key, node.text, node.codable = key, text, True
    return roots


def walk(roots: Sequence[Node]) -> Iterator[Node]:
    """Yield every branch, parents first."""
    for node in roots:
        yield node
        yield from walk(node.children)


def _identified(roots: Sequence[Node], taken: set[str]) -> dict[str, str]:
    """Give each branch that becomes a code its id: the one it carries, else one made of its name."""
    coded = [node for root in roots for node in walk([root]) if node is not root or root.codable]
    ids: dict[str, str] = {}
    for node in coded:
        own = _first(unpack(node.text)[1], ID)
        if own and re.fullmatch(r"[^\W\d_][\w.-]*", own) and own not in taken:
            ids[_key(node)] = own
            taken.add(own)
    for node in coded:
        if _key(node) not in ids:
            ids[_key(node)] = _free(slug(node.name), taken)
            taken.add(ids[_key(node)])
    return ids


def _key(node: Node) -> str:
    """Name a branch: the tool's key, or one of ours where the tool has none."""
    return node.key or f"branche:{id(node)}"


def _dimension(root: Node, ids: dict[str, str]) -> dict[str, Any]:
    """Lay out a dimension."""
    _, fields = unpack(root.text)
    codes = [entry for child in root.children for entry in _codes(child, ids, "")]
    select = "one" if _first(fields, "Choix") == "un seul" else "any"
    return {"id": _dimension_id(root, fields), "label": root.name or "sans nom", "select": select, "codes": codes}


def _untangle(dimensions: list[dict[str, Any]]) -> None:
    """Tell apart dimensions of one id, and leave each alias to the first code that bears it."""
    taken: set[str] = set()
    names = {code["id"] for dimension in dimensions for code in dimension["codes"]}
    for dimension in dimensions:
        dimension["id"] = _free(dimension["id"], taken)
        taken.add(dimension["id"])
        for code in dimension["codes"]:
            code["aliases"] = [alias for alias in dict.fromkeys(code["aliases"]) if alias not in names]
            names |= set(code["aliases"])


def _dimension_id(root: Node, fields: dict[str, list[str]]) -> str:
    """Return the id that a dimension carries, else one made of its name."""
    own = _first(fields, ID)
    return own if re.fullmatch(r"[^\W\d_][\w.-]*", own) else slug(root.name, otherwise="dimension")


def _codes(node: Node, ids: dict[str, str], parent: str) -> list[dict[str, Any]]:
    """Lay out a branch and those below it."""
    words, fields = unpack(node.text)
    code: dict[str, Any] = {"id": ids[_key(node)], "label": node.name.strip() or "sans nom", "parent": parent}
    code |= {"definition": words, "colour": _colour(node.colour)}
    code |= {key: fields.get(name, []) for name, key in _LISTS.items()}
    below = [entry for child in node.children for entry in _codes(child, ids, code["id"])]
    return [code, *below]


def _colour(colour: str) -> str:
    """Write a colour as #rrggbb, nothing for anything else."""
    if re.fullmatch(r"#[0-9A-Fa-f]{3}", colour):
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    return colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", colour) else ""


def _grounded(code: Code, codes: Sequence[Code]) -> bool:
    """Tell whether a code's line of parents ends, within its dimension."""
    parents = {entry.id: entry.parent for entry in codes}
    seen, current = {code.id}, code.parent
    while current:
        if current in seen or current not in parents:
            return False
        seen.add(current)
        current = parents[current]
    return bool(code.parent)


def _free(word: str, taken: set[str]) -> str:
    """Add a number to a word until nobody has it."""
    for n in range(1, len(taken) + 2):
        name = word if n == 1 else f"{word}_{n}"
        if name not in taken:
            return name
    raise CodebookError(f"« {word} » : aucun identifiant libre.")


def _first(fields: dict[str, list[str]], name: str) -> str:
    """Return the first value of a field, or nothing."""
    return (fields.get(name) or [""])[0]
