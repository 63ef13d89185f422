"""XML files (.xml): TEI, or a .trs or .eaf under another suffix; the root element tells which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pipeline.errors import ReadError
from pipeline.read import elan, tei, transcriber
from pipeline.read.draft import Draft
from pipeline.read.markup import local, parse_xml

# Root element -> how it is read. To accept another XML format, add its line here.
ROOTS: Mapping[str, Callable[..., Draft]] = {
    "TEI": tei.draft_of,
    "teiCorpus": tei.draft_of,
    "Trans": transcriber.draft_of,
    "ANNOTATION_DOCUMENT": elan.draft_of,
}


def read_xml(data: bytes, *, name: str) -> Draft:
    """Read an XML transcript. Raises ReadError when its root is of no known format."""
    root: Any = parse_xml(data, name=name, kind="fichier XML", doctype=True)
    reader = ROOTS.get(local(root))
    if reader is None:
        raise ReadError(
            f"{name} : XML inconnu (élément racine « {local(root)} »). Racines lues : TEI, Trans (Transcriber), "
            "ANNOTATION_DOCUMENT (ELAN)."
        )
    draft = reader(root, name=name)
    return replace(draft, notes=(f"Lu comme {draft.format} : élément racine « {local(root)} ».", *draft.notes))
