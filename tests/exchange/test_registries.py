"""What every importer and every exporter promises, the day it is added."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from drawn import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import FilrougeError
from pipeline.exchange import EXPORTERS, IMPORTERS, SUFFIXES, Options, Project, Setting, recognised
from pipeline.exchange.offsets import Counting, Ruler, canonical_places, to_positions
from pipeline.exchange.project import identifiers
from pipeline.exchange.refi_read import read_qdpx
from pipeline.read.draft import canonical


@pytest.fixture(scope="module")
def sample() -> Project:
    """Return our sample project."""
    return read_qdpx(SAMPLES / "filrouge_spec.qdpx", Setting())


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_export_is_the_same_twice_and_names_files_that_any_system_takes(name: str, sample: Project) -> None:
    files = EXPORTERS[name].write(sample, Options())
    assert files
    assert files == EXPORTERS[name].write(sample, Options())
    assert len(files) == 1 or not EXPORTERS[name].suffix
    for path, data in files.items():
        assert data
        assert not re.search(r'[/\\:*?"<>|]', path)
        assert zipfile.is_zipfile(__import__("io").BytesIO(data)) == (
            Path(path).suffix in (".qdpx", ".docx", ".xlsx")
        )


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_empty_project_is_exported_or_refused_in_a_sentence(name: str) -> None:
    try:
        EXPORTERS[name].write(Project("vide"), Options())
    except FilrougeError as error:
        assert "vide" in str(error)


@pytest.mark.parametrize("name", IMPORTERS)
def test_an_importer_says_in_a_sentence_that_a_file_is_none(name: str, tmp_path: Path) -> None:
    for content in (b"", b"Bonjour.\n", b"\x00\xff" * 99):
        path = tmp_path / "fichier"
        path.write_bytes(content)
        with pytest.raises(FilrougeError) as refused:
            IMPORTERS[name](path, Setting())
        assert "fichier" in str(refused.value)
        assert "\n" not in str(refused.value)
    with pytest.raises(FilrougeError):
        IMPORTERS[name](tmp_path / "absent", Setting())


def test_every_importer_is_reached() -> None:
    assert {*SUFFIXES.values(), "segments", "grille"} == set(IMPORTERS)
    with pytest.raises(FilrougeError, match="introuvable"):
        recognised(Path("absent.qdpx"))
    with pytest.raises(FilrougeError, match=re.escape(".qdpx, .qdc")):
        recognised(Path(__file__))


SIGNS = st.lists(
    st.sampled_from(
        ["a", "e\u0301", "\r\n", "\r", "\n", "🚀", "é", "가", "\u1100\u1161", "ক\u09be", "\u00a0", "\u0327", " "]
    )
)


@given(parts=SIGNS)
def test_the_canonical_text_is_the_readers(parts: list[str]) -> None:
    source = "".join(parts)
    text, places = canonical_places(source)
    assert text == canonical(source.removeprefix("\ufeff"))
    assert len(places) == len(source) + 1
    assert places == sorted(places)
    assert places[-1] == len(text)


@given(
    parts=SIGNS, unit=st.sampled_from(["codepoint", "utf16", "utf8"]), crlf=st.sampled_from([1, 2]), data=st.data()
)
def test_a_passage_keeps_its_words_whatever_counts(
    parts: list[str], unit: str, crlf: int, data: st.DataObject
) -> None:
    source = canonical("".join(parts)).replace("\n", "\r\n")
    text = canonical(source)
    counting = Counting(unit, crlf)  # type: ignore[arg-type]
    positions = to_positions(text, counting, eol="\r\n")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    assert Ruler(source, counting).span(positions[start], positions[end]) == (start, end)


def test_documents_of_one_name_are_told_apart() -> None:
    assert identifiers(["a.txt", "a.docx", "A"]) == ["a", "a (2)", "A (3)"]
