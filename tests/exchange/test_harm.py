"""Bombs, paths that climb, entities, and files broken in two hundred ways: a sentence, never a traceback."""

from __future__ import annotations

import io
import random
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from drawn import SAMPLES

from pipeline.errors import FilrougeError, ReadError
from pipeline.exchange import Options, Setting
from pipeline.exchange.refi_read import read_qdpx
from pipeline.exchange.workbook import write_workbook
from pipeline.run.importing import import_into

BOMB = b'<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
LEAK = b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
PROJECT = b'<Project xmlns="urn:QDA-XML:project:1.0" name="%s"/>'


def archive(path: Path, parts: dict[str, bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"project.qde": PROJECT % b"p", "sources/a.txt": b" " * 60_000_000}, "démesurée"),
        ({"project.qde": PROJECT % b"p", "../../a.txt": b"a"}, "sort de l’archive"),
        ({"project.qde": PROJECT % b"p", "/etc/a.txt": b"a"}, "sort de l’archive"),
        ({"project.qde": PROJECT % b"p", "sources\\..\\..\\a.txt": b"a"}, "sort de l’archive"),
        ({"project.qde": BOMB + PROJECT % b"&b;"}, "entités"),
        ({"project.qde": LEAK + PROJECT % b"p"}, "entités"),
        ({"project.qde": b"<!DOCTYPE p>" + PROJECT % b"p"}, "DTD"),
        ({"project.qde": b"<a" * 5000}, "abîmé"),
        ({"project.qde": b'<Project xmlns="u">' + b"<Code>" * 5000}, "abîmé"),
        ({"a.qde": PROJECT % b"p", "b.qde": PROJECT % b"p"}, "2 fichiers .qde"),
        ({"dossier/a.qde": PROJECT % b"p"}, "aucun fichier .qde"),
        ({"project.qde": b"<CodeBook/>"}, "pas un projet"),
        ({"project.qde": b""}, "vide"),
    ],
)
def test_a_hostile_archive_is_refused_in_one_sentence(parts: dict[str, bytes], told: str, tmp_path: Path) -> None:
    path = archive(tmp_path / "p.qdpx", parts)
    with pytest.raises(ReadError) as refused:
        read_qdpx(path, Setting())
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["p.qdpx"]


def test_a_name_never_leads_out_of_the_study(tmp_path: Path) -> None:
    coding = '<Coding guid="y" creatingUser="u"><CodeRef targetGUID="c"/></Coding>'
    chosen = f'<PlainTextSelection guid="x" startPosition="0" endPosition="4">{coding}</PlainTextSelection>'
    text = f'<TextSource guid="s" name="../../../dehors" plainTextPath="internal://t.txt">{chosen}</TextSource>'
    codes = '<CodeBook><Codes><Code guid="c" name="a" isCodable="true"/></Codes></CodeBook>'
    users = '<Users><User guid="u" name="../../pirate"/></Users>'
    head = '<Project xmlns="urn:QDA-XML:project:1.0" name="p">'
    qde = f"{head}{users}{codes}<Sources>{text}</Sources></Project>"
    path = archive(tmp_path / "p.qdpx", {"project.qde": qde.encode(), "sources/t.txt": b"Fort bien."})
    import_into(path, tmp_path / "etude")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["etude", "p.qdpx"]
    written = [entry.relative_to(tmp_path / "etude").as_posix() for entry in (tmp_path / "etude").rglob("*.*")]
    assert {name for name in written if name.startswith("transcripts/")} == {"transcripts/.. .. .. dehors.txt"}
    assert {name for name in written if name.startswith("codes/")} == {"codes/.. .. pirate.csv"}


def qualcoder(path: Path) -> None:
    """Write a small QualCoder database."""
    from test_qualcoder import fill

    connection = sqlite3.connect(path)
    fill(connection)
    connection.close()


def workbook(path: Path) -> None:
    """Write a workbook of coded segments."""
    project = read_qdpx(SAMPLES / "filrouge_spec.qdpx", Setting())
    path.write_bytes(next(iter(write_workbook(project, Options()).values())))


MAKERS: dict[str, Callable[[Path], object]] = {
    "p.qdpx": lambda path: shutil.copy(SAMPLES / "filrouge_nvivo.qdpx", path),
    "p.sqlite3": lambda path: shutil.copy(SAMPLES / "project.sqlite3", path),
    "p.qda": qualcoder,
    "p.xlsx": workbook,
    "p.qdc": lambda path: shutil.copy(SAMPLES / "codebook.qdc", path),
}


def mutated(data: bytes, seed: int) -> bytes:
    """Harm a file: cut it, flip bits, overwrite a stretch, or double one."""
    draw = random.Random(seed)
    harmed = bytearray(data)
    kind = seed % 4
    place = draw.randrange(len(harmed))
    if kind == 0:
        return bytes(harmed[:place])
    if kind == 1:
        for _ in range(draw.randrange(1, 30)):
            harmed[draw.randrange(len(harmed))] ^= 1 << draw.randrange(8)
    elif kind == 2:
        stretch = draw.randrange(1, 200)
        harmed[place : place + stretch] = draw.randbytes(stretch)
    else:
        harmed[place:place] = harmed[place : place + 100]
    return bytes(harmed)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", MAKERS)
def test_two_hundred_broken_files_get_a_sentence_and_leave_no_half_study(name: str, tmp_path: Path) -> None:
    MAKERS[name](tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    refused = 0
    for seed in range(200):
        (tmp_path / name).write_bytes(mutated(whole, seed))
        into = tmp_path / f"etude{seed}"
        try:
            import_into(tmp_path / name, into)
        except FilrougeError as error:
            refused += 1
            assert str(error)
            assert not into.exists()
        assert not list(tmp_path.glob(".*"))
    assert refused > 20


@pytest.mark.parametrize("suffix", [".qdpx", ".qdc", ".sqlite3", ".xlsx", ".json", ".csv", ".toml"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02\xff" * 50, b"Bonjour.\n", io.BytesIO(b"PK\x03\x04").read()]
)
def test_a_wrong_suffix_gets_a_sentence(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"p{suffix}"
    path.write_bytes(content)
    with pytest.raises(FilrougeError):
        import_into(path, tmp_path / "etude")
    assert not (tmp_path / "etude").exists()
