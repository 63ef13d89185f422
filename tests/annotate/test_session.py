"""A session: what it asks, what it keeps, what it says of itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_study import CODEBOOK, answer, make_session, truth

from pipeline.annotate import open_store
from pipeline.annotate.questions import Why, encode_id
from pipeline.annotate.worklist import Listed
from pipeline.errors import CodingError, StoreError, StudyError


def test_every_segment_is_asked_once_then_nothing(tmp_path: Path) -> None:
    session = make_session(tmp_path, interviews=2, each=10)
    seen = set()
    while (question := session.next()) is not None:
        assert question.segment.text not in seen
        seen.add(question.segment.text)
        session.answer(f"k{len(seen)}", question.id, truth(question.segment))
    assert len(seen) == 20 == session.progress().decided
    session.close()


def test_a_question_stands_in_its_context_and_stays(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    question = session.next()
    assert question is not None
    assert session.next() == question
    assert question.speaker == "R"
    assert question.asked.startswith("Et ensuite")
    assert all(one.transcript is question.segment.transcript for one in (*question.before, *question.after))
    assert all(one.end <= question.segment.start for one in question.before)
    assert session.question(question.id).segment == question.segment
    session.close()


def test_the_same_key_counts_once(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    question = session.next()
    assert question is not None
    assert session.answer("k", question.id, ["visibilite"])
    assert not session.answer("k", question.id, [])
    assert session.progress().decided == 1
    session.close()


def test_all_is_there_after_a_restart_and_the_old_question_can_still_be_answered(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    answer(session, 12)
    question = session.next()
    assert question is not None
    session.close()
    again = make_session(tmp_path)
    assert again.progress().decided == 12
    assert again.answer("late", question.id, ["notoriete"], "par alias")
    (last,) = [e for e in open_store(tmp_path / "study.sqlite").events("marie") if e.key == "late"]
    assert (last.codes, last.memo) == (frozenset({"visibilite"}), "par alias")
    assert last.strategy == question.why.strategy
    again.close()


def test_undo_gives_the_question_back_with_what_was_said(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    assert session.undo("u0") is None
    question = session.next()
    assert question is not None
    session.answer("k", question.id, ["partenaires"], "sûr")
    back = session.undo("u1")
    assert back is not None
    assert (back.segment, back.memo) == (question.segment, "sûr")
    assert back.chosen == {"partenaires"}
    assert session.next() == back
    assert session.question(question.id).chosen == {"partenaires"}
    assert session.progress().decided == 0
    session.close()


def test_what_was_skipped_comes_back_last(tmp_path: Path) -> None:
    session = make_session(tmp_path, interviews=1, each=4)
    first = session.next()
    assert first is not None
    session.skip("s", first.id)
    answer(session, 3)
    last = session.next()
    assert last is not None
    assert (last.segment, last.why.strategy) == (first.segment, "again")
    session.close()


def test_one_in_five_is_random_logged_with_its_probability_and_shared_by_coders(tmp_path: Path) -> None:
    places = {}
    for coder in ("marie", "paul"):
        session = make_session(tmp_path, coder)
        assert answer(session, 40, tag=coder)[4::5] == ["random"] * 8
        events = open_store(tmp_path / "study.sqlite").events(coder)
        drawn = [e for e in events if e.strategy == "random"]
        chances = [e.probability or 0.0 for e in drawn]
        assert all(0 < chance <= 1 for chance in chances)
        assert chances == sorted(chances)
        places[coder] = {e.place for e in drawn}
        session.close()
    assert len(places["marie"] & places["paul"]) >= 6


def test_the_machine_learns_beside_and_measures_on_the_random_sample(tmp_path: Path) -> None:
    session = make_session(tmp_path, interviews=4, each=40)
    answer(session, 140)
    assert session.settle()
    now = session.progress()
    assert now.model == "séance-140"
    assert not now.learning
    assert [point.labels for point in now.curve][-1] == 140
    assert now.curve[-1].sample >= 20
    assert now.curve[-1].sample <= now.random
    assert (now.curve[-1].kappa or 0) > 0.5
    assert "Indication" in now.indication
    session.close()
    again = make_session(tmp_path, interviews=4, each=40)
    assert again.progress().curve == now.curve
    again.close()


def test_a_code_that_stays_rare_is_said_to_be_for_the_hand(tmp_path: Path) -> None:
    session = make_session(tmp_path, interviews=6, each=40)
    answer(session, 199)
    assert not any(code.rare for code in session.progress().codes)
    answer(session, 1, tag="last")
    now = session.progress()
    assert {code.code for code in now.codes if code.rare} == {"individuel", "collectif"}
    assert any("« Individuel » : aucun passage après 200 réponses" in line for line in now.advice)
    session.close()


def test_predictions_that_settle_are_told(tmp_path: Path) -> None:
    session = make_session(tmp_path, interviews=6, each=40)
    for n in range(9):
        answer(session, 20, tag=f"{n}-")
        assert session.settle()
    assert any("ont cessé de changer" in line for line in session.progress().advice)
    session.close()


def test_the_machine_speaks_after_the_coder_only(tmp_path: Path) -> None:
    session = make_session(tmp_path, suggests=True)
    answer(session, 25)
    session.settle()
    question = session.next()
    assert question is not None
    assert session.suggestion(question.id) is None
    session.answer("mine", question.id, [])
    found = session.suggestion(question.id)
    assert found is not None
    assert {code for code, _ in found.scores} == set(CODEBOOK.ids)
    session.close()
    silent = make_session(tmp_path)
    assert silent.suggestion(question.id) is None
    silent.close()


def test_why_shows_words_and_own_passages(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    answer(session, 40)
    for reading in session.transcripts():
        segment = next(one for one in reading.segments if truth(one) == {"partenaires"})
        why = session.explain(encode_id(segment, Why("random")), "partenaires")
        assert 1 <= len(why.precedents) <= 3
        assert all("partenaire" in p.quote or "distributeur" in p.quote for p in why.precedents)
        assert segment.text not in {p.quote for p in why.precedents}
        assert why.words
    session.close()


def test_spans_and_whole_readings_say_what_they_say(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    reading = session.reading("entretien-1")
    segment = reading.segments[3]
    assert session.code_span("s1", "entretien-1", segment.start + 2, segment.end, ["partenaires"])
    book = session._ledger
    assert book.labels[3, 1] == 1
    assert np.isnan(book.labels[3, 0])
    assert not book.decided[3]
    assert session.finish_reading("r1", "entretien-1")
    book = session._ledger
    assert book.decided[:20].all()
    assert book.labels[3].tolist() == [0, 1, 0, 0]
    assert session.reading("entretien-1").finished
    session.take_back("t1", "s1")
    assert session._ledger.labels[3].tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="in force"):
        session.take_back("t2", "s1")
    session.close()


@pytest.mark.parametrize(
    ("start", "end", "codes"), [(5, 5, ["visibilite"]), (0, 10**6, ["visibilite"]), (4, 20, [])]
)
def test_a_span_must_be_somewhere_and_say_something(
    tmp_path: Path, start: int, end: int, codes: list[str]
) -> None:
    session = make_session(tmp_path)
    with pytest.raises(CodingError, match="entretien-1"):
        session.code_span("s", "entretien-1", start, end, codes)
    session.close()


def test_codes_are_checked(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    question = session.next()
    assert question is not None
    with pytest.raises(CodingError, match="« zzz » inconnu"):
        session.answer("k", question.id, ["zzz"])
    with pytest.raises(CodingError, match="n’admet qu’un code"):
        session.answer("k", question.id, ["individuel", "collectif"])
    for forged in ("", "zzz", "WyJlMSIsMCw1XQ"):
        with pytest.raises(ValueError, match=r"question|segment"):
            session.answer("k", forged, [])
    with pytest.raises(StudyError, match="inconnue"):
        session.reading("ailleurs")
    assert session.progress().decided == 0
    session.close()


def test_two_sessions_of_one_coder_are_refused(tmp_path: Path) -> None:
    session = make_session(tmp_path)
    with pytest.raises(StoreError, match="déjà une séance ouverte"):
        make_session(tmp_path)
    session.close()
    make_session(tmp_path).close()


def test_a_worklist_is_served_first(tmp_path: Path) -> None:
    session = make_session(tmp_path, worklist=(Listed(7, 0.1), Listed(3, 0.1)))
    rows = []
    for n in range(3):
        question = session.next()
        assert question is not None
        rows.append((question.why.strategy, question.listed))
        session.answer(f"k{n}", question.id, [])
    assert rows[:2] == [("worklist", (1, 2)), ("worklist", (2, 2))]
    assert rows[2][0] != "worklist"
    assert session.progress().worklist == (2, 2)
    session.close()
