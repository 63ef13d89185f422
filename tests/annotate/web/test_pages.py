"""Pages as plain forms: what is posted is stored once, and everything from outside stays text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from looking import browse, fields, words
from stand_in import EVIL, StandIn, StandInAdjudication
from starlette.testclient import TestClient
from visiting import adjudication, session

from pipeline.annotate.events import Event, effective
from pipeline.annotate.questions import Point

EVERY_PAGE = ("/", "/lecture", "/lecture?transcription=e1", "/avancement", "/aide")


@pytest.fixture
def client(session: StandIn) -> Iterator[TestClient]:
    """Return a browser without scripts."""
    with browse(session) as opened:
        yield opened


def test_an_answer_is_stored_and_the_next_passage_asked(client: TestClient, session: StandIn) -> None:
    form = fields(client.get("/").text, "reponse")
    data = form | {
        "code": ["visibilite", "opportunites"],
        "code.1": "prive",
        "memo": " Un\r\nmémo ",
        "do": "answer",
    }
    page = client.post("/reponse", data=data)
    assert page.request.url.path == "/"
    assert [(e.kind, sorted(e.codes), e.memo) for e in session.events] == [
        ("decision", ["opportunites", "prive", "visibilite"], "Un\nmémo")
    ]
    assert "Un Allemand nous a écrit 0." in re.findall(r"<mark.*?</mark>", page.text)[0]
    assert "Réponse enregistrée" in page.text


def test_a_form_sent_twice_counts_once(client: TestClient, session: StandIn) -> None:
    data = fields(client.get("/").text, "reponse") | {"code": "visibilite", "do": "answer"}
    client.post("/reponse", data=data)
    client.post("/reponse", data=data)
    assert len(session.events) == 1


def test_two_tabs_on_one_question_leave_one_decision_in_force_on_each_place(
    client: TestClient, session: StandIn
) -> None:
    tabs = [fields(client.get("/").text, "reponse") for _ in range(2)]
    assert tabs[0]["key"] != tabs[1]["key"]
    for tab in tabs:
        assert client.post("/reponse", data=tab | {"do": "nothing"}).status_code == 200
    assert {event.place for event in session.events} == {session.events[0].place}
    assert session.progress().segments == 96


def test_nothing_ticked_is_not_nothing_applies(client: TestClient, session: StandIn) -> None:
    data = fields(client.get("/").text, "reponse") | {"code.1": "", "memo": "à garder", "do": "answer"}
    page = client.post("/reponse", data=data)
    assert page.status_code == 400
    assert "Choisissez au moins un code" in words(page.text)
    assert "à garder</textarea>" in page.text
    assert session.events == []
    client.post("/reponse", data=data | {"do": "nothing"})
    assert [sorted(event.codes) for event in session.events] == [[]]


def test_a_skip_leaves_the_passage_for_later(client: TestClient, session: StandIn) -> None:
    client.post("/reponse", data=fields(client.get("/").text, "reponse") | {"do": "skip", "code": "visibilite"})
    assert [event.kind for event in session.events] == ["skip"]
    assert "1\u00a0passage mis de côté" in words(client.get("/").text)


def test_undo_brings_the_answer_back_to_be_corrected(client: TestClient, session: StandIn) -> None:
    data = fields(client.get("/").text, "reponse") | {"code": "opportunites", "memo": "M" + EVIL, "do": "answer"}
    client.post("/reponse", data=data)
    page = client.post("/annuler", data=fields(client.get("/").text, "annuler"))
    assert effective(session.events) == ()
    assert re.search(r'value="opportunites" [^>]*checked', page.text)
    assert "On a une page 😀 qui tourne 0." in re.findall(r"<mark.*?</mark>", page.text)[0]
    assert html.escape("M" + EVIL) in page.text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


def test_undo_with_nothing_to_undo_says_so(client: TestClient, session: StandIn) -> None:
    page = client.post("/annuler", data=fields(client.get("/").text, "annuler"))
    assert "Il n’y a rien à annuler" in words(page.text)
    session.finish_reading("k", "e1")
    page = client.post("/annuler", data=fields(client.get("/").text, "annuler"))
    assert "fait en mode lecture, est annulé" in words(page.text)


def test_the_machine_is_silent_before_the_coder_has_spoken() -> None:
    with browse(StandIn(suggests=True)) as client:
        before = client.get("/").text
        assert "Machine" not in before
        assert "0,83" not in before
        after = client.post(
            "/reponse", data=fields(before, "reponse") | {"code": "visibilite", "do": "answer"}
        ).text
        assert "0,83" in after
        assert "Vous n’êtes pas d’accord" in words(after)
        why = client.get(html.unescape(re.findall(r'class="why" href="([^"]*)"', after)[0]))
        assert "Mots qui ont le plus pesé : allemand" in words(why.text).replace("\u00a0", " ")
        assert "Un Allemand nous a écrit." in words(why.text)
    with browse(StandIn()) as client:
        data = fields(client.get("/").text, "reponse") | {"code": "visibilite", "do": "answer"}
        assert "Machine" not in client.post("/reponse", data=data).text


def test_progress_tells_what_is_rare_what_is_stable_and_that_a_figure_is_an_indication(session: StandIn) -> None:
    session.curve = (Point(20, 0.25, 4), Point(40, 0.5, 8))
    session.advice = ("Les prédictions se sont stabilisées.",)
    with browse(session) as client:
        said = words(client.get("/").text)
    assert "trop rare pour être automatisé" in said
    assert "Les prédictions se sont stabilisées." in said
    assert "Courbe d’apprentissage indication" in said
    assert "Indication\u00a0: validation croisée sur le tirage au hasard" in said
    assert "Kappa moyen de 0,25 à 20 réponses, de 0,50 à 40." in said
    assert "Liste de travail\u00a0: 3 sur 60" in said


def test_when_all_is_decided_the_page_says_so() -> None:
    with browse(StandIn(names=())) as client:
        assert "aucun passage à coder" in words(client.get("/").text)
        assert "aucun entretien" in words(client.get("/lecture").text)
    done = StandIn(names=("e1",), turns=1)
    for n, part in enumerate(done.segments):
        done.events.append(Event(f"k{n}", "marie", "decision", "", "e1", part.start, part.end))
    with browse(done) as client:
        assert "Tout est codé" in client.get("/").text


def test_whatever_comes_from_outside_is_text(session: StandIn) -> None:
    session.coder = "marie" + EVIL
    session.title = "Étude" + EVIL
    session.code_span("k", "e1", 30, 60, ["fiabilite"], "Mémo" + EVIL)
    with browse(session) as client:
        for path in EVERY_PAGE:
            page = client.get(path).text
            assert "<script>" not in page
            assert "<img src=x" not in page
    with browse(None, StandInAdjudication()) as client:
        assert "<img src=x" not in client.get("/").text


def test_a_mistake_is_told_as_the_engine_tells_it(client: TestClient) -> None:
    data = fields(client.get("/").text, "reponse") | {"code": "inconnu", "do": "answer"}
    page = client.post("/reponse", data=data)
    assert page.status_code == 400
    assert "Code inconnu\u00a0: x. Codes connus\u00a0: visibilite." in words(page.text)
    part = client.post("/reponse", data=data, headers={"HX-Request": "true"})
    assert (part.headers["HX-Retarget"], "<html" in part.text) == ("#alerte", False)
    assert client.get("/lecture?transcription=absent").status_code == 400


def test_a_quotation_becomes_a_span_at_its_exact_place(client: TestClient, session: StandIn) -> None:
    form = fields(client.get("/lecture?transcription=e1").text, "reponse")
    quote = "page  😀 qui tourne 3. Un\nAllemand"
    client.post("/lecture/coder", data=form | {"quote": quote, "code": "visibilite", "memo": "M"})
    event = session.events[0]
    text = session.reading("e1").transcript.text
    assert (event.kind, text[event.start : event.end]) == ("span", "page 😀 qui tourne 3. Un Allemand")
    assert "Retirer Visibilité, notoriété de" in client.get("/lecture?transcription=e1").text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"quote": "absent", "code": "visibilite"}, "ne se trouve pas"),
        ({"quote": "Allemand", "code": "visibilite"}, "se trouve 12 fois"),
        ({"quote": " ", "code": "visibilite"}, "Aucun passage choisi"),
        ({"quote": "qui tourne 3"}, "Choisissez au moins un code"),
        ({"start": "5", "end": "999999", "code": "visibilite"}, "sort du texte"),
    ],
)
def test_a_passage_that_is_nowhere_is_told(
    client: TestClient, session: StandIn, given: dict[str, str], told: str
) -> None:
    form = fields(client.get("/lecture?transcription=e1").text, "reponse")
    page = client.post("/lecture/coder", data=form | given)
    assert page.status_code == 400
    assert told in words(page.text)
    assert session.events == []


def test_any_span_can_be_taken_back_and_the_reading_finished(client: TestClient, session: StandIn) -> None:
    session.code_span("un", "e1", 30, 60, ["visibilite"])
    session.code_span("deux", "e1", 50, 90, ["opportunites"])
    page = client.get("/lecture?transcription=e1").text
    client.post("/lecture/retirer", data=fields(page, "retirer") | {"event": "un"})
    assert [event.key for event in effective(session.events)] == ["deux"]
    page = client.post("/lecture/terminer", data=fields(page, "terminer")).text
    assert "lu en entier" in page
    client.post("/lecture/annuler", data=fields(page, "annuler"))
    assert not session.reading("e1").finished


def test_disagreements_are_shown_side_by_side_and_settled_with_a_memo(adjudication: StandInAdjudication) -> None:
    with browse(None, adjudication) as client:
        page = client.get("/").text
        assert "Désaccord 1 sur 3" in words(page)
        data = fields(page, "reponse") | {"follow": "bob", "memo": ""}
        assert "Un consensus dit pourquoi" in words(client.post("/consensus", data=data).text)
        page = client.post("/consensus", data=data | {"memo": "Bob a raison."}).text
        assert {k: sorted(e.codes) for k, e in adjudication.settled.items()} == {
            "d0": ["opportunites", "visibilite"]
        }
        assert "1 réglé sur 3" in words(page)
        data = fields(page, "reponse") | {"do": "nothing", "memo": "Hors sujet."}
        client.post("/consensus", data=data)
        assert sorted(adjudication.settled["d1"].codes) == []
        assert "Bob a raison.</textarea>" in client.get("/?passage=d0").text
        assert client.get("/?passage=d9").status_code == 404
        assert "Aucun désaccord sur «" in words(client.get("/?code=prive").text)


def test_blind_coding_has_no_adjudication_and_adjudication_no_session(
    client: TestClient, session: StandIn, adjudication: StandInAdjudication
) -> None:
    data = fields(client.get("/").text, "annuler") | {"passage": "d0", "memo": "m"}
    assert client.post("/consensus", data=data).status_code == 404
    with browse(None, adjudication) as other:
        assert other.get("/lecture").status_code == 404
        assert other.get("/pourquoi").status_code == 404
