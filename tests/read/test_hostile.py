"""Files made to harm, or harmed: one French sentence, never a traceback, nothing fetched, nothing swollen."""

from __future__ import annotations

import io
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from writers import SAMPLES, archive, docx, eaf, odt, tei, trs, xlsx

from pipeline.errors import FilrougeError, ReadError
from pipeline.read import READERS, read_file

XML: dict[str, Callable[[], bytes]] = {".eaf": eaf, ".trs": trs, ".xml": tei}
ZIPPED = {".docx": "word/document.xml", ".odt": "content.xml", ".xlsx": "xl/workbook.xml"}
BINARY = (".docx", ".odt", ".pdf", ".rtf", ".textgrid", ".xlsx")


def read(folder: Path, name: str, data: bytes) -> str:
    """Read a file; return its texts, or the sentence that refuses it."""
    path = folder / name
    path.write_bytes(data)
    try:
        return "\n".join(interview.transcript.text for interview in read_file(path))
    except ReadError as error:
        assert "\n" not in str(error)
        assert name in str(error)
        return str(error)


def declared(data: bytes, doctype: str) -> bytes:
    """Put a DOCTYPE before the root of an XML file that has none, or in the place of the one it has."""
    text = data.decode()
    head, _, rest = text.partition('<!DOCTYPE Trans SYSTEM "trans-14.dtd">\n')
    if rest:
        return f"{head}{doctype}\n{rest}".encode()
    return f"{doctype}\n{text}".encode()


LAUGHS = "<!DOCTYPE x [<!ENTITY a \"ha\">" + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 50}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("suffix", XML)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_they_swell(tmp_path: Path, suffix: str, encoding: str) -> None:
    harm = declared(XML[suffix](), LAUGHS).decode().replace("Des clients.", "&i;").replace("UTF-8", encoding)
    assert "déclare des entités" in read(tmp_path, f"e1{suffix}", harm.encode(encoding))


@pytest.mark.parametrize("suffix", XML)
def test_nothing_outside_the_file_is_read(tmp_path: Path, suffix: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("motdepasse", encoding="utf-8")
    doctype = f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    harm = declared(XML[suffix](), doctype).decode().replace("Des clients.", "&s;")
    assert "motdepasse" not in read(tmp_path, f"e1{suffix}", harm.encode())


@pytest.mark.parametrize("suffix", [".trs", ".xml"])
def test_a_dtd_is_never_loaded(tmp_path: Path, suffix: str) -> None:
    dtd = tmp_path / "trans-14.dtd"
    dtd.write_text('<!ENTITY s "motdepasse">', encoding="utf-8")
    harm = declared(XML[suffix](), f'<!DOCTYPE x SYSTEM "{dtd.as_uri()}">').decode().replace("Des clients.", "&s;")
    assert "motdepasse" not in read(tmp_path, f"e1{suffix}", harm.encode())


@pytest.mark.parametrize("suffix", ZIPPED)
def test_a_part_that_swells_is_refused(tmp_path: Path, suffix: str) -> None:
    bomb = archive({ZIPPED[suffix]: "<a>" + " " * 30_000_000 + "</a>"})
    assert len(bomb) < 100_000
    assert "démesuré" in read(tmp_path, f"e1{suffix}", bomb)


@pytest.mark.parametrize("suffix", ZIPPED)
@pytest.mark.parametrize("path", ["../../etc/passwd.xml", "/etc/x.xml", "..\\x.xml", "C:\\x.xml"])
def test_a_path_that_leaves_the_archive_is_refused(tmp_path: Path, suffix: str, path: str) -> None:
    file = io.BytesIO(SAMPLES[suffix]())
    with zipfile.ZipFile(file, "a") as folder:
        folder.writestr(zipfile.ZipInfo(path), "<a/>")
    assert "chemin qui sort de l’archive" in read(tmp_path, f"e1{suffix}", file.getvalue())


@pytest.mark.parametrize(("suffix", "part"), ZIPPED.items())
def test_archives_declare_no_dtd(tmp_path: Path, suffix: str, part: str) -> None:
    told = read(tmp_path, f"e1{suffix}", archive({part: LAUGHS + "<x>&i;</x>"}))
    assert "DTD" in told


def test_a_lying_size_is_caught(tmp_path: Path) -> None:
    """A directory that announces less than what a part holds: zipfile stops there and finds the sum wrong."""
    data = bytearray(docx())
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    assert "abîmé" in read(tmp_path, "e1.docx", bytes(data))


DEEP = 30_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("e1.xml", b'<TEI xmlns="x">' + b"<u>" * DEEP + b"x" + b"</u>" * DEEP + b"</TEI>"),
        ("e1.trs", b"<Trans>" + b"<Turn>" * DEEP + b"x" + b"</Turn>" * DEEP + b"</Trans>"),
        ("e1.html", b"<div>" * DEEP + b"R : x" + b"</div>" * DEEP),
        ("e1.docx", docx("<w:sdt>" * 2000 + "<w:p/>" + "</w:sdt>" * 2000)),
        ("e1.docx", docx("<w:sdt>" * 200 + "<w:p/>" + "</w:sdt>" * 200)),
        ("e1.odt", odt("<text:p>" * 1500 + "x" + "</text:p>" * 1500)),
        ("e1.rtf", b"{\\rtf1 " + b"{" * DEEP + b"x" + b"}" * DEEP + b"}"),
        ("e1.json", b'{"segments": ' + b"[" * DEEP + b"]" * DEEP + b"}"),
        ("e1.json", b'{"segments": [{"text": "x", "start": 1' + b"0" * 5000 + b"}]}"),
        ("e1.trs", trs().replace(b'startTime="0"', b'startTime="' + b"9" * 5000 + b'"')),
        ("e1.eaf", eaf().replace(b'TIME_VALUE="0000"', b'TIME_VALUE="' + b"9" * 5000 + b'"')),
        ("e1.cha", b"@Begin\n*A:\tx \x15" + b"9" * 5000 + b"_1\x15\n"),
        ("e1.textgrid", b'File type = "ooTextFile"\n"TextGrid"\n0 1\n<exists>\n1e300\n'),
        ("e1.odt", odt('<text:p>x<text:s text:c="999999999999"/>y</text:p>')),
    ],
)  # fmt: skip
def test_depth_and_numbers_beyond_measure(tmp_path: Path, name: str, data: bytes) -> None:
    assert len(read(tmp_path, name, data)) < 40_000


