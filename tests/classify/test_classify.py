"""The coder on small made-up interviews: it learns, it never peeks, and it survives the trip to disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import CODEBOOK, encode, interview, study
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.classify import CLASSIFIERS, Model, Passages, find_model, load_model, passages, save_model, train
from pipeline.classify.card import LEFT_OUT, render_card
from pipeline.classify.context import NEIGHBOURS, questions, surroundings
from pipeline.classify.crossval import calibrate, crossed, folds, matching_threshold, out_of_fold
from pipeline.classify.resume import Resume
from pipeline.codebook import Codebook, parse_codebook
from pipeline.errors import ModelError
from pipeline.records import Segment, Transcript, Turn


@pytest.fixture(scope="module")
def model() -> Model:
    groups, marks, cases = study()
    return train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="essai", encoder="lettres")


def test_a_segment_reads_the_question_before_its_turn_and_its_neighbours() -> None:
    group, _ = interview(0)
    assert questions(group) == ["Et alors ?"] * 12
    around = surroundings(group)[5]
    for step in range(1, NEIGHBOURS + 1):
        assert group[5 - step].text in around
        assert group[5 + step].text in around


def test_two_questions_in_a_row_are_both_the_question() -> None:
    text = "Vous exportez ? Un peu ? Oui."
    turns = (Turn(0, 15, "", "interviewer"), Turn(16, 24, "", "interviewer"), Turn(25, 29, "", "respondent"))
    talk = Transcript("e", text, turns)
    assert questions([Segment(talk, 25, 29, turns[2])]) == ["Vous exportez ? Un peu ?"]


def test_it_learns_what_the_words_say(model: Model) -> None:
    group, kinds = interview(99)
    found = model.probabilities([group], encode=encode) >= model.thresholds
    truth = np.array([[kind == code for code in CODEBOOK.ids] for kind in kinds])
    assert (found == truth).mean() > 0.9
    assert model.figures["kappa"]["prix"] > 0.7


def test_a_code_nobody_applied_is_never_retained(model: Model) -> None:
    groups, _, _ = study(2)
    assert not (model.probabilities(groups, encode=encode) >= model.thresholds)[:, 2].any()
    assert model.figures["kappa"]["jamais"] is None


def test_no_segments_give_no_rows(model: Model) -> None:
    assert model.probabilities([[], []], encode=encode).shape == (0, 3)


def test_interviews_do_not_lend_each_other_context(model: Model) -> None:
    groups, _, _ = study(3)
    alone = model.probabilities([groups[1]], encode=encode)
    together = model.probabilities(groups, encode=encode)[12:24]
    np.testing.assert_allclose(alone, together, rtol=1e-5)


def test_out_of_fold_scores_never_saw_their_case() -> None:
    groups, marks, cases = study()
    read = passages(groups, encode=encode)
    splits = folds([cases[i] for i in read.interview])
    seen: list[set[int]] = []

    def fit(part: Passages, target: NDArray[np.float64]) -> Callable[[Passages], NDArray[np.float64]]:
        learnt = set(part.interview.tolist())

        def score(held: Passages) -> NDArray[np.float64]:
            seen.append({cases[i] for i in learnt} & {cases[i] for i in held.interview.tolist()})
            return np.zeros((len(held.own), 3))

        return score

    out_of_fold(read, marks["a"].labels.astype(float), splits, fit=fit)
    assert seen == [set()] * 3


def test_a_fold_is_decided_by_thresholds_of_the_others() -> None:
    rng = np.random.default_rng(1)
    logits, labels = rng.normal(size=(60, 1)), (rng.random((60, 1)) < 0.3).astype(float)
    held = [np.arange(60) % 3 == k for k in range(3)]
    _, decided, _ = crossed(logits, labels, held)
    rest = calibrate(logits[~held[0]], labels[~held[0]])
    expected = rest.probabilities(logits[held[0]]) >= rest.threshold
    np.testing.assert_array_equal(decided[held[0]], expected)


@pytest.mark.parametrize(
    ("scores", "labels", "threshold"),
    [
        ([0.1, 0.9], [0, 1], 0.5),
        ([0.5, 0.4, 0.1], [1, 0, 0], 0.45),
        ([0.5, 0.4, 0.1], [0.5, 0.5, 0], 0.45),
        ([0.5, 0.4, 0.1], [0, 1, 1], 0.25),
        ([0.2, 0.3], [0, 0], 1.1),
        ([0.2], [1], 0.0),
    ],
)
def test_a_code_is_retained_as_often_as_the_coders_applied_it(
    scores: list[float], labels: list[float], threshold: float
) -> None:
    assert matching_threshold(np.array(scores), sum(labels)) == pytest.approx(threshold)


@pytest.mark.parametrize("kind", CLASSIFIERS)
def test_every_classifier_survives_the_trip_to_disk(kind: str, tmp_path: Path) -> None:
    groups, marks, cases = study(4)
    fitted = train(
        groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="essai", encoder="x", kind=kind
    )
    save_model(fitted, tmp_path / "m")
    save_model(load_model(tmp_path / "m"), tmp_path / "again")
    np.testing.assert_array_equal(
        load_model(tmp_path / "m").probabilities(groups, encode=encode),
        fitted.probabilities(groups, encode=encode),
    )
    for name in ("config.json", "weights.safetensors", "card.md"):
        assert (tmp_path / "m" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_same_study_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        groups, marks, cases = study(4)
        fitted = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
        save_model(fitted, tmp_path / name)
    one, two = (tmp_path / name / "weights.safetensors" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_model_folder_holds_no_word_of_the_interviews(model: Model, tmp_path: Path) -> None:
    save_model(model, tmp_path)
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for word in ("collègues", "remise", "gare"):
        assert word.encode() not in stored


def other(**changes: Any) -> Codebook:
    """Change the first code of the codebook."""
    dimension = CODEBOOK.dimensions[0]
    return replace(
        CODEBOOK,
        dimensions=(replace(dimension, codes=(replace(dimension.codes[0], **changes), *dimension.codes[1:])),),
    )


@pytest.mark.parametrize(
    ("codebook", "told"),
    [
        (other(id="tarif"), "code absent : prix"),
        (other(definition="Autre chose."), "définition changée : prix"),
    ],
)
def test_another_codebook_is_refused_and_the_difference_named(model: Model, codebook: Codebook, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        model.check(codebook)


def test_a_new_label_or_colour_changes_nothing(model: Model) -> None:
    model.check(other(label="Tarif", colour="#123456"))


@pytest.mark.parametrize("harm", ["no config", "broken config", "no weights", "cut weights", "newer"])
def test_a_damaged_model_gets_a_sentence(model: Model, tmp_path: Path, harm: str) -> None:
    save_model(model, tmp_path)
    config, weights = tmp_path / "config.json", tmp_path / "weights.safetensors"
    if harm == "no config":
        config.unlink()
    elif harm == "broken config":
        config.write_text("{")
    elif harm == "no weights":
        weights.unlink()
    elif harm == "cut weights":
        weights.write_bytes(weights.read_bytes()[:100])
    else:
        config.write_text(json.dumps(json.loads(config.read_text()) | {"format": 99}))
    with pytest.raises(ModelError, match=r"modèle"):
        load_model(tmp_path)


def test_a_codebook_without_a_model_is_told_what_differs() -> None:
    with pytest.raises(ModelError, match="Aucun modèle ne correspond"):
        find_model(CODEBOOK)


def test_a_coder_who_used_no_code_teaches_that_nothing_applies() -> None:
    groups, marks, cases = study(4)
    nothing = {"a": Marks(np.zeros_like(marks["a"].labels), marks["a"].seen)}
    found = train(groups, nothing, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    assert not (found.probabilities(groups, encode=encode) >= found.thresholds).any()


STATED = parse_codebook(
    {"name": "essai", "dimensions": [{"id": "d", "label": "D", "codes": [
        {"id": "prix", "label": "Prix", "definition": "Ce qui coûte cher.", "examples": ["Le tarif est élevé."]},
        {"id": "gens", "label": "Gens", "definition": "Les collègues, l’équipe.", "exclude": ["Le train."]},
        {"id": "jamais", "label": "Jamais"},
    ]}]}
)  # fmt: skip


def test_the_codebook_alone_gives_weak_suggestions_and_claims_nothing() -> None:
    groups, marks, cases = study(6)
    found = train(groups, {}, codebook=STATED, cases=cases, encode=encode, name="e", encoder="x")
    p = found.probabilities(groups, encode=encode)
    truth = marks["a"].labels[:, :2]
    for c in range(2):
        assert p[truth[:, c], c].mean() > p[~truth[:, c], c].mean()
    assert p.max() < 0.5
    retained = (p >= found.thresholds).mean(axis=0)
    assert (retained <= 0.35).all()
    assert (found.calibration.piles(p) == 0).all()
    assert "kappa" not in found.figures
    assert found.figures["trained_on"] == []
    assert "non mesuré" in render_card(found)


@pytest.mark.parametrize(
    ("interviews", "cases", "unit"),
    [(4, ["x", "x", "y", "y"], "case"), (2, ["x", "x"], "interview"), (1, ["x"], "block")],
)
def test_what_is_left_out_is_as_large_as_the_study_allows(interviews: int, cases: list[str], unit: str) -> None:
    groups, marks, _ = study(interviews)
    found = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    assert found.figures["validation"] == unit
    assert LEFT_OUT[unit] in render_card(found)


def test_a_training_interrupted_takes_up_after_the_last_fold_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups, marks, cases = study(6)
    options: dict[str, Any] = {"codebook": CODEBOOK, "cases": cases, "encode": encode, "name": "e", "encoder": "x"}
    whole = train(groups, marks, **options)
    fitted: list[int] = []
    ours = CLASSIFIERS["contextual"]

    def fit(*given: Any, **settings: Any) -> Any:
        fitted.append(1)
        if len(fitted) == 3:
            raise KeyboardInterrupt
        return ours.fit(*given, **settings)

    monkeypatch.setitem(CLASSIFIERS, "contextual", replace(ours, fit=fit))
    resume = Resume(tmp_path / "reprise")
    with pytest.raises(KeyboardInterrupt):
        train(groups, marks, resume=resume, **options)
    kept = sorted((tmp_path / "reprise").iterdir())
    assert len(kept) == 2
    assert not any(word in path.read_bytes() for path in kept for word in (b"prix", b"gens"))
    kept[0].write_bytes(b"cut")
    again = train(groups, marks, resume=resume, **options)
    assert len(fitted) == 3 + 2 + 1  # interrupted; the damaged fold and the third; the model itself
    assert again.figures == whole.figures
    resume.forget()
    assert not (tmp_path / "reprise").exists()


def test_what_was_kept_does_not_serve_other_labels(tmp_path: Path) -> None:
    groups, marks, cases = study(4)
    options: dict[str, Any] = {"codebook": CODEBOOK, "cases": cases, "encode": encode, "name": "e", "encoder": "x"}
    resume = Resume(tmp_path)
    train(groups, marks, resume=resume, **options)
    other = {"a": Marks(marks["a"].labels[::-1].copy(), marks["a"].seen)}
    assert train(groups, other, resume=resume, **options).figures == train(groups, other, **options).figures


@pytest.mark.parametrize("most", [1, 13, 36, 1000])
def test_scores_do_not_depend_on_how_many_interviews_are_scored_together(
    model: Model, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.classify import model as module

    groups, _, _ = study(6)
    read = passages(groups, encode=encode)
    monkeypatch.setattr(module, "AT_ONCE", most)
    assert [one for block in read.blocks(most) for one in block.own] == list(read.own)
    whole = model.calibration.probabilities(model.classifier.logits(read))
    np.testing.assert_allclose(model.score(read), whole, rtol=1e-5)


def test_nothing_to_score_gives_no_score(model: Model) -> None:
    assert model.score(passages([], encode=encode)).shape == (0, 3)
