"""Segments: exact offsets, nothing lost, nothing said twice, spoken French cut where it breathes.

The sentences and the sixteen interviews are SIMULATED.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from pipeline.read.study import read_study
from pipeline.records import Role, Segment, Transcript, Turn
from pipeline.segment import FEWEST_WORDS, LONGEST, load_senter, segment, segment_all, words

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def senter() -> Language:
    return load_senter()


@pytest.fixture(scope="module")
def groups() -> list[tuple[Transcript, list[Segment]]]:
    talks = read_study(ROOT / "corpora/rsn-pe").transcripts
    return list(zip(talks, segment_all(talks, nlp=load_senter()), strict=True))


def test_segments_are_ordered_disjoint_and_inside_a_respondent_turn(
    groups: list[tuple[Transcript, list[Segment]]],
) -> None:
    for _, group in groups:
        at = 0
        for one in group:
            assert at <= one.start < one.end
            assert one.turn.start <= one.start
            assert one.end <= one.turn.end
            assert one.turn.role == "respondent"
            assert one.text == one.text.strip()
            at = one.end


def test_every_letter_of_a_respondent_is_in_one_segment(groups: list[tuple[Transcript, list[Segment]]]) -> None:
    for talk, group in groups:
        held = {at for segment in group for at in range(segment.start, segment.end)}
        aside = {at for match in re.finditer(r"\([^()]*\)|\[[^]]*\]", talk.text) for at in range(*match.span())}
        spoken = {at for t in talk.turns if t.role == "respondent" for at in range(t.start, t.end)}
        assert "".join(talk.text[at] for at in sorted(spoken - held - aside) if talk.text[at].isalnum()) == ""


def test_no_unit_is_endless(groups: list[tuple[Transcript, list[Segment]]]) -> None:
    assert max(words(segment.text) for _, group in groups for segment in group) <= LONGEST + 3


def talk_of(*speeches: tuple[Role, str]) -> Transcript:
    """Lay out turns one after the other, each announced by its label."""
    text, turns = "", []
    for role, said in speeches:
        text += "Q : " if role == "interviewer" else "R : "
        turns.append(Turn(len(text), len(text) + len(said), text[-4], role))
        text += said + "\n\n"
    return Transcript("e1", text, tuple(turns))


SAID = "on exporte Facebook donc et puis parce que mais bon euh l'Allemagne client Dupont 3,5 % etc. vous"
WORDS = st.sampled_from(
    [*SAID.split(), "aujourd'hui", "M.", "1\u00a0500", "d'un", "À", "œuvre", "😀", "www.site.be"]
)
MARKS = [" ", " ", " ", ", ", ". ", " ; ", " ? ", "... ", "… ", " / ", " // ", " (.) ", "\u00a0: ", " « ", " » "]
SIGNS = st.sampled_from([*MARKS, " (rires) ", " [il montre l'écran] ", "\n", "\n\n", "  "])
SPEECH = st.lists(st.tuples(WORDS, SIGNS), min_size=1, max_size=160).map(
    lambda parts: "".join(word + sign for word, sign in parts).strip()
)
ROLES = st.sampled_from(["interviewer", "respondent", "respondent", "other"])
DIRECTION = re.compile(r"\([^()\n]*\)|\[[^]\n]*\]")


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(ROLES, SPEECH), min_size=1, max_size=4))
def test_whatever_is_said_falls_into_one_segment(senter: Language, speeches: list[tuple[Role, str]]) -> None:
    talk = talk_of(*speeches)
    found = segment(talk, nlp=senter)
    at, held = 0, set()
    for one in found:
        assert at <= one.start < one.end
        assert one.text == talk.text[one.start : one.end] == one.text.strip()
        assert one.turn.role == "respondent"
        assert one.turn.start <= one.start < one.end <= one.turn.end
        held |= set(range(one.start, one.end))
        at = one.end
    spoken = {place for t in talk.turns if t.role == "respondent" for place in range(t.start, t.end)}
    aside = {place for match in DIRECTION.finditer(talk.text) for place in range(*match.span())}
    missing = "".join(talk.text[place] for place in sorted(spoken - held - aside))
    assert missing.strip() == ""
    for turn in talk.turns:
        mine = [one for one in found if one.turn == turn]
        if len(mine) > 1:
            assert min(words(one.text) for one in mine) >= FEWEST_WORDS
        assert all(words(one.text) <= LONGEST + FEWEST_WORDS for one in mine)


@pytest.mark.parametrize(
    "parts",
    [
        ["On exporte depuis deux mille neuf.", "Les Allemands sont venus tout seuls."],
        ["Oui. On a une page depuis deux ans."],
        ["C'est M. Dupont qui s'en occupe, il est de Liège.", "Moi je n'y touche pas du tout."],
        ["On a fait 3,5 % de plus à l'étranger.", "Ce n'est pas rien pour nous."],
        ["Il y a Facebook, Instagram, etc. pour les photos."],
        ["Ça nous a coûté 1\u00a0500 euros la première année.", "On ne l'a pas refait depuis."],
        ["Elle m'a dit « vous êtes sérieux ? » et elle a commandé."],
        ["Vous voyez le site www.petitcaillou.be, c'est ma sœur."],
        ["Écrivez à info@calame.be, on répond dans la journée."],
        ["Le salon (rires) on y va pour la bière."],
        ["Oui oui oui."],
        ["..."],
        ["On regarde le profil avant de signer...", "c'est une habitude."],
        ["J'ai arrêté de payer.", "Le compte, il est toujours là.", "Et je vais voir."],
        ["Un client ? Un Japonais, oui, par la page."],
        ["Est-ce que ça m'a servi ?", "Je ne sais pas vous répondre.", "Peut-être un peu, oui."],
    ],
)
def test_sentences_are_the_units_of_well_written_speech(senter: Language, parts: list[str]) -> None:
    talk = talk_of(("interviewer", "Et ?"), ("respondent", " ".join(parts)))
    assert [one.text for one in segment(talk, nlp=senter)] == parts


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        (
            "oui alors donc on a créé ça en deux mille neuf avec mon associé julien qui est le développeur "
            "enfin qui était le développeur maintenant il gère et moi je viens de la médiation j'ai fait six"
            " ans au palais des beaux arts ici à lille donc on fait des applications pour les musées et puis"
            " on a commencé à exporter au canada parce que mon frère y vit mais bon c'est pas grand chose",
            ("donc on fait",),
        ),
        (
            "mon parcours / ben je suis né à berkane au maroc je suis arrivé à schaerbeek j'avais quatre ans"
            " / mon père était aux tramways / j'ai fait un graduat en gestion des ressources humaines et "
            "j'ai été onze ans formateur interne dans une banque qui n'existe plus // c'est pas moi hein "
            "(rires) / et en deux mille six quand ils ont commencé à vendre on est partis à trois",
            ("c'est pas moi",),
        ),
        (
            "alors au début (.) on n'avait rien du tout pas de site pas de page (.) juste le téléphone et la"
            " camionnette et puis ma fille est rentrée de londres et elle a dit papa on va faire une page "
            "(.) on l'a faite un dimanche et le lundi il y avait déjà un message d'un monsieur de cologne "
            "qui demandait le prix",
            ("on l'a faite",),
        ),
    ],
    ids=["discourse markers", "slashes", "short pauses"],
)
def test_unpunctuated_speech_is_cut_where_it_breathes(
    senter: Language, said: str, starts: tuple[str, ...]
) -> None:
    found = [one.text for one in segment(talk_of(("respondent", said)), nlp=senter)]
    assert " ".join(found) == said
    assert len(found) >= 2
    assert all(3 <= words(one) <= LONGEST for one in found)
    for start in starts:
        assert any(one.startswith(start) for one in found), found


def test_units_are_about_8_to_45_words(groups: list[tuple[Transcript, list[Segment]]]) -> None:
    """On rsn-pe four segments in five; short answers and short sentences are the rest."""
    counts = [words(one.text) for _, group in groups for one in group]
    assert sum(count < FEWEST_WORDS for count in counts) < 0.02 * len(counts)
    assert sum(8 <= count <= LONGEST for count in counts) > 0.6 * len(counts)