def rezipped(whole: bytes, chance: random.Random) -> bytes:
    """Spoil one XML part of an archive, under a right sum."""
    with zipfile.ZipFile(io.BytesIO(whole)) as folder:
        parts = {name: bytearray(folder.read(name)) for name in folder.namelist()}
    part = parts[chance.choice(sorted(name for name in parts if name.endswith((".xml", ".rels"))))]
    place = chance.randrange(len(part))
    part[place : place + chance.randrange(40)] = chance.choice((b"", b"<", b'"', b"\x00", b"&#0;", b"9" * 40))
    return archive({name: data.decode("utf-8", "replace") for name, data in parts.items()})


@pytest.mark.parametrize("suffix", BINARY)
def test_200_damaged_files_of_each_format_get_a_sentence_or_a_text(tmp_path: Path, suffix: str) -> None:
    chance, whole = random.Random(f"fil{suffix}"), SAMPLES[suffix]()
    suffixes = sorted(READERS)
    refused = 0
    for number in range(200):
        inner = suffix in ZIPPED and number % 4 == 2
        data, wrong = bytearray(rezipped(whole, chance) if inner else whole), suffix
        if number % 4 == 0:
            del data[chance.randrange(len(data)) :]
        elif number % 4 == 3:
            wrong = chance.choice(suffixes)
        for _ in range(chance.randrange(1, 9) if number % 4 in (1, 2) and not inner else 0):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"e{number}{wrong}"
        path.write_bytes(bytes(data))
        try:
            read_file(path)
        except FilrougeError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused > 20


@pytest.mark.parametrize(
    ("suffix", "module"), [(".pdf", "pypdfium2"), (".rtf", "striprtf.striprtf"), (".xlsx", "openpyxl")]
)
def test_a_missing_library_is_told_with_its_pip_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, module: str
) -> None:
    data = SAMPLES[suffix]()
    monkeypatch.setitem(sys.modules, module, None)
    told = read(tmp_path, f"e1{suffix}", data)
    assert told.endswith('Installez-la avec : pip install "filrouge[formats]"')


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, suffix: str) -> None:
    for data in (b"", b" \r\n", b"\x00" * 9):
        assert "vide" in read(tmp_path, f"e1{suffix}", data) or suffix in ZIPPED


def test_a_workbook_whose_cells_never_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.read.sheets._MOST", 100)
    assert "démesurée" in read(tmp_path, "e1.xlsx", xlsx({"x": [["a"] * 11] * 10}))
