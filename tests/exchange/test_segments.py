"""Tables of coded segments in the words of each tool and language; codebooks in tables."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn import SAMPLES, projects
from hypothesis import HealthCheck, given, settings

from pipeline.codebook import Codebook, parse_codebook, read_codebook
from pipeline.errors import FilrougeError
from pipeline.exchange import Options, Project, Setting, recognised
from pipeline.exchange.codebook_files import (
    codebook_toml,
    read_codebook_table,
    read_toml,
    write_codebook_csv,
    write_codebook_toml,
)
from pipeline.exchange.segments import read_segments
from pipeline.records import Transcript

TEXT = "Q : Et alors ?\nR : On vend. Ça rassure « vraiment ».\nQ : Oui ?\nR : Oui. On vend.\n"
BOOK = parse_codebook(
    {"name": "g", "dimensions": [
        {"id": "b", "label": "Bénéfices", "codes": [{"id": "ventes", "label": "Ventes à l’étranger"}]},
        {"id": "u", "label": "Usage", "codes": [{"id": "confiance", "label": "Confiance"}]},
    ]}
)  # fmt: skip
STUDY = Project("étude", BOOK, (Transcript("E01", TEXT), Transcript("E02", "R : Rien.\n")))
SECOND = TEXT.rindex("On vend.")

# Headings as each tool writes them; the passage « On vend. » stands twice, the paragraph (4) says which.
TABLES = {
    "MAXQDA, English": "Document name;Code;Begin;End;Segment;Created by\n"
    "E01;Bénéfices > Ventes à l’étranger;4;4;On vend.;Léa\n",
    "MAXQDA, français": "Nom du document;Code;Début;Fin;Segment codé;Auteur\n"
    "E01.docx;Bénéfices > Ventes à l’étranger;4;4;On vend.;Léa\n",
    "MAXQDA, Deutsch": "Dokumentname;Code;Anfang;Ende;Segment;Autor\n"
    "e01;Bénéfices > Ventes à l’étranger;4;4;On vend.;Léa\n",
    "ATLAS.ti": "ID,Document,Quotation Content,Codes,Reference,Created by\n"
    '3:10,E01.docx,On vend.,"Ventes à l\'étranger",¶ 4,Léa\n',
    "NVivo": "Sources\tNœud\tTexte\tDébut\tUtilisateur\n"
    "E01\tNodes\\\\Bénéfices\\\\Ventes à l’étranger\tOn vend.\t4\tLéa\n",
}  # fmt: skip


@pytest.mark.parametrize("tool", TABLES)
def test_each_tools_headings_are_understood(tool: str, tmp_path: Path) -> None:
    path = tmp_path / "segments.csv"
    path.write_text(TABLES[tool], encoding="utf-8-sig")
    assert recognised(path) == "segments"
    project = read_segments(path, Setting(STUDY))
    assert project.unplaced == ()
    (coding,) = project.codings
    assert (coding.transcript, coding.coder, set(coding.codes)) == ("E01", "Léa", {"ventes"})
    assert (coding.start, coding.end) == (SECOND, SECOND + 8)


def test_numbers_that_count_characters_are_taken_where_the_words_agree(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    rows = f"E01,{SECOND},{SECOND + 8},léa,ventes,On vend.\nE01,3,11,léa,confiance,Ça rassure\n"
    path.write_text(f"transcript,start,end,coder,code,quote\n{rows}", encoding="utf-8")
    project = read_segments(path, Setting(STUDY))
    assert [(sorted(c.codes), TEXT[c.start : c.end], c.start == SECOND) for c in project.codings] == [
        (["confiance"], "Ça rassure", False), (["ventes"], "On vend.", True),
    ]  # fmt: skip


def test_what_cannot_be_placed_is_listed_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "segments.csv"
    path.write_text(
        "document,code,segment\n"
        'E01,confiance,"Ça rassure ""vraiment""."\n'  # straight quotes for « »: found all the same
        "E01,ventes,On vend.\n"
        "E01,ventes,On achète.\n"
        "E09,ventes,On vend.\n"
        "E02,licorne,Rien.\n",
        encoding="utf-8",
    )
    project = read_segments(path, Setting(STUDY, "tom"))
    assert [(c.coder, TEXT[c.start : c.end]) for c in project.codings] == [("tom", "Ça rassure « vraiment ».")]
    assert [(one.document, one.code, one.why) for one in project.unplaced] == [
        ("E01", "ventes", "le texte figure 2 fois dans l’entretien"),
        ("E01", "ventes", "texte introuvable dans l’entretien"),
        ("E09", "ventes", "aucun entretien de ce nom"),
        ("E02", "licorne", "code absent de la grille de l’étude"),
    ]
    assert project.evidence == ("Passages retrouvés par leur texte : 1 sur 5.",)


@pytest.mark.parametrize("name", ["highlights.csv", "highlights.xlsx"])
def test_the_highlights_of_taguette_find_their_place(name: str) -> None:
    from test_taguette import E01, VISIBILITY

    assert recognised(SAMPLES / name) == "segments"
    project = read_segments(SAMPLES / name, Setting(Project("p", None, (Transcript("E01", E01),)), "léa"))
    assert [(sorted(c.codes), E01[c.start : c.end]) for c in project.codings] == [
        (["visibilite"], VISIBILITY), (["organisationnel", "partenaires"], "un partenaire au Québec"),
    ]  # fmt: skip
    assert project.codebook
    assert [d.label for d in project.codebook.dimensions] == ["Bénéfices", "Usage"]


def test_a_table_alone_is_no_study() -> None:
    with pytest.raises(FilrougeError, match="filrouge init"):
        read_segments(SAMPLES / "highlights.csv", Setting())


def test_missing_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "segments.csv"
    path.write_text("document,truc\nE01,a\n", encoding="utf-8")
    with pytest.raises(FilrougeError, match="code, segment"):
        read_segments(path, Setting(STUDY))


@pytest.mark.parametrize("name", ["codebook.csv", "codebook.xlsx"])
def test_the_codebook_tables_of_taguette_are_read(name: str) -> None:
    assert recognised(SAMPLES / name) == "grille"
    codebook = read_codebook_table(SAMPLES / name, Setting()).codebook
    assert codebook
    assert {d.label: [c.label for c in d.codes] for d in codebook.dimensions} == {
        "Bénéfices": ["Fiabilité", "Opportunités", "Partenaires", "Visibilité"],
        "Usage": ["Organisationnel", "Privé"],
        "Codes": ["interesting"],
    }
    assert [c.definition for c in codebook.codes if c.definition] == [
        "être vu à l’étranger", "Further review required",
    ]  # fmt: skip


def test_a_codebook_typed_in_excel_is_read(tmp_path: Path) -> None:
    path = tmp_path / "grille.csv"
    path.write_bytes("Thème;Définition\nCoût;ce que ça coûte\nDélai, retard;\n".encode("cp1252"))
    codebook = read_codebook_table(path, Setting()).codebook
    assert codebook
    assert [(c.id, c.label, c.definition) for c in codebook.codes] == [
        ("cout", "Coût", "ce que ça coûte"), ("delai_retard", "Délai, retard", ""),
    ]  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_a_codebook_comes_back_from_toml_as_it_was_and_from_csv_by_id(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "codebook.toml"
    path.write_bytes(write_codebook_toml(project, Options())["codebook.toml"])
    assert project.codebook
    assert read_codebook(path) == read_toml(path, Setting()).codebook == project.codebook
    assert codebook_toml(project.codebook).encode() == path.read_bytes()
    table = tmp_path / "grille.csv"
    table.write_bytes(next(iter(write_codebook_csv(project, Options()).values())))
    again = read_codebook_table(table, Setting()).codebook
    assert again

    def told(codebook: Codebook) -> set[tuple[object, ...]]:
        return {(c.id, c.label, c.definition, c.include, c.aliases, c.colour) for c in codebook.codes}

    assert told(again) == told(project.codebook)
