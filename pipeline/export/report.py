"""Results in, rapport.html out: one self-contained page in French; everything from outside is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.export.results import Results
from pipeline.records import Coding, Segment, Transcript


def render_report(results: Results) -> str:
    """Return the page."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((Path(__file__).parent / "rapport.html.j2").read_text(encoding="utf-8"))
    said = {(c.transcript, c.start, c.end): c for c in results.codings}
    counts = {code: sum(code in c.codes for c in results.codings) for code in results.codebook.ids}
    return template.render(
        r=results, counts=counts, most=max([1, *counts.values()]), number=_number,
        talks=[(t, _turns(t, results.segments, said)) for t in results.transcripts],
        colours={code.id: code.colour for code in results.codebook.codes},
    )  # fmt: skip


def _turns(
    transcript: Transcript,
    segments: tuple[Segment, ...],
    said: Mapping[tuple[str, int, int], Coding],
) -> list[tuple[str, str, list[tuple[str, list[tuple[str, str]]]]]]:
    """Cut each turn into (text, codes with scores), as (speaker, role, pieces)."""
    mine = [segment for segment in segments if segment.transcript.id == transcript.id]
    turns: list[tuple[str, str, list[tuple[str, list[tuple[str, str]]]]]] = []
    for turn in transcript.turns:
        pieces: list[tuple[str, list[tuple[str, str]]]] = []
        at = turn.start
        for segment in (s for s in mine if s.turn is turn):
            coding = said.get((transcript.id, segment.start, segment.end))
            scores = (coding.scores or {}) if coding else {}
            codes = [(c, _number(scores.get(c))) for c in sorted(coding.codes)] if coding else []
            pieces += [(transcript.text[at : segment.start], []), (segment.text, codes)]
            at = segment.end
        pieces.append((transcript.text[at : turn.end], []))
        turns.append((turn.speaker, turn.role, pieces))
    return turns


def _number(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> _number(0.5), _number(None)
    ('0,50', 'non défini')
    """
    return "non défini" if value is None else f"{value:.2f}".replace(".", ",")
