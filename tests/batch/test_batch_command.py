"""`filrouge batch`, `batch status` and `batch summary`, as typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Filrouge = Callable[..., Result]


def test_the_command_says_what_it_did_and_what_is_left(
    coded: tuple[Path, Path], small_model: Path, tmp_path: Path, filrouge: Filrouge
) -> None:
    parts, done = coded
    out = shutil.copytree(done, tmp_path / "o")
    (out / "part-002.parquet").unlink()
    status = filrouge("batch", "status", out)
    assert status.exit_code == 1
    assert "3 / 4 parts faites, 60 / 80 documents" in status.stdout
    assert "à faire : part-002 (1)" in status.stdout
    summary = filrouge("batch", "summary", out, "--by", "case")
    assert "Codage inachevé : 3 parts sur 4" in summary.stderr
    assert "région 0" in summary.stdout
    result = filrouge("batch", parts, "--out", out, "--model", small_model, "--workers", 1)
    assert result.exit_code == 0, result.stderr
    assert "4 parts codées sur 4, dont 1 maintenant : 80 documents" in result.stdout
    assert filrouge("batch", "status", out).exit_code == 0
    told = json.loads(filrouge("batch", "summary", out, "--json").stdout)
    assert told["rows"][0]["documents"] == 80


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{parts}", "--executor", "spark"], "Exécuteur « spark » inconnu"),
        (["{parts}", "--cluster", "tcp://127.0.0.1:9"], "--executor dask"),
        (["{parts}", "--executor", "dask", "--cluster", "tcp://127.0.0.1:9"], "la grappe ne répond pas"),
        (["{parts}", "--precision", "fp8"], "Précision « fp8 » inconnue"),
        (["{parts}", "--workers", "-1"], "--workers -1"),
        (["{parts}", "--codebook", "{grid}"], "entraîné avec une autre grille"),
        (["{nothing}"], "fichier ou dossier introuvable"),
        (["{empty}"], "aucune transcription"),
        (["{parts}", "--model", "{nothing}"], "ne contient pas de modèle"),
    ],
)
def test_misuse_is_one_sentence_and_nothing_is_coded(
    words: list[str], told: str, coded: tuple[Path, Path], small_model: Path, tmp_path: Path, filrouge: Filrouge
) -> None:
    (tmp_path / "vide").mkdir()
    grid = tmp_path / "grille.toml"
    grid.write_text(
        'name = "autre"\n[[dimensions]]\nid = "d"\nlabel = "D"\nselect = "any"\n[[dimensions.codes]]\n'
        'id = "prix"\nlabel = "Prix"\ndefinition = "Le prix."\n',
        encoding="utf-8",
    )
    places = {"parts": coded[0], "nothing": tmp_path / "rien", "empty": tmp_path / "vide", "grid": grid}
    model = [] if "--model" in words else ["--model", small_model]
    result = filrouge("batch", *(word.format(**places) for word in words), "--out", tmp_path / "o", *model)
    assert result.exit_code == 2
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "o").glob("part-*.parquet"))


def test_status_of_a_folder_that_is_no_job(tmp_path: Path, filrouge: Filrouge) -> None:
    for command in ("status", "summary"):
        result = filrouge("batch", command, tmp_path)
        assert result.exit_code == 2
        assert "n’est pas celui d’un codage par lots" in result.stderr
    (tmp_path / "manifest.json").write_text("{", encoding="utf-8")
    assert "manifeste abîmé" in filrouge("batch", "status", tmp_path).stderr
