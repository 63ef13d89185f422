"""Explanations: the words that weighed, passages that humans coded, and never the interview explained."""

from __future__ import annotations

import numpy as np
from made_up import CODEBOOK, encode, interview, study

from pipeline.align import Marks
from pipeline.classify import passages, train
from pipeline.classify.explain import PRECEDENTS, Library, explain, heavy_words


def test_the_heaviest_word_is_the_one_the_code_hangs_on() -> None:
    groups, marks, cases = study(8)
    model = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    new, kinds = interview(77)
    read = passages([new], encode=encode)
    retained = np.array([[kind == code for code in CODEBOOK.ids] for kind in kinds])
    words = heavy_words(model.classifier, read, retained)
    telling = {
        "prix": {"prix", "cher", "élevé", "tarif", "remise", "paie", "coûte", "trop", "nous"},
        "gens": {"collègues", "gens", "équipe", "gentils", "aident", "soudée", "bien", "des", "Les", "Mes", "Une"},
    }
    for i, kind in enumerate(kinds):
        if kind:
            found = words[i, CODEBOOK.ids.index(kind)]
            assert found
            assert all(word in new[i].text for word in found)
            assert found[0] in telling[kind]


def test_precedents_are_human_codings_of_that_code_in_other_interviews_nearest_first() -> None:
    groups, marks, cases = study(6)
    model = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    read, segments = passages(groups, encode=encode), [segment for group in groups for segment in group]
    retained = marks["a"].labels
    found = explain(model.classifier, read, segments, retained, CODEBOOK.ids, Library.of(segments, read, marks))
    assert len(found) == retained.sum()
    said = {
        (segment.text, code)
        for i, segment in enumerate(segments)
        for c, code in enumerate(CODEBOOK.ids)
        if retained[i, c]
    }
    for (talk, _, code), why in found.items():
        assert len(why.precedents) == PRECEDENTS
        assert all(one.transcript != talk and (one.quote, code) in said and one.coders for one in why.precedents)
        likeness = [one.likeness for one in why.precedents]
        assert likeness == sorted(likeness, reverse=True)


def test_without_human_codings_there_are_words_and_no_precedents() -> None:
    groups, marks, cases = study(4)
    model = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    read, segments = passages(groups, encode=encode), [segment for group in groups for segment in group]
    found = explain(model.classifier, read, segments, marks["a"].labels, CODEBOOK.ids, None)
    assert all(not why.precedents for why in found.values())
    assert any(why.words for why in found.values())


def test_a_coder_who_did_not_read_a_passage_lends_no_precedent() -> None:
    groups, marks, cases = study(4)
    model = train(groups, marks, codebook=CODEBOOK, cases=cases, encode=encode, name="e", encoder="x")
    read, segments = passages(groups, encode=encode), [segment for group in groups for segment in group]
    unread = {"a": Marks(marks["a"].labels, np.zeros(len(segments), bool))}
    found = explain(
        model.classifier, read, segments, marks["a"].labels, CODEBOOK.ids, Library.of(segments, read, unread)
    )
    assert all(not why.precedents for why in found.values())
