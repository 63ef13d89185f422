"""A bank of coded exchanges: read whole, or refused with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.codebook import read_codebook
from pipeline.errors import StudyError
from pipeline.read.exchanges import read_bank

ROOT = Path(__file__).parents[2]
CODEBOOK = read_codebook(ROOT / "corpora/rsn-pe/codebook.toml")
GOOD = {
    "id": "a", "text": "Q: Et Facebook ?\nR: On nous y trouve, à l’étranger.",
    "spans": [{"start": 20, "end": 36, "codes": ["visibilite"]}],
}  # fmt: skip


def bank(folder: Path, *lines: object) -> Path:
    """Write a bank."""
    told = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "exchanges.jsonl").write_text(told, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("name", "exchanges"), [("rsn-bank", 600), ("rsn-bank-2", 141), ("rsn-bank-3", 674)])
def test_a_shipped_bank_is_read_whole_with_its_roles(name: str, exchanges: int) -> None:
    study = read_bank(ROOT / "corpora" / name, CODEBOOK)
    assert len(study.transcripts) == exchanges
    assert study.coders == (name,)
    assert all(talk.sure for talk in study.transcripts)
    assert {(t.speaker, t.role) for talk in study.transcripts for t in talk.turns} == {
        ("Q", "interviewer"),
        ("R", "respondent"),
    }
    assert {coding.transcript for coding in study.codings} == {talk.id for talk in study.transcripts}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "échange illisible"),
        ("[]", "échange illisible"),
        ({"id": "a", "text": "R: Oui."}, "échange illisible"),
        (GOOD | {"spans": [{"start": 20, "end": 99, "codes": []}]}, "hors du texte"),
        (GOOD | {"spans": [{"start": 9, "end": 9, "codes": []}]}, "hors du texte"),
        (GOOD | {"spans": [{"start": 0, "end": 4, "codes": ["x"]}]}, "code inconnu « x »"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: object, told: str) -> None:
    with pytest.raises(StudyError, match=told) as caught:
        read_bank(bank(tmp_path, GOOD, line), CODEBOOK)
    assert "ligne 2" in str(caught.value)


def test_an_empty_or_missing_bank_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="introuvable"):
        read_bank(tmp_path, CODEBOOK)
    with pytest.raises(StudyError, match="aucun échange"):
        read_bank(bank(tmp_path), CODEBOOK)
