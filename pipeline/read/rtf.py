"""Rich text (.rtf), that of Sonal's and of old word processors too, by way of striprtf."""

from __future__ import annotations

import re

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, canonical
from pipeline.read.extras import needed
from pipeline.read.remarks import revisions

_INSERTED = re.compile(r"\\revised(?![a-z0-9])")
# What a group may hold that matters here: escapes, braces, the mark of what was struck out.
_SIGN = re.compile(r"\\[\\{}]|[{}]|\\deleted(?![a-z0-9])")


def read_rtf(data: bytes, *, name: str) -> Draft:
    """Read an .rtf, a line a paragraph. Raises ReadError when it is empty or no RTF at all."""
    striprtf = needed("striprtf.striprtf", name=name, kind="RTF")
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    source = data.decode("latin-1").lstrip("\ufeffï»¿ \t\r\n")
    if not source.startswith("{\\rtf"):
        raise ReadError(f"{name} : ce n’est pas du RTF. Donnez-lui son vrai suffixe ou réenregistrez-le.")
    try:
        accepted, struck = without_deletions(source)
        raw = striprtf.rtf_to_text(accepted, errors="replace")
    except (
        ValueError,
        LookupError,
        IndexError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OverflowError,
    ):
        raise ReadError(f"{name} : document RTF abîmé. Rouvrez-le et réenregistrez-le.") from None
    text = canonical(raw).replace("\x00", "").strip("\n")
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    odd = (
        ("Des caractères n’ont pas pu être décodés (« \ufffd ») : vérifiez les accents.",)
        if "\ufffd" in text
        else ()
    )
    changes = revisions(struck + len(_INSERTED.findall(accepted)))
    return Draft(text + "\n", notes=(*changes, *odd), format="RTF")


def without_deletions(source: str) -> tuple[str, int]:
    r"""Cut the groups that a tracked change struck out, which striprtf would keep; also count them.

    >>> without_deletions(r"{\rtf1 on {\deleted\revauthdel0 vend}{\revised exporte}}")
    ('{\\rtf1 on {\\revised exporte}}', 1)
    """
    opened: list[int] = []
    struck: list[tuple[int, int]] = []
    doomed: set[int] = set()
    for found in _SIGN.finditer(source):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            start = opened.pop()
            if start in doomed:
                struck.append((start, found.end()))
        elif found[0].startswith("\\deleted") and len(opened) > 1:
            doomed.add(opened[-1])
    kept, place = [], 0
    for start, end in sorted(struck):
        kept.append(source[place : max(place, start)])
        place = max(place, end)
    return "".join(kept) + source[place:], len(struck)
