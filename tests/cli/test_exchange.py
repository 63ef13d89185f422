"""`filrouge init`, `import` and `export` as a researcher meets them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import RSN
from typer.testing import Result

from pipeline.exchange import EXPORTERS
from pipeline.exchange.project import merged
from pipeline.read.study import read_study
from pipeline.run.exporting import with_machine

Filrouge = Callable[..., Result]
SAMPLES = Path(__file__).parents[1] / "exchange/samples"


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def coded(study: Path) -> Path:
    """Give a study a coding by the machine."""
    talk = read_study(study).transcripts[0]
    quote = talk.text[40:90]
    file = io.StringIO()
    csv.writer(file).writerows(
        [["transcript", "start", "end", "coder", "code", "quote", "score"],
         [talk.id, 40, 90, "machine:petit", "visibilite", quote, "0.8125"]]
    )  # fmt: skip
    (study / "results").mkdir(exist_ok=True)
    (study / "results/codings.csv").write_text(file.getvalue(), encoding="utf-8")
    return study


def test_a_study_is_made_of_loose_files_and_any_codebook(filrouge: Filrouge, tmp_path: Path) -> None:
    files = sorted((RSN / "transcripts").glob("verger*.txt"))
    result = filrouge("init", tmp_path / "etude", "--codebook", SAMPLES / "codebook.qdc", *files)
    assert result.exit_code == 0
    assert "7 codes" in result.stdout
    made = contents(tmp_path / "etude")
    assert sorted(made) == ["attributes.csv", "codebook.toml", *(f"transcripts/{path.name}" for path in files)]
    assert all(made[f"transcripts/{path.name}"] == path.read_bytes() for path in files)
    assert filrouge("info", tmp_path / "etude").exit_code == 0


def test_without_codebook_the_starter_can_be_read(filrouge: Filrouge, tmp_path: Path) -> None:
    assert filrouge("init", tmp_path / 'mon "étude"', RSN / "transcripts").exit_code == 0
    study = read_study(tmp_path / 'mon "étude"')
    assert study.codebook
    assert study.codebook.ids == ("exemple",)
    assert len(study.transcripts) == len(list((RSN / "transcripts").iterdir()))


def test_an_unreadable_transcript_is_named_and_left_out(filrouge: Filrouge, tmp_path: Path) -> None:
    (tmp_path / "vide.txt").write_bytes(b"")
    good = next((RSN / "transcripts").glob("*.txt"))
    result = filrouge("init", tmp_path / "etude", tmp_path / "vide.txt", good)
    assert result.exit_code == 1
    assert "vide.txt" in result.stderr
    assert sorted(p.name for p in (tmp_path / "etude/transcripts").iterdir()) == [good.name]
    result = filrouge("init", tmp_path / "autre", tmp_path / "vide.txt")
    assert result.exit_code == 2
    assert not (tmp_path / "autre").exists()


def test_init_never_touches_a_folder_that_holds_something(filrouge: Filrouge, study: Path) -> None:
    before = contents(study)
    result = filrouge("init", study, RSN / "transcripts")
    assert result.exit_code == 2
    assert "n’est pas vide" in result.stderr
    assert contents(study) == before


def test_a_study_goes_through_refi_and_comes_back(filrouge: Filrouge, study: Path, tmp_path: Path) -> None:
    coded(study)
    for profile in ("refi", "nvivo", "maxqda", "atlas"):
        out = tmp_path / f"{profile}.qdpx"
        assert filrouge("export", study, "--to", "qdpx", "--profile", profile, "--out", out).exit_code == 0
        result = filrouge("import", out, "--into", tmp_path / profile)
        assert (result.exit_code, result.stderr) == (0, "")
        mine, theirs = with_machine(read_study(study)), with_machine(read_study(tmp_path / profile))
        assert merged(theirs.codings) == merged(mine.codings)
        assert theirs.codebook == mine.codebook
        assert {t.id: (t.text, dict(t.attributes)) for t in theirs.transcripts} == {
            t.id: (t.text, dict(t.attributes)) for t in mine.transcripts
        }
        assert any(coding.coder == "machine:petit" and coding.scores for coding in theirs.codings)


@pytest.mark.parametrize("to", EXPORTERS)
def test_every_export_is_the_same_twice_and_changes_nothing_else(filrouge: Filrouge, study: Path, to: str) -> None:
    before = contents(study)
    assert filrouge("export", study, "--to", to).exit_code == 0
    after = contents(study)
    assert {name: after[name] for name in before} == before
    new = set(after) - set(before)
    assert new
    assert all(name.startswith("results/") for name in new)
    assert filrouge("export", study, "--to", to).exit_code == 0
    assert contents(study) == after


def test_importing_twice_adds_nothing(filrouge: Filrouge, tmp_path: Path) -> None:
    source, into = SAMPLES / "filrouge_nvivo.qdpx", tmp_path / "etude"
    first = filrouge("import", source, "--into", into)
    assert "UTF-16" in first.stdout
    assert "mots : 6 sur 6" in first.stdout
    before = contents(into)
    assert "transcripts/E01_vague1_2013.txt" in before
    assert "codes/Codeuse 1.csv" in before
    again = filrouge("import", SAMPLES / "filrouge_spec.qdpx", "--into", into)
    assert again.exit_code == 0
    assert "Rien de neuf" in again.stdout
    assert contents(into) == before


def test_codings_are_never_replaced_unless_asked(filrouge: Filrouge, tmp_path: Path) -> None:
    source, into = SAMPLES / "filrouge_spec.qdpx", tmp_path / "etude"
    filrouge("import", source, "--into", into)
    path = into / "codes/Codeuse 1.csv"
    path.write_text("\n".join(path.read_text(encoding="utf-8").split("\n")[:2]) + "\n", encoding="utf-8")
    before = contents(into)
    refused = filrouge("import", source, "--into", into)
    assert refused.exit_code == 2
    assert "codes/Codeuse 1.csv" in refused.stderr
    assert "--replace" in refused.stderr
    assert contents(into) == before
    assert filrouge("import", source, "--into", into, "--replace").exit_code == 0
    assert path.read_bytes() != before["codes/Codeuse 1.csv"]


def test_a_coder_kept_in_a_file_of_another_name_is_not_doubled(filrouge: Filrouge, tmp_path: Path) -> None:
    source, into = SAMPLES / "filrouge_spec.qdpx", tmp_path / "etude"
    filrouge("import", source, "--into", into)
    (into / "codes/Codeuse 1.csv").rename(into / "codes/equipe.csv")
    assert "Rien de neuf" in filrouge("import", source, "--into", into).stdout
    rows = (into / "codes/equipe.csv").read_text(encoding="utf-8").split("\n")
    (into / "codes/equipe.csv").write_text("\n".join(rows[:2]) + "\n", encoding="utf-8")
    refused = filrouge("import", source, "--into", into)
    assert refused.exit_code == 2
    assert "« Codeuse 1 » a déjà codé" in refused.stderr


def test_a_text_that_changed_keeps_the_studys_and_finds_the_passages(filrouge: Filrouge, tmp_path: Path) -> None:
    source, into = SAMPLES / "filrouge_spec.qdpx", tmp_path / "etude"
    filrouge("import", source, "--into", into)
    shutil.rmtree(into / "codes")
    shutil.rmtree(into / "results")
    path = into / "transcripts/E01_vague1_2013.txt"
    text = "Relu par Léa.\n\n" + path.read_text(encoding="utf-8").replace("— ça rassure", "")
    path.write_text(text, encoding="utf-8")
    result = filrouge("import", source, "--into", into)
    assert result.exit_code == 1  # one passage is no longer there
    assert "n’est pas celui de l’étude" in result.stderr
    left = list(csv.DictReader(io.StringIO((into / "results/non-places.csv").read_text(encoding="utf-8"))))
    assert [(row["code"], row["raison"]) for row in left] == [
        ("fiabilite_reduction_du_risque", "texte introuvable dans l’entretien")
    ]
    assert path.read_text(encoding="utf-8") == text
    assert {text[c.start : c.end] for c in read_study(into).codings if c.transcript == "E01_vague1_2013"} == {
        "Ça nous a donné de la visibilité à l’étranger 🚀, surtout en Allemagne.",
        "On a aussi trouvé un partenaire au Québec via LinkedIn 👩\u200d💻, c’était inespéré…",
    }


def test_a_codebook_joins_a_study_only_when_asked(filrouge: Filrouge, study: Path) -> None:
    shutil.rmtree(study / "codes")
    before = contents(study)
    refused = filrouge("import", SAMPLES / "codebook.qdc", "--into", study)
    assert refused.exit_code == 2
    assert "codebook.toml" in refused.stderr
    assert contents(study) == before
    assert filrouge("import", SAMPLES / "codebook.qdc", "--into", study, "--replace").exit_code == 0
    grid = read_study(study).codebook
    assert grid
    assert "interesting" in grid.ids


def test_json_is_all_that_stdout_carries(filrouge: Filrouge, tmp_path: Path) -> None:
    told = json.loads(
        filrouge("import", SAMPLES / "project.sqlite3", "--into", tmp_path / "etude", "--json").stdout
    )
    assert (told["format"], told["transcripts"], told["coders"], told["codings"]) == (
        "taguette",
        ["E01"],
        ["admin"],
        2,
    )
    assert told["unplaced"] == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["export", "{study}", "--to", "spss"], "qdpx, qdc, taguette, docx"),
        (["export", "{study}", "--to", "qdpx", "--profile", "dedoose"], "refi, nvivo, maxqda, atlas"),
        (["export", "{study}", "--to", "qdpx", "--coders", "zoé"], "coder_c, coder_d"),
        (["export", "nulle-part", "--to", "qdpx"], "introuvable"),
        (["import", "absent.qdpx", "--into", "{study}"], "introuvable"),
        (["import", "{study}", "--into", "neuve"], "data.qda"),
        (["import", "{study}/codebook.toml", "--into", "{study}", "--from", "spss"], "qdpx, qdc, taguette"),
        (["init", "neuve", "absent.txt"], "introuvable"),
        (["init", "neuve", "{study}/transcripts", "--codebook", "absent.qdc"], "introuvable"),
    ],
)
def test_a_mistake_gets_a_sentence_and_exit_code_2(
    filrouge: Filrouge,
    study: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = contents(study)
    result = filrouge(*(argument.replace("{study}", str(study)) for argument in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr
    assert contents(study) == before
    assert not (tmp_path / "neuve").exists()
