"""Layers that learn from few passages: what attracts, what is learnt, the same weights twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from pipeline.classify import CLASSIFIERS, Passages, contrast
from pipeline.embed import Encoder, load_encoder

SEA = (
    "On part pêcher avant l’aube.", "Le bateau rentre au port.", "La marée monte vite ici.",
    "On répare les filets sur le quai.", "Les vagues ont cassé le mât.", "Le chalut est plein de sardines.",
)  # fmt: skip
MONEY = (
    "La banque refuse le crédit.", "Le loyer a doublé en un an.", "On paie trop d’impôts.",
    "Le salaire tombe le cinq du mois.", "Les factures s’empilent.", "Le découvert coûte cher.",
)  # fmt: skip
NEW = ("Le pêcheur jette ses casiers.", "Le banquier veut des garanties.")


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder(None)


def alone(texts: tuple[str, ...], encoder: Encoder) -> Passages:
    """Read sentences that nobody asked for as passages."""
    rows, places = encoder.encode(texts), np.arange(len(texts))
    none = ("",) * len(texts)
    return Passages(
        texts, none, np.hstack([rows, rows, np.zeros_like(rows)]), places, places, none, encoder.layers
    )


def test_a_loss_is_least_where_passages_of_one_code_stand_together() -> None:
    labels = torch.tensor([[1.0, 0], [1, 0], [0, 1], [0, 1]])
    together = torch.nn.functional.normalize(torch.tensor([[1.0, 0], [1, 0.1], [0, 1], [0.1, 1]]), dim=1)
    crossed = together[[0, 2, 1, 3]]
    assert contrast.loss(together, labels) < contrast.loss(crossed, labels)
    assert contrast.loss(together, torch.zeros(4, 2)) == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_likeness_does_not_mind_the_order(order: tuple[int, ...]) -> None:
    labels = torch.tensor([[1.0, 1, 0], [1, 0, 0], [0, 1, 1]])
    index = list(order)
    assert torch.equal(contrast.likeness(labels)[index][:, index], contrast.likeness(labels[index]))


def test_twelve_sentences_teach_two_codes_and_the_same_weights_come_twice(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contrast, "STEPS", 6)
    known, labels = alone(SEA + MONEY, encoder), np.repeat(np.eye(2), 6, axis=0)
    fits = [CLASSIFIERS["contextual"].fit(known, labels, seed=3) for _ in range(2)]
    weights = [one.tensors() for one in fits]
    assert any(name.startswith("tuned.layers.") for name in weights[0])
    assert all(np.array_equal(weights[0][name], weights[1][name]) for name in weights[0])
    scores = fits[0].logits(alone(NEW, encoder))
    assert scores.argmax(axis=1).tolist() == [0, 1]
    again = CLASSIFIERS["contextual"].restore(weights[0]).logits(alone(NEW, encoder))
    np.testing.assert_array_equal(again, scores)


def test_one_passage_a_code_attracts_nothing_so_no_layer_is_trained(encoder: Encoder) -> None:
    found = CLASSIFIERS["contextual"].fit(alone(NEW, encoder), np.eye(2), seed=0)
    assert not any(name.startswith("tuned.") for name in found.tensors())


def test_passages_of_one_conversation_are_left_to_words_and_vectors(encoder: Encoder) -> None:
    talk = replace(alone(SEA, encoder), turn=np.zeros(6, np.int64), interview=np.zeros(6, np.int64))
    found = CLASSIFIERS["contextual"].fit(talk, np.repeat(np.eye(2), 3, axis=0), seed=0)
    assert not any(name.startswith("tuned.") for name in found.tensors())
