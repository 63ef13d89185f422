"""oTranscribe (.otr): JSON around an HTML text whose timestamps say when each paragraph begins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import seconds
from pipeline.read.draft import Draft, canonical
from pipeline.read.markup import parse_html
from pipeline.read.page import text_of
from pipeline.read.turns import find_turns
from pipeline.read.whisper import parse_json
from pipeline.records import Turn

_MARK = "\ue000"  # stands for a timestamp while the page becomes a text; a private letter that no text holds


def read_otr(data: bytes, *, name: str) -> Draft:
    """Read an .otr. Raises ReadError when its text is missing or empty."""
    content = parse_json(data, name=name)
    page = content.get("text") if isinstance(content, Mapping) else None
    if not isinstance(page, str) or not page.strip():
        raise ReadError(f"{name} : ce n’est pas un fichier d’oTranscribe (attendu : une clé « text » non vide).")
    root = parse_html(canonical(page).replace(_MARK, ""), name=name)
    times = [_lifted(stamp) for stamp in root.xpath("//span[contains(@class, 'timestamp')]")]
    text, places = _places(text_of(root))
    if not text.strip():
        raise ReadError(f"{name} : cette transcription d’oTranscribe ne contient que des minutages.")
    draft = Draft(text, format="oTranscribe")
    found = find_turns(text)
    if found.kind not in ("labels", "nothing") or not found.turns:
        return draft
    timed = _timed(found.turns, text, list(zip(places, times, strict=True)))
    return replace(draft, turns=timed) if len({turn.speaker for turn in timed}) > 1 else draft


def _lifted(stamp: Any) -> float | None:
    """Put the mark in a timestamp's place; return its seconds."""
    told = stamp.get("data-timestamp") or ""
    try:
        time = float(told)
    except ValueError:
        time = math.nan
    shown = seconds("".join(stamp.itertext()))
    for child in list(stamp):
        stamp.remove(child)
    stamp.text = _MARK
    return time if math.isfinite(time) and time >= 0 else shown


def _places(marked: str) -> tuple[str, list[int]]:
    """Take the marks out, with the blank that follows each; return where they stood."""
    text, places = "", list[int]()
    for number, piece in enumerate(marked.split(_MARK)):
        if number:
            places.append(len(text))
            piece = piece.removeprefix(" ") if not text or text[-1].isspace() else piece
        text += piece
    return text, places


def _timed(turns: tuple[Turn, ...], text: str, stamps: list[tuple[int, float | None]]) -> tuple[Turn, ...]:
    """Let a turn begin at the timestamp on its line, before its words, and end where the next stamp stands."""
    timed = []
    for turn in turns:
        line = text.rfind("\n", 0, turn.start) + 1
        began = next((time for place, time in stamps if line <= place <= turn.start), None)
        ended = next((time for place, time in stamps if place >= turn.end), None)
        timed.append(replace(turn, began=began, ended=ended if began is not None else None))
    return tuple(timed)
