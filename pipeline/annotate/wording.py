"""The French that a session speaks: why a question is asked, what to do next; and codes checked."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.codebook import Codebook
from pipeline.errors import CodingError

REASONS = {
    "random": "Tiré au hasard : une question sur cinq, pour que les mesures restent honnêtes.",
    "typical": "Passage typique : il ressemble à beaucoup d’autres.",
    "stated": "Passage proche de ce que dit la grille d’un code.",
    "uncertain": "La machine hésite sur plusieurs codes.",
    "margin": "La machine hésite fort sur un code.",
    "seek-positive": "Cherché pour un code encore rare.",
    "diverse": "Passage différent de tout ce qui est déjà codé.",
    "worklist": "De votre liste de travail.",
    "again": "Passé plus tôt ; il revient.",
}
INDICATION = (
    "Indication : kappa hors apprentissage, sur les seuls segments tirés au hasard. "
    "Le chiffre à publier vient d’un tirage neuf (filrouge agree plan)."
)


def check_codes(codebook: Codebook, codes: Iterable[str]) -> frozenset[str]:
    """Return the ids of codes, aliases resolved. Raises CodingError: unknown, or two that exclude each other."""
    found = set()
    for name in codes:
        code = codebook.resolve(name)
        if code is None:
            raise CodingError(f"Code « {name} » inconnu de la grille. Codes admis : {', '.join(codebook.ids)}.")
        found.add(code)
    for dimension in codebook.dimensions:
        mine = [code.label for code in dimension.codes if code.id in found]
        if dimension.select == "one" and len(mine) > 1:
            raise CodingError(
                f"La dimension « {dimension.label} » n’admet qu’un code ; choisis : {', '.join(mine)}. "
                "Gardez-en un."
            )
    return frozenset(found)
