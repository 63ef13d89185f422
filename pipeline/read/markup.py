"""XML and HTML parsed without entities, network or DTD, whatever the file declares."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from pipeline.errors import ReadError

_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_LATIN = re.compile(rb"""\s*<\?xml[^>]*encoding=["'](?:iso-?8859-1|latin-?1|windows-1252)["']""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n]+")


def parse_xml(data: bytes, *, name: str, kind: str, doctype: bool = False) -> Any:
    """Return the root of an XML file; ``kind`` names the format in messages.

    A DOCTYPE is refused unless ``doctype`` allows it, and then never loaded; a file that declares entities is
    always refused. Raises ReadError.
    """
    from lxml import etree

    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    if _ENTITY.search(data.replace(b"\x00", b"")):  # UTF-16 puts a zero between two letters
        raise _refused(name, "déclare des entités (DTD)")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False,
        encoding=true_encoding(data),
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        place = f", ligne {line}" if line else ""
        raise ReadError(
            f"{name}{place} : {kind} abîmé (XML invalide). Rouvrez-le dans son logiciel et réenregistrez-le."
        ) from None
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and not doctype:
        raise _refused(name, "déclare une DTD, ce que ce format ne fait jamais")
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise _refused(name, "déclare des entités (DTD)")
    return root


def true_encoding(data: bytes) -> str | None:
    """Return the encoding of a file that says ISO-8859-1, where it says so wrongly; None to believe it.

    Editors save as UTF-8 without mending the declaration, and Windows means its own encoding, that has ’ and …

    >>> head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    >>> [true_encoding(f"{head}l’été".encode(real)) for real in ("utf-8", "cp1252")], true_encoding(b"<a/>")
    (['utf-8', 'windows-1252'], None)
    """
    if not _LATIN.match(data) or data.isascii():
        return None
    for encoding, name in (("utf-8", "utf-8"), ("cp1252", "windows-1252")):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return name
    return None


def parse_html(text: str, *, name: str) -> Any:
    """Return the root of an HTML page or fragment. Raises ReadError when there is none."""
    from lxml import etree, html

    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_declared(text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise ReadError(f"{name} : cette page HTML est vide ou abîmée.") from None
    return root


def children(element: Any, tag: str) -> list[Any]:
    """Return the descendants of that local name, whatever their namespace."""
    return [entry for entry in element.iter() if local(entry) == tag]


def local(element: Any) -> str:
    """Return a tag without its namespace; "" for comments and the like."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def squeezed(text: str) -> str:
    r"""Make one blank of blanks and line ends, which XML does not mean; NBSP and its kin stay.

    >>> squeezed(" Et\n  puis\u00a0? ")
    'Et puis\xa0?'
    """
    return _SPACES.sub(" ", text.replace("\r", "\n")).strip(" ")


def walk(element: Any, *, without: Collection[str] = ()) -> Iterator[tuple[str, Any]]:
    """Yield text and elements in document order: ("text", str), ("open", element), ("close", element).

    Elements whose full tag is in ``without`` are not entered, ("skip", element), but the text after them is told.
    No recursion: a hostile file nests deeper than Python does.
    """
    yield "open", element
    if element.text:
        yield "text", element.text
    path = [(element, iter(element))]
    while path:
        parent, rest = path[-1]
        child = next(rest, None)
        if child is None:
            path.pop()
            yield "close", parent
            if path and parent.tail:
                yield "text", parent.tail
        elif not isinstance(child.tag, str) or child.tag in without:
            if isinstance(child.tag, str):
                yield "skip", child
            if child.tail:
                yield "text", child.tail
        else:
            yield "open", child
            if child.text:
                yield "text", child.text
            path.append((child, iter(child)))


def _declared(text: str) -> str:
    """Drop the XML declaration, which lxml refuses in a decoded page."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)


def _refused(name: str, what: str) -> ReadError:
    """Refuse a file that could harm."""
    return ReadError(f"{name} : document refusé par prudence, car il {what}.")
