"""A Project in, annotations for doccano, Prodigy, Argilla and Label Studio out.

One record a transcript and coder; offsets in code points, but UTF-16 units for Label Studio, as JavaScript counts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.exchange.offsets import Counting
from pipeline.exchange.project import Options, Project, is_machine
from pipeline.exchange.sheets import CODERS, NAMES, OWN, sheets_of
from pipeline.records import Coding, Transcript


def write_doccano(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out doccano's JSON lines."""
    records = [
        {"id": n, "text": talk.text, "transcript": talk.id, "coder": coder, **_attributes(talk),
         "label": [[c.start, c.end, code] for c in codings for code in sorted(c.codes)]}
        for n, (talk, coder, codings) in enumerate(sheets_of(project), 1)
    ]  # fmt: skip
    return {f"{project.name}.jsonl": _lines(records)}


def write_prodigy(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out Prodigy's JSON lines."""
    records: list[dict[str, Any]] = [
        {"text": talk.text, "spans": [_span(c, code) for c in codings for code in _or_none(c)], "answer": "accept",
         "_annotator_id": coder, "meta": {"transcript": talk.id, **_attributes(talk)}}
        for talk, coder, codings in sheets_of(project)
    ]  # fmt: skip
    return {f"{project.name}.jsonl": _lines(records)}


def write_argilla(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out Argilla's records: humans answer, the machine suggests."""
    records = []
    for talk, coder, codings in sheets_of(project):
        spans = [_span(c, code) | _scored(c, code) for c in codings for code in _or_none(c)]
        told = {"transcript": talk.id, **_attributes(talk)}
        record: dict[str, Any] = {"id": f"{talk.id}/{coder}", "fields": {"text": talk.text}, "metadata": told}
        record |= {"responses": {}, "suggestions": {}}
        if is_machine(coder):
            record["suggestions"] = {"codes": {"value": spans, "agent": coder}}
        elif coder:
            record["responses"] = {"codes": [{"value": spans, "user_id": coder, "status": "submitted"}]}
        records.append(record)
    return {f"{project.name}.jsonl": _lines(records)}


def write_labelstudio(project: Project, options: Options) -> Mapping[str, bytes]:
    """Lay out Label Studio's tasks: humans annotate, the machine predicts."""
    tasks: dict[str, dict[str, Any]] = {}
    for talk, coder, codings in sheets_of(project):
        data = {"text": talk.text, "transcript": talk.id, **_attributes(talk)}
        task = tasks.setdefault(
            talk.id, {"id": len(tasks) + 1, "data": data, "annotations": [], "predictions": []}
        )
        if not coder:
            continue
        places = Counting("utf16").places(talk.text)
        result = [_region(f"{n}", c, places, talk.text) for n, c in enumerate(codings) if c.codes]
        if is_machine(coder):
            task["predictions"].append({"model_version": coder, "result": result})
        else:
            task["annotations"].append({"completed_by": coder, "result": result})
    return {
        f"{project.name}.json": (json.dumps(list(tasks.values()), ensure_ascii=False, indent=1) + "\n").encode()
    }


def _region(key: str, coding: Coding, places: Sequence[int], text: str) -> dict[str, Any]:
    """Write one region of Label Studio."""
    value = {"start": places[coding.start], "end": places[coding.end], "text": text[coding.start : coding.end],
             "labels": sorted(coding.codes)}  # fmt: skip
    region = {"id": key, "from_name": "label", "to_name": "text", "type": "labels", "value": value}
    scores = [score for code, score in (coding.scores or {}).items() if code in coding.codes]
    return region | ({"score": max(scores)} if scores else {})


def _span(coding: Coding, code: str) -> dict[str, Any]:
    """Write one span."""
    return {"start": coding.start, "end": coding.end, "label": code}


def _scored(coding: Coding, code: str) -> dict[str, Any]:
    """Write the score of a code, where there is one."""
    score = (coding.scores or {}).get(code)
    return {} if score is None else {"score": score}


def _or_none(coding: Coding) -> list[str]:
    """Return the codes, or an empty one for « rien ne s’applique »."""
    return sorted(coding.codes) or [""]


def _attributes(talk: Transcript) -> dict[str, str]:
    """Return the attributes that do not hide a key of ours."""
    return {key: value for key, value in talk.attributes.items() if key not in OWN and key not in NAMES + CODERS}


def _lines(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Write JSON lines."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode(
        "utf-8", "surrogatepass"
    )
