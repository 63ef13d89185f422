"""Results in, CSV out: the exchange format of codings, and a table of segments for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from pipeline.export.results import Results


def codings_csv(results: Results) -> str:
    """Return the exchange format: one row a code; an empty code means read, nothing applies."""
    texts = {transcript.id: transcript.text for transcript in results.transcripts}
    rows = []
    for coding in results.codings:
        quote = texts[coding.transcript][coding.start : coding.end]
        place = [coding.transcript, coding.start, coding.end, coding.coder]
        for code in sorted(coding.codes, key=results.codebook.ids.index) or [""]:
            dimension = results.codebook.dimension_of(code).id if code else ""
            score = f"{coding.scores[code]:.4f}" if coding.scores and code else ""
            rows.append([*place, dimension, code, quote, score, coding.note])
    head = ["transcript", "start", "end", "coder", "dimension", "code", "quote", "score", "note"]
    return _csv(head, rows)


def segments_csv(results: Results) -> str:
    """Return one row a segment: where, who, the words, the retained codes and the score of every code."""
    codes = results.codebook.ids
    said = {(c.transcript, c.start, c.end): c for c in results.codings}
    rows = []
    for segment in results.segments:
        coding = said.get((segment.transcript.id, segment.start, segment.end))
        scores = coding.scores if coding and coding.scores else {}
        retained = [code for code in codes if coding and code in coding.codes]
        rows.append(
            [
                segment.transcript.id, segment.start, segment.end, _inert(segment.turn.speaker),
                _inert(segment.text), " ".join(retained),
                *(f"{scores[code]:.4f}" if code in scores else "" for code in codes),
            ]
        )  # fmt: skip
    return _csv(["transcript", "start", "end", "speaker", "text", "codes", *codes], rows)


def _inert(text: str) -> str:
    """Keep a spreadsheet from taking speech for a formula.

    >>> _inert("=1+1"), _inert("Oui")
    ("'=1+1", 'Oui')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write rows as CSV with LF line ends."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()
