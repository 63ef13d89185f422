"""A study's segments and codings in, everything there is to say about agreement out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from pipeline.agree.disagreements import Confusion, Disagreement, confusions, disagreements
from pipeline.agree.gamma import GammaLine
from pipeline.agree.intervals import LEVEL
from pipeline.agree.pairs import CodeAgreement, Pair, Summary, Versus, agree_on, summarise, versus
from pipeline.agree.passages import Merging, SpanLine, on_passages, overlapping
from pipeline.agree.pieces import by_character
from pipeline.agree.reading import NOBODY, Lists, Reading, by_segment
from pipeline.agree.together import DimensionAlpha, Several, on_codes, on_dimensions
from pipeline.codebook import Codebook
from pipeline.records import Coding, Segment

CONSENSUS = "consensus"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was read, in segments: ``by_coder``, by one human or more (``once``), by two or more (``twice``)."""

    segments: int
    interviews: int
    by_coder: Mapping[str, int]
    once: int
    twice: int
    twice_interviews: int
    common_characters: int

    @property
    def share(self) -> float | None:
        """The share of what a human read that two read or more."""
        return self.twice / self.once if self.once else None


@dataclass(frozen=True, slots=True)
class Accord:
    """The whole report. ``pairs`` are by segment, ``characters`` by character; ``bar`` was fixed beforehand.

    ``lists`` are, by coder, the places of the worklist that they read; ``seed`` that of the corpus intervals.
    """

    codebook: Codebook
    humans: tuple[str, ...]
    machine: str
    coverage: Coverage
    pairs: tuple[CodeAgreement, ...]
    characters: tuple[CodeAgreement, ...]
    summaries: tuple[Summary, ...]
    several: tuple[Several, ...]
    dimensions: tuple[DimensionAlpha, ...]
    spans: tuple[SpanLine, ...]
    versus: tuple[Versus, ...]
    confusions: tuple[Confusion, ...]
    disagreements: tuple[Disagreement, ...]
    mergings: tuple[Merging, ...]
    lists: Lists = field(default_factory=dict)
    gammas: tuple[GammaLine, ...] = ()
    bar: float | None = None
    level: float = LEVEL
    seed: int = 0


def accord(
    segments: Sequence[Segment],
    codings: Sequence[Coding],
    *,
    codebook: Codebook,
    humans: Sequence[str],
    machine: str = "",
    lists: Lists = NOBODY,
    bar: float | None = None,
    seed: int = 0,
) -> Accord:
    """Compare humans with each other, and the machine, if there is one, with each of them.

    With a machine, a coder named CONSENSUS is compared with it alone: its makers agree with it by construction.
    Segments of one interview stand together.
    """
    coders = (*humans, machine) if machine else tuple(humans)
    makers = tuple(coder for coder in humans if not machine or coder != CONSENSUS)
    pairs = _pairs(humans, makers, machine)
    reading = by_segment(segments, codings, coders=coders, codes=codebook.ids, lists=lists)
    letters = by_character(segments, codings, coders=coders, codes=codebook.ids, lists=lists)
    judges = makers if len(makers) > 1 else coders
    between = reading.of(judges)
    return Accord(
        codebook, tuple(humans), machine, _coverage(reading, letters.of(judges), makers or coders),
        agree_on(reading, pairs=pairs, seed=seed), agree_on(letters, pairs=pairs, intervals=False),
        summarise(reading, pairs=pairs), on_codes(between), on_dimensions(between, codebook),
        on_passages(letters.of(judges), codings, codebook),
        versus(reading, machine, makers) if machine else (),
        confusions(reading, codebook, pairs=pairs), disagreements(reading, segments, judges=judges),
        overlapping(codings, coders), lists, (), bar, LEVEL, seed,
    )  # fmt: skip


def _pairs(humans: Sequence[str], makers: Sequence[str], machine: str) -> list[Pair]:
    """Return who is compared with whom: humans first, then the machine with each."""
    return [*combinations(makers, 2), *((human, machine) for human in humans if machine)]


def _coverage(reading: Reading, common: Reading, makers: Sequence[str]) -> Coverage:
    """Count what was read."""
    seen = reading.of(makers).seen.sum(axis=0)
    by_coder = {coder: int(reading.seen[n].sum()) for n, coder in enumerate(reading.coders)}
    twice = seen > 1
    return Coverage(
        len(seen), len(reading.interviews), by_coder, int((seen > 0).sum()), int(twice.sum()),
        len(set(reading.group[twice].tolist())), int(common.weights[common.seen.all(axis=0)].sum()),
    )  # fmt: skip
