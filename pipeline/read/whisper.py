"""What Whisper, WhisperX, noScribe's engine or whisper.cpp write in JSON: segments, their times, who speaks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.captions import voices
from pipeline.read.draft import Draft, Speech, compose, joined
from pipeline.read.text import decode


def read_json(data: bytes, *, name: str) -> Draft:
    r"""Read a JSON transcript; the segments of one speaker in a row make one turn.

    >>> read_json(b'{"segments": [{"start": 0, "end": 1, "text": " Et ?", "speaker": "S0"}]}', name="e1.json").text
    'S0 : Et ?\n'

    Raises ReadError when there is no segment in it.
    """
    content = parse_json(data, name=name)
    segments = _segments(content)
    speeches = [speech for segment in segments for speech in _speeches(segment)]
    draft = compose(joined(speeches), notes=_notes(speeches), format=_format(content, speeches))
    if not draft.turns:
        raise ReadError(
            f"{name} : ce JSON n’est pas une transcription de Whisper (attendu : une liste « segments », "
            "chacun avec start, end et text)."
        )
    return draft


def parse_json(data: bytes, *, name: str) -> Any:
    """Return what a JSON file says. Raises ReadError, naming the line."""
    text, _ = decode(data, name=name)
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise ReadError(
            f"{name}, ligne {error.lineno} : JSON abîmé ou incomplet. Exportez de nouveau la transcription."
        ) from None
    except (RecursionError, ValueError):
        raise ReadError(f"{name} : JSON refusé par prudence (imbrication ou nombres démesurés).") from None


def _segments(content: Any) -> Sequence[Any]:
    """Return the list of segments, wherever the program that wrote it puts it."""
    found = content
    if isinstance(content, Mapping):
        found = next((content[key] for key in ("segments", "transcription", "chunks") if key in content), ())
    return found if isinstance(found, list) else ()


def _speeches(segment: Any) -> Iterator[Speech]:
    """Read one segment; its text may name the speaker, as whisper.cpp and captions do."""
    if not isinstance(segment, Mapping) or not isinstance(segment.get("text"), str):
        return
    began, ended = _times(segment)
    told = segment.get("speaker")
    for speaker, words in voices(str(told) if isinstance(told, str | int) else "", segment["text"]):
        yield Speech(speaker, words, began, ended)


def _times(segment: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return when a segment begins and ends: seconds, or milliseconds in whisper.cpp's ``offsets``."""
    offsets, stamp = segment.get("offsets"), segment.get("timestamp")
    if isinstance(offsets, Mapping):
        began, ended = _seconds(offsets.get("from")), _seconds(offsets.get("to"))
        return (None if began is None else began / 1000), (None if ended is None else ended / 1000)
    if isinstance(stamp, list) and len(stamp) == 2:
        return _seconds(stamp[0]), _seconds(stamp[1])
    return _seconds(segment.get("start")), _seconds(segment.get("end"))


def _seconds(value: Any) -> float | None:
    """Take a finite number for seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = float(value) if abs(value) < 1e9 else math.inf
    return number if math.isfinite(number) else None


def _format(content: Any, speeches: Sequence[Speech]) -> str:
    """Name the program that wrote it."""
    if isinstance(content, Mapping) and "transcription" in content:
        return "whisper.cpp"
    return "WhisperX" if any(speech.speaker for speech in speeches) else "Whisper"


def _notes(speeches: Sequence[Speech]) -> tuple[str, ...]:
    """Say what to do where nobody is named."""
    if any(speech.speaker for speech in speeches):
        return ()
    return (
        "Aucun locuteur dans ce fichier : refaites la transcription avec la séparation des voix (WhisperX : "
        "--diarize), ou écrivez qui parle.",
    )
