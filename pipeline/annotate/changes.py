"""A codebook that changed since a coder's last session: what that touches, and what to do about it, in French."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.annotate.events import Event, effective
from pipeline.annotate.ledger import renamed
from pipeline.codebook import Codebook, differences, parse_codebook


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: ``lost`` counts the answers by code that is no more, ``offered`` maps old codes to new ones.

    ``lines`` say in French how the codebooks differ.
    """

    lost: Mapping[str, int]
    offered: Mapping[str, str]
    lines: tuple[str, ...]

    def sentence(self, mapping: Mapping[str, str]) -> str:
        """Say what changed and how to go on, in one sentence or two."""
        told = [
            f"« {code} » ({count} réponse{'s' if count > 1 else ''}) "
            + (f"devient « {mapping[code]} »" if code in mapping else "n’existe plus")
            for code, count in self.lost.items()
        ]
        return (
            f"La grille a changé depuis votre dernière séance : {' ; '.join([*self.lines, *told])}. "
            "Pour continuer, ajoutez --accept-codebook ; pour reprendre un code disparu sous un autre nom, "
            "--rename ANCIEN=NOUVEAU. Vos réponses ne seront pas modifiées."
        )


def codebook_change(events: Sequence[Event], codebook: Codebook) -> Change | None:
    """Compare ``codebook`` with that of a coder's last session; None if nothing that matters changed."""
    begun = [event for event in events if event.kind == "session"]
    if not begun or begun[-1].codebook == codebook.fingerprint:
        return None
    lines = tuple(differences(parse_codebook(begun[-1].payload["codebook"]), codebook))
    known = renamed(events)
    used = Counter(known.get(code, code) for event in effective(events) for code in event.codes)
    lost = {code: count for code, count in sorted(used.items()) if code not in codebook.ids}
    if not lines and not lost:
        return None
    offered = {code: found for code in lost if (found := codebook.resolve(code))}
    return Change(lost, offered, lines)
