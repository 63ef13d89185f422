"""Captions (.srt, .vtt) of Whisper, WhisperX, Teams, Zoom: cues of one speaker in a row make one turn."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.errors import ReadError
from pipeline.read.draft import Draft, Speech, compose
from pipeline.read.text import decode

# « Mme L. : » may hold dots, but only after a short word: « Bon. Voilà : » is speech.
_NAME = r"[^\W\d](?:[^\n:.?!,;]|(?<=\b\w)\.|(?<=\b\w\w)\.|(?<=\b\w{3})\.){0,39}?"
_LABEL = re.compile(rf"\s*(?:\[([^\]\n]{{1,40}})\]\s*:?|<v\s+([^>]+)>|({_NAME})[\s\u00a0\u202f]*:(?=\s))\s*")
_TAG = re.compile(r"</?(?:v|c|i|b|u|font|lang|ruby|rt)(?:[ .][^>]*)?>|<\d[\d:.]+>|\{\\an\d\}")
_STAGE = re.compile(r"(?i)(rire|musique|silence|pause|inaudible|bruit|applaud|music|laugh|blank)")


def read_srt(data: bytes, *, name: str) -> Draft:
    """Read SubRip; raises ReadError when there is no cue in it."""
    import srt

    text, _ = decode(data, name=name)
    skipped = _Skipped()
    srt.LOG.addFilter(skipped)  # the library logs the words it cannot place; no word of an interview is logged
    try:
        cues = [
            (cue.start.total_seconds(), cue.end.total_seconds(), "", cue.content)
            for cue in srt.parse(text, ignore_errors=True)
        ]
    except (srt.SRTParseError, ValueError, OverflowError):
        raise _broken(name) from None
    finally:
        srt.LOG.removeFilter(skipped)
    draft = _draft(cues, name)
    return replace(draft, notes=(*draft.notes, *skipped.notes))


class _Skipped(logging.Filter):
    """Counts what the library says it skipped, and lets none of it through."""

    count = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Count one passage."""
        self.count += record.levelno >= logging.WARNING
        return False

    @property
    def notes(self) -> tuple[str, ...]:
        """What to tell of it."""
        some = f"{self.count} passages illisibles sautés" if self.count > 1 else "1 passage illisible sauté"
        return (f"{some} dans ce fichier de sous-titres : réexportez-le.",) if self.count else ()


def read_vtt(data: bytes, *, name: str) -> Draft:
    """Read WebVTT; raises ReadError when there is no cue in it."""
    import webvtt
    from webvtt.errors import MalformedCaptionError, MalformedFileError

    text, _ = decode(data, name=name)
    try:
        captions = webvtt.from_buffer(io.StringIO(text))
        cues = [
            (float(cue.start_in_seconds), float(cue.end_in_seconds), cue.voice or "", cue.text) for cue in captions
        ]
    except (MalformedFileError, MalformedCaptionError, ValueError, IndexError):
        raise _broken(name) from None
    return _draft(cues, name)


def _draft(cues: Iterable[tuple[float, float, str, str]], name: str) -> Draft:
    """Lay the cues out; without one word there is nothing to read."""
    draft = compose(_merged(cues))
    if not draft.turns:
        raise _broken(name)
    return draft


def _merged(cues: Iterable[tuple[float, float, str, str]]) -> Iterator[Speech]:
    """Join the cues of one speaker; a cue without a label goes on with the speaker before it."""
    pending: Speech | None = None
    for began, ended, voice, content in cues:
        for speaker, words in voices(voice, content):
            same = pending is not None and speaker in ("", pending.speaker)
            if pending is not None and same:
                pending = Speech(pending.speaker, f"{pending.words} {words}".strip(), pending.began, ended)
            else:
                if pending is not None:
                    yield pending
                pending = Speech(speaker, words, began, ended)
    if pending is not None:
        yield pending


def voices(voice: str, content: str) -> Iterator[tuple[str, str]]:
    r"""Split a cue into its speakers.

    >>> list(voices("", "[SPEAKER_00]: Et ?")), list(voices("", "Léa: Oui.\nNon."))
    ([('SPEAKER_00', 'Et ?')], [('Léa', 'Oui. Non.')])
    """
    speaker, words = voice.strip(), list[str]()
    for line in content.split("\n"):
        label = None if voice else _LABEL.match(line)
        said = next((group for group in label.groups() if group), "") if label else ""
        if label and not _STAGE.search(said) and len(said.split()) <= 4:
            if words:
                yield speaker, " ".join(words)
            speaker, words, line = said.strip(), [], line[label.end() :]
        plain = _TAG.sub("", line).strip()
        if plain:
            words.append(plain)
    if words:
        yield speaker, " ".join(words)


def _broken(name: str) -> ReadError:
    """Say that there is no caption to read."""
    return ReadError(
        f"{name} : aucun sous-titre lisible "
        "(attendu : des lignes « 00:00:01,000 --> 00:00:04,000 » suivies du texte)."
    )
