"""The tree of codes as REFI-QDA writes it, in and out; shared by projects (.qdpx) and codebooks (.qdc)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from pipeline.exchange.schema import legal
from pipeline.exchange.tree import Node

_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "filrouge")


def read_codes(root: Any) -> list[Node]:
    """Return the codes below ``root``, as a tree; keys are GUIDs."""
    held = next(root.iter("{*}Codes"), None)
    return [] if held is None else [_node(code) for code in held.findall("{*}Code")]


def write_codes(
    parent: Any, roots: Sequence[Node], *, project: str, notes: dict[str, list[str]] | None = None
) -> None:
    """Write a tree of codes below ``parent``; ``notes`` are the GUIDs of notes on a code, by key."""
    from lxml import etree

    space = etree.QName(parent).namespace
    for node in roots:
        element = etree.SubElement(
            parent, f"{{{space}}}Code", guid=guid("code", project, node.key), name=legal(node.name),
            isCodable=str(node.codable).lower(),
        )  # fmt: skip
        if node.colour:
            element.set("color", node.colour)
        if node.text:
            etree.SubElement(element, f"{{{space}}}Description").text = legal(node.text)
        for note in (notes or {}).get(node.key, []):
            etree.SubElement(element, f"{{{space}}}NoteRef", targetGUID=note)
        write_codes(element, node.children, project=project, notes=notes)


def guid(*parts: str) -> str:
    """Return the GUID that always stands for ``parts``.

    >>> guid("code", "p", "a") == guid("code", "p", "a") != guid("code", "p", "b")
    True
    """
    return str(uuid.uuid5(_SPACE, "\x1f".join(parts)))


def guid_of(written: str | None) -> str:
    """Return a GUID in one spelling.

    >>> guid_of("{AB-1}"), guid_of(None)
    ('ab-1', '')
    """
    return (written or "").strip("{} ").lower()


def _node(code: Any) -> Node:
    """Read a code and those below it."""
    description = code.find("{*}Description")
    return Node(
        guid_of(code.get("guid")),
        code.get("name") or "",
        "" if description is None else description.text or "",
        code.get("color") or "",
        (code.get("isCodable") or "true").strip().lower() not in ("false", "0"),
        [_node(child) for child in code.findall("{*}Code")],
    )
