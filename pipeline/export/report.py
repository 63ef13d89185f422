"""Results in, rapport.html out: one self-contained page in French; everything from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.agree import CodeAgreement, TwoByTwo
from pipeline.align import OVERLAP_RULE
from pipeline.colours import ink, safe
from pipeline.export.forest import forest
from pipeline.export.results import AgreementRow, Results
from pipeline.records import Coding, Explanation, Precedent, Transcript
from pipeline.spans import Piece, Span, cut
from pipeline.typography import clipped, counted, decimal, scored, shortened, simulated, spaced, whole


@dataclass(frozen=True, slots=True)
class Mark:
    """One code on one passage, by number: ``coder`` 0 is the machine; ``start`` and ``end`` bound the passage."""

    coder: int
    code: int
    start: int
    end: int
    score: float | None
    why: Explanation | None = None


def render_report(results: Results) -> str:
    """Return the page."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
    )
    colours = [safe(code.colour) for code in results.codebook.codes]
    environment.filters |= {
        "typo": spaced,
        "short": shortened,
        "clipped": clipped,
        "colour_of": colours.__getitem__,
    }
    shelf: dict[Precedent, int] = {}
    environment.filters["numbered"] = lambda one: shelf.setdefault(replace(one, likeness=0.0), len(shelf))
    coders = list(dict.fromkeys(coding.coder for coding in results.human))
    marks = _marks(results, coders)
    codes = [
        {"id": code.id, "label": code.label, "definition": code.definition, "dimension": dimension.label,
         "colour": safe(code.colour), "ink": ink(safe(code.colour))}
        for dimension in results.codebook.dimensions for code in dimension.codes
    ]  # fmt: skip
    counts = _counts(results, coders)
    labels = {code["id"]: code["label"] for code in codes}
    return environment.get_template("rapport.html.j2").render(
        r=results, codes=codes, coders=[f"Machine ({results.model})", *coders], counts=counts,
        talks=[(talk, _turns(talk, marks.get(talk.id, ()))) for talk in results.transcripts],
        tables=_tables(results.agreement, labels),
        units=list(dict.fromkeys(row.unit for row in results.agreement)),
        rule=OVERLAP_RULE, labels=labels,
        number=decimal, whole=whole, counted=counted, title=lambda piece: _title(piece, codes), stripes=stripes,
        precedents=lambda: [[clipped(one.quote), one.transcript, " et ".join(one.coders)] for one in shelf],
        divergence=results.divergence, divergence_note=results.divergence_note,
        simulated=simulated(results.source), learnt_simulated=simulated(results.model_source),
    )  # fmt: skip


def stripes(colours: Sequence[str]) -> str:
    """Return the style that underlines a stretch of text with one stripe a code.

    >>> stripes(["#0072b2"])
    'background:linear-gradient(#0072b2,#0072b2) 0 100%/100% 3px no-repeat;padding-bottom:4px'
    """
    layers = [
        f"linear-gradient({colour},{colour}) 0 {f'calc(100% - {4 * n}px)' if n else '100%'}/100% 3px no-repeat"
        for n, colour in enumerate(colours)
    ]
    return f"background:{','.join(layers)};padding-bottom:{4 * len(colours)}px" if layers else ""


@dataclass(frozen=True, slots=True)
class Table:
    """One pair of coders: for each code, one line of agreement a unit; ``means`` of the kappas defined."""

    pair: tuple[str, str]
    rows: list[tuple[str, list[AgreementRow]]]
    means: list[float | None]
    forest: Any


def _tables(agreement: Sequence[AgreementRow], labels: Mapping[str, str]) -> list[Table]:
    """Lay the units of one pair side by side, with its forest plot."""
    from markupsafe import Markup

    tables = []
    for pair in dict.fromkeys(row.coders for row in agreement):
        mine = [row for row in agreement if row.coders == pair]
        units = [[row for row in mine if row.unit == unit] for unit in dict.fromkeys(row.unit for row in mine)]
        known = [[row.kappa for row in rows if row.kappa is not None] for rows in units]
        means = [sum(kappas) / len(kappas) if kappas else None for kappas in known]
        rows = [(lines[0].code, list(lines)) for lines in zip(*units, strict=True)]
        lines = [_line(row) for row in units[0]]
        drawn = Markup(forest(lines, labels, bar=None, title=f"κ de {' et '.join(pair)}, code par code"))
        tables.append(Table(pair, rows, means, drawn))
    return tables


def _line(row: AgreementRow) -> CodeAgreement:
    """Give a row the shape that the forest plot reads."""
    table = TwoByTwo(*row.counts)
    return CodeAgreement(row.code, row.coders, row.unit, table, row.corpus, row.transfer, row.note)


def _marks(results: Results, coders: Sequence[str]) -> dict[str, list[Span[Mark]]]:
    """Give coders and codes their numbers, and group the passages by transcript."""
    number = {code: n for n, code in enumerate(results.codebook.ids)}
    seat = {coder: n for n, coder in enumerate(coders, 1)}
    marks: dict[str, list[Span[Mark]]] = {}
    for coding in (*results.codings, *results.human):
        for code in sorted(coding.codes & number.keys(), key=number.__getitem__):
            score, place = (coding.scores or {}).get(code), seat.get(coding.coder, 0)
            why = None if place else results.explanations.get((coding.transcript, coding.start, code))
            mark = Mark(place, number[code], coding.start, coding.end, score, why)
            marks.setdefault(coding.transcript, []).append(Span(coding.start, coding.end, mark))
    return marks


def _counts(results: Results, coders: Sequence[str]) -> dict[str, list[int]]:
    """Count the passages of each code, machine first, then each coder."""

    def count(codings: Sequence[Coding], code: str) -> int:
        return sum(code in coding.codes for coding in codings)

    by_coder = [results.codings, *([c for c in results.human if c.coder == one] for one in coders)]
    return {code: [count(codings, code) for codings in by_coder] for code in results.codebook.ids}


def _turns(
    transcript: Transcript, spans: Sequence[Span[Mark]]
) -> list[tuple[str, str, list[tuple[Piece[Mark], list[Mark]]]]]:
    """Cut each turn at every passage: (speaker, role, pieces), each with the marks whose passage ends on it."""
    turns: list[tuple[str, str, list[tuple[Piece[Mark], list[Mark]]]]] = []
    for turn in transcript.turns:
        here = [span for span in spans if span.start < turn.end and span.end > turn.start]
        pieces = cut(transcript.text[turn.start : turn.end], here, at=turn.start)
        ends = [[m for m in piece.held if m.end == piece.end or _last(m, piece, turn.end)] for piece in pieces]
        turns.append((turn.speaker, turn.role, list(zip(pieces, ends, strict=True))))
    return turns


def _last(mark: Mark, piece: Piece[Mark], end: int) -> bool:
    """Tell whether a passage goes on beyond the turn: its chip then closes the turn."""
    return piece.end == end and mark.end > end


def _title(piece: Piece[Mark], codes: Sequence[dict[str, str]]) -> str:
    """Say what the machine retained of a piece, for those who hover without scripts."""
    return " ; ".join(scored(codes[mark.code]["label"], mark.score) for mark in piece.held if mark.coder == 0)
