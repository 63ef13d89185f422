"""The labels that announce a speaker at the start of a line, in the shapes that transcribers use."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.read.clock import STAMP, TIME, span
from pipeline.read.words import STOP, known_role, near

_NAME = r"(?P<name>[^\W_](?:[^\n\t:\[\]<>{}()?!;«»\"“”#*|,…]|(?<=\d),){0,38}?)"
_PAREN = r"(?P<paren>\s*\((?!\s*\d)[^()\n]{1,40}\))?"
_LEAD = r"[ \t\u00a0\u202f]*(?:\d{1,4}(?:[.)\t]|[ ]{1,4})\s*)?(?:[-–—•>|]\s*)?(?:\#{1,4}\s)?(?:<[bi]>)?[*_]{0,3}"
_BEFORE = rf"(?P<before>{STAMP})?\s*[-–—]?\s*[*_]{{0,3}}"
_AFTER = rf"(?P<after>\s*[,–—-]?\s*{STAMP})"
_B = r"[ \u00a0\u202f]*"
# Shape -> how it looks; tried in this order on each line. To accept another shape, add it here.
SHAPES: dict[str, re.Pattern[str]] = {
    "bracket": re.compile(
        rf"{_LEAD}(?P<before>{STAMP})?\s*[\[<{{]\s*(?P<name>[^\W\d_][^\n:\[\]<>{{}}?!]{{0,60}}?)\s*(?P<inner>{TIME})?"
        rf"\s*[\]>}}]{_AFTER}?{_B}[*_]{{0,3}}{_B}[:–—-]?{_B}[*_]{{0,3}}{_B}"
    ),
    "colon": re.compile(
        rf"{_LEAD}{_BEFORE}{_NAME}{_PAREN}{_AFTER}?\s*[*_]{{0,3}}{_B}[:：](?!//)(?!\d){_B}(?:</[bi]>)?[*_]{{0,3}}{_B}"
    ),
    "stamped": re.compile(
        rf"{_LEAD}(?:{_NAME}{_PAREN}(?P<after>\s*,?\s*[\[(#<]?{TIME}(?:\s*[-–—>]+\s*{TIME})?[\])#>]?){_B}(?:[*_]{{0,3}}){_B}"
        rf"|(?P<before>{STAMP})\s*[-–—|]?\s*(?P<name2>[^\W\d_][^\n\t:.?!,;…]{{0,38}}?)(?:\t|{_B}$))"
    ),
    "tab": re.compile(rf"{_LEAD}{_BEFORE}{_NAME}{_PAREN}{_B}\t\s*"),
    "dot": re.compile(
        rf"{_LEAD}{_BEFORE}(?P<name>[A-Z]{{1,2}}\d{{0,3}}|[Ee]nq|[Ii]nt|[Rr][eé]p){_B}[.)/]{_B}[-–—]?\s+"
    ),
    "dash": re.compile(rf"{_LEAD}{_BEFORE}{_NAME}{_PAREN}{_B}\.?{_B}(?:[–—]|(?<=\s)-(?=\s))\s*"),
    "alone": re.compile(rf"{_LEAD}{_NAME}{_PAREN}{_B}[*_]{{0,3}}{_B}$"),
}
_REACH = 120  # signs of a line where its label may stand; bounds the time that odd lines may take


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text that is not blank, and where it stands."""

    start: int
    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """A line that seems to announce a speaker; the speech starts at ``end``."""

    line: Line
    shape: str
    name: str
    end: int
    began: float | None
    ended: float | None

    @property
    def key(self) -> str:
        """The name without accents, case, blanks and final dots."""
        return plain(self.name)


def plain(name: str) -> str:
    """Drop what transcribers vary without meaning it.

    >>> plain("K. B."), plain("ENQUÊTRICE "), plain("Q.")
    ('kb', 'enquetrice', 'q')
    """
    split = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(sign for sign in split if not unicodedata.combining(sign))
    return re.sub(r"[^\w()]+", " " if re.search(r"\w{3}", bare) else "", bare).strip()


def lines_of(text: str) -> list[Line]:
    r"""Return the lines that are not blank.

    >>> [(line.start, line.text) for line in lines_of("a\n\n b")]
    [(0, 'a'), (3, ' b')]
    """
    found, place = [], 0
    for line in text.split("\n"):
        if line.strip():
            found.append(Line(place, line))
        place += len(line) + 1
    return found


def find_labels(lines: Sequence[Line]) -> list[Label]:
    """Keep the labels of the shape that explains the text best, and those like them in other shapes."""
    candidates = {shape: _candidates(lines, shape) for shape in SHAPES}
    accepted = {shape: _accepted(found, len(lines)) for shape, found in candidates.items()}
    best = max(SHAPES, key=lambda shape: _worth(candidates[shape], accepted[shape]))
    if _worth(candidates[best], accepted[best]) == 0:
        return []
    keys = accepted[best]
    chosen: dict[int, Label] = {}
    for shape in sorted(SHAPES, key=lambda name: name != best):
        for label in candidates[shape]:
            same = keys.get(label.key)
            if same is None and shape == best == "bracket" and label.began is not None:
                same = label.name
            if same is not None and label.line.start not in chosen and (shape == best or shape != "alone"):
                chosen[label.line.start] = _renamed(label, same)
    return [chosen[start] for start in sorted(chosen)]


