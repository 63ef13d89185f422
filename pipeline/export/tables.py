"""Results in, CSV out: the exchange format of codings, and a table of segments for a spreadsheet."""

from __future__ import annotations

from pipeline.export.results import Results
from pipeline.records import Coding, Explanation
from pipeline.write import csv_text


def codings_csv(results: Results) -> str:
    """Return the exchange format: one row a code; an empty code means read, nothing applies.

    With ``results.explain``, three columns more: "ask" (1 where a human should decide), "words", "precedents".
    """
    texts = {transcript.id: transcript.text for transcript in results.transcripts}
    rows = []
    for coding in results.codings:
        quote = texts[coding.transcript][coding.start : coding.end]
        place = [coding.transcript, coding.start, coding.end, coding.coder]
        for code in sorted(coding.codes, key=results.codebook.ids.index) or [""]:
            dimension = results.codebook.dimension_of(code).id if code else ""
            score = f"{coding.scores[code]:.4f}" if coding.scores and code else ""
            more = _why(results, coding, code) if results.explain else []
            rows.append([*place, dimension, code, quote, score, coding.note, *more])
    head = ["transcript", "start", "end", "coder", "dimension", "code", "quote", "score", "note"]
    return csv_text([*head, "ask", "words", "precedents"] if results.explain else head, rows)


def _why(results: Results, coding: Coding, code: str) -> list[str]:
    """Return whether a human should decide, the words that weighed, and the nearest human-coded passages."""
    found = results.explanations.get((coding.transcript, coding.start, code), Explanation())
    asks = results.asks(code, (coding.scores or {}).get(code))
    near = " | ".join(f"{one.transcript} : {one.quote}" for one in found.precedents)
    return ["1" if asks else "", " ".join(found.words), inert(near)]


def segments_csv(results: Results) -> str:
    """Return one row a segment: where, who, the words, the retained codes, every score, what to ask a human."""
    codes = results.codebook.ids
    said = {(c.transcript, c.start, c.end): c for c in results.codings}
    rows = []
    for segment in results.segments:
        coding = said.get((segment.transcript.id, segment.start, segment.end))
        scores = coding.scores if coding and coding.scores else {}
        retained = [code for code in codes if coding and code in coding.codes]
        rows.append(
            [
                segment.transcript.id, segment.start, segment.end, inert(segment.turn.speaker),
                inert(segment.text), " ".join(retained),
                *(f"{scores[code]:.4f}" if code in scores else "" for code in codes),
                " ".join(code for code in codes if results.asks(code, scores.get(code))),
            ]
        )  # fmt: skip
    return csv_text(["transcript", "start", "end", "speaker", "text", "codes", *codes, "ask"], rows)


def inert(text: str) -> str:
    """Keep a spreadsheet from taking speech for a formula.

    >>> inert("=1+1"), inert("Oui")
    ("'=1+1", 'Oui')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
