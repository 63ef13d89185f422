"""Trained layers, with the shipped encoder: windows, learning, the trip to disk, the same bytes twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up import CODEBOOK, study

from pipeline.classify import Passages, load_model, net, passages, save_model, train, tuned
from pipeline.classify.net import Net, places
from pipeline.embed import Encoder, load_encoder
from pipeline.errors import ModelError


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
