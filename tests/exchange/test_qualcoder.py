"""QualCoder's own database, in the tables of its version 3.8: what it holds, and what filrouge takes of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.exchange import Setting
from pipeline.exchange.qualcoder import read_qualcoder

TEXT = "E : Ça va 🚀 ?\nR : On exporte, et ça rassure.\n"
SCHEMA = """
CREATE TABLE project (databaseversion text, date text, memo text, about text, codername text);
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
  date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,
  pos1 integer, owner text, date text, memo text, avid integer, important integer,
  unique(cid, fid, pos0, pos1, owner));
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text,
  date text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text,
  valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text,
  owner text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer,
  owner text, date text, memo text);
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
"""


def fill(connection: sqlite3.Connection) -> None:
    """Write a project of one interview, one picture, two coders."""
    connection.executescript(SCHEMA)
    one = connection.execute
    one("INSERT INTO project VALUES ('v14','2026','Projet pilote','QualCoder','Léa')")
    one("INSERT INTO source VALUES (1,'E01.docx',?,NULL,'Entretien long','Léa','2026',NULL,NULL)", (TEXT,))
    one("INSERT INTO source VALUES (2,'photo.png',NULL,'/images/photo.png','','Léa','2026',NULL,NULL)")
    one("INSERT INTO code_cat VALUES (1,'Bénéfices','Léa','2026','',NULL)")
    one("INSERT INTO code_cat VALUES (2,'Sûreté','Léa','2026','',1)")
    one("INSERT INTO code_name VALUES (1,'Export','Vendre au loin',1,'Léa','2026','#FF0000')")
    one("INSERT INTO code_name VALUES (2,'Confiance','',2,'Léa','2026','#00FF00')")
    start = TEXT.index("On exporte")
    one("INSERT INTO code_text VALUES (1,1,1,'On exporte',?,?,'Léa','2026','net',NULL,NULL)", (start, start + 10))
    start = TEXT.index("ça rassure")
    one("INSERT INTO code_text VALUES (2,2,1,'ça rassure',?,?,'Tom','2026','',NULL,NULL)", (start, start + 10))
    one("INSERT INTO code_text VALUES (3,2,1,'loin',900,904,'Tom','2026','',NULL,NULL)")
    one("INSERT INTO annotation VALUES (1,1,0,3,'hésite','Tom','2026')")
    one("INSERT INTO attribute_type VALUES ('vague','2026','Léa','','case','numeric')")
    one("INSERT INTO attribute_type VALUES ('lieu','2026','Léa','','file','character')")
    one("INSERT INTO cases VALUES (7,'Brasserie','','Léa','2026')")
    one("INSERT INTO case_text VALUES (1,7,1,0,40,'Léa','2026','')")
    one("INSERT INTO attribute VALUES (1,'vague','case','1',7,'2026','Léa')")
    one("INSERT INTO attribute VALUES (2,'lieu','file','Namur',1,'2026','Léa')")
    one("INSERT INTO journal VALUES (1,'Mardi','Bon début.','2026','Léa')")
    connection.commit()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a QualCoder project."""
    (tmp_path / "pilote.qda").mkdir()
    connection = sqlite3.connect(tmp_path / "pilote.qda/data.qda")
    fill(connection)
    connection.close()
    return tmp_path / "pilote.qda"


def test_a_project_is_read_with_its_coders_cases_and_memos(folder: Path) -> None:
    project = read_qualcoder(folder, Setting())
    assert project.codebook
    codes = [(d.label, c.label, c.definition, c.parent) for d in project.codebook.dimensions for c in d.codes]
    assert codes == [
        ("Bénéfices", "Sûreté", "", ""), ("Bénéfices", "Confiance", "", "surete"),
        ("Bénéfices", "Export", "Vendre au loin", ""),
    ]  # fmt: skip
    assert [(t.id, dict(t.attributes)) for t in project.transcripts] == [
        ("E01", {"lieu": "Namur", "vague": "1", "cas": "Brasserie"})
    ]
    text = project.text_of("E01")
    assert [(c.coder, sorted(c.codes), text[c.start : c.end], c.note) for c in project.codings] == [
        ("Léa", ["export"], "On exporte", "net"), ("Tom", ["confiance"], "ça rassure", ""),
    ]  # fmt: skip
    assert [(one.code, one.quote) for one in project.unplaced] == [("confiance", "loin")]
    assert {memo.text for memo in project.memos} == {"Projet pilote", "Entretien long", "Bon début.", "hésite"}
    assert project.doubts == ("1 document sans texte (image, son, vidéo) : non repris.",)


def test_the_database_alone_will_do(folder: Path) -> None:
    assert len(read_qualcoder(folder / "data.qda", Setting()).codings) == 2


def test_another_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre.qda"
    sqlite3.connect(path).close()
    with pytest.raises(ReadError, match="pas un projet QualCoder"):
        read_qualcoder(path, Setting())
