"""XML of ours in, the first fault against the official schema out; and texts made fit for XML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_SCHEMAS = Path(__file__).parent / "schemas"


def complaint(root: Any, schema: str) -> str:
    """Return the first thing in which ``root`` departs from one of our schemas; nothing if it fits."""
    from lxml import etree

    checker = etree.XMLSchema(etree.parse(str(_SCHEMAS / schema)))
    if checker.validate(root):
        return ""
    first = checker.error_log[0]
    return f"ligne {first.line} : {first.message}"


def legal(text: str) -> str:
    r"""Drop what XML 1.0 cannot carry.

    >>> legal("a\x00b\tc\ud800")
    'ab\tc'
    """
    return "".join(sign for sign in text if sign in "\t\n\r" or _carried(sign))


def _carried(sign: str) -> bool:
    """Tell whether XML 1.0 has this sign."""
    return " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
