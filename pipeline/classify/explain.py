"""A machine's codings in, what a reader needs to believe or doubt them out: words that weighed, precedents.

Words are found by occlusion (Zeiler & Fergus 2014; on text, Li, Monroe & Jurafsky 2016): a word weighs what the
score loses without it. Only the part of the score that reads words is asked, which is exact and costs little; the
vectors and the trained layers, which read meaning, are shown by the passages they find alike instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.classify.context import Passages
from pipeline.classify.contextual import Contextual
from pipeline.classify.model import Classifier
from pipeline.classify.ridge import Ridge
from pipeline.records import Explanation, Precedent, Segment

WORDS, PRECEDENTS = 3, 3
SHORTEST = 3  # letters: shorter words are grammar
_LEAST = 0.02  # on the logit scale; less is noise
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_AT_ONCE = 20_000  # texts with a word hidden, scored together


@dataclass(frozen=True, slots=True)
class Library:
    """Human-coded passages to look for precedents in.

    ``segments`` are M; ``vectors`` (M, D) their unit rows; ``marks`` what each coder said of them.
    """

    segments: Sequence[Segment]
    vectors: NDArray[np.float32]
    marks: Mapping[str, Marks]

    @classmethod
    def of(cls, segments: Sequence[Segment], passages: Passages, marks: Mapping[str, Marks]) -> Library:
        """Read passages as precedents: a segment among its neighbours."""
        return cls(segments, likeness_rows(passages), marks)


def likeness_rows(passages: Passages) -> NDArray[np.float32]:
    """Return the unit rows (N, D) by which passages are found alike: a short one says little by itself."""
    width = passages.vectors.shape[1] // 3
    rows = 0.5 * passages.vectors[:, :width] + passages.vectors[:, width : 2 * width]
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def explain(
    classifier: Classifier,
    passages: Passages,
    segments: Sequence[Segment],
    retained: NDArray[np.bool_],
    codes: Sequence[str],
    library: Library | None,
) -> dict[tuple[str, int, str], Explanation]:
    """Explain every code ``retained`` (N, C) on N passages; keys are (transcript, start, code).

    Precedents come from ``library``, never from the interview explained; none without it.
    """
    words = heavy_words(classifier, passages, retained)
    near = _precedents(passages, segments, retained, library) if library else {}
    return {
        (segments[i].transcript.id, segments[i].start, codes[c]): Explanation(
            words.get((i, c), ()), near.get((i, c), ())
        )
        for i, c in np.argwhere(retained).tolist()
    }


def heavy_words(
    classifier: Classifier, passages: Passages, retained: NDArray[np.bool_]
) -> dict[tuple[int, int], tuple[str, ...]]:
    """Return, for each passage and code retained, the words of the passage that weighed most, heaviest first."""
    parts = _lexical(classifier)
    rows = np.flatnonzero(retained.any(axis=1)) if parts else np.zeros(0, np.int64)
    hidden: list[tuple[int, str, str]] = []
    for i in rows.tolist():
        text = passages.own[i]
        spots = {spot.group(): spot for spot in _WORD.finditer(text) if len(spot.group()) >= SHORTEST}
        hidden += [(i, word, f"{text[: at.start()]} {text[at.end() :]}") for word, at in spots.items()]
    weights: dict[tuple[int, int], list[tuple[float, str]]] = {}
    if not hidden:
        return {}
    whole = dict(zip(rows.tolist(), _scores(parts, [passages.own[i] for i in rows]), strict=True))
    for start in range(0, len(hidden), _AT_ONCE):
        part = hidden[start : start + _AT_ONCE]
        for (i, word, _), score in zip(part, _scores(parts, [text for _, _, text in part]), strict=True):
            for c in np.flatnonzero(retained[i]).tolist():
                weights.setdefault((i, c), []).append((float(whole[i][c] - score[c]), word))
    return {
        place: tuple(
            word for weight, word in sorted(found, key=lambda one: (-one[0], one[1]))[:WORDS] if weight > _LEAST
        )
        for place, found in weights.items()
    }


def _lexical(classifier: Classifier) -> list[tuple[NDArray[np.float32], Ridge]]:
    """Return the parts of a classifier that read words, each with its weight by code."""
    if isinstance(classifier, Ridge):
        return [(np.ones(len(classifier.bias), np.float32), classifier)]
    if not isinstance(classifier, Contextual):
        return []
    parts = [(classifier.trust, classifier.learnt), ((1 - classifier.trust) * classifier.scale, classifier.stated)]
    return [(weight, part) for weight, part in parts if part is not None]


def _scores(parts: Sequence[tuple[NDArray[np.float32], Ridge]], texts: Sequence[str]) -> NDArray[np.float64]:
    """Score texts by their own words alone, (T, C)."""
    return np.asarray(sum(weight * part.word_logits(texts) for weight, part in parts))


def _precedents(
    passages: Passages, segments: Sequence[Segment], retained: NDArray[np.bool_], library: Library
) -> dict[tuple[int, int], tuple[Precedent, ...]]:
    """Find, for each code retained, the nearest passages that a human gave it, in other interviews."""
    rows = likeness_rows(passages)
    origin = np.array([segment.transcript.sha256 or segment.transcript.id for segment in library.segments])
    found: dict[tuple[int, int], tuple[Precedent, ...]] = {}
    for c in range(retained.shape[1]):
        given = np.logical_or.reduce([mark.labels[:, c] & mark.seen for mark in library.marks.values()])
        known, asked = np.flatnonzero(given), np.flatnonzero(retained[:, c])
        if not len(known) or not len(asked):
            continue
        alike = rows[asked] @ library.vectors[known].T
        for place, i in enumerate(asked.tolist()):
            own = segments[i].transcript.sha256 or segments[i].transcript.id
            order = np.argsort(-np.where(origin[known] == own, -2.0, alike[place]), kind="stable")[:PRECEDENTS]
            found[i, c] = tuple(
                Precedent(
                    library.segments[known[k]].transcript.id, library.segments[known[k]].text,
                    tuple(one for one, mark in library.marks.items() if mark.labels[known[k], c]),
                    round(float(alike[place, k]), 4),
                )
                for k in order if origin[known[k]] != own
            )  # fmt: skip
    return found
