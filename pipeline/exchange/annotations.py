"""Annotations of doccano, Prodigy, Argilla (JSON or JSON lines) and Label Studio (JSON) in, a Project out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.errors import CodingError, ReadError, reason
from pipeline.exchange.project import Project, Setting, is_machine
from pipeline.exchange.sheets import CODERS, NAMES, OWN, Mark, Sheet, to_project

Record = Mapping[str, Any]


def read_annotations(path: Path, setting: Setting) -> Project:
    """Read a file of any of the four tools; each record says by its keys which one made it. Raises CodingError."""
    records = _records(path)
    kinds = [kind for record in records if (kind := kind_of(record))]
    if not kinds:
        raise CodingError(
            f"{path} : ni doccano (« text » et « label »), ni Prodigy (« spans »), ni Argilla (« responses »), "
            "ni Label Studio (« annotations »)."
        )
    sheets, skipped = [], 0
    for n, record in enumerate(records, 1):
        try:
            read = list(_READERS[kind_of(record) or kinds[0]](record))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise CodingError(
                f"{path}, enregistrement {n} : forme inattendue ({type(error).__name__} : {error})."
            ) from None
        skipped += not read
        sheets += read
    project = to_project(
        sheets, setting, name=path.stem, coder=path.stem, javascript="labelstudio" in kinds
    )  # fmt: skip
    doubt = f"{skipped} enregistrement{'s' if skipped > 1 else ''} sans réponse acceptée : non repris."
    return replace(project, doubts=(doubt,) if skipped else ())


def kind_of(record: Any) -> str | None:
    """Tell which tool made a record.

    >>> kind_of({"text": "a", "label": []}), kind_of({"data": {}, "annotations": []}), kind_of({"a": 1})
    ('doccano', 'labelstudio', None)
    """
    if not isinstance(record, dict):
        return None
    keys = set(record)
    if "data" in keys and keys & {"annotations", "predictions"}:
        return "labelstudio"
    if "fields" in keys:
        return "argilla"
    if "text" in keys and "spans" in keys:
        return "prodigy"
    return "doccano" if "text" in keys and keys & {"label", "labels", "entities"} else None


def _records(path: Path) -> list[Any]:
    """Read a list, or lines, of JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        whole = json.loads(text) if text.lstrip().startswith("[") else None
        lines = [] if whole is not None else [json.loads(line) for line in text.split("\n") if line.strip()]
    except OSError as error:
        raise ReadError(f"{path} : lecture impossible ({reason(error)}).") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise ReadError(
            f"{path} : ce n’est pas du JSON, ou une ligne est abîmée. Exportez le fichier de nouveau."
        ) from None
    return list(whole) if whole is not None else lines


def _doccano(record: Record) -> Iterator[Sheet]:
    """Read {"text", "label": [[start, end, "X"]]}, or the older "entities"."""
    told = record.get("label", record.get("labels", record.get("entities", [])))
    coder = _coder(record)
    marks = [_doccano_mark(entry, coder) for entry in told]
    read = () if marks else (coder,)
    yield Sheet(_name(record), str(record["text"]), tuple(marks), _more(record), read if "label" in record else ())


def _doccano_mark(entry: Any, coder: str) -> Mark:
    """Read one mark, as a list or as an object."""
    if isinstance(entry, dict):
        return Mark(int(entry["start_offset"]), int(entry["end_offset"]), str(entry["label"]), coder)
    start, end, label = entry[:3]
    return Mark(int(start), int(end), str(label), coder)


def _prodigy(record: Record) -> Iterator[Sheet]:
    """Read {"text", "spans": [...], "answer"}; what was rejected or skipped is none."""
    if record.get("answer", "accept") != "accept":
        return
    coder = _coder(record)
    marks = [Mark(int(s["start"]), int(s["end"]), str(s.get("label") or ""), coder) for s in record["spans"] or []]
    meta = record.get("meta") or {}
    name = _name(record) or _name(meta)
    yield Sheet(name, str(record["text"]), tuple(marks), _more(meta), () if marks or not coder else (coder,))


def _argilla(record: Record) -> Iterator[Sheet]:
    """Read {"fields": {"text"}, "responses": {question: [...]}, "suggestions": {question: {...}}}."""
    text = str(record["fields"].get("text") or next(iter(record["fields"].values())))
    marks, read = [], []
    for answers in (record.get("responses") or {}).values():
        for answer in answers if isinstance(answers, list) else [answers]:
            who = str(answer.get("user_id") or "")
            found = [_argilla_mark(span, who) for span in answer.get("value") or []]
            marks += found
            read += [] if found else [who]
    for told in (record.get("suggestions") or {}).values():
        who = str(told.get("agent") or "machine")
        marks += [
            _argilla_mark(span, who if is_machine(who) else f"machine:{who}") for span in told.get("value") or []
        ]
    meta = record.get("metadata") or {}
    yield Sheet(_name(meta) or _name(record), text, tuple(marks), _more(meta), tuple(read))


def _argilla_mark(span: Record, coder: str) -> Mark:
    """Read one span."""
    score = span.get("score")
    label = str(span.get("label") or "")
    return Mark(int(span["start"]), int(span["end"]), label, coder, score=None if score is None else float(score))


def _labelstudio(task: Record) -> Iterator[Sheet]:
    """Read a task: its text, annotations (humans) and predictions (machines)."""
    data = task["data"]
    text = str(data.get("text") or next((v for v in data.values() if isinstance(v, str) and len(v) > 40), ""))
    marks, read = [], []
    for answer in task.get("annotations") or []:
        who = answer.get("completed_by")
        coder = str(who.get("email") or who.get("id")) if isinstance(who, dict) else str(who or "")
        found = [] if answer.get("was_cancelled") else list(_regions(answer, coder))
        marks += found
        read += [] if found or answer.get("was_cancelled") else [coder]
    for answer in task.get("predictions") or []:
        who = str(answer.get("model_version") or "")
        marks += _regions(answer, who if is_machine(who) else f"machine:{who}" if who else "machine")
    yield Sheet(_name(data), text, tuple(marks), _more(data), tuple(read))


def _regions(answer: Record, coder: str) -> Iterator[Mark]:
    """Yield the labels of one answer."""
    for region in answer.get("result") or []:
        value = region.get("value") or {}
        labels = value.get("labels") or value.get("hypertextlabels") or []
        score = region.get("score")
        for label in labels:
            words = str(value.get("text") or "")
            told = None if score is None else float(score)
            yield Mark(int(value["start"]), int(value["end"]), str(label), coder, words, told)


def _name(record: Record) -> str:
    """Return the name of the document, where a record tells it."""
    return next((str(record[key]) for key in NAMES if isinstance(record.get(key), str) and record[key]), "")


def _coder(record: Record) -> str:
    """Return who coded, where a record tells it."""
    return next((str(record[key]) for key in CODERS if record.get(key) not in (None, "")), "")


def _more(record: Record) -> dict[str, str]:
    """Return what else a record says, as attributes."""
    return {
        key: str(value) for key, value in record.items()
        if key not in OWN and key not in NAMES and key not in CODERS and isinstance(value, str | int | float)
    }  # fmt: skip


_READERS: dict[str, Callable[[Record], Iterator[Sheet]]] = {
    "doccano": _doccano,
    "prodigy": _prodigy,
    "argilla": _argilla,
    "labelstudio": _labelstudio,
}
