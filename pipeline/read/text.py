"""Bytes in, text out: UTF-8, UTF-16, cp1252 or Mac-Roman; what is no text is refused."""

from __future__ import annotations

import codecs
import re

from pipeline.errors import ReadError
from pipeline.read.draft import canonical

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF", "un PDF"),
    (b"PK\x03\x04", "un document Word, LibreOffice ou une archive zip"),
    (b"\xd0\xcf\x11\xe0", "un ancien document Office"),
    (b"{\\rtf", "un document RTF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"ID3", "un enregistrement sonore"),
    (b"RIFF", "un enregistrement sonore"),
)
_FRENCH = frozenset("éèêëàâçùûîïôœæÉÈÊËÀÂÇÙÛÎÏÔŒÆ’‘“”«»…–—\u00a0°€")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©ª¨§«®¯´¹»¼¢\u00a0€‰Š‹‡]|â€|Â[\u00a0«»°]")


def oddities(text: str, encoding: str) -> tuple[str, ...]:
    """Say what is odd in a text just decoded: an encoding that had to be guessed, accents damaged before.

    >>> oddities("Enquêteur", "utf-8"), len(oddities("EnquÃªteur, Ã©tÃ©", "cp1252"))
    ((), 2)
    """
    notes = []
    if encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"):
        notes.append(f"Codage {encoding} supposé : vérifiez les accents ou réenregistrez le fichier en UTF-8.")
    return (*notes, *damage(text))


def damage(text: str) -> tuple[str, ...]:
    """Say that accents were damaged before the file was written, if they look so."""
    if len(_MOJIBAKE.findall(text)) < 2:
        return ()
    return (
        "Des accents paraissent abîmés (« Ã© » au lieu de « é ») : "
        "le fichier a été mal converti ; réenregistrez-le en UTF-8 depuis l’original.",
    )


def decode(data: bytes, *, name: str) -> tuple[str, str]:
    """Return the canonical text of ``data`` and the encoding found.

    Raises ReadError when there is nothing to read or when the bytes are no text.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    text, encoding = _decode(data, name)
    text = canonical(text)
    if not text.strip("\ufeff\u200b \t\n\u00a0"):
        raise ReadError(f"{name} : ce fichier est vide. Retirez-le du dossier ou remplacez-le.")
    # CHAT puts its times between \x15.
    controls = sum(1 for sign in text if (sign < " " and sign not in "\n\t\f\v\x15") or sign == "\ufffd")
    if controls > max(2, len(text) // 200):
        raise _not_text(name, "")
    return text, encoding


def _decode(data: bytes, name: str) -> tuple[str, str]:
    """Try, in order: a signature of something else, a BOM, UTF-8, bare UTF-16, one byte a letter."""
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise _not_text(name, f" (il commence comme {kind})")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _strict(data, encoding, name), encoding
    if b"\x00" in data:
        encoding = _bare_utf16(data, name)
        return _strict(data, encoding, name), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _single_byte(data, name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    """Decode, or say that the file is damaged."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ReadError(
            f"{name} : fichier abîmé (il s’annonce en {encoding} mais ne se décode pas). "
            "Réenregistrez-le en UTF-8."
        ) from None


def _bare_utf16(data: bytes, name: str) -> str:
    """Tell which half of each pair is zero; anything else with zero bytes is no text."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    pairs = max(1, len(data) // 2)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    if even > 0.7 * pairs and odd < 0.1 * pairs:
        return "utf-16-be"
    raise _not_text(name, "")


def _single_byte(data: bytes, name: str) -> tuple[str, str]:
    """Choose between cp1252 and Mac-Roman by their French letters; else ask charset-normalizer."""
    scores = {}
    for encoding in ("cp1252", "mac_roman"):
        text = data.decode(encoding, errors="replace")
        high = [sign for sign in text if sign > "\x7f"]
        scores[encoding] = sum(sign in _FRENCH for sign in high) / max(1, len(high))
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] > 0.8 and data.decode(best, errors="replace").count("\ufffd") == 0:
        return data.decode(best), best
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    if guess is None or (len(data) > 40 and scores[best] < 0.1):
        raise _not_text(name, "")
    return str(guess), guess.encoding


def _not_text(name: str, hint: str) -> ReadError:
    """Say that a file is no text."""
    return ReadError(
        f"{name} : ce n’est pas du texte{hint}. Donnez-lui son vrai suffixe ou exportez la transcription en .txt."
    )
