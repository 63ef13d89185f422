"""Transcriber (.trs): turns and their times, speakers who overlap, sections whose topics are codings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import seconds
from pipeline.read.draft import Draft, Speech, compose
from pipeline.read.markup import parse_xml, squeezed, walk
from pipeline.records import Coding, Turn

TOPIC_CODER = "trs:topic"
_KIND = "fichier Transcriber"
_NOBODY = "inconnu"  # who speaks in a turn that names nobody: neither interviewer nor respondent


@dataclass(frozen=True, slots=True)
class _Said:
    """A speech, and the number of the section where it stands."""

    speech: Speech
    section: int


def read_trs(data: bytes, *, name: str) -> Draft:
    """Read a .trs; its DTD is never loaded. Raises ReadError when nobody speaks in it."""
    root = parse_xml(data, name=name, kind=_KIND, doctype=True)
    return draft_of(root, name=name)


def draft_of(root: Any, *, name: str) -> Draft:
    """Read a parsed .trs."""
    people = {entry.get("id", ""): squeezed(entry.get("name", "")) for entry in root.iter("Speaker")}
    sections = list(root.iter("Section"))
    said = [
        _Said(speech, number)
        for number, section in enumerate(sections)
        for turn in section.iter("Turn")
        for speech in _speeches(turn, people)
    ]
    if not said:
        raise ReadError(f"{name} : personne ne parle dans ce fichier Transcriber (aucun Turn avec du texte).")
    draft = compose((entry.speech for entry in said), notes=_notes(root), format="Transcriber")
    topics = {entry.get("id", ""): squeezed(entry.get("desc", "")) for entry in root.iter("Topic")}
    return replace(draft, codings=_codings(said, draft.turns or (), sections, topics))


def _speeches(turn: Any, people: Mapping[str, str]) -> Iterator[Speech]:
    """Cut one turn where the voice changes; two who speak together get a speech each."""
    who = [people.get(one) or one for one in turn.get("speaker", "").split()] or [_NOBODY]
    began, ended = seconds(turn.get("startTime", "")), seconds(turn.get("endTime", ""))
    pieces: list[tuple[str, float | None, list[str]]] = [(who[0], began, [])]
    time = began
    for event, entry in walk(turn):
        if event == "text":
            pieces[-1][2].append(entry)
        elif event == "open" and entry.tag == "Sync":
            time = seconds(entry.get("time", "")) if pieces[-1][2] else began
            pieces[-1][2].append(" ")
        elif event == "open" and entry.tag == "Who":
            pieces.append((_voice(who, entry.get("nb", "1")), time, []))
    spoken = [(voice, at, squeezed("".join(words))) for voice, at, words in pieces]
    spoken = [piece for piece in spoken if piece[2]]
    for number, (voice, at, words) in enumerate(spoken):
        alone = len(spoken) == 1
        later = next((start for _, start, _ in spoken[number + 1 :] if start != at), ended)
        yield Speech(voice, words, began if alone else at, ended if alone else later)


def _voice(who: Sequence[str], number: str) -> str:
    """Return the speaker of that number, counted from one."""
    place = int(number) - 1 if number.isascii() and number.isdigit() else 0
    return who[place] if 0 <= place < len(who) else who[0]


def _codings(
    said: Sequence[_Said], turns: Sequence[Turn], sections: Sequence[Any], topics: Mapping[str, str]
) -> tuple[Coding, ...]:
    """Make each section that has a topic a coding, from its first turn to its last."""
    spans: dict[int, tuple[int, int]] = {}
    for entry, turn in zip(said, turns, strict=True):
        spans[entry.section] = (spans.get(entry.section, (turn.start, 0))[0], turn.end)
    codings = []
    for number, (start, end) in spans.items():
        topic = sections[number].get("topic", "")
        if code := topics.get(topic) or topic:
            codings.append(Coding("", start, end, TOPIC_CODER, frozenset({code})))
    return tuple(codings)


def _notes(root: Any) -> tuple[str, ...]:
    """Tell what is not in the text as it was in the file."""
    notes = []
    together = sum(1 for turn in root.iter("Turn") if len(turn.get("speaker", "").split()) > 1)
    if together:
        notes.append(
            f"{together} tour{'s' if together > 1 else ''} où plusieurs personnes parlent ensemble : "
            "chacune a le sien, l’un après l’autre."
        )
    events = [squeezed(entry.get("desc", "")) for entry in root.iter("Event")]
    if events:
        kinds = ", ".join(dict.fromkeys(kind for kind in events if kind))
        notes.append(f"{len(events)} événement{'s' if len(events) > 1 else ''} hors du texte ({kinds[:60]}).")
    return tuple(notes)
