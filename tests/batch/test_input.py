"""What may be coded by parts, and what is refused: one sentence, before anything is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from corpus import SAID, write_parts

from pipeline.batch import Document, Refused, documents, packed, split, taken
from pipeline.errors import FilrougeError


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_both_formats_give_the_same_documents(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "1", "text": "Oui.\r\nEt re\u0301seau.", "case": "A", "wave": "2", "question": "Et ?"},
        {
            "id": "2", "text": "Q: Et ?\nR: Non.", "age": 3,
            "turns": [[3, 7, "Q", "interviewer"], [11, 15, "R", "respondent"]],
        },
    ]  # fmt: skip
    first = list(documents(lines(tmp_path / "part-0.jsonl", *rows)))
    pyarrow.parquet.write_table(
        pyarrow.table(
            {
                "id": ["1", "2"], "text": [rows[0]["text"], rows[1]["text"]],
                "case": ["A", None], "wave": ["2", None], "question": ["Et ?", None], "age": [3, 4],
                "turns": pyarrow.array(
                    [None, [{"start": 3, "end": 7, "speaker": "Q", "role": "interviewer"},
                            {"start": 11, "end": 15, "speaker": "R", "role": "respondent"}]],
                ),
            }
        ),
        tmp_path / "part-0.parquet",
    )  # fmt: skip
    assert list(documents(tmp_path / "part-0.parquet")) == first
    assert first[0] == Document("1", "Oui.\nEt réseau.", "A", "2", "Et ?")
    assert first[1] == Document(
        "2", "Q: Et ?\nR: Non.", turns=((3, 7, "Q", "interviewer"), (11, 15, "R", "respondent"))
    )


def test_a_document_and_its_transcript_agree_on_every_offset() -> None:
    for question in ("", "Et les réseaux ?"):
        document = Document("1", SAID[0], question=question)
        talk = document.transcript()
        (turn,) = [turn for turn in talk.turns if turn.role == "respondent"]
        assert (
            talk.text[turn.start : turn.end]
            == document.text[turn.start - document.shift : turn.end - document.shift]
        )
        assert talk.text[turn.start : turn.end] == SAID[0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "1", "texte": "Oui."}, ["part-1.jsonl, ligne 1", "« text » absente", "id, texte", "--text"]),
        ({"text": "Oui."}, ["« id » absente"]),
        ({"id": "", "text": "Oui."}, ["ligne 1", "identifiant vide"]),
        ({"id": "1", "text": 12}, ["ligne 1", "doit contenir du texte"]),
        ({"id": "1", "text": "Oui.", "turns": [[0, 9, "R", "respondent"]]}, ["ligne 1", "tour de parole", "rôle"]),
        ({"id": "1", "text": "Oui.", "turns": [[0, 2, "R", "patron"]]}, ["'patron'", "interviewer, respondent"]),
        ({"id": "1", "text": "Oui.", "turns": [[2, 4, "R", "other"], [0, 2, "R", "other"]]}, ["dans l’ordre"]),
        ({"id": "1", "text": "Oui.", "turns": ["R"]}, ["tour de parole 'R' refusé"]),
        (["Oui."], ["part illisible", "objet JSON"]),
    ],
)
def test_a_bad_row_is_named(row: Any, told: list[str], tmp_path: Path) -> None:
    with pytest.raises(FilrougeError) as refusal:
        taken([lines(tmp_path / "part-1.jsonl", row)], tmp_path)
    assert all(words in str(refusal.value) for words in told), str(refusal.value)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("part-0.parquet", b"PAR1 abime"),
        ("part-0.parquet", b""),
        ("part-0.jsonl", b'{"id": "1", '),
        ("part-0.jsonl", b"\xff\xfe\x00"),
    ],
)
def test_a_damaged_part_is_named(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FilrougeError, match=f"{name} : part illisible"):
        taken([tmp_path / name], tmp_path)


def test_an_id_used_twice_is_named_wherever_it_stands(tmp_path: Path) -> None:
    one = lines(tmp_path / "part-1.jsonl", {"id": "a", "text": "Oui."}, {"id": "b", "text": "Non."})
    two = lines(tmp_path / "part-2.jsonl", {"id": "c", "text": "Oui."}, {"id": "b", "text": "Si."})
    with pytest.raises(
        FilrougeError, match=r"« b » employé 2 fois : part-1\.jsonl ligne 2, part-2\.jsonl ligne 2"
    ):
        taken([one, two], tmp_path)


def test_a_cell_of_ten_megabytes_is_left_out_and_named(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "part-1.jsonl", {"id": "gros", "text": "mot " * 2_500_000}, {"id": "b", "text": "Oui."}
    )
    found = list(documents(path))
    assert isinstance(found[0], Refused)
    assert found[1] == Document("b", "Oui.")
    (note,) = taken([path], tmp_path).notes
    assert "part-1.jsonl, document « gros » : 10\u202f000\u202f000 caractères" in note


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("id;texte;cas;vague", {}),
        ("Identifiant;Réponse;Cas;Vague", {}),
        ("n;q12;cas;vague", {"id": "n", "text": "q12"}),
    ],
)
def test_a_table_becomes_parts_that_hold_every_row(header: str, wanted: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "reponses.csv"
    path.write_text(f'{header}\n1;"On exporte ; bien.";A;1\n2;"Deux\nlignes";B;2\n', encoding="utf-8-sig")
    found = split(path, wanted, tmp_path)
    assert [part.documents for part in found.parts] == [2]
    kept = list(documents(tmp_path / found.parts[0].path))
    assert kept == [Document("1", "On exporte ; bien.", "A", "1"), Document("2", "Deux\nlignes", "B", "2")]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"id;titre\n1;a\n", "« text » absente"),
        ("id;texte\n1;réseau\n".encode("latin-1"), "UTF-8"),
        (b"id;texte\n;Oui.\n", "ligne 2 : identifiant vide"),
        (b"id;texte\n1;Oui.\n2;Si.\n1;Non.\n", r"« 1 » employé 2 fois : t\.csv ligne 2, t\.csv ligne 4"),
        (b"n;m\n1;2\n", "colonnes « id » et « text » absentes"),
    ],
)
def test_a_bad_table_is_one_sentence(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(FilrougeError, match=told):
        split(path, {}, tmp_path)


def test_a_table_of_interviews_keeps_their_turns(tmp_path: Path) -> None:
    row = {
        "id": "e1",
        "text": "Q: Et ?\nR: Non.",
        "turns": [[3, 7, "Q", "interviewer"], [11, 15, "R", "respondent"]],
    }
    path = lines(tmp_path / "entretiens.jsonl", row)
    (part,) = split(path, {}, tmp_path).parts
    assert list(documents(tmp_path / part.path)) == list(documents(path))
    assert len(next(iter(documents(path))).transcript().turns) == 2  # type: ignore[union-attr]


def test_a_shorter_table_leaves_no_part_of_a_longer_one(tmp_path: Path) -> None:
    packed((Document(str(n), "mot " * 30_000) for n in range(6)), tmp_path)
    assert packed([Document("1", "Oui.")], tmp_path) == sorted((tmp_path / "input").iterdir())


def test_packing_is_the_same_each_time_and_cuts_no_document(tmp_path: Path) -> None:
    found = [Document(str(n), "mot " * 10_000) for n in range(12)]
    first, second = tmp_path / "1", tmp_path / "2"
    one, two = packed(found, first), packed(found, second)
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert len(one) > 1
    assert [document for path in one for document in documents(path)] == found


def test_parts_that_lie_in_the_folder_of_the_job_are_found_wherever_it_moves(tmp_path: Path) -> None:
    parts = sorted(write_parts(tmp_path / "job/input", 2, 3).iterdir())
    assert [part.path for part in taken(parts, tmp_path / "job").parts] == [
        "input/part-000.jsonl",
        "input/part-001.jsonl",
    ]
