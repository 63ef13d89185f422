"""CHAT (.cha) of CLAN and TalkBank: main lines « *ENQ: … », their times, the roles of the header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.errors import ReadError
from pipeline.read.clock import milliseconds
from pipeline.read.draft import Draft, Speech, compose, joined
from pipeline.read.markup import squeezed
from pipeline.read.text import decode, oddities
from pipeline.records import Role

_MAIN = re.compile(r"\*([^:\n]{1,40}):[ \t]*(.*)", re.DOTALL)
_BULLET = re.compile(r"[\x15\u2022](\d+)_(\d+)[\x15\u2022]")
_ASKS = frozenset({"investigator", "interviewer"})
# What CHAT writes among the words, and what is left of it; tried in this order. MacWhinney, CHAT manual, ch. 7-9.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\x15\u2022][^\x15\u2022]*[\x15\u2022]"), " "),  # times
    (re.compile(r"\[=! ([^\]]+)\]"), r"(\1)"),  # what the voice does: [=! rit]
    (re.compile(r"\[: ([^\]]+)\]|\[[^\]]*\]"), " "),  # replacements, retracings, codes
    (re.compile(r"&=(\w+)(?::\w+)*"), r"(\1)"),  # noises: &=laughs
    (re.compile(r"&[-~+]?(?=\w)"), ""),  # fillers and fragments: &-euh
    (re.compile(r"(?<!\w)\((?:\.{1,3}|(?:\d+:)?\d*\.\d*)\)(?!\w)"), " "),  # pauses: (..) (2.) (0.5) (1:05.2)
    (re.compile(r"\+\.\.\.|\+\.\.\?"), "…"),  # trailing off
    (re.compile(r"(?<!\w)\+[/!\"^,<+]*[.?!\"^,<+]*"), ""),  # interruptions, quotations, overlaps
    (re.compile(r"(?<=\w)@\w+(?::\w+)?"), ""),  # word marks: boum@o
    (re.compile(r"[<>‹›↓↑⌈⌉⌊⌋∙]"), ""),
)


def evidence(text: str) -> str:
    r"""Return what shows that a text is CHAT; "" if nothing does.

    >>> evidence("@UTF8\n@Begin\n*ENQ:\tEt ?\n")
    'en-tête @Begin'
    """
    return "en-tête @Begin" if re.search(r"^@Begin\s*$", text[:2000], re.MULTILINE) else ""


def read_cha(data: bytes, *, name: str) -> Draft:
    """Read a .cha. Raises ReadError when it holds no main line."""
    text, encoding = decode(data, name=name)
    draft = draft_of(text, name=name)
    return Draft(draft.text, draft.turns, (*oddities(text, encoding), *draft.notes), draft.format)


def draft_of(text: str, *, name: str) -> Draft:
    """Read a decoded transcript; dependent lines (%…) are left out."""
    lines = list(_logical(text))
    roles = _roles(lines)
    speeches, marks = [], 0
    for line in lines:
        if main := _MAIN.match(line):
            bullet = _BULLET.findall(main[2])
            words, count = cleaned(main[2])
            marks += count
            began = milliseconds(bullet[0][0]) if bullet else None
            ended = milliseconds(bullet[-1][1]) if bullet else None
            speeches.append(Speech(main[1], words, began, ended, roles.get(main[1], "other")))
    notes = (f"{marks} signe{'s' if marks > 1 else ''} de la convention CHAT hors du texte.",) if marks else ()
    draft = compose(joined(speeches), notes=notes, format="CHAT")
    if not draft.turns:
        raise ReadError(f"{name} : aucune parole dans ce fichier CHAT (attendu : des lignes « *ENQ: … »).")
    return draft


def _logical(text: str) -> Iterator[str]:
    """Join the lines that a tab continues."""
    pending = ""
    for line in text.split("\n"):
        if line[:1] in ("\t", " ") and pending:
            pending += " " + line.strip()
            continue
        if pending:
            yield pending
        pending = line
    if pending:
        yield pending


def _roles(lines: list[str]) -> Mapping[str, Role]:
    """Read who asks, from @Participants and @ID; CHAT names no respondent as such."""
    asks: dict[str, Role] = {}
    for line in lines:
        key, _, value = line.partition(":")
        if key == "@Participants":
            people = [entry.split() for entry in value.split(",")]
            asks |= {one[0]: "interviewer" for one in people if one and one[-1].lower() in _ASKS}
        elif key == "@ID":
            cells = [cell.strip() for cell in value.split("|")]
            if len(cells) > 7 and cells[7].lower() in _ASKS:
                asks[cells[2]] = "interviewer"
    return asks


def cleaned(words: str) -> tuple[str, int]:
    """Take out the marks that CHAT writes among the words; also count them, times apart.

    >>> cleaned("<je veux> [/] je &-euh vends (.) ça [=! rit] +...")
    ('je veux je euh vends ça (rit) …', 7)
    """
    count = 0
    for place, (mark, left) in enumerate(_MARKS):
        words, times = mark.subn(left, words)
        count += times if place else 0
    return squeezed(re.sub(r" (?=[.,](?:\s|$))", "", squeezed(words))), count
