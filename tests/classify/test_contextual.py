"""The default coder: what an answer says once is heard in all of it; folders of earlier models still read."""

from __future__ import annotations

import numpy as np

from pipeline.classify import contextual
from pipeline.classify.context import Passages


def talk(turn: list[int]) -> Passages:
    own = ("On exporte.", "Facebook, voilà.", "Rien.", "Facebook, voilà.", "Le port.", "Rien.")
    rows = np.eye(6, dtype=np.float32)[[0, 1, 2, 1, 4, 2]]
    vectors = np.hstack([rows, rows, 0 * rows])
    return Passages(own, own, vectors, np.zeros(6, np.int64), np.array(turn, np.int64), ("",) * 6)


def test_the_best_passage_of_an_answer_lifts_its_neighbours_and_order_stays() -> None:
    labels = np.array([[0], [1], [0], [1], [0], [0]], dtype=float)
    fitted = contextual.fit(talk([0, 1, 2, 3, 4, 5]), labels, seed=0)
    apart = fitted.logits(talk([0, 1, 2, 3, 4, 5]))[:, 0]
    silent = contextual.restore({**fitted.tensors(), "echo": np.zeros(1, np.float32)})
    together = talk([0, 0, 0, 1, 1, 1])
    heard, plain = fitted.logits(together)[:, 0], silent.logits(together)[:, 0]
    assert np.allclose(apart, silent.logits(talk([0, 1, 2, 3, 4, 5]))[:, 0])
    assert (heard > plain)[[0, 2, 4, 5]].all()
    assert np.allclose(heard[[1, 3]], plain[[1, 3]])
    assert (np.argsort(heard[:3]) == np.argsort(plain[:3])).all()


def test_a_folder_written_before_the_echo_reads_as_it_did() -> None:
    labels = np.array([[0], [1], [0], [1], [0], [0]], dtype=float)
    fitted = contextual.fit(talk([0, 0, 0, 1, 1, 1]), labels, seed=0)
    older = {name: value for name, value in fitted.tensors().items() if name != "echo"}
    same = {**fitted.tensors(), "echo": np.zeros(1, np.float32)}
    passages = talk([0, 0, 0, 1, 1, 1])
    assert np.array_equal(contextual.restore(older).logits(passages), contextual.restore(same).logits(passages))
