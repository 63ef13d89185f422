"""`filrouge code` as a researcher meets it: good input, every bad input, and Ctrl-C."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Filrouge = Callable[..., Result]
Harm = Callable[[Path], object]
NAMES = ("codings.csv", "rapport.html", "segments.csv")


def rows(path: Path) -> list[dict[str, str]]:
    """Read a results file."""
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_study_is_coded_and_nothing_of_it_changes(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    before = contents(study)
    result = filrouge("code", study, "--model", small_model)
    assert (result.exit_code, "Traceback" in result.stderr) == (0, False)
    assert "2 transcriptions codées" in result.stdout
    after = contents(study)
    assert {name: after[name] for name in before} == before
    assert sorted(after.keys() - before.keys()) == [f"results/{name}" for name in NAMES]


def test_codings_are_in_the_exchange_format(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    filrouge("code", study, "--model", small_model, "--quiet")
    written = rows(study / "results/codings.csv")
    machine = [row for row in written if row["coder"] == "machine:petit"]
    assert machine
    assert all(0 <= float(row["score"]) <= 1 for row in machine if row["code"])
    for row in machine:
        text = (study / f"transcripts/{row['transcript']}.txt").read_text(encoding="utf-8").replace("\r\n", "\n")
        assert row["quote"] == text[int(row["start"]) : int(row["end"])]


def test_the_same_study_gives_the_same_bytes(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    runs = []
    for out in ("un", "deux"):
        filrouge("code", study, "--model", small_model, "--quiet", "--out", study / out)
        runs.append(contents(study / out))
    assert sorted(runs[0]) == list(NAMES)
    assert runs[0] == runs[1]


def test_json_is_all_that_stdout_carries(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    told = json.loads(filrouge("code", study, "--model", small_model, "--json").stdout)
    assert told["transcripts"] == ["studio-calame_v1", "verger-lambert_v1"]
    assert [Path(path).name for path in told["written"]] == ["codings.csv", "segments.csv", "rapport.html"]
    assert told["failures"] == []


def test_loose_files_take_the_models_codebook_and_say_so(
    filrouge: Filrouge, study: Path, small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = sorted((study / "transcripts").iterdir())
    result = filrouge("code", *files, "--model", small_model)
    assert result.exit_code == 0
    assert "grille du modèle" in result.stdout
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == list(NAMES)


def broken_docx(path: Path) -> None:
    """Write a zip that holds no document."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("rien.txt", "rien")


ONLY_QUESTIONS = "Q : Vous exportez ?\n\nQ : Depuis quand ?\n\nQ : Vers quels pays ?\n"
# What is put beside two good transcripts, and what must be told of it.
BAD_TRANSCRIPTS: dict[str, tuple[str, Harm, str]] = {
    "empty": ("vide.txt", lambda path: path.write_bytes(b""), "vide"),
    "blank": ("blanc.txt", lambda path: path.write_text(" \n\n"), "vide"),
    "binary": ("photo.txt", lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), ""),
    "broken docx": ("casse.docx", lambda path: path.write_bytes(b"PK\x03\x04 rien de bon"), ""),
    "hollow docx": ("creux.docx", broken_docx, ""),
    "unknown suffix": ("notes.xyz", lambda path: path.write_text("Q : Et ?\nR : Oui."), ".txt"),
    "no respondent": ("questions.txt", lambda path: path.write_text(ONLY_QUESTIONS), "--interviewer"),
}


@pytest.mark.parametrize("case", BAD_TRANSCRIPTS)
def test_one_bad_transcript_is_named_and_the_others_are_coded(
    filrouge: Filrouge, study: Path, small_model: Path, case: str
) -> None:
    name, harm, told = BAD_TRANSCRIPTS[case]
    harm(study / "transcripts" / name)
    result = filrouge("code", study, "--model", small_model)
    assert result.exit_code == 1
    assert Path(name).stem in result.stderr
    assert told in result.stderr
    assert "2 transcriptions codées" in result.stdout
    assert {row["transcript"] for row in rows(study / "results/segments.csv")} == {
        "studio-calame_v1",
        "verger-lambert_v1",
    }


@pytest.mark.parametrize("case", BAD_TRANSCRIPTS)
def test_a_bad_transcript_alone_is_a_sentence(
    filrouge: Filrouge, small_model: Path, tmp_path: Path, case: str
) -> None:
    name, harm, told = BAD_TRANSCRIPTS[case]
    harm(tmp_path / name)
    result = filrouge("code", tmp_path / name, "--model", small_model, "--out", tmp_path / "results", "--quiet")
    assert result.exit_code == 2
    assert Path(name).stem in result.stderr
    assert told in result.stderr


def add_row(study: Path, row: str) -> None:
    """Add a row of codings by a third coder."""
    (study / "codes/zoe.csv").write_text(f"transcript,start,end,coder,code,quote\n{row}\n", encoding="utf-8")


