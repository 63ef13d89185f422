"""Word, Excel and IRaMuTeQ: opened with the libraries that read them, and compared with the project."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import openpyxl
import pytest
from drawn import SAMPLES, projects
from hypothesis import HealthCheck, given, settings

from pipeline.errors import FilrougeError
from pipeline.exchange import Options, Project, Setting
from pipeline.exchange.iramuteq import write_iramuteq
from pipeline.exchange.refi_read import read_qdpx
from pipeline.exchange.word import write_word
from pipeline.exchange.workbook import HEAD, write_workbook
from pipeline.read.word import read_word
from pipeline.records import Coding, Transcript

DATE = Options(date="2026-11-25T10:00:00Z")


@pytest.fixture(scope="module")
def sample() -> Project:
    """Return our sample project, with a score for the machine."""
    project = read_qdpx(SAMPLES / "filrouge_spec.qdpx", Setting())
    machine = Coding("E01_vague1_2013", 80, 228, "machine:m", frozenset({"visibilite"}), {"visibilite": 0.8214})
    return Project(project.name, project.codebook, project.transcripts, (*project.codings, machine), project.memos)


def test_word_carries_each_code_as_a_comment_of_its_coder(sample: Project) -> None:
    files = write_word(sample, DATE)
    assert list(files) == ["E01_vague1_2013.docx", "E02_vague2_2014.docx"]
    document = docx.Document(io.BytesIO(files["E01_vague1_2013.docx"]))
    comments = [(comment.author, comment.text) for comment in document.comments]
    assert comments == [
        ("machine (filrouge)", "Opportunités"),
        ("Codeur 2", "Visibilité"),
        ("Codeuse 1", "Visibilité\ncite l’Allemagne"),
        ("machine:m (filrouge)", "Visibilité\nscore : 0,82"),
        ("Codeuse 1", "Individuel professionnel"),
        ("Codeuse 1", "Partenaires"),
        ("Codeuse 1", "Fiabilité / réduction du risque"),
    ]
    shaded = [run.text for p in document.paragraphs for run in p.runs if run._r.xpath("./w:rPr/w:shd")]
    assert "".join(shaded[1:3]).startswith("Ça nous a donné de la visibilité à l’étranger 🚀")
    assert document.sections[0].header.paragraphs[0].text.startswith("E01_vague1_2013 · vague : 1")


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_the_text_of_the_word_document_is_the_transcripts(project: Project) -> None:
    files = write_word(project, DATE)
    assert files == write_word(project, DATE)
    for talk in project.transcripts:
        if talk.text.strip():
            read = read_word(files[f"{talk.id}.docx"], name="p.docx").text
            assert read.rstrip("\n") == talk.text.rstrip("\n")
        comments = list(docx.Document(io.BytesIO(files[f"{talk.id}.docx"])).comments)
        assert len(comments) == sum(max(1, len(c.codes)) for c in project.codings if c.transcript == talk.id)


def test_excel_has_every_segment_and_a_sheet_a_code(sample: Project) -> None:
    (data,) = write_workbook(sample, DATE).values()
    assert data == next(iter(write_workbook(sample, DATE).values()))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [
        "Segments codés", "Visibilité", "Opportunités", "Partenaires", "Fiabilité réduction du risque",
        "Organisationnel", "Individuel professionnel", "Individuel privé", "Grille",
    ]  # fmt: skip
    rows = list(book["Segments codés"].iter_rows(values_only=True))
    assert rows[0] == (*HEAD, "vague", "secteur", "cas")
    assert len(rows) == 1 + sum(len(coding.codes) for coding in sample.codings)
    visible = list(book["Visibilité"].iter_rows(min_row=2, values_only=True))
    assert [(row[4], row[5]) for row in visible] == [
        ("Codeur 2", None),
        ("Codeuse 1", None),
        ("machine:m", 0.8214),
    ]


def test_a_passage_that_looks_like_a_formula_stays_a_text() -> None:
    codings = (Coding("e", 0, 8, "=cmd()", frozenset({"a/b"})),)
    project = Project("p", None, (Transcript("e", "=1+1;A\x0b1"),), codings)
    (data,) = write_workbook(project, DATE).values()
    row = next(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2))
    assert [(row[3].value, row[3].data_type), (row[4].value, row[4].data_type)] == [
        ("=1+1;A1", "s"),
        ("=cmd()", "s"),
    ]


def test_iramuteq_gets_one_text_a_passage_with_all_who_coded_it(sample: Project) -> None:
    (data,) = write_iramuteq(sample, DATE).values()
    blocks = data.decode().rstrip("\n").split("\n\n")
    assert len(blocks) == 6
    assert blocks[1] == (
        "**** *entretien_e01vague12013 *vague_1 *secteur_agro *cas_entreprisea *codeur_codeur2 *codeur_codeuse1 "
        "*code_visibilite\nÇa nous a donné de la visibilité à l’étranger 🚀, surtout en Allemagne."
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_a_corpus_holds_no_star_but_its_own(project: Project) -> None:
    if not any(coding.codes for coding in project.codings):
        with pytest.raises(FilrougeError, match="aucun passage codé"):
            write_iramuteq(project, DATE)
        return
    (data,) = write_iramuteq(project, DATE).values()
    lines = data.decode().split("\n")
    assert all(
        re.fullmatch(r"\*{4}(?: \*[a-z0-9]+_[a-z0-9]+)+", line) for line in lines if line.startswith("****")
    )
    assert not any("*" in line for line in lines if not line.startswith("****"))


def test_openpyxl_missing_names_its_pip_line(
    sample: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    from pipeline.exchange.columns import read_rows

    path = SAMPLES / "highlights.xlsx"
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    for use in (lambda: write_workbook(sample, DATE), lambda: read_rows(path)):
        with pytest.raises(FilrougeError, match=re.escape("pip install 'filrouge[formats]'")):
            use()
