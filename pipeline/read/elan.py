"""ELAN (.eaf): one tier a speaker, annotations in the order of the recording."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import milliseconds
from pipeline.read.draft import Draft, Speech, compose, joined
from pipeline.read.markup import parse_xml, squeezed

_KIND = "fichier ELAN"
_FAR = (float("inf"), 0)


def read_eaf(data: bytes, *, name: str) -> Draft:
    """Read an .eaf. Raises ReadError when no tier holds speech."""
    return draft_of(parse_xml(data, name=name, kind=_KIND), name=name)


def draft_of(root: Any, *, name: str) -> Draft:
    """Read a parsed .eaf: the tiers that depend on no other and offer no closed list of values are speech."""
    closed = {
        kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")
        if kind.get("CONTROLLED_VOCABULARY_REF")
    }  # fmt: skip
    tiers = list(root.iter("TIER"))
    spoken = [t for t in tiers if not t.get("PARENT_REF") and t.get("LINGUISTIC_TYPE_REF") not in closed]
    slots, ranks = _times(root)
    said = sorted(
        (entry for tier in spoken for entry in _speeches(tier, slots, ranks)), key=lambda entry: entry[0]
    )
    draft = compose(joined(speech for _, speech in said), notes=_notes(tiers, spoken), format="ELAN")
    if not draft.turns:
        raise ReadError(f"{name} : aucune parole dans ce fichier ELAN (aucun tier indépendant avec du texte).")
    return draft


def _times(root: Any) -> tuple[dict[str, float | None], dict[str, tuple[float, int]]]:
    """Return the seconds of each time slot (None where it is not tied to the recording) and its rank in time."""
    times: dict[str, float | None] = {}
    ranks: dict[str, tuple[float, int]] = {}
    last = 0.0
    for number, slot in enumerate(root.iter("TIME_SLOT")):
        key, time = slot.get("TIME_SLOT_ID", ""), milliseconds(slot.get("TIME_VALUE", ""))
        last = last if time is None else time
        times[key], ranks[key] = time, (last, number)
    return times, ranks


def _speeches(
    tier: Any, slots: Mapping[str, float | None], ranks: Mapping[str, tuple[float, int]]
) -> list[tuple[tuple[float, int], Speech]]:
    """Read the annotations of one tier, each with its rank, under its participant's name or its own."""
    speaker = squeezed(tier.get("PARTICIPANT", "")) or squeezed(tier.get("TIER_ID", ""))
    found = []
    for annotation in tier.iter("ALIGNABLE_ANNOTATION"):
        words = squeezed(annotation.findtext("ANNOTATION_VALUE") or "")
        first, last = (annotation.get(f"TIME_SLOT_REF{n}", "") for n in (1, 2))
        found.append((ranks.get(first, _FAR), Speech(speaker, words, slots.get(first), slots.get(last))))
    return found


def _notes(tiers: list[Any], spoken: list[Any]) -> tuple[str, ...]:
    """Name the tiers that were not read."""
    aside = [squeezed(tier.get("TIER_ID", "")) for tier in tiers if tier not in spoken]
    if not aside:
        return ()
    listed = ", ".join(f"« {tier} »" for tier in aside[:6]) + ("…" if len(aside) > 6 else "")
    return (f"Tiers laissés de côté (dépendants d’un autre, ou à valeurs fermées) : {listed}.",)
