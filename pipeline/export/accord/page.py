"""An agreement report in, two self-contained pages out: the figures, and the passages to discuss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pipeline.agree import SEVERAL, CodeAgreement, figure
from pipeline.agree.disagreements import Disagreement
from pipeline.agree.pairs import Pair, Summary
from pipeline.agree.scales import KRIPPENDORFF, LANDIS_KOCH, against, krippendorff, landis_koch
from pipeline.align import OVERLAP_RULE
from pipeline.colours import ink, safe
from pipeline.export.accord.prose import methods
from pipeline.export.accord.results import AccordResults
from pipeline.export.forest import forest
from pipeline.export.report import stripes
from pipeline.records import Coding
from pipeline.spans import Piece, Span, cut
from pipeline.typography import counted, decimal, shortened, simulated, spaced, whole

AROUND = 220  # characters of context on either side of a passage
SHOWN = 60  # passages a code on the page; the sheet has them all
DETAILS = ("alpha", "pi", "ac1", "pabak", "positive", "negative", "prevalence", "bias", "kappa_max")


@dataclass(frozen=True, slots=True)
class PairSection:
    """One pair of coders as the page shows it: by segment, by character (κ alone), the figure, the summary."""

    pair: Pair
    lines: tuple[CodeAgreement, ...]
    characters: Mapping[str, float | None]
    summary: Summary
    forest: Any


@dataclass(frozen=True, slots=True)
class Side:
    """What one coder did of a passage: the text around it, in pieces that say which codes hold there."""

    coder: str
    codes: tuple[str, ...]
    pieces: tuple[Piece[str], ...]
    read: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """One passage of the page to discuss, its sides in the order of the coders."""

    line: Disagreement
    sides: tuple[Side, ...]


def accord_page(results: AccordResults) -> str:
    """Return accord.html."""
    accord = results.accord
    labels = {code.id: code.label for code in accord.codebook.codes}
    return str(_environment(results).get_template("accord.html.j2").render(
        r=results, accord=accord, seen=accord.coverage, labels=labels, pairs=_pairs(results, labels),
        details=DETAILS, several=SEVERAL if accord.several and len(accord.several[0].coders) > 2 else {},
        dimensions={one.id: one.label for one in accord.codebook.dimensions},
        french=methods(results, "fr"), english=methods(results, "en"),
        landis_koch=landis_koch, krippendorff=krippendorff, against=against, words=(LANDIS_KOCH, KRIPPENDORFF),
        rule=OVERLAP_RULE,
    ))  # fmt: skip


def discussion_page(results: AccordResults) -> str:
    """Return desaccords.html: by code, the passages where coders differ, side by side in context."""
    accord = results.accord
    codings: dict[tuple[str, str], list[Coding]] = {}
    for coding in results.codings:
        codings.setdefault((coding.transcript, coding.coder), []).append(coding)
    texts = {talk.id: talk.text for talk in results.transcripts}
    coders = [coder for coder in (*accord.humans, accord.machine) if coder]
    groups = []
    for code, members in groupby(accord.disagreements, key=lambda line: line.code):
        lines = list(members)
        disputes = [_dispute(line, coders, codings, texts[line.transcript]) for line in lines[:SHOWN]]
        groups.append((code, len(lines), disputes))
    labels = {code.id: code.label for code in accord.codebook.codes}
    return str(_environment(results).get_template("desaccords.html.j2").render(
        r=results, accord=accord, labels=labels, groups=groups, shown=SHOWN,
        judges=accord.several[0].coders if accord.several else coders,
    ))  # fmt: skip


def _environment(results: AccordResults) -> Any:
    """Return the templates' environment: everything that is put in is escaped."""
    import jinja2

    here = Path(__file__).parent
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, loader=jinja2.FileSystemLoader([here, here.parent])
    )
    colours = {code.id: safe(code.colour) for code in results.accord.codebook.codes}
    environment.filters |= {"typo": spaced, "short": shortened}
    environment.globals |= {
        "number": decimal, "whole": whole, "counted": counted, "figure": figure, "range": interval,
        "signed": signed, "percent": percent, "simulated": simulated(results.source),
        "paint": lambda code: f"background:{colours[code]};color:{ink(colours[code])}",
        "lines_of": lambda codes: stripes([colours[code] for code in codes]),
    }  # fmt: skip
    return environment


def _pairs(results: AccordResults, labels: Mapping[str, str]) -> list[PairSection]:
    """Gather what is to be shown of each pair."""
    from markupsafe import Markup

    accord = results.accord
    found = []
    for summary in accord.summaries:
        lines = tuple(line for line in accord.pairs if line.coders == summary.coders)
        letters = {line.code: line.table.kappa for line in accord.characters if line.coders == summary.coders}
        title = f"κ de {' et '.join(summary.coders)}, code par code"
        figure_ = Markup(forest(lines, labels, bar=accord.bar, title=title))
        found.append(PairSection(summary.coders, lines, letters, summary, figure_))
    return found


def _dispute(
    line: Disagreement, coders: Sequence[str], codings: Mapping[tuple[str, str], Sequence[Coding]], text: str
) -> Dispute:
    """Lay one passage out, a side a coder."""
    first, last = max(0, line.start - AROUND), min(len(text), line.end + AROUND)
    while first > 0 and first < line.start and not text[first - 1].isspace():
        first += 1
    while last < len(text) and last > line.end and not text[last].isspace():
        last -= 1
    said = dict(line.sides)
    sides = []
    for coder in coders:
        spans = [
            Span(one.start, one.end, code)
            for one in codings.get((line.transcript, coder), ()) for code in sorted(one.codes)
        ]  # fmt: skip
        spans.append(Span(line.start, line.end, ""))
        pieces = tuple(cut(text[first:last], spans, at=first))
        sides.append(Side(coder, tuple(sorted(said.get(coder, ()))), pieces, coder in said))
    return Dispute(line, tuple(sides))


def interval(ends: tuple[float, float] | None) -> str:
    r"""Write an interval the French way.

    >>> interval((0.5, 0.75)), interval(None)
    ('[0,50\u202f; 0,75]', '–')
    """
    return "–" if ends is None else f"[{decimal(ends[0])}\u202f; {decimal(ends[1])}]"


def signed(value: float | None) -> str:
    """Write a difference with its sign.

    >>> signed(0.125), signed(-0.5), signed(None)
    ('+0,12', '−0,50', 'non défini')
    """
    return decimal(value) if value is None or value < 0 else f"+{decimal(value)}"


def percent(share: float | None) -> str:
    r"""Write a share.

    >>> percent(0.123), percent(None)
    ('12\u202f%', '–')
    """
    return "–" if share is None else f"{share:.0%}".replace("%", "\u202f%")
