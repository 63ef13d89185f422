"""Which key toggles which code: digits first, then letters that no command has."""

from __future__ import annotations

from collections.abc import Sequence

# Commands: D définitions, M mémo, N rien, P pourquoi, S passer, U annuler; 0 also says nothing applies.
RESERVED = frozenset("dmnpsu")
KEYS = (*"123456789", *(letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter not in RESERVED))


def assign(codes: Sequence[str]) -> dict[str, str]:
    """Give each code its key, in the codebook's order; codes beyond the last key have none.

    >>> assign(["visibilite", "opportunites"])
    {'visibilite': '1', 'opportunites': '2'}
    >>> list(assign([f"c{n}" for n in range(12)]).values())[-3:]
    ['a', 'b', 'c']
    """
    return dict(zip(codes, KEYS, strict=False))
