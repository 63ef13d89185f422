"""Figures, labels and sentences in, French as it is set out, on a page or in a terminal."""

from __future__ import annotations

import re

_THIN, _NBSP = "\u202f", "\u00a0"
_SIMULATED = re.compile(r"(?<!non )(?<!non-)\bsimulée?s?\b", re.IGNORECASE)


def decimal(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> decimal(0.5), decimal(-0.126), decimal(-0.001), decimal(None)
    ('0,50', '−0,13', '0,00', 'non défini')
    """
    return "non défini" if value is None else f"{round(value, 2) + 0.0:.2f}".replace(".", ",").replace("-", "−")


def whole(value: int) -> str:
    r"""Write a count the French way, by thousands.

    >>> whole(106000)
    '106\u202f000'
    """
    return f"{value:,}".replace(",", _THIN)


def counted(count: int, one: str, many: str) -> str:
    r"""Write a count and its noun.

    >>> counted(1, "segment", "segments"), counted(1200, "segment", "segments")
    ('1\xa0segment', '1\u202f200\xa0segments')
    """
    return f"{whole(count)}{_NBSP}{one if count < 2 else many}"


def spaced(text: str) -> str:
    r"""Make the spaces of French punctuation unbreakable; no other character changes, no space is added.

    >>> spaced("Non ; « oui » : voilà !")
    'Non\u202f; «\xa0oui\xa0»\xa0: voilà\u202f!'
    """
    text = re.sub(r"(?<=«) | (?=[»:])", _NBSP, text)
    return re.sub(r" (?=[;!?%])", _THIN, text)


def shortened(label: str, limit: int = 26) -> str:
    """Cut a label at a word so that it fits a chip.

    >>> shortened("Partenaires et relations"), shortened("Visibilité, notoriété, présence en ligne")
    ('Partenaires et relations', 'Visibilité, notoriété…')
    >>> shortened("x" * 40)
    'xxxxxxxxxxxxxxxxxxxxxxxxx…'
    """
    if len(label) <= limit:
        return label
    words = label[:limit].rpartition(" ")[0]
    return (words or label[: limit - 1]).rstrip(" ,;:(«\u00a0") + "…"


def scored(label: str, score: float | None) -> str:
    r"""Say a code, and its score where there is one.

    >>> scored("visibilité", 0.834), scored("visibilité", None)
    ('visibilité\xa0: 0,83', 'visibilité')
    """
    return label if score is None else f"{label}{_NBSP}: {decimal(score)}"


def simulated(text: str) -> bool:
    """Tell whether a study's or a model's provenance says that its data are simulated.

    >>> simulated("Corpus « RSN » (simulé)"), simulated("Entretiens réels, non simulés"), simulated("")
    (True, False, False)
    """
    return _SIMULATED.search(text) is not None


def clipped(text: str, most: int = 220) -> str:
    """Cut a long quotation between two words.

    >>> clipped("un deux trois", 9)
    'un deux…'
    """
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def shown(text: str) -> str:
    r"""Replace what HTML cannot hold, one character for one, so that offsets keep.

    >>> shown("a\x00b")
    'a\ufffdb'
    """
    return text.replace("\x00", "\ufffd").replace("\r", "\n")
