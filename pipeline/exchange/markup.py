"""XML from outside, parsed without entities, DTD or network; XML of ours, checked against the official schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipeline.errors import ReadError

SCHEMAS = Path(__file__).parent / "schemas"


def parse_xml(data: bytes, *, name: str) -> Any:
    """Return the root element. Raises ReadError when the XML is broken or declares a DTD or entities."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise ReadError(
            f"{name}{f', ligne {line}' if line else ''} : XML abîmé. Exportez le projet de nouveau."
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"{name} : ce fichier déclare une DTD ou des entités ; par prudence, il n’est pas lu.")
    return root


def complaint(root: Any, schema: str) -> str:
    """Return the first thing in which ``root`` departs from a schema of SCHEMAS; nothing if it fits."""
    from lxml import etree

    checker = etree.XMLSchema(etree.parse(str(SCHEMAS / schema)))
    if checker.validate(root):
        return ""
    first = checker.error_log[0]
    return f"ligne {first.line} : {first.message}"


def local(element: Any) -> str:
    """Return a tag without its namespace.

    >>> local(type("E", (), {"tag": "{urn:x}Code"}))
    'Code'
    """
    return str(element.tag).rpartition("}")[2]


def legal(text: str) -> str:
    r"""Drop what XML 1.0 cannot carry.

    >>> legal("a\x00b\tc\ud800")
    'ab\tc'
    """
    return "".join(
        sign
        for sign in text
        if sign in "\t\n\r" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
    )
