"""TEI (.xml) as ESLO and CFPP write it: an annotationBlock or a u a speech, who says it, when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pipeline.errors import ReadError
from pipeline.read.clock import seconds
from pipeline.read.draft import Draft, Speech, compose, joined, together
from pipeline.read.markup import attribute, children, local, squeezed, walk
from pipeline.records import Role

_UNITS = {"s": 1.0, "ms": 0.001, "min": 60.0, "h": 3600.0}
_TOKENS = frozenset({"w", "pc", "c"})  # words marked one by one: the blanks between them may be missing
_ASIDE = ("spanGrp", "note", "desc", "fw", "teiHeader", "speaker", "stage")
_ROLES: Mapping[str, Role] = {
    "interviewer": "interviewer", "investigator": "interviewer", "enqueteur": "interviewer",
    "enquêteur": "interviewer", "enquêtrice": "interviewer", "chercheur": "interviewer",
    "interviewee": "respondent", "respondent": "respondent", "informant": "respondent",
    "enquêté": "respondent", "enquêtée": "respondent", "témoin": "respondent",
}  # fmt: skip


def draft_of(root: Any, *, name: str) -> Draft:
    """Read a parsed TEI document, or the documents of a teiCorpus. Raises ReadError when nobody speaks in it."""
    documents = [entry for entry in root if local(entry) == "TEI"] if local(root) == "teiCorpus" else [root]
    drafts = [draft for document in documents if (draft := _draft(document)).turns]
    if not drafts:
        raise ReadError(
            f"{name} : aucune parole dans ce fichier TEI (attendu : des éléments annotationBlock, u ou sp "
            "avec un attribut who)."
        )
    return together(drafts) if len(drafts) > 1 else drafts[0]


def _draft(root: Any) -> Draft:
    """Read one document."""
    people = {attribute(one, "id"): one for one in children(root, "person")}
    times = _times(root)
    return compose(joined(_speeches(root, people, times)), format="TEI")


def _speeches(text: Any, people: Mapping[str, Any], times: Mapping[str, float | None]) -> Iterator[Speech]:
    """Yield what is said: the outermost annotationBlock, u or sp, in order."""
    kinds = ("annotationBlock", "u", "sp")
    for block in text.iter():
        if local(block) not in kinds or any(local(above) in kinds for above in block.iterancestors()):
            continue
        inner = next((entry for entry in children(block, "u")), block)
        who = (attribute(block, "who") or attribute(inner, "who")).split()
        key = who[0].lstrip("#") if who else ""
        began, ended = (_time(attribute(block, at) or attribute(inner, at), times) for at in ("start", "end"))
        speaker, role = _person(key, people.get(key), block)
        yield Speech(speaker, _words(block), began, ended, role)


def _words(block: Any) -> str:
    """Return the words of a block, without its notes and analyses."""
    space = block.tag[: -len(local(block))]
    pieces: list[str] = []
    for event, entry in walk(block, without={space + tag for tag in _ASIDE}):
        if event == "text":
            pieces.append(entry)
        elif event == "open" and local(entry) in _TOKENS | {"seg", "p", "ab"}:
            glued = local(entry) in {"pc", "c"} or (pieces and pieces[-1].endswith(("'", "’")))
            pieces.append("" if glued else " ")
    return squeezed("".join(pieces))


def _person(key: str, person: Any, block: Any) -> tuple[str, Role]:
    """Return the label of a speaker (shown in the text, else its name, else its identifier) and the role told."""
    named = children(person, "persName") if person is not None else []
    name = squeezed("".join(named[0].itertext())) if named else ""
    shown = next((squeezed("".join(entry.itertext())).rstrip(" .:") for entry in children(block, "speaker")), "")
    told = attribute(person, "role").strip().lower() if person is not None else ""
    return shown or (name if len(name) <= 40 else "") or key, _ROLES.get(told, "other")


def _times(root: Any) -> dict[str, float | None]:
    """Return the seconds of each point of the timelines, absolute or counted from another."""
    times: dict[str, float | None] = {}
    for timeline in children(root, "timeline"):
        unit = _UNITS.get(attribute(timeline, "unit"), 1.0)
        for when in children(timeline, "when"):
            since = attribute(when, "since").lstrip("#")
            interval = _number(attribute(when, "interval"))
            own = _UNITS.get(attribute(when, "unit"), unit)
            if interval is not None:
                start = times.get(since, 0.0)
                times[attribute(when, "id")] = None if start is None else round(start + interval * own, 6)
            else:
                times[attribute(when, "id")] = _absolute(attribute(when, "absolute"), own)
    return times


def _absolute(value: str, unit: float) -> float | None:
    """Read a point of time: a number, hours and minutes, or a date whose clock began at midnight."""
    number = _number(value)
    if number is not None:
        return number * unit
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return seconds(value) if value else None
    return moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6


def _number(value: str) -> float | None:
    """Read a plain number that is finite and not negative."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _time(reference: str, times: Mapping[str, float | None]) -> float | None:
    """Follow a reference to the timeline, or read the number itself."""
    if reference.startswith("#"):
        return times.get(reference[1:])
    return times.get(reference, _number(reference))
