"""From a canonical text to its turns: labelled, dashed, or bare paragraphs; the header and the key left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.read.clock import STAMP, TIME, seconds
from pipeline.read.labels import Label, Line, find_labels, lines_of, plain, singles
from pipeline.read.words import known_role
from pipeline.records import Turn

Kind = Literal["labels", "questions", "dashes", "style", "paragraphs", "nothing"]
_KEY = re.compile(
    r"\s*[*_]{0,2}([^\W\d_][^\n:?!.;]{0,38}?)[\s\u00a0\u202f]*[*_]{0,2}[\s\u00a0\u202f]*:[*_]{0,2}(?=\s|$)"
    r"[ \t\u00a0\u202f]*(.*)$"
)
_DASH = re.compile(r"\s*(?:[-–—―•]|--)(?![-–—\d])[\s\u00a0\u202f]*(?=\S)")
_TAIL = re.compile(
    rf"\s*(?:#(?P<ended>{TIME})#|[\[(]{TIME}[\])]|[*_]+"
    r"|(?:\n[^\S\n]*|[\[(])[Ff](?:in|IN) de l[’']e\w+[\s.\])]*)\s*$"
)
_TAIL_REACH = 160  # signs; a longer tail is speech
_MARK = re.compile(r"\s*(?:\*{1,3}|_{1,3}|#{1,4}\s|</?[bi]>)(?=\S)")
_ENDS = re.compile(r"[.?!…:»)]\s*[*_]*\s*$")
_ADDRESSES = re.compile(r"(?i)\b(?:vous|tu|je|on|nous|est-ce)\b|\bj[’']")
_STAMP_LINE = re.compile(rf"\s*{STAMP}\s*$")
_STYLE = re.compile(r"\s*(\*{1,3}|_{1,3}|<i>|<b>)(?=\S).*?(?:\*{1,3}|_{1,3}|</i>|</b>)\s*$")


@dataclass(frozen=True, slots=True)
class Found:
    """Turns without roles yet: ``groups`` tells, turn by turn, which voice it is ("" where nothing tells)."""

    kind: Kind
    turns: tuple[Turn, ...]
    groups: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    header: tuple[tuple[str, str], ...] = ()


def find_turns(text: str) -> Found:
    r"""Find who starts to speak where.

    >>> found = find_turns("Date : mars\n\nQ : Et ?\n\nR : Oui.\n")
    >>> found.kind, [(text[t.start:t.end], t.speaker) for text in ["Date : mars\n\nQ : Et ?\n\nR : Oui.\n"]
    ...              for t in found.turns]
    ('labels', [('Et ?', 'Q'), ('Oui.', 'R')])
    """
    lines = lines_of(text)
    header, first = _header(lines)
    body = lines[first:]
    labels = find_labels(body)
    dashes = [line for line in body if _DASH.match(line.text)]
    if labels and (len(labels) >= len(dashes) or len(dashes) < 4):
        found = _labelled(text, body, labels)
    elif len(dashes) >= 4 or (len(dashes) >= 2 and len(dashes) >= 0.6 * len(body)):
        found = _dashed(text, body, dashes)
    else:
        found = _paragraphs(text, body)
    return replace(found, header=header)


def _header(lines: Sequence[Line]) -> tuple[tuple[tuple[str, str], ...], int]:
    """Return the « Clé : valeur » lines at the top and the number of lines to skip."""
    pairs: list[tuple[str, str, int]] = []
    keys = [plain(match[1]) for line in lines if (match := _KEY.match(line.text))]
    for index, line in enumerate(lines):
        match = _KEY.match(line.text)
        key = plain(match[1]) if match else ""
        if match is None and index < 3 and not pairs and len(line.text) < 100 and not _DASH.match(line.text):
            continue
        if match is None or not _heads(key, match[2], keys):
            break
        pairs.append((match[1], match[2], index))
    own = [n for n, (name, _, _) in enumerate(pairs) if not known_role(plain(name))]
    if not own:
        return (), 0
    last = _last_of_header(lines, pairs, own[-1], keys)
    kept = tuple((name, value) for name, value, _ in pairs[: last + 1])
    return (kept, pairs[last][2] + 1) if len(kept) >= 2 or _is_form(kept[0][0]) else ((), 0)


def _heads(key: str, value: str, keys: Sequence[str]) -> bool:
    """Tell a header line from a first turn: a key met once, or a role that names somebody."""
    spoken = value.rstrip().endswith(("?", "!", "…", "..."))
    if known_role(key):
        return not spoken and len(value.split()) <= 20
    return keys.count(key) == 1 and not spoken


def _last_of_header(
    lines: Sequence[Line], pairs: Sequence[tuple[str, str, int]], own: int, keys: Sequence[str]
) -> int:
    """Let the role lines that end the header's block belong to it."""
    last = own
    names = [plain(name) for name, _, _ in pairs]
    for n in range(own + 1, len(pairs)):
        index = pairs[n][2]
        before = lines[index - 1]
        touching = before.start + len(before.text) + 1 == lines[index].start
        sentence = pairs[n][1].rstrip().endswith(".") and len(pairs[n][1].split()) > 3
        named = keys.count(names[n]) == 1 and len(keys) >= len(pairs) + 4 and not sentence
        if named:
            last = n
            continue
        if not touching or sentence or names.count(names[n]) > 1:
            break
        last = n
    after = pairs[last][2] + 1
    closed = after >= len(lines) or lines[after - 1].start + len(lines[after - 1].text) + 1 < lines[after].start
    return last if closed else own


