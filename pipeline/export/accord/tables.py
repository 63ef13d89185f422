"""An agreement report in, CSV and JSON out: decimal points, empty cells for what is undefined, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipeline.agree import MEASURES, SEVERAL, CodeAgreement, figure
from pipeline.agree.disagreements import Disagreement
from pipeline.agree.scales import against, krippendorff, landis_koch
from pipeline.agree.two import reason, scalar
from pipeline.align import OVERLAP_RULE
from pipeline.export.accord.prose import methods
from pipeline.export.accord.results import AccordResults
from pipeline.export.tables import inert
from pipeline.write import csv_text

PLACES = 6
CONTEXT = 160  # characters of context around a passage to discuss
DECISION = "decision"


def agreement_csv(results: AccordResults) -> str:
    """Return one row a pair, unit and code, with every measure of the 2x2 and both intervals of kappa."""
    accord = results.accord
    dimension = {code.id: held.id for held in accord.codebook.dimensions for code in held.codes}
    head = [
        "coder_1", "coder_2", "unit", "dimension", "code", "interviews", "n", "a", "b", "c", "d", *MEASURES,
        "kappa_corpus_low", "kappa_corpus_high", "kappa_new_low", "kappa_new_high", "bar", "corpus_vs_bar",
        "new_vs_bar", "landis_koch", "krippendorff", "note",
    ]  # fmt: skip
    rows = [_row(line, dimension[line.code], accord.bar) for line in (*accord.pairs, *accord.characters)]
    return csv_text(head, rows)


def several_csv(results: AccordResults) -> str:
    """Return one row a code for all coders together; "" for two, whom agreement.csv tells."""
    lines = results.accord.several
    if not lines or len(lines[0].coders) < 3:
        return ""
    head = ["coders", "code", "n", "uses", *SEVERAL, "alpha_new_low", "alpha_new_high", "note"]
    rows = [
        [" ".join(line.coders), line.code, line.n, _number(line.uses),
         *(_number(line.figures[key]) for key in SEVERAL), *_ends(line.transfer), line.why]
        for line in lines
    ]  # fmt: skip
    return csv_text(head, rows)


def disagreements_csv(results: AccordResults) -> str:
    """Return the sheet to discuss: one row a passage and code, a ``decision`` to fill with oui or non.

    What the team had decided already stays: in its row, or in a row of its own at the end.
    """
    accord = results.accord
    coders = [coder for coder in (*accord.humans, accord.machine) if coder]
    texts = {talk.id: talk.text for talk in results.transcripts}
    head = ["transcript", "start", "end", "code", *coders, "before", "passage", "after", "gain", DECISION, "note"]
    made = {tuple(row.get(name, "") for name in head[:4]): row for row in results.decided}
    rows = []
    for line in accord.disagreements:
        row = _sheet_row(line, coders, texts)
        before = made.pop(tuple(map(str, row[:4])), {})
        rows.append([*row, before.get(DECISION, ""), before.get("note", "")])
    return csv_text(head, [*rows, *([row.get(name, "") for name in head] for row in made.values())])


def accord_json(results: AccordResults) -> str:
    """Return the whole report for a machine."""
    accord = results.accord
    told = {
        "title": results.title, "filrouge": results.version, "source": results.source, "humans": accord.humans,
        "machine": accord.machine or None, "bar": accord.bar, "level": accord.level, "seed": accord.seed,
        "unit": "segment", "overlap_rule": OVERLAP_RULE,
        "coverage": {**asdict(accord.coverage), "share": accord.coverage.share},
        "claims": {
            "corpus": "ce corpus : Dirichlet(1/2), quantiles a posteriori du 2x2",
            "new_interviews": "autres entretiens : jackknife par entretien, échelle atanh, t à K-1 degrés",
        },
        "segments": [_line(line, accord.bar) for line in accord.pairs],
        "characters": [_line(line, accord.bar) for line in accord.characters],
        "summaries": [asdict(one) for one in accord.summaries],
        "all_coders": [asdict(one) for one in accord.several],
        "dimensions": [asdict(one) for one in accord.dimensions],
        "free_spans": [asdict(one) for one in accord.spans],
        "gamma": [asdict(one) for one in accord.gammas],
        "machine_beside_human": [asdict(one) for one in accord.versus],
        "confusions": [asdict(one) for one in accord.confusions],
        "disagreements": len(accord.disagreements),
        "methods": {language: methods(results, language) for language in ("fr", "en")},
        "notes": results.notes,
        "failures": [{"file": file, "message": why} for file, why in results.failures],
    }  # fmt: skip
    return json.dumps(_rounded(told), ensure_ascii=False, indent=1) + "\n"


def _row(line: CodeAgreement, dimension: str, bar: float | None) -> list[object]:
    """Lay out one line of agreement.csv."""
    figures = {key: figure(line.table, key).value for key in MEASURES}
    undefined = reason(line.table) if figures["kappa"] is None else ""
    notes = [part for part in (f"κ non défini : {undefined}" if undefined else "", line.note) if part]
    return [
        *line.coders, line.unit, dimension, line.code, line.interviews, line.table.n, *line.table.cells,
        *(_number(value) for value in figures.values()), *_ends(line.corpus), *_ends(line.transfer),
        _number(bar), against(bar, line.corpus) if line.unit == "segment" else "",
        against(bar, line.transfer) if line.unit == "segment" else "",
        landis_koch(figures["kappa"]), krippendorff(figures["alpha"]), " ; ".join(notes),
    ]  # fmt: skip


def _line(line: CodeAgreement, bar: float | None) -> dict[str, Any]:
    """Return one line for JSON, each measure with its value or the reason why there is none."""
    measures = {key: scalar(measure.of(line.table.cells)) for key, measure in MEASURES.items()}
    told: dict[str, Any] = {
        "coders": line.coders, "unit": line.unit, "code": line.code, "interviews": line.interviews,
        "n": line.table.n, **dict(zip("abcd", line.table.cells, strict=True)), **measures,
        "undefined": {key: reason(line.table) for key, value in measures.items() if value is None},
    }  # fmt: skip
    if line.unit == "segment":
        told |= {
            "intervals": {"corpus": line.corpus, "new_interviews": line.transfer}, "note": line.note,
            "landis_koch": landis_koch(measures["kappa"]), "krippendorff": krippendorff(measures["alpha"]),
        }  # fmt: skip
        if bar is not None:
            told["bar"] = {"corpus": against(bar, line.corpus), "new_interviews": against(bar, line.transfer)}
    return told


def _sheet_row(line: Disagreement, coders: Sequence[str], texts: Mapping[str, str]) -> list[object]:
    """Lay out one row of the sheet."""
    said = dict(line.sides)
    text = texts[line.transcript]
    answers = ["" if coder not in said else "oui" if line.code in said[coder] else "non" for coder in coders]
    before = " ".join(text[max(0, line.start - CONTEXT) : line.start].split())
    after = " ".join(text[line.end : line.end + CONTEXT].split())
    passage = text[line.start : line.end]
    words = (inert(before), inert(passage), inert(after))
    return [line.transcript, line.start, line.end, line.code, *answers, *words, _number(line.gain)]


def _ends(interval: tuple[float, float] | None) -> list[str]:
    """Write the two ends of an interval, empty without one."""
    return ["", ""] if interval is None else [_number(end) for end in interval]


def _number(value: float | None) -> str:
    """Write a figure for a machine.

    >>> _number(0.5), _number(None), _number(12.0)
    ('0.5', '', '12')
    """
    return "" if value is None else f"{value:.{PLACES}f}".rstrip("0").rstrip(".") or "0"


def _rounded(value: Any) -> Any:
    """Round every float of plain data, and make it fit for JSON."""
    if isinstance(value, float):
        return round(value, PLACES)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_rounded(one) for one in value]
    return value
