"""What a tool has no place for, carried in a description: free words, then lines « · Nom : valeur » for people."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Fields = Mapping[str, Sequence[str]]
_MARK = "· "  # opens a line of ours, so that a researcher's own « Inclure : » stays their words
_LINE = re.compile(rf"^{_MARK}([^:\n]+?) : ?(.*)$")


def pack(words: str, fields: Fields) -> str:
    r"""Write free words and fields as one description; empty values are left out.

    >>> pack("Être vu.", {"Inclure": ["publicité", "vitrine"], "Exclure": []})
    'Être vu.\n· Inclure : publicité\n· Inclure : vitrine'
    """
    lines = [f"{_MARK}{name} : {_flat(value)}" for name, values in fields.items() for value in values if value]
    return "\n".join([*([words] if words else []), *lines])


def unpack(description: str) -> tuple[str, dict[str, list[str]]]:
    r"""Return the free words and the fields of a description.

    >>> unpack("Être vu.\n· Inclure : publicité\n· Inclure : vitrine")
    ('Être vu.', {'Inclure': ['publicité', 'vitrine']})
    >>> unpack("rien : à voir")
    ('rien : à voir', {})
    """
    lines = description.split("\n")
    fields: dict[str, list[str]] = {}
    while lines and (found := _LINE.match(lines[-1].strip("\r"))):
        fields.setdefault(found[1], []).insert(0, found[2].replace("⏎", "\n"))
        lines.pop()
    return "\n".join(lines), dict(reversed(fields.items()))


def _flat(value: str) -> str:
    """Keep a value on one line."""
    return value.replace("\n", "⏎")
