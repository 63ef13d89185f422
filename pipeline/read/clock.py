"""Times as transcribers write them: 0:15, 00:01:02.5, [00:00:09], #00:00:07-1#, 0:01 - 0:11."""

from __future__ import annotations

import re

_BLANK = r"[ \u00a0\u202f]?"
TIME = rf"\d{{1,3}}{_BLANK}:{_BLANK}\d{{2,3}}(?:{_BLANK}:{_BLANK}\d{{2}})?(?:[.,]\d{{1,3}}|-\d(?!\d))?"
# One time or a range, in any brackets or none.
STAMP = rf"(?:[\[(#<{{]\s*)?{TIME}(?:\s*(?:-->|[-–—>→]|à)\s*{TIME})?(?:\s*[\])#>}}])?"
_TIME = re.compile(TIME)


def seconds(text: str) -> float | None:
    """Return the seconds that ``text`` stands for; None if it is no time.

    >>> seconds("01:02:03,5"), seconds("0:15"), seconds("00:00:07-1"), seconds("12,5"), seconds("hier")
    (3723.5, 15.0, 7.1, 12.5, None)
    """
    found = _TIME.search(text)
    if not found:
        bare = re.fullmatch(r"\s*\d{1,9}(?:[.,]\d{1,9})?\s*s?\s*", text)
        return float(text.strip(" s").replace(",", ".")) if bare else None
    total, fraction = 0.0, 0.0
    whole = re.sub(r"[ \u00a0\u202f]", "", found[0])
    place = re.search(r"[.,-](\d+)$", whole)
    if place:
        fraction, whole = float(f"0.{place[1]}"), whole[: place.start()]
    for part in whole.split(":"):
        total = total * 60 + int(part)
    return total + fraction


def span(text: str | None) -> tuple[float | None, float | None]:
    """Return when a stamp says that the speech began and ended.

    >>> span("(0:01 - 0:11)"), span("[00:00:09]"), span(None)
    ((1.0, 11.0), (9.0, None), (None, None))
    """
    times = [seconds(found[0]) for found in _TIME.finditer(text or "")]
    return (times[0] if times else None, times[1] if len(times) > 1 else None)


def milliseconds(text: str) -> float | None:
    """Return the seconds of a whole number of milliseconds; None if it is none, or beyond measure.

    >>> milliseconds("7100"), milliseconds("-1"), milliseconds("9" * 20)
    (7.1, None, None)
    """
    return int(text) / 1000 if re.fullmatch(r"[0-9]{1,12}", text) else None
