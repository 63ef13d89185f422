"""Trained layers, with the shipped encoder: windows, learning, the trip to disk, the same bytes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_up import CODEBOOK, study

from pipeline.classify import (
    Also,
    Passages,
    contextual,
    contrast,
    load_model,
    net,
    passages,
    save_model,
    train,
    tuned,
)
from pipeline.classify.net import Net, places
from pipeline.classify.resume import Resume
from pipeline.embed import Encoder, load_encoder
from pipeline.errors import ModelError
from pipeline.records import Transcript


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(None)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Train on few passages, briefly."""
    monkeypatch.setattr(tuned, "FEWEST", 20)
    monkeypatch.setattr(tuned, "EPOCHS", 4)
    monkeypatch.setattr(net, "BUDGET", 600)
    yield


def talk(turns: list[int]) -> Passages:
    """Return passages with these turns."""
    n = len(turns)
    return Passages(
        tuple(f"s{i}" for i in range(n)),
        ("",) * n,
        np.zeros((n, 3), np.float32),
        np.zeros(n, int),
        np.array(turns, int),
        ("Q",) * n,
    )


@pytest.mark.parametrize("turns", [[], [0], [0] * 10, [0] * 11, [0] * 25 + [1] * 3 + [2], [5, 5, 7]])
def test_every_passage_is_asked_for_once_in_a_window_that_holds_it(turns: list[int]) -> None:
    found = places(talk(turns))
    assert [row for place in found for row in place.rows] == list(range(len(turns)))
    for place in found:
        assert len(place.rows) <= net.SEGMENTS
        for offset, row in enumerate(place.rows):
            assert place.window[1][place.first + offset] == f"s{row}"
        assert len({turns[row] for row in place.rows}) == 1


def test_states_are_those_of_the_whole_encoder(encoder: Encoder) -> None:
    import torch

    layers = encoder.layers
    assert layers is not None
    (states, spans), again = (
        layers.read([("Et ?", ("On exporte.", "Beaucoup."))], keep=True)[0],
        layers.read([("Et ?", ("On exporte.", "Beaucoup."))])[0],
    )
    assert again[0] is states
    assert states.shape == (spans[-1][1] + 1, layers.dimension)
    two = Net(layers, 2)
    with torch.no_grad():
        alone, _ = two.score([(states, spans, (0, 1))])
        longer = layers.read([("Et ?", ("On exporte.", "Beaucoup.", "Vers le Japon, depuis trois ans déjà."))])[0]
        padded, _ = two.score([(states, spans, (0, 1)), (longer[0], longer[1], (2, 3, 4))])
    np.testing.assert_allclose(alone.numpy(), padded[:2].numpy(), atol=0.05)


def test_a_window_beyond_the_encoder_s_reach_is_cut_and_still_scored(encoder: Encoder, short: None) -> None:
    layers = encoder.layers
    assert layers is not None
    states, spans = layers.read([("Et ?", ("très " * 400, "long " * 400))])[0]
    assert len(states) <= 512
    assert len(spans) == 2


def test_it_learns_what_holds_and_survives_the_trip_to_disk(encoder: Encoder, short: None, tmp_path: Path) -> None:
    groups, marks, cases = study(6)
    kept: list[bytes] = []
    for _ in range(2):
        model = train(
            groups, marks, codebook=CODEBOOK, cases=cases, encode=encoder.encode, layers=encoder.layers, name="m",
            encoder="encoder",
        )  # fmt: skip
        folder = tmp_path / str(len(kept))
        save_model(model, folder)
        kept.append((folder / "weights.safetensors").read_bytes())
    assert kept[0] == kept[1]
    assert model.figures["folds"] == 3
    read = passages(groups, encode=encoder.encode, layers=encoder.layers)
    again = load_model(folder)
    np.testing.assert_array_equal(again.score(read), model.score(read))
    scores = again.classifier.tuned.logits(read)  # type: ignore[attr-defined]
    truth = marks["a"].labels
    for c in range(2):
        assert scores[truth[:, c], c].mean() > scores[~truth[:, c], c].mean() + 1
    with pytest.raises(ModelError, match="--fast"):
        again.score(replace(read, layers=None))


def test_what_is_learnt_besides_is_read_once_and_every_step_is_told(
    encoder: Encoder, short: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups, marks, cases = study(6)
    also = [Also(groups, marks["a"].labels.astype(np.float64), "banque")]
    began: list[int] = []
    ours = tuned.fit

    def fit(*given: Any, **settings: Any) -> Any:
        began.append(settings.get("start") is None)
        return ours(*given, **settings)

    monkeypatch.setattr(tuned, "fit", fit)
    told: list[tuple[int, int]] = []
    options: dict[str, Any] = {"codebook": CODEBOOK, "cases": cases, "encode": encoder.encode, "name": "m"}
    options |= {"encoder": "encoder", "layers": encoder.layers, "also": also}
    model = train(
        groups, marks, resume=Resume(tmp_path), progress=lambda done, total: told.append((done, total)), **options
    )
    assert began == [True, False, False, False, False]
    assert [done for done, _ in told] == list(range(1, told[-1][1] + 1))
    assert len({total for _, total in told}) == 1
    began.clear()
    again = train(groups, marks, resume=Resume(tmp_path), **options)
    assert began == [False]  # the layers and the three folds were kept; the model itself is not
    assert again.figures == model.figures
    fast = train(groups, marks, resume=Resume(tmp_path), **options | {"layers": None})
    assert fast.figures == train(groups, marks, **options | {"layers": None}).figures


def test_few_passages_that_stand_alone_tell_as_many_steps_as_they_take(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrast, "STEPS", 2)
    groups, marks, cases = study(4)
    answers = [[replace(one, transcript=answers_only(one.transcript)) for one in group] for group in groups]
    told: list[tuple[int, int]] = []
    model = train(
        answers, marks, codebook=CODEBOOK, cases=cases, encode=encoder.encode, layers=encoder.layers, name="m",
        encoder="encoder", progress=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    assert model.classifier.worth == contextual.FEW_WEIGHT  # type: ignore[attr-defined]
    assert told[-1][0] == told[-1][1] == len(told)


def answers_only(transcript: Transcript) -> Transcript:
    """Return a transcript whose questions nobody asks: open answers."""
    return replace(transcript, turns=tuple(turn for turn in transcript.turns if turn.role == "respondent"))
