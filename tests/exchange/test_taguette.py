"""Taguette: what it wrote is read right, what is written for it comes back."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import SAMPLES, projects
from hypothesis import HealthCheck, given, settings

from pipeline.codebook import Code, Codebook, Dimension
from pipeline.errors import ReadError
from pipeline.exchange import Options, Project, Setting
from pipeline.exchange.project import merged
from pipeline.exchange.taguette import read_taguette
from pipeline.exchange.taguette_text import Page, bytes_of, to_html
from pipeline.exchange.taguette_write import write_taguette
from pipeline.records import Coding, Transcript

E01 = (
    "Enquêteur : Qu’est-ce que ça apporte ?\n"
    "Directrice A : Ça nous a donné de la visibilité à l’étranger 🚀, surtout en Allemagne.\n"
    "On a trouvé un partenaire au Québec."
)
VISIBILITY = "Ça nous a donné de la visibilité à l’étranger 🚀, surtout en Allemagne."
BY_HAND = [
    ("visibilite", VISIBILITY, "admin"),
    ("organisationnel", "un partenaire au Québec", "admin"),
    ("partenaires", "un partenaire au Québec", "admin"),
]


def told(project: Project) -> list[tuple[str, str, str]]:
    """Write the codings of a project as BY_HAND are."""
    text = {talk.id: talk.text for talk in project.transcripts}
    return [
        (code, text[c.transcript][c.start : c.end], c.coder) for c in project.codings for code in sorted(c.codes)
    ]  # fmt: skip


def test_what_taguette_wrote_is_read_right() -> None:
    project = read_taguette(SAMPLES / "project.sqlite3", Setting())
    assert [(talk.id, talk.text) for talk in project.transcripts] == [("E01", E01)]
    assert told(project) == BY_HAND
    assert project.codebook
    assert {d.label: [c.label for c in d.codes] for d in project.codebook.dimensions} == {
        "Bénéfices": ["Fiabilité", "Opportunités", "Partenaires", "Visibilité"],
        "Usage": ["Organisationnel", "Privé"],
        "Codes": ["interesting"],
    }
    assert project.codebook.codes[3].definition == "être vu à l’étranger"


def test_a_highlight_whose_author_is_not_told_is_the_projects_owners() -> None:
    project = read_taguette(SAMPLES / "machine_coded.sqlite3", Setting())
    assert told(project) == [("opportunites", "Qu’est-ce que ça apporte ?", "admin"), *BY_HAND]


def test_two_codes_of_one_label_keep_those_below_them(tmp_path: Path) -> None:
    twin, below = Code("c2", "Vente"), Code("c3", "Prix", parent="c2")
    dimensions = (Dimension("d0", "Vente", (Code("c1", "Vente"),)), Dimension("d1", "Vente", (twin, below)))
    (data,) = write_taguette(
        Project("p", Codebook("p", dimensions), (Transcript("e", "Oui."),)), Options()
    ).values()
    path = tmp_path / "p.sqlite3"
    path.write_bytes(data)
    again = read_taguette(path, Setting()).codebook
    assert again
    assert [(c.id, c.label, c.parent) for c in again.codes] == [
        ("c1", "Vente", ""), ("c2", "Vente", ""), ("c3", "Prix", "c2"),
    ]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_what_is_written_for_taguette_comes_back(project: Project, tmp_path: Path) -> None:
    (data,) = write_taguette(project, Options()).values()
    assert data == next(iter(write_taguette(project, Options()).values()))
    path = tmp_path / "p.sqlite3"
    path.write_bytes(data)
    again = read_taguette(path, Setting())
    assert [talk.text for talk in again.transcripts] == [talk.text for talk in project.transcripts]
    assert again.codebook and project.codebook
    assert {(c.id, c.label, c.definition, c.include) for c in again.codebook.codes} == {
        (c.id, c.label, c.definition, c.include) for c in project.codebook.codes
    }
    assert {tuple(talk.attributes.items()) for talk in again.transcripts if any(talk.attributes.values())} <= {
        tuple((k, v) for k, v in talk.attributes.items()) for talk in kept(project).transcripts
    }
    assert again.codings == kept(project).codings
    assert again.unplaced == ()


def kept(project: Project) -> Project:
    """Take from a project what Taguette has no place for: scores, notes, line ends around a passage."""
    text = {talk.id: talk.text for talk in project.transcripts}
    codings = [replace(trimmed(c, text[c.transcript]), scores=None, note="") for c in project.codings]
    filled = [name for talk in project.transcripts for name, value in talk.attributes.items() if value]
    order = list(dict.fromkeys(filled))
    talks = [
        Transcript(talk.id, talk.text, attributes={name: talk.attributes[name] for name in order})
        for talk in project.transcripts
    ]
    return replace(project, codings=merged(codings), transcripts=tuple(talks))


def trimmed(coding: Coding, text: str) -> Coding:
    """Leave line ends out of the edges of a passage."""
    passage = text[coding.start : coding.end]
    start = coding.start + len(passage) - len(passage.lstrip("\n"))
    return replace(coding, start=start, end=start + len(passage.strip("\n")))


@settings(max_examples=80, deadline=None)
@given(project=projects())
def test_a_text_survives_html(project: Project) -> None:
    for talk in project.transcripts:
        page = Page(to_html(talk.text))
        assert page.text == talk.text
        places = bytes_of(talk.text)
        assert places[-1] == len(talk.text.replace("\n", "").encode())


@pytest.mark.parametrize(
    ("contents", "text"),
    [
        ("<p>Un</p>\n  <p>Deux</p>\n", "Un\nDeux"),
        ("<h1>Titre</h1><p>Un <b>mot</b> &amp; un&nbsp;autre</p>", "Titre\nUn mot & un\u00a0autre"),
        ("<ul><li>a</li><li>b</li></ul>fin", "a\nb\nfin"),
        ("<p>a<br>b</p>", "a\nb"),
        ("<div><p>a\nb</p></div>", "a b"),
        ("", ""),
    ],
)
def test_html_that_calibre_makes_is_read_line_by_line(contents: str, text: str) -> None:
    assert Page(contents).text == text


def test_a_file_of_several_projects_says_which(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite3"
    path.write_bytes((SAMPLES / "project.sqlite3").read_bytes())
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO projects VALUES (2,'Autre','','2026-01-01')")
    connection.commit()
    connection.close()
    with pytest.raises(ReadError, match="Entretiens vague 1, Autre"):
        read_taguette(path, Setting())
