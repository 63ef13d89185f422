"""The uses as functions: what is coded, what is set apart, what is compared, what is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.classify import Model, load_model
from pipeline.classify.cases import cases
from pipeline.classify.choose import choose_model
from pipeline.classify.decide import machine_codings
from pipeline.codebook import parse_codebook
from pipeline.errors import ModelError, StudyError
from pipeline.read.digest import codable, digest
from pipeline.records import Segment, Transcript, Turn
from pipeline.run import agree_study, code, inform, train_study

TEXT = "Q : Et ?\nR : On exporte beaucoup.\nX : Bip."
TURNS = (Turn(4, 8, "Q", "interviewer"), Turn(13, 33, "R", "respondent"), Turn(38, 42, "X", "other"))
TALK = Transcript("e1", TEXT, TURNS, {"entreprise": "Acier Vif", "vague": "1"})


@pytest.mark.parametrize(
    ("attributes", "column", "expected"),
    [
        ([{"entreprise": "A"}, {"entreprise": "A"}], None, ["A", "A"]),
        ([{"Firme": "A"}, {"Firme": "B"}], None, ["A", "B"]),
        ([{"cas": "x", "entreprise": "A"}, {"cas": "x", "entreprise": "B"}], None, ["A", "B"]),
        ([{"vague": "1"}, {"vague": "1"}], None, ["e0", "e1"]),
        ([{"vague": "1"}, {"vague": "1"}], "vague", ["1", "1"]),
        ([{"entreprise": "A"}, {}], None, ["A", "e1"]),
        ([{}, {}], None, ["e0", "e1"]),
    ],
)
def test_cases(attributes: Sequence[dict[str, str]], column: str | None, expected: list[str]) -> None:
    talks = [replace(TALK, id=f"e{n}", attributes=entry) for n, entry in enumerate(attributes)]
    assert cases(talks, column) == expected


def test_a_column_that_is_not_there_is_told() -> None:
    with pytest.raises(StudyError, match=r"pas de colonne « ville ». Colonnes : entreprise, vague"):
        cases([TALK], "ville")


def test_a_digest_counts_turns_labels_and_words() -> None:
    found = digest(TALK)
    assert found.turns == 3
    assert found.labels == {"interviewer": {"Q": 1}, "respondent": {"R": 1}, "other": {"X": 1}}
    assert found.words == {"interviewer": 2, "respondent": 3, "other": 1}


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        (replace(TALK, sure=False, doubts=("Deux voix se ressemblent.",)), "Deux voix se ressemblent."),
        (replace(TALK, turns=TURNS[:1]), "aucun tour de répondant"),
        (replace(TALK, turns=()), "aucun tour de répondant"),
    ],
)
def test_a_doubtful_transcript_is_set_apart_with_what_to_do(talk: Transcript, told: str) -> None:
    kept, refused = codable([TALK, talk])
    assert kept == (TALK,)
    assert told in refused[0].message
    assert "--interviewer" in refused[0].message


def test_where_a_dimension_takes_one_code_the_machine_keeps_the_best(small_model: Path) -> None:
    pair = [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]
    alone = {"id": "c", "label": "C"}
    codebook = parse_codebook(
        {"dimensions": [{"id": "x", "select": "one", "codes": pair}, {"id": "y", "codes": [alone]}]}
    )
    model = replace(
        load_model(small_model),
        codebook=codebook,
        calibration=replace(load_model(small_model).calibration, threshold=np.array([0.2, 0.2, 0.5])),
    )
    segment = Segment(TALK, 13, 33, TURNS[1])
    probabilities = np.array([[0.4, 0.6, 0.7], [0.1, 0.1, 0.4]])
    both, none = machine_codings(model, [[segment, segment]], probabilities)
    assert (both.codes, none.codes) == (frozenset({"b", "c"}), frozenset())
    assert both.scores == {"a": 0.4, "b": 0.6, "c": 0.7}
    assert both.coder == "machine:petit"


def test_a_model_is_found_by_folder_and_refuses_another_codebook(small_model: Path) -> None:
    model: Model = choose_model(str(small_model), None)
    assert model.name == "petit"
    other = parse_codebook({"dimensions": [{"id": "d", "codes": [{"id": "tout", "label": "Tout"}]}]})
    with pytest.raises(ModelError, match="code en plus : tout"):
        choose_model(str(small_model), other)


def test_every_segment_gets_a_machine_coding_with_every_score(study: Path, small_model: Path) -> None:
    outcome = code([study], model=str(small_model))
    ids = set(outcome.codebook.ids)
    assert outcome.codings
    assert all(set(coding.scores or ()) == ids for coding in outcome.codings)
    places = [(coding.transcript, coding.start, coding.end) for coding in outcome.codings]
    assert len(set(places)) == len(places)


def test_on_new_interviews_the_machine_is_compared_with_each_coder(study: Path, small_model: Path) -> None:
    outcome = code([study], model=str(small_model))
    pairs = {row.coders for row in outcome.agreement}
    assert pairs == {("coder_c", "coder_d"), ("coder_c", "machine:petit"), ("coder_d", "machine:petit")}
    assert not [note for note in outcome.notes if "validation croisée" in note]


def test_on_the_interviews_it_learnt_the_card_speaks_instead(
    learnt_study: Path, small_model: Path, tmp_path: Path
) -> None:
    outcome = code([learnt_study], model=str(small_model), out=tmp_path)
    assert {row.coders for row in outcome.agreement} == {("coder_c", "coder_d")}
    told = [note for note in outcome.notes if "validation croisée" in note]
    assert len(told) == 1
    assert "4 des 4 entretiens" in told[0]
    macro = load_model(small_model).figures["macro"]
    assert f"{macro:.2f}".replace(".", ",") in told[0]


def test_agreement_stands_by_pair_unit_and_code(study: Path) -> None:
    rows = agree_study(study).rows
    assert {row.coders for row in rows} == {("coder_c", "coder_d")}
    assert [row.unit for row in rows] == ["segment"] * (len(rows) // 2) + ["caractère"] * (len(rows) // 2)
    assert len({row.code for row in rows}) == len(rows) / 2


@pytest.mark.parametrize("coders", [("coder_c", "personne"), ("coder_c",)])
def test_coders_that_cannot_be_compared_are_told(study: Path, coders: tuple[str, ...]) -> None:
    with pytest.raises(StudyError, match="coder_c, coder_d"):
        agree_study(study, coders=coders)


def test_a_study_without_coders_cannot_be_compared_but_its_codebook_can_be_learnt(
    study: Path, tmp_path: Path
) -> None:
    for path in (study / "codes").iterdir():
        path.unlink()
    with pytest.raises(StudyError, match="deux codeurs"):
        agree_study(study)
    model, _ = train_study(study, out=tmp_path / "m", encoder="lexical", date="2026-11-24")
    assert model.figures["validation"] == "none"
    assert "non mesuré" in (tmp_path / "m/card.md").read_text(encoding="utf-8")
    outcome = code([study], model=str(tmp_path / "m"), out=tmp_path / "res")
    share = sum(bool(one.codes) for one in outcome.codings) / len(outcome.codings)
    assert 0 < share < 0.75


def test_training_tells_its_provenance_and_what_it_learnt_from(small_model: Path) -> None:
    model = load_model(small_model)
    assert "simulé" in model.provenance or "etude" in model.provenance
    assert len(model.figures["trained_on"]) == 4
    assert model.figures["cases"] == 2
    assert (small_model / "card.md").is_file()


def test_information_is_given_without_coding(study: Path) -> None:
    found = inform([study])
    assert [entry.id for entry in found.digests] == ["studio-calame_v1", "verger-lambert_v1"]
    assert found.coders == ("coder_c", "coder_d")
    assert all(entry.words["respondent"] > entry.words["interviewer"] for entry in found.digests)
    assert not (study / "results").exists()


def test_a_coder_who_read_a_worklist_alone_teaches_nothing_of_the_rest(study: Path) -> None:
    from pipeline.read.study import read_study
    from pipeline.run import read_material
    from pipeline.segment import load_senter, segment_all

    groups = list(segment_all(read_study(study).transcripts, nlp=load_senter()))
    given = groups[0][4:8]
    rows = ["transcript,start,end,stratum,probability,seed,rank"]
    rows += [f"{s.transcript.id},{s.start},{s.end},{s.transcript.id},0.01,1,{n}" for n, s in enumerate(given)]
    (study / "worklists").mkdir()
    (study / "worklists/plan.csv").write_text("\n".join(rows), encoding="utf-8")
    one = given[0]
    said = f"transcript,start,end,coder,code\n{one.transcript.id},{one.start},{one.end},lise,visibilite\n"
    (study / "codes/lise.csv").write_text(said, encoding="utf-8")
    marks = read_material(study).marks
    assert marks["lise"].seen.sum() == len(given) == 4
    assert marks["lise"].labels.sum() == 1
    assert marks["coder_c"].seen.all()
