"""A coefficient in, the words that two authors put on such values out. Conventions, both: neither is a test."""

from __future__ import annotations

LANDIS_KOCH = "Landis et Koch (1977), pour κ"
KRIPPENDORFF = "Krippendorff (2019), pour α"

# To change a word: the value from which it holds, the word in French, the author's own.
_LANDIS_KOCH = (
    (0.81, "presque parfait", "almost perfect"),
    (0.61, "substantiel", "substantial"),
    (0.41, "modéré", "moderate"),
    (0.21, "passable", "fair"),
    (0.0, "faible", "slight"),
    (-1.01, "médiocre", "poor"),
)
_KRIPPENDORFF = (
    (0.8, "fiable", "reliable"),
    (0.667, "provisoire", "tentative"),
    (-99.0, "sous 0,667", "below .667"),
)


def landis_koch(kappa: float | None, *, language: str = "fr") -> str:
    """Return Landis and Koch's word for a kappa; "" where it is undefined.

    >>> landis_koch(0.5), landis_koch(0.5, language="en"), landis_koch(-0.03), landis_koch(None)
    ('modéré', 'moderate', 'médiocre', '')
    """
    return _word(None if kappa is None else round(kappa, 2), _LANDIS_KOCH, language)


def krippendorff(alpha: float | None, *, language: str = "fr") -> str:
    """Return Krippendorff's word for an alpha; "" where it is undefined.

    >>> krippendorff(0.8), krippendorff(0.7), krippendorff(0.5, language="en")
    ('fiable', 'provisoire', 'below .667')
    """
    return _word(alpha, _KRIPPENDORFF, language)


def against(bar: float | None, ends: tuple[float, float] | None) -> str:
    """Say where an interval stands beside the bar that the user fixed beforehand.

    >>> against(0.6, (0.62, 0.8)), against(0.6, (0.5, 0.8)), against(0.6, (0.1, 0.5)), against(0.6, None)
    ('au-dessus', 'indécis', 'au-dessous', 'sans intervalle')
    """
    if bar is None:
        return ""
    if ends is None:
        return "sans intervalle"
    return "au-dessus" if ends[0] >= bar else "au-dessous" if ends[1] < bar else "indécis"


def _word(value: float | None, scale: tuple[tuple[float, str, str], ...], language: str) -> str:
    """Look a value up."""
    if value is None:
        return ""
    return next(english if language == "en" else french for least, french, english in scale if value >= least)
