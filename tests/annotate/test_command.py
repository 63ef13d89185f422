"""`filrouge annotate` from the outside: sessions in the terminal, exports, models, and what goes wrong."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline.annotate import open_store
from pipeline.annotate.events import effective
from pipeline.cli import app

Filrouge = Callable[..., Result]


def annotate(study: Path, typed: str, *more: str) -> Result:
    """Hold a session in the terminal, ``typed`` on its standard input."""
    words = ["annotate", str(study), "--terminal", "--encoder", "lexical", "--quiet", *more]
    return CliRunner().invoke(app, words, input=typed)


@pytest.fixture
def bare(study: Path) -> Path:
    """Return a study of two interviews that nobody coded."""
    shutil.rmtree(study / "codes")
    return study


@pytest.fixture(scope="module")
def worked(learnt_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a study on which marie decided forty segments, and its model was written."""
    folder = tmp_path_factory.mktemp("travail") / "etude"
    shutil.copytree(learnt_study, folder)
    shutil.rmtree(folder / "codes")
    typed = "".join(f"{n % 4}\n" for n in range(40)) + "q\n"
    assert annotate(folder, typed, "--coder", "marie").exit_code == 0
    yield folder


def test_a_terminal_session_asks_stores_and_takes_back(bare: Path) -> None:
    result = annotate(
        bare, "?\nd\n1 3\nu\nm à revoir\n2\n0\ns\nzz\nvisibilite, fiabilite\na\nq\n", "--coder", "marie"
    )
    assert result.exit_code == 0, result.stderr
    assert "→ opportunites" in result.stdout
    assert "→ rien ne s’applique" in result.stdout
    assert "Code « zz » inconnu de la grille" in result.stdout
    assert "3 segments décidés sur" in result.stdout
    store = open_store(bare / "study.sqlite")
    events = store.events("marie")
    store.close()
    held = [e for e in effective(events) if e.kind == "decision"]
    assert [sorted(e.codes) for e in held] == [["opportunites"], [], ["fiabilite", "visibilite"]]
    assert [e.memo for e in held] == ["à revoir", "", ""]
    assert [e.kind for e in events] == ["session", "decision", "undo", "decision", "decision", "skip", "decision"]
    assert all(e.at.endswith("Z") and e.codebook for e in events)


def test_the_end_of_the_input_ends_the_session(bare: Path) -> None:
    assert annotate(bare, "1\n", "--coder", "marie").exit_code == 0
    assert not (bare / "modele").exists()


def test_vectors_are_computed_once_and_no_text_is_kept_with_them(worked: Path) -> None:
    def kept() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in (worked / ".filrouge").rglob("*") if path.is_file()}

    before = kept()
    assert before
    assert annotate(worked, "q\n", "--coder", "paul").exit_code == 0
    assert kept() == before
    said = next((worked / "transcripts").iterdir()).read_text(encoding="utf-8").split()
    assert not any(word.encode() in data for data in before.values() for word in said if len(word) > 6)


