"""doccano, Prodigy, Argilla, Label Studio: their own samples read, our projects there and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from drawn import projects
from hypothesis import HealthCheck, given, settings

from pipeline.codebook import Code, Codebook, Dimension
from pipeline.errors import FilrougeError
from pipeline.exchange import EXPORTERS, Options, Project, Setting
from pipeline.exchange.annotations import read_annotations
from pipeline.exchange.project import is_machine, merged
from pipeline.records import Coding, Transcript

TEXT = "R : On vend 🚀 au Japon."
START = TEXT.index("au Japon")
REGION = {"start": START + 1, "end": START + 9, "text": "au Japon", "labels": ["Lieu"]}  # the emoji counts two
# One record as each tool writes it; coder and score where the tool has a place for them.
RECORDS: dict[str, tuple[Any, str, float | None]] = {
    "doccano": ({"id": 1, "text": TEXT, "label": [[START, START + 8, "Lieu"]], "created_by": "léa"}, "léa", None),
    "doccano, objects": (
        {"text": TEXT, "entities": [{"start_offset": START, "end_offset": START + 8, "label": "Lieu"}]}, "fichier",
        None,
    ),
    "prodigy": (
        {"text": TEXT, "spans": [{"start": START, "end": START + 8, "label": "Lieu"}], "answer": "accept",
         "_annotator_id": "projet-léa"}, "projet-léa", None,
    ),
    "argilla": (
        {"id": "a", "fields": {"text": TEXT}, "responses": {"codes": [
            {"value": [{"start": START, "end": START + 8, "label": "Lieu"}], "user_id": "léa"}]}}, "léa", None,
    ),
    "argilla, suggestion": (
        {"id": "a", "fields": {"text": TEXT}, "suggestions": {"codes": {"agent": "modèle", "value": [
            {"start": START, "end": START + 8, "label": "Lieu", "score": 0.7}]}}}, "machine:modèle", 0.7,
    ),
    "label studio": (
        {"id": 1, "data": {"text": TEXT}, "annotations": [{"completed_by": {"email": "lea@ex.fr"}, "result": [
            {"type": "labels", "value": REGION}]}]},
        "lea@ex.fr", None,
    ),
    "label studio, prediction": (
        {"data": {"text": TEXT}, "predictions": [{"model_version": "v1", "result": [
            {"score": 0.7, "value": REGION}]}]},
        "machine:v1", 0.7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("tool", RECORDS)
def test_a_record_of_each_tool_is_read(tool: str, tmp_path: Path) -> None:
    record, coder, score = RECORDS[tool]
    path = tmp_path / ("fichier.json" if "studio" in tool else "fichier.jsonl")
    path.write_text(json.dumps([record] if "studio" in tool else record, ensure_ascii=False), encoding="utf-8")
    project = read_annotations(path, Setting())
    (coding,) = project.codings
    expected = {"lieu": score} if score else None
    assert project.text_of(coding.transcript)[coding.start : coding.end] == "au Japon"
    assert (coding.coder, coding.codes, coding.scores) == (coder, frozenset({"lieu"}), expected)
    assert project.codebook
    assert project.codebook.codes[0].label == "Lieu"


def test_what_was_rejected_is_none_and_said(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"text": "Oui.", "spans": [], "answer": "reject"}\n', encoding="utf-8")
    project = read_annotations(path, Setting())
    assert project.codings == ()
    assert project.doubts == ("1 enregistrement sans réponse acceptée : non repris.",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "pas du JSON"),
        ('{"a": 1}', "ni doccano"),
        ('{"text": "a", "label": [["x", 1, "b"]]}', "enregistrement 1"),
        ('{"text": "a", "label": [[0, 1]]}', "enregistrement 1"),
        ('{"text": "a", "label": 3}', "enregistrement 1"),
        ("[" * 100_000, "pas du JSON"),
    ],
)
def test_what_is_odd_gets_a_sentence(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FilrougeError, match=told):
        read_annotations(path, Setting())


def test_a_passage_that_is_an_ellipsis_still_tells_how_positions_count(tmp_path: Path) -> None:
    text = "\U0001f469\u200d\U0001f4bb \n…aa"
    code = Code("c1", "C")
    talk = Transcript("e1", text)
    said = (Coding("e1", 3, 6, "marie", frozenset({"c1"})),)
    made = Project("p", Codebook("p", (Dimension("d", "D", (code,)),)), (talk,), said)
    path = tmp_path / "p.json"
    path.write_bytes(next(iter(EXPORTERS["labelstudio"].write(made, Options()).values())))
    (again,) = read_annotations(path, Setting(replace(made, codings=()))).codings
    assert (again.start, again.end) == (3, 6)


@pytest.mark.parametrize("tool", ["doccano", "prodigy", "argilla", "labelstudio"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_a_project_comes_back_into_its_study(project: Project, tool: str, tmp_path: Path) -> None:
    files = EXPORTERS[tool].write(project, Options())
    assert files == EXPORTERS[tool].write(project, Options())
    path = tmp_path / f"p{EXPORTERS[tool].suffix}"
    path.write_bytes(next(iter(files.values())))
    talks = tuple(talk for talk in project.transcripts if talk.text)
    again = read_annotations(path, Setting(replace(project, transcripts=talks, codings=())))
    scored = tool in ("argilla", "labelstudio")
    assert [one for one in again.unplaced if one.code] == []
    told = {(c.transcript, c.start, c.end, c.coder, code) for c in again.codings for code in c.codes}
    assert told == {(c.transcript, c.start, c.end, c.coder, code) for c in project.codings for code in c.codes}
    if scored:
        assert {c.coder for c in again.codings if c.scores} == {
            c.coder for c in project.codings if c.scores and is_machine(c.coder)
        }
    assert merged(again.codings) == again.codings