def _is_form(key: str) -> bool:
    """Tell a key that only a header has."""
    from pipeline.read.words import STOP

    return plain(key).split()[0] in STOP if plain(key) else False


def _labelled(text: str, lines: Sequence[Line], labels: Sequence[Label]) -> Found:
    """Cut at the labels."""
    ends = [label.line.start for label in labels[1:]] + [len(text)]
    pieces = [
        _piece(text, label.end, end, label.name, label.began, label.ended)
        for label, end in zip(labels, ends, strict=True)
    ]
    turns = _chained(tuple(turn for turn in pieces if turn.start < turn.end))
    doubts = _label_doubts(text, lines, labels)
    if len(set(voices([turn.speaker for turn in turns]))) == 1:
        split = (*_asked_before(text, lines, labels[0]), *_question_then_answer(text, turns))
        return Found("questions", split, tuple(turn.speaker for turn in split), doubts)
    return Found("labels", turns, voices([turn.speaker for turn in turns]), doubts)


def _chained(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Where stamps tell the ends alone (f4 writes them so), let each turn begin where the one before ended."""
    if any(turn.began is not None for turn in turns) or sum(turn.ended is not None for turn in turns) < 2:
        return turns
    ends = [None, *(turn.ended for turn in turns[:-1])]
    return tuple(replace(turn, began=end) for turn, end in zip(turns, ends, strict=True))


def voices(names: Sequence[str]) -> tuple[str, ...]:
    """Return which voice each label stands for: Q1, Q2, Q3… that number the questions are one voice, Q.

    >>> voices(["Q1", "R1", "Q2", "R2", "Q3", "R3"]), voices(["P1", "P2", "P1", "P2"])
    (('Q', 'R', 'Q', 'R', 'Q', 'R'), ('P1', 'P2', 'P1', 'P2'))
    """
    stems = [re.sub(r"[\s\u00a0\u202f]*\d+\W*$", "", name) for name in names]
    uses = Counter(stem for name, stem in zip(names, stems, strict=True) if stem != name)
    numbers = Counter(stem for name, stem in set(zip(names, stems, strict=True)) if stem != name)
    counting = {stem for stem, times in uses.items() if numbers[stem] >= 3 and times < 1.5 * numbers[stem]}
    return tuple(stem if stem in counting else name for name, stem in zip(names, stems, strict=True))


def _label_doubts(text: str, lines: Sequence[Line], labels: Sequence[Label]) -> tuple[str, ...]:
    """Say what was left out before the first label and what might be a label too."""
    doubts = []
    before = text[lines[0].start : labels[0].line.start] if lines else ""
    if len(before.split()) > 80:
        doubts.append(f"{len(before.split())} mots avant la première étiquette ne sont attribués à personne.")
    once = singles(lines, labels)
    if once:
        names = ", ".join(f"« {name} : »" for name in once[:5])
        doubts.append(f"Pris pour de la parole, mais ressemble à une étiquette : {names}.")
    return tuple(doubts)


def _piece(
    text: str, start: int, end: int, speaker: str, began: float | None = None, ended: float | None = None
) -> Turn:
    """Make a turn of the speech between two places, without blanks, closing stamps and marks around it."""
    end = _rstripped(text, start, end)
    while tail := _TAIL.search(text, max(start, end - _TAIL_REACH), end):  # one by one: no backtracking over many
        ended = seconds(tail["ended"]) if tail["ended"] and ended is None else ended
        end = _rstripped(text, start, tail.start())
    speech = text[start:end]
    if not speaker and (mark := _MARK.match(speech)):
        start, speech = start + mark.end(), speech[mark.end() :]
    start += len(speech) - len(speech.lstrip())
    return Turn(start, max(start, end), speaker, "other", began, ended)


def _rstripped(text: str, start: int, end: int) -> int:
    """Move ``end`` before the blanks that precede it."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _asked_before(text: str, lines: Sequence[Line], first: Label) -> tuple[Turn, ...]:
    """Where answers alone are announced, the paragraph before the first label is the first question."""
    before = [line for line in lines if line.start < first.line.start]
    if not before or not before[-1].text.rstrip(" \u00a0\u202f»*_").endswith("?"):
        return ()
    return (_piece(text, before[-1].start, first.line.start, ""),)


def _question_then_answer(text: str, turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Where one voice alone is announced, give its first paragraph to it and what follows to the other."""
    split: list[Turn] = []
    for turn in turns:
        cut = text.find("\n", turn.start, turn.end)
        if cut < 0:
            split.append(turn)
            continue
        split.append(_piece(text, turn.start, cut, turn.speaker, turn.began, None))
        split.append(_piece(text, cut, turn.end, "", None, turn.ended))
    return tuple(turn for turn in split if turn.start < turn.end)


def _dashed(text: str, body: Sequence[Line], dashes: Sequence[Line]) -> Found:
    """Cut at the dashes; questions alone may have one."""
    starts = [(line.start + match.end(), line.start) for line in dashes if (match := _DASH.match(line.text))]
    ends = [line for _, line in starts[1:]] + [len(text)]
    turns = tuple(_piece(text, start, end, "") for (start, _), end in zip(starts, ends, strict=True))
    turns = tuple(turn for turn in turns if turn.start < turn.end)
    split = [turn for turn in turns if "\n\n" in text[turn.start : turn.end]]
    asked = [turn for turn in split if text[turn.start : turn.end].split("\n")[0].rstrip().endswith("?")]
    if len(split) > 0.6 * len(turns) and len(asked) > 0.6 * len(split):
        pieces = _question_then_answer(text, [replace(turn, speaker="–") for turn in turns])
        groups = tuple(turn.speaker for turn in pieces)
        return Found("questions", tuple(replace(turn, speaker="") for turn in pieces), groups)
    return Found("dashes", turns, ("",) * len(turns))


def _paragraphs(text: str, body: Sequence[Line]) -> Found:
    """Take each block between blank lines (or each line, if none is blank) for a turn."""
    blocks = _blocks(text, body)
    while blocks and (_is_title(blocks[0][1]) or _is_key_of_signs(blocks[0][1])):
        blocks = blocks[1:]
    pieces = [
        _piece(text, start, start + len(block), "") for start, block in blocks if not _STAMP_LINE.match(block)
    ]
    turns = tuple(turn for turn in pieces if turn.start < turn.end)
    if not turns:
        return Found("nothing", (), ())
    groups = tuple(_style(text, turn) for turn in turns)
    styled = sum(group != "" for group in groups)
    if 2 <= styled <= 0.75 * len(groups):
        return Found("style", turns, groups)
    return Found("paragraphs", turns, ("",) * len(turns))


def _blocks(text: str, body: Sequence[Line]) -> list[tuple[int, str]]:
    """Join touching lines, if blank lines part the text at all."""
    blocks: list[tuple[int, int]] = []
    for line in body:
        end = line.start + len(line.text)
        if blocks and blocks[-1][1] + 1 == line.start:
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((line.start, end))
    if len(blocks) < 3 and len(body) >= 3:
        blocks = [(line.start, line.start + len(line.text)) for line in body]
    return [(start, text[start:end]) for start, end in blocks]


def _style(text: str, turn: Turn) -> str:
    """Tell paragraphs in capitals, italics or bold."""
    line_start = text.rfind("\n", 0, turn.start) + 1
    words = text[turn.start : turn.end]
    letters = [sign for sign in words if sign.isalpha()]
    if len(letters) >= 4 and sum(sign.isupper() for sign in letters) > 0.9 * len(letters):
        return "CAPITALES"
    line = text[line_start : text.find("\n", turn.end) if text.find("\n", turn.end) > 0 else len(text)]
    return "mise en forme" if _STYLE.match(line) else ""


def _is_title(block: str) -> bool:
    """Tell a title: short lines that no sign ends and that address nobody; rules under them too."""
    return all(
        not re.search(r"\w", line.replace("_", ""))
        or (len(line.split()) <= 12 and not _ENDS.search(line) and not _ADDRESSES.search(line))
        for line in block.split("\n")
    )


def _is_key_of_signs(block: str) -> bool:
    """Tell « [/ pause courte ; // pause longue] »."""
    inside = block.strip()
    return inside[:1] in ("[", "(") and inside[-1:] in ("]", ")") and ("," in inside or ";" in inside)
