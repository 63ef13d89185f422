"""Files that hold several interviews, attributes or codings; what a study makes of them; what info shows."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result
from writers import docx, textgrid, trs

from pipeline.errors import ReadError
from pipeline.read import read_file, read_transcript, read_transcripts
from pipeline.read.iramuteq import draft_of
from pipeline.read.study import read_files, read_study

SAMPLES = Path(__file__).parent / "samples"
RSN = Path(__file__).parents[2] / "corpora/rsn-pe"
CORPUS = """**** *firme_A *vague_1 *pilote
-*theme_risque
On vérifie.

Toujours !
-*theme_visibilité
On nous voit.
**** *firme_B *vague_1
Sans thème.
-*seul
Fin.
"""
GRID = """name = "Grille"
[[dimensions]]
id = "themes"
label = "Thèmes"
[[dimensions.codes]]
id = "visibilite"
label = "Visibilité"
aliases = ["notoriété"]
[[dimensions.codes]]
id = "prix"
label = "Prix"
"""


def test_variables_are_attributes_and_themes_are_codings() -> None:
    one = draft_of(CORPUS, name="c.txt")
    (two,) = one.more
    assert (one.part, two.part) == ("firme_A", "firme_B")
    assert dict(one.attributes) == {"firme": "A", "vague": "1", "pilote": "oui"}
    assert one.text == "On vérifie.\n\nToujours !\nOn nous voit.\n"
    assert [one.text[t.start : t.end] for t in one.turns or ()] == ["On vérifie.", "Toujours !", "On nous voit."]
    assert [(c.coder, set(c.codes), one.text[c.start : c.end]) for c in one.codings] == [
        ("iramuteq:theme", {"risque"}, "On vérifie.\n\nToujours !"),
        ("iramuteq:theme", {"visibilité"}, "On nous voit."),
    ]
    assert [(c.coder, set(c.codes), two.text[c.start : c.end]) for c in two.codings] == [
        ("iramuteq:theme", {"seul"}, "Fin.")
    ]


def test_a_corpus_with_labels_keeps_its_speakers(tmp_path: Path) -> None:
    path = tmp_path / "e1.txt"
    path.write_text("**** *firme_A\nQ : Et ?\nR : On exporte.\nQ : Où ?\nR : Au Japon.\n", encoding="utf-8")
    talk = read_transcript(path)
    assert (talk.id, talk.attributes) == ("e1", {"firme": "A"})
    assert [turn.role for turn in talk.turns] == ["interviewer", "respondent"] * 2


def test_texts_that_no_variable_tells_apart_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "c.txt"
    path.write_text("**** *vague_1\nUn.\n**** *vague_1\nDeux.\n", encoding="utf-8")
    assert [entry.transcript.id for entry in read_file(path)] == ["c_1", "c_2"]
    assert [talk.id for talk in read_transcripts([path])] == ["c_1", "c_2"]
    with pytest.raises(ReadError, match="contient 2 entretiens"):
        read_transcript(path)


def note(number: int, author: str, words: str) -> str:
    """Write a comment of Word."""
    return f'<w:comment w:id="{number}" w:author="{author}"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:comment>'


def commented() -> bytes:
    """Write an interview whose answers bear comments: known codes, an unknown one, the machine's."""
    lines = ("Q : Et ?", "R : On nous voit.", "Q : Cher ?", "R : Pas trop.", "Q : Bien.", "R : Voilà.")
    body, notes = "", ""
    words = (
        ("Léa", "Notoriété"), ("Léa", "Prix ; visibilite"), ("Tom", "à relire"), ("Tom", "Prix"),
        ("machine:rsn-pe", "Prix"),
    )  # fmt: skip
    for n, line in enumerate(lines):
        mark = f'<w:commentRangeStart w:id="{n}"/>' if n < len(words) else ""
        end = f'<w:commentRangeEnd w:id="{n}"/>' if n < len(words) else ""
        body += f"<w:p>{mark}<w:r><w:t>{line}</w:t></w:r>{end}</w:p>"
    for n, (who, said) in enumerate(words):
        notes += note(n, who, said)
    return docx(body, comments=notes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a study of a Word document with comments and a corpus of two texts."""
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts/e1.docx").write_bytes(commented())
    (tmp_path / "transcripts/c.txt").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "attributes.csv").write_text(
        "transcript,firme,ville\nc_firme_A,,Namur\nc_firme_B,Bêta,Liège\n", encoding="utf-8"
    )
    (tmp_path / "codebook.toml").write_text(GRID, encoding="utf-8")
    return tmp_path


def test_a_study_adopts_the_codings_that_its_codebook_knows(folder: Path) -> None:
    study = read_study(folder)
    assert [(c.transcript, c.coder, set(c.codes)) for c in study.codings] == [
        ("c_firme_A", "iramuteq:theme", {"visibilite"}),
        ("e1", "Léa", {"visibilite"}),
        ("e1", "Léa", {"prix", "visibilite"}),
        ("e1", "Tom", {"prix"}),
    ]
    assert len(study.carried) == 8
    assert study.coders == ("Léa", "Tom", "iramuteq:theme")
    doubts = {talk.id: " ".join(talk.doubts) for talk in study.transcripts}
    assert (
        "annotations de « Tom » que la grille ne connaît pas, et qui ne comptent donc pas : « à relire »."
        in (doubts["e1"])
    )
    assert "« risque »" in doubts["c_firme_A"]
    assert "machine" not in doubts["e1"]


def test_attributes_of_the_study_win_over_those_of_the_file(folder: Path) -> None:
    attributes = {talk.id: dict(talk.attributes) for talk in read_study(folder).transcripts}
    assert attributes["c_firme_A"] == {"firme": "A", "vague": "1", "pilote": "oui", "ville": "Namur"}
    assert attributes["c_firme_B"] == {"firme": "Bêta", "vague": "1", "ville": "Liège"}


def test_who_uses_unknown_codes_alone_has_not_read_with_this_codebook(tmp_path: Path) -> None:
    """C1 codes one turn « Visibilité » and says of three that nothing applies."""
    (tmp_path / "e01.xlsx").write_bytes((SAMPLES / "e01.xlsx").read_bytes())
    (tmp_path / "codebook.toml").write_text(GRID, encoding="utf-8")
    assert [(set(c.codes), c.start) for c in read_study(tmp_path).codings] == [
        (set(), 12), ({"visibilite"}, 81), (set(), 164), (set(), 197)
    ]  # fmt: skip
    (tmp_path / "codebook.toml").write_text(GRID.replace("isibil", "endabil"), encoding="utf-8")
    assert read_study(tmp_path).codings == ()


def test_codings_may_name_a_transcript_by_its_file(folder: Path) -> None:
    (folder / "transcripts/e2.TextGrid").write_text(textgrid(), encoding="utf-8")
    (folder / "codes").mkdir()
    (folder / "codes/zoe.csv").write_text(
        "transcript,start,end,coder,code,quote\ne2.TextGrid,,,zoe,prix,Et les risques ?\n", encoding="utf-8"
    )
    assert [coding.transcript for coding in read_study(folder).codings if coding.coder == "zoe"] == ["e2"]


def test_without_a_codebook_nothing_is_adopted(folder: Path) -> None:
    (folder / "codebook.toml").unlink()
    study = read_study(folder)
    assert (study.codings, len(study.carried)) == ((), 8)
    assert not any("grille" in doubt for talk in study.transcripts for doubt in talk.doubts)


def test_accents_damaged_before_are_told_in_any_format(tmp_path: Path) -> None:
    path = tmp_path / "e1.trs"
    path.write_bytes(trs().decode().replace("é", "Ã©").encode())
    assert any("abîmés" in doubt for doubt in read_transcript(path).doubts)


def test_two_files_never_share_an_identifier(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "c_firme_B.trs").write_bytes(trs())
    read, failures = read_files(sorted(tmp_path.iterdir()))
    assert [talk.id for talk in read] == ["c_firme_A", "c_firme_B"]
    assert [failure.path.name for failure in failures] == ["c_firme_B.trs"]
    assert "« c_firme_B » est déjà pris" in failures[0].message


def test_info_shows_what_was_understood_of_each_file(folder: Path, filrouge: Callable[..., Result]) -> None:
    (folder / "transcripts/e2.trs").write_bytes(trs())
    result = filrouge("info", folder)
    assert result.exit_code == 0
    shown = " ".join(result.stdout.split())
    for words in (
        "│ c_firme_A │ IRaMuTeQ │ 3 │",
        "│ e1 │ Word │ 6 │",
        "│ e2 │ Transcriber │ 4 │",
        "│ 0:00:04 │",
        "Attributs : firme (A, Bêta) ; ville (Namur, Liège) ; vague (1) ; pilote (oui).",
        "c_firme_A : dans le fichier, 2 passages codés par « iramuteq:theme » : « risque » (1), « visibilité »",
        "e1 : dans le fichier, 2 passages codés par « Tom » : « à relire » (1), « Prix » (1).",
        "c_firme_A : Lu comme un corpus IRaMuTeQ : 2 lignes « **** *variable_modalité ».",
    ):
        assert words in shown
    told = {entry["id"]: entry for entry in json.loads(filrouge("info", folder, "--json").stdout)["transcripts"]}
    assert told["e2"]["format"] == "Transcriber"
    assert (told["e2"]["timed"], told["e2"]["lasts"]) == (4, 3.9)
    assert told["e1"]["carried"]["Léa"] == {"Notoriété": 1, "Prix ; visibilite": 1}
    assert told["c_firme_B"]["attributes"]["ville"] == "Liège"


def test_interviews_of_other_tools_are_coded_like_any(
    tmp_path: Path, small_model: Path, filrouge: Callable[..., Result]
) -> None:
    (tmp_path / "transcripts").mkdir()
    for name in ("e01.xlsx", "whisperx.json", "corpus_iramuteq.txt"):
        (tmp_path / "transcripts" / name).write_bytes((SAMPLES / name).read_bytes())
    (tmp_path / "codebook.toml").write_bytes((RSN / "codebook.toml").read_bytes())
    result = filrouge("code", tmp_path, "--model", small_model)
    assert result.exit_code == 0, result.stderr
    with (tmp_path / "results/segments.csv").open(encoding="utf-8-sig", newline="") as file:
        segments = list(csv.DictReader(file))
    assert {row["transcript"] for row in segments} == {
        "corpus_iramuteq_ent_01", "corpus_iramuteq_ent_02", "e01", "whisperx"
    }  # fmt: skip
    assert ">C1<" in (tmp_path / "results/rapport.html").read_text(encoding="utf-8")
