"""Word documents (.docx): an own walk over the text runs, which keeps tracked insertions and drops deletions."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, canonical

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DROPPED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}footnoteReference"})
_REVISIONS = (f"{_W}ins", f"{_W}del", f"{_W}moveFrom", f"{_W}moveTo")
_SIGNS = {
    f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "\u2011", f"{_W}softHyphen": "\u00ad"
}  # fmt: skip
_LARGEST = 200_000_000  # bytes of document.xml: a thousand interviews; more is a zip bomb


def read_word(data: bytes, *, name: str) -> Draft:
    """Read the accepted version of a .docx, a line a paragraph, tables in place, footnotes left out.

    Raises ReadError when it is empty, encrypted or broken.
    """
    if not data:
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    root = _parse(_document(data, name), name)
    body = root.find(f"{_W}body")
    text = canonical("\n".join("".join(_runs(entry)) for entry in _paragraphs(root if body is None else body)))
    if not text.strip():
        raise ReadError(f"{name} : ce document ne contient aucun texte (peut-être des images ?).")
    revisions = sum(
        1
        for tag in _REVISIONS
        for entry in root.iter(tag)
        if entry.getparent().tag not in (f"{_W}rPr", f"{_W}trPr")
    )
    note = (f"{revisions} révision{'s' if revisions > 1 else ''}, version acceptée lue.",) if revisions else ()
    return Draft(text + "\n", notes=note)


def _document(data: bytes, name: str) -> bytes:
    """Take the main part out of the archive, whatever is wrong with it said in one sentence."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError(
            f"{name} : document protégé par un mot de passe, ou ancien .doc renommé. "
            "Ouvrez-le dans Word, retirez le mot de passe et enregistrez-le en .docx."
        )
    broken = ReadError(
        f"{name} : document Word abîmé ou incomplet. Rouvrez-le dans Word et réenregistrez-le en .docx."
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = archive.getinfo("word/document.xml")
            if part.file_size > _LARGEST or part.file_size > 1000 * max(part.compress_size, 10_000):
                raise ReadError(
                    f"{name} : document démesuré une fois décompressé ; par prudence, il n’est pas lu."
                )
            return archive.read(part)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, RuntimeError, NotImplementedError):
        raise broken from None
    except Exception as error:  # zlib.error and its kin have no common parent
        if isinstance(error, ReadError):
            raise
        raise broken from None


def _parse(xml: bytes, name: str) -> Any:
    """Parse without entities, network or DTD."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise ReadError(
            f"{name} : document Word abîmé (XML invalide). Rouvrez-le dans Word et réenregistrez-le."
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(f"{name} : document refusé, car il déclare une DTD, ce que Word ne fait jamais.")
    return root


def _paragraphs(element: Any) -> Iterator[Any]:
    """Yield the paragraphs in reading order, those of tables and boxes too, but none inside another."""
    for entry in element:
        if entry.tag == f"{_W}p":
            yield entry
        elif entry.tag not in _DROPPED and isinstance(entry.tag, str):
            yield from _paragraphs(entry)


def _runs(element: Any) -> Iterator[str]:
    """Yield the text of a paragraph piece by piece, without what was struck out."""
    for entry in element:
        if entry.tag == f"{_W}t":
            yield entry.text or ""
        elif entry.tag in _SIGNS:
            yield "" if element.tag == f"{_W}tabs" else _SIGNS[entry.tag]
        elif entry.tag not in _DROPPED and isinstance(entry.tag, str):
            yield from _runs(entry)
            if entry.tag == f"{_W}p":
                yield "\n"