def _candidates(lines: Sequence[Line], shape: str) -> list[Label]:
    """Read every line in one shape."""
    found = []
    for line in lines:
        text, indent = line.text.strip(), len(line.text) - len(line.text.lstrip())
        match = SHAPES[shape].match(text, 0, _REACH)
        if match is None:
            continue
        groups = match.groupdict()
        name = (groups.get("name") or groups.get("name2") or "").strip(" \u00a0\u202f*_.-–—")
        if shape == "stamped" and "name2" in groups and match["name2"] is None and match.end() < len(text):
            if known_role(plain(name)) == "" and not re.search(r"[\])#>]\s*[*_]*\s*$", match[0]):
                continue
        if not _plausible(name, shape):
            continue
        stamp = groups.get("after") or groups.get("inner") or groups.get("before")
        began, ended = span(stamp)
        written = (name + (groups.get("paren") or "")).strip()
        if _initials_dot(text, name):
            written = f"{name}."
        found.append(Label(line, shape, written, line.start + indent + match.end(), began, ended))
    return found


def _initials_dot(text: str, name: str) -> bool:
    """Tell whether the label was written with a final dot that belongs to it: "K. B." or "Enq."."""
    return f"{name}." in text[: len(name) + 16]


def _plausible(name: str, shape: str) -> bool:
    """Tell whether ``name`` may name a speaker at all."""
    key = plain(name)
    words = name.split()
    if not key or not any(sign.isalpha() for sign in name):
        return False
    if len(key) == 1 and name[0].isupper():
        return shape != "dash"  # « D : » may name a speaker, though « d » is also an elided word
    if key in STOP:
        return False
    if known_role(key):
        return shape != "dash" or name[0].isupper() or len(words) == 1
    if key.split()[0] in STOP or len(words) > (6 if shape == "bracket" else 4):
        return False
    if shape in ("bracket", "dash", "alone", "stamped", "tab", "colon") and not (
        name[0].isupper() or name[0].isdigit()
    ):
        return shape == "colon" and len(words) == 1
    return shape not in ("dash", "alone") or (len(words) <= 3 and len(name) <= 25)


def _accepted(found: Sequence[Label], lines: int) -> dict[str, str]:
    """Return, for each key that names a speaker, the label as most often written."""
    counts = Counter(label.key for label in found)
    shape = found[0].shape if found else ""
    least = 3 if shape in ("alone", "dash") else 2
    every = len(found) >= 2 and len(found) >= 0.8 * lines and shape in ("colon", "bracket", "tab")
    stems = Counter(label.key.rstrip("0123456789") for label in found)
    keys = {
        key for key, count in counts.items()
        if count >= least or every or (_numbered(key, stems) if shape == "dot" else known_role(key))
    }  # fmt: skip
    names: dict[str, Counter[str]] = {}
    for label in found:
        names.setdefault(label.key, Counter())[label.name] += 1
    written: dict[str, str] = {}
    for key in sorted(keys, key=lambda name: (-counts[name], name)):
        twin = next((other for other in written if counts[key] <= counts[other] / 4 and near(key, other)), None)
        written[key] = written[twin] if twin else names[key].most_common(1)[0][0]
    for key in counts.keys() - keys:
        twin = next((other for other in written if near(key, other)), None)
        if twin:
            written[key] = written[twin]
    return written


def _numbered(key: str, stems: Counter[str]) -> bool:
    """Tell Q1, Q2, Q3… (each met once) from a lone capital before a dot."""
    stem = key.rstrip("0123456789")
    return stem != key and stems[stem] >= 2


def _worth(found: Sequence[Label], accepted: dict[str, str]) -> float:
    """Count the turns a shape would give; one voice alone is worth half, dashes and lone lines a little less."""
    starts = [label for label in found if label.key in accepted]
    if len(starts) < 2:
        return 0.0
    voices = {accepted[label.key] for label in starts}
    known = any(known_role(label.key) for label in starts)
    if len(voices) < 2 and not known:
        return 0.0
    weight = {"alone": 0.7, "dash": 0.8, "dot": 0.9, "tab": 0.9}.get(starts[0].shape, 1.0)
    return len(starts) * weight * (1.0 if len(voices) > 1 else 0.5)


def _renamed(label: Label, name: str) -> Label:
    """Spell the label as its mates are spelt."""
    return Label(label.line, label.shape, name, label.end, label.began, label.ended)


def singles(lines: Iterable[Line], labels: Sequence[Label]) -> list[str]:
    """List what looks like a label of the same shape, met once, and was taken for speech."""
    shape = Counter(label.shape for label in labels).most_common(1)[0][0] if labels else ""
    if shape != "colon":
        return []
    used = {label.line.start for label in labels}
    first = labels[0].line.start
    rest = [line for line in lines if line.start > first and line.start not in used]
    names = [label.name for label in _candidates(rest, shape) if label.name[0].isupper()]
    return [name for name in dict.fromkeys(names) if len(name.split()) <= 2]
