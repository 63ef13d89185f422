"""Rich text (.rtf), that of Sonal's and of old word processors too, by way of striprtf."""

from __future__ import annotations

import re

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, canonical
from pipeline.read.extras import needed

_DELETED = re.compile(r"\\deleted(?![a-z0])")
_INSERTED = re.compile(r"\\revised(?![a-z0])")


def read_rtf(data: bytes, *, name: str) -> Draft:
    """Read an .rtf, a line a paragraph. Raises ReadError when it is empty or no RTF at all."""
    striprtf = needed("striprtf.striprtf", name=name, kind="RTF")
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    source = data.decode("latin-1").lstrip("\ufeffï»¿ \t\r\n")
    if not source.startswith("{\\rtf"):
        raise ReadError(f"{name} : ce n’est pas du RTF. Donnez-lui son vrai suffixe ou réenregistrez-le.")
    try:
        raw = striprtf.rtf_to_text(source, errors="replace")
    except (ValueError, LookupError, IndexError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        raise ReadError(f"{name} : document RTF abîmé. Rouvrez-le et réenregistrez-le.") from None
    text = canonical(raw).replace("\x00", "").strip("\n")
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    return Draft(text + "\n", notes=_notes(source, text), format="RTF")


def _notes(source: str, text: str) -> tuple[str, ...]:
    """Tell revisions, whose deletions striprtf does not leave out, and what could not be decoded."""
    notes = []
    if _DELETED.search(source) or _INSERTED.search(source):
        notes.append(
            "Révisions suivies : les passages supprimés peuvent rester dans le texte ; acceptez les révisions avant."
        )
    if "\ufffd" in text:
        notes.append("Des caractères n’ont pas pu être décodés (« \ufffd ») : vérifiez les accents.")
    return tuple(notes)
