"""Find a quotation in a text although its quotes, apostrophes, blanks or case changed on the way."""

from __future__ import annotations

import unicodedata

_SAME = {
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‑": "-",
    "\u00ad": "", "\u200b": "", "\ufeff": "", "…": "...", "œ": "oe", "æ": "ae",
}  # fmt: skip


def project(text: str) -> tuple[str, list[int]]:
    r"""Return a plain form of ``text`` and, for each of its signs, the place it comes from.

    >>> project("L’« an »\u00a0!")
    ('l\'"an"!', [0, 1, 2, 4, 5, 7, 9])
    """
    plain: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        folded = _SAME.get(sign, sign.lower())
        if sign.isspace():
            folded = "" if not plain or plain[-1] == " " or text[place - 1] == "«" else " "
        if sign in "»?!;:" and plain and plain[-1] == " ":
            plain.pop()
            places.pop()
        for letter in folded:
            plain.append(letter)
            places.append(place)
    return "".join(plain), places


def locate(quote: str, text: str, projected: tuple[str, list[int]] | None = None) -> list[tuple[int, int]]:
    """Return every place (start, end) where ``quote`` stands in ``text``.

    >>> locate("l'export", "On aime L’export. Et l’export ?")
    [(8, 16), (21, 29)]
    """
    plain, places = projected or project(text)
    wanted = project(unicodedata.normalize("NFC", quote))[0].strip()
    found = []
    start = plain.find(wanted) if wanted else -1
    while start >= 0:
        found.append((places[start], places[start + len(wanted) - 1] + 1))
        start = plain.find(wanted, start + 1)
    return found


def agrees(quote: str, passage: str) -> bool:
    r"""Tell whether a quotation is the passage, blanks around and typography apart.

    >>> agrees("c'est « sûr »", "C’est \"sûr\" "), agrees("c'est", "ce n'est")
    (True, False)
    """
    return project(unicodedata.normalize("NFC", quote))[0].strip() == project(passage)[0].strip()
