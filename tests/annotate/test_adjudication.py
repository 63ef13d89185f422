"""Two blind coders, their disagreements, the consensus; and what comes out as files."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import CODEBOOK, answer, groups, make_adjudication, make_session, truth

from pipeline.annotate import open_store
from pipeline.annotate.exchange import as_csv, codings_of, consensus_codings, worklist_csv
from pipeline.errors import CodingError


def test_coders_are_blind_then_settle_what_they_differ_on(tmp_path: Path) -> None:
    for coder in ("marie", "paul"):
        session = make_session(tmp_path, coder, interviews=1, each=10)
        while (question := session.next()) is not None:
            codes = truth(question.segment)
            assert question.chosen == frozenset()
            session.answer(
                f"{coder}{question.segment.start}",
                question.id,
                codes if coder == "marie" else codes - {"visibilite"},
            )
        session.close()
    judge = make_adjudication(tmp_path, interviews=1, each=10)
    assert judge.coders() == ("marie", "paul")
    found = judge.disagreements()
    assert len(found) == sum("visibilite" in truth(s) for s in groups(1, 10)[0])
    assert all(one.codes == ("visibilite",) for one in found)
    assert found[0].answers["marie"].codes != found[0].answers["paul"].codes
    with pytest.raises(CodingError, match="pourquoi"):
        judge.record("c0", found[0].id, ["visibilite"], " ")
    assert judge.record("c1", found[0].id, ["visibilite"], "dit clairement")
    assert not judge.record("c1", found[0].id, [], "encore")
    assert judge.disagreements()[-1].settled is not None
    assert judge.disagreements("partenaires") == ()
    events = open_store(tmp_path / "study.sqlite").events()
    agreed = consensus_codings(events, groups(1, 10)[0], CODEBOOK)
    assert len(agreed) == 10 - len(found) + 1


def test_codings_come_out_in_the_exchange_format(tmp_path: Path) -> None:
    from pipeline.read.codings import read_codings

    session = make_session(tmp_path, interviews=2, each=6)
    answer(session, 5)
    segment = session.reading("entretien-2").segments[0]
    session.code_span("s", "entretien-2", segment.start, segment.start + 5, ["visibilite"], "mémo, « cité »")
    session.finish_reading("r", "entretien-2")
    session.close()
    made = groups(2, 6)
    segments = [one for group in made for one in group]
    events = open_store(tmp_path / "study.sqlite").events()
    codings = codings_of(events, segments, CODEBOOK, coder="marie")
    talks = {group[0].transcript.id: group[0].transcript for group in made}
    path = tmp_path / "marie.csv"
    path.write_text(as_csv(codings, talks, CODEBOOK), encoding="utf-8")
    back = read_codings(path, talks.values(), CODEBOOK)
    assert [(c.transcript, c.start, c.end, c.codes, c.note) for c in back] == [
        (c.transcript, c.start, c.end, c.codes, c.note) for c in codings
    ]
    whole = len(talks["entretien-2"].text)
    assert ("entretien-2", 0, whole, frozenset()) in [(c.transcript, c.start, c.end, c.codes) for c in back]
    assert len(worklist_csv(codings, events, seed=0).splitlines()) == 1 + len(codings)
