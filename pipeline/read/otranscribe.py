"""oTranscribe (.otr): JSON around an HTML text whose timestamps say when each paragraph begins."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import seconds
from pipeline.read.draft import Draft, canonical
from pipeline.read.markup import parse_html
from pipeline.read.page import text_of
from pipeline.read.whisper import parse_json

_BRACKET = "\ue000"  # around a timestamp's number while the page becomes a text; a private letter
_MARK = re.compile(f"{_BRACKET}(\\d+){_BRACKET}")


def read_otr(data: bytes, *, name: str) -> Draft:
    """Read an .otr. Raises ReadError when its text is missing or empty."""
    content = parse_json(data, name=name)
    page = content.get("text") if isinstance(content, Mapping) else None
    if not isinstance(page, str) or not page.strip():
        raise ReadError(f"{name} : ce n’est pas un fichier d’oTranscribe (attendu : une clé « text » non vide).")
    root = parse_html(canonical(page).replace(_BRACKET, ""), name=name)
    stamps = root.xpath("//span[contains(@class, 'timestamp')]")
    times = [_lifted(stamp, number) for number, stamp in enumerate(stamps)]
    text, places = _places(text_of(root), times)
    if not text.strip():
        raise ReadError(f"{name} : cette transcription d’oTranscribe ne contient que des minutages.")
    stamps = tuple((place, time) for place, time in places if time is not None)
    return Draft(text, format="oTranscribe", stamps=stamps)


def _lifted(stamp: Any, number: int) -> float | None:
    """Put a mark in a timestamp's place; return its seconds."""
    told = stamp.get("data-timestamp") or ""
    try:
        time = float(told)
    except ValueError:
        time = math.nan
    shown = seconds("".join(stamp.itertext()))
    for child in list(stamp):
        stamp.remove(child)
    stamp.text = f"{_BRACKET}{number}{_BRACKET}"
    return time if math.isfinite(time) and time >= 0 else shown


def _places(marked: str, times: Sequence[float | None]) -> tuple[str, list[tuple[int, float | None]]]:
    """Take the marks out, with the blank that follows each; return where they stood and what they say."""
    text, *rest = _MARK.split(marked)
    places = []
    for number, piece in zip(rest[::2], rest[1::2], strict=True):
        places.append((len(text), times[int(number)]))
        text += piece.removeprefix(" ") if not text or text[-1].isspace() else piece
    return text, places
