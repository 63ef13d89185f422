"""f4 and f4x (.txt), aTrain for MAXQDA too: a stamp « #00:00:07-1# » ends each turn."""

from __future__ import annotations

import re

from pipeline.read.draft import Draft

_STAMP = re.compile(r"#\d\d:\d\d:\d\d-\d#")


def evidence(text: str) -> str:
    """Return what shows that f4 wrote a text; "" if nothing does.

    >>> evidence("E: Et ? #00:00:07-1#"), evidence("E: Et ? #7#")
    ('1 minutage « #00:00:07-1# »', '')
    """
    count = len(_STAMP.findall(text))
    return f"{count} minutage{'s' if count > 1 else ''} « #00:00:07-1# »" if count else ""


def draft_of(text: str, *, name: str) -> Draft:
    """Read a decoded transcript: its turns are found in the text, and the times of the stamps with them."""
    return Draft(text, format="f4")