def edit(path: Path, old: str, new: str) -> None:
    """Replace the first ``old`` in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is done to a good study, and what the sentence must name.
def rename_code(study: Path) -> None:
    """Change a code of an uncoded study, so that the model no longer fits it."""
    shutil.rmtree(study / "codes")
    edit(study / "codebook.toml", 'id = "partenaires"', 'id = "reseau"')


BAD_STUDIES: dict[str, tuple[Harm, tuple[str, ...]]] = {
    "unknown code": (
        lambda s: add_row(s, "verger-lambert_v1,1200,1250,zoe,licorne,"),
        ("zoe.csv", "2", "licorne"),
    ),
    "offsets outside": (
        lambda s: add_row(s, "verger-lambert_v1,10,99999999,zoe,visibilite,"),
        ("zoe.csv", "2", "99999999"),
    ),
    "absent quote": (
        lambda s: add_row(s, "verger-lambert_v1,,,zoe,visibilite,Le chat de la voisine parle latin."),
        ("zoe.csv", "2", "latin"),
    ),
    "unknown transcript": (lambda s: add_row(s, "personne_v9,0,5,zoe,visibilite,"), ("zoe.csv", "personne_v9")),
    "duplicate id": (
        lambda s: edit(s / "codebook.toml", 'id = "opportunites"', 'id = "visibilite"'),
        ("codebook.toml", "ligne", "visibilite"),
    ),
    "missing label": (
        lambda s: edit(s / "codebook.toml", 'label = "Partenaires et relations"\n', ""),
        ("codebook.toml", "partenaires", "label"),
    ),
    "bad TOML": (
        lambda s: edit(s / "codebook.toml", "[[dimensions]]", "[[dimensions"),
        ("codebook.toml", "ligne 6"),
    ),
    "another codebook": (
        rename_code,
        ("petit", "code absent : partenaires", "code en plus : reseau"),
    ),
    "no transcript": (lambda s: shutil.rmtree(s / "transcripts"), ("aucune transcription",)),
}


@pytest.mark.parametrize("case", BAD_STUDIES)
def test_a_bad_study_gets_a_sentence_and_keeps_its_results(
    filrouge: Filrouge, study: Path, small_model: Path, case: str
) -> None:
    harm, told = BAD_STUDIES[case]
    (study / "results").mkdir()
    (study / "results/rapport.html").write_text("ancien")
    harm(study)
    result = filrouge("code", study, "--model", small_model, "--quiet")
    assert result.exit_code == 2
    assert result.stderr.strip().count("\n") == 0
    assert [word for word in told if word not in result.stderr] == [], result.stderr
    assert contents(study / "results") == {"rapport.html": b"ancien"}


def test_two_transcripts_of_one_id_are_named(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    shutil.copy(study / "transcripts/verger-lambert_v1.txt", study / "transcripts/verger-lambert_v1.md")
    result = filrouge("code", study, "--model", small_model, "--quiet")
    assert result.exit_code == 1, result.stderr
    assert "verger-lambert_v1" in result.stderr


@pytest.mark.parametrize("where", ["vide", "absent"])
def test_a_folder_with_nothing_readable(filrouge: Filrouge, tmp_path: Path, where: str) -> None:
    (tmp_path / "vide").mkdir()
    result = filrouge("code", tmp_path / where, "--quiet")
    assert result.exit_code == 2
    assert where in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["vide"]


def test_an_output_folder_that_cannot_be_written(filrouge: Filrouge, study: Path, small_model: Path) -> None:
    (study / "mur").write_text("un fichier, pas un dossier")
    result = filrouge("code", study, "--model", small_model, "--out", study / "mur/results", "--quiet")
    assert result.exit_code == 2
    assert "impossible d’écrire" in result.stderr
    assert "--out" in result.stderr


@pytest.mark.parametrize("model", ["absent", "."])
def test_a_model_that_is_not_one(filrouge: Filrouge, study: Path, model: str) -> None:
    result = filrouge("code", study, "--model", study / model, "--quiet")
    assert result.exit_code == 2
    assert "modèle" in result.stderr


def test_ctrl_c_leaves_the_old_results(study: Path, small_model: Path) -> None:
    (study / "results").mkdir()
    for name in NAMES:
        (study / "results" / name).write_text(f"ancien {name}")
    before = contents(study)
    # A test run in the background ignores SIGINT, and its children inherit that: put the usual handler back.
    script = "import signal as s; s.signal(s.SIGINT, s.default_int_handler); from pipeline.cli import app; app()"
    command = [sys.executable, "-c", script, "code", str(study), "--model", str(small_model)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("Découpage"):
            process.send_signal(signal.SIGINT)
            break
    told = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 130
    assert "Interrompu" in told
    assert "Traceback" not in told
    assert contents(study) == before