def test_an_export_is_read_back_and_an_edited_file_is_left_alone(worked: Path, filrouge: Filrouge) -> None:
    done = filrouge("annotate", "export", worked)
    assert done.exit_code == 0, done.stderr
    with (worked / "codes/marie.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["coder"] for row in rows} == {"marie"}
    assert len({(row["transcript"], row["start"]) for row in rows}) == 40
    assert len((worked / "worklists/marie.csv").read_text(encoding="utf-8").splitlines()) == 41
    assert filrouge("annotate", "export", worked).exit_code == 0
    with (worked / "codes/marie.csv").open("a", encoding="utf-8") as file:
        file.write("acier-vif_v1,0,4,marie,,,,\n")
    refused = filrouge("annotate", "export", worked)
    assert refused.exit_code == 2
    assert "modifié depuis" in refused.stderr
    assert filrouge("annotate", "export", worked, "--force").exit_code == 0
    assert filrouge("info", worked).exit_code == 0
    shutil.rmtree(worked / "codes")


def test_filrouge_code_takes_the_sessions_model_and_its_passages(worked: Path, filrouge: Filrouge) -> None:
    assert (worked / "modele/card.md").is_file()
    done = filrouge("code", worked, "--explain")
    assert done.exit_code == 0, done.stderr
    assert "avec le modèle « etude »" in done.stdout
    with (worked / "results/codings.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert any(row["precedents"] for row in rows)
    assert filrouge("annotate", "model", worked, "--encoder", "lexical").exit_code == 0


def test_a_model_named_on_the_command_line_wins(worked: Path, small_model: Path, filrouge: Filrouge) -> None:
    assert "avec le modèle « petit »" in filrouge("code", worked, "--model", small_model).stdout


def change(study: Path, old: str, new: str) -> None:
    path = study / "codebook.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_codebook_that_changed_is_told_and_aliases_are_offered(bare: Path) -> None:
    assert annotate(bare, "1\n2\n1\nq\n", "--coder", "marie").exit_code == 0
    change(bare, 'id = "visibilite"', 'id = "notoriete"\naliases = ["visibilite"]')
    refused = annotate(bare, "1\nq\n", "--coder", "marie")
    assert refused.exit_code == 2
    assert "« visibilite » (2 réponses) devient « notoriete »" in refused.stderr
    assert "code en plus : notoriete" in refused.stderr
    assert "--accept-codebook" in refused.stderr
    assert annotate(bare, "q\n", "--coder", "paul").exit_code == 0
    accepted = annotate(bare, "a\nq\n", "--coder", "marie", "--accept-codebook")
    assert accepted.exit_code == 0, accepted.stderr
    assert "Visibilité, notoriété, présence en ligne : 2" in accepted.stdout
    assert annotate(bare, "a\nq\n", "--coder", "marie").exit_code == 0


def test_a_code_that_is_gone_can_be_renamed_by_hand(bare: Path) -> None:
    assert annotate(bare, "1\nq\n", "--coder", "marie").exit_code == 0
    change(bare, 'id = "visibilite"', 'id = "image"')
    refused = annotate(bare, "q\n", "--coder", "marie")
    assert "« visibilite » (1 réponse) n’existe plus" in refused.stderr
    wrong = annotate(bare, "q\n", "--coder", "marie", "--rename", "visibilite=zzz")
    assert (wrong.exit_code, "« zzz » inconnu" in wrong.stderr) == (2, True)
    done = annotate(bare, "a\nq\n", "--coder", "marie", "--rename", "visibilite=image")
    assert done.exit_code == 0, done.stderr
    assert "présence en ligne : 1" in done.stdout


def test_a_code_added_since_leaves_earlier_answers_open(bare: Path) -> None:
    from pipeline.run.annotating import open_study

    assert annotate(bare, "1\n0\nq\n", "--coder", "marie").exit_code == 0
    there = '[[dimensions.codes]]\nid = "opportunites"'
    change(bare, there, f'[[dimensions.codes]]\nid = "prix"\nlabel = "Prix"\n\n{there}')
    assert annotate(bare, "0\nq\n", "--coder", "marie", "--accept-codebook").exit_code == 0
    import numpy as np

    from pipeline.annotate.ledger import ledger

    opened = open_study(bare)
    book = ledger(opened.store.events("marie"), opened.segments, opened.codebook.ids)
    opened.store.close()
    new = book.labels[book.decided][:, opened.codebook.ids.index("prix")]
    assert (np.isnan(new).sum(), (new == 0).sum()) == (2, 1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--coder", "a/b"], "Nom de codeur « a/b » refusé"),
        (["--coder", "consensus"], "désigne l’accord final"),
        ([], "Il manque --coder NOM"),
        (["--coder", "marie", "--strategy", "zzz"], "Stratégie « zzz » inconnue"),
        (["--coder", "marie", "--rename", "zzz"], "écrivez ANCIEN=NOUVEAU"),
        (["--coder", "marie", "--store", "mysql://h/b"], "Adresse de base « mysql://h/b » refusée"),
        (["--coder", "marie", "--worklist", "nulle-part.csv"], "liste de travail illisible"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(bare: Path, words: list[str], told: str) -> None:
    result = annotate(bare, "q\n", *words)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_words_that_name_no_study_are_told(bare: Path, filrouge: Filrouge, tmp_path: Path) -> None:
    assert "seul ou après export, adjudicate ou model" in filrouge("annotate", "exporter", bare).stderr
    assert "aucune réponse à exporter" in filrouge("annotate", "export", bare).stderr
    assert "il faut deux codeurs" in filrouge("annotate", "adjudicate", bare, "--coder", "chef").stderr
    (tmp_path / "vide").mkdir()
    nothing = filrouge("annotate", tmp_path / "vide", "--coder", "marie")
    assert (nothing.exit_code, "aucune transcription" in nothing.stderr) == (2, True)


def test_a_study_without_respondents_is_told(bare: Path) -> None:
    for path in (bare / "transcripts").iterdir():
        path.write_text("Un texte sans personne qui parle.\n", encoding="utf-8")
    result = annotate(bare, "q\n", "--coder", "marie")
    assert result.exit_code == 2
    assert "rien à coder" in result.stderr


def test_a_worklist_beside_the_study_is_served_first(bare: Path) -> None:
    from pipeline.run.annotating import open_study

    opened = open_study(bare)
    places = [(s.transcript.id, s.start, s.end) for s in opened.segments[5:7]]
    opened.store.close()
    (bare / "worklists").mkdir()
    head = "transcript,start,end,stratum,probability,seed,rank\n"
    lines = [f"{t},{a},{b},{t},0.1,0,{rank}\n" for rank, (t, a, b) in zip((2, 1), places, strict=True)]
    (bare / "worklists/plan.csv").write_text(head + "".join(lines), encoding="utf-8")
    result = annotate(bare, "1\n0\n0\nq\n", "--coder", "marie")
    assert "Liste de travail : 1 sur 2" in result.stdout
    store = open_store(bare / "study.sqlite")
    served = [e for e in store.events("marie") if e.kind == "decision"]
    store.close()
    assert [(e.place, e.strategy, e.probability) for e in served[:2]] == [
        (places[1], "worklist", 0.1), (places[0], "worklist", 0.1),
    ]  # fmt: skip
    assert served[2].strategy != "worklist"
    (bare / "worklists/plan.csv").write_text(head + f"{places[0][0]},1,3,x,0.1,0,1\n", encoding="utf-8")
    refused = annotate(bare, "q\n", "--coder", "marie")
    assert (refused.exit_code, "ligne 2 : aucun segment ne va de 1 à 3" in refused.stderr) == (2, True)


def test_a_page_open_to_others_is_refused_before_anything_is_read(bare: Path, filrouge: Filrouge) -> None:
    refused = filrouge("annotate", bare, "--coder", "marie", "--host", "0.0.0.0", "--no-browser")
    assert refused.exit_code == 2
    assert "donnez aussi --token" in refused.stderr
    assert "Lecture" not in refused.stderr
    assert not (bare / "study.sqlite").exists()
