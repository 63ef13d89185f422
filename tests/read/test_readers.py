"""Every reader keeps the contract; odd bytes get a sentence, never a traceback and never silent nonsense."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from writers import (
    SAMPLES,
    SPEECHES,
    W,
    archive,
    dialogue,
    docx,
    eaf,
    odt,
    pdf,
    table,
    textgrid,
    trs,
    whisperx,
    xlsx,
)  # fmt: skip

from pipeline.errors import FilrougeError, ReadError
from pipeline.read import READERS, read_transcript


def write(folder: Path, name: str, data: bytes) -> Path:
    """Write one file."""
    path = folder / name
    path.write_bytes(data)
    return path


def told(suffix: str) -> list[tuple[str, str]]:
    """Return the interview as a format can tell it: a PDF knows one blank only."""
    if suffix != ".pdf":
        return list(SPEECHES)
    return [(who, said.replace("\u202f", " ").replace("\u00a0", " ")) for who, said in SPEECHES]


def test_every_reader_has_a_sample() -> None:
    assert SAMPLES.keys() == READERS.keys()


@pytest.mark.parametrize("suffix", READERS)
def test_turns_words_and_roles_are_those_of_the_interview(tmp_path: Path, suffix: str) -> None:
    talk = read_transcript(write(tmp_path, f"e1{suffix}", SAMPLES[suffix]()))
    assert [(t.speaker, talk.text[t.start : t.end]) for t in talk.turns] == told(suffix)
    assert [t.role for t in talk.turns] == ["interviewer", "respondent"] * 2
    assert (talk.id, talk.sure, len(talk.sha256)) == ("e1", True, 64)
    assert talk == read_transcript(tmp_path / f"e1{suffix}")


@pytest.mark.parametrize(
    ("encoding", "noted"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", ""), ("utf-16-be", ""), ("cp1252", "cp1252"),
     ("mac_roman", "mac_roman")],
)  # fmt: skip
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_whatever_the_encoding_the_text_is_the_same(tmp_path: Path, encoding: str, noted: str, ends: str) -> None:
    written = dialogue().replace("\u202f", "\u00a0")
    talk = read_transcript(write(tmp_path, "e1.txt", written.replace("\n", ends).encode(encoding)))
    assert talk.text == written
    assert noted in " ".join(talk.doubts)
    assert bool(talk.doubts) == bool(noted)


def test_split_accents_are_composed(tmp_path: Path) -> None:
    talk = read_transcript(
        write(tmp_path, "e1.txt", "Q : E\u0301te\u0301 ?\n\nR : A\u0300 Lie\u0300ge.\n".encode())
    )
    assert talk.text == "Q : Été ?\n\nR : À Liège.\n"


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_table_may_use_any_usual_delimiter(tmp_path: Path, sign: str) -> None:
    talk = read_transcript(write(tmp_path, "e1.csv", table(sign).encode("utf-8-sig")))
    assert [(t.speaker, talk.text[t.start : t.end]) for t in talk.turns] == list(SPEECHES)


def test_insertions_are_read_and_deletions_are_not(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>Q : Et ?</w:t></w:r></w:p><w:p><w:r><w:t>R : On </w:t></w:r>"
        "<w:ins><w:r><w:t>exporte</w:t></w:r></w:ins><w:del><w:r><w:delText>vend</w:delText></w:r></w:del>"
        "<w:r><w:tab/><w:t>peu.</w:t><w:br/><w:t>Très peu.</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Q : Où ?</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    talk = read_transcript(write(tmp_path, "e1.docx", docx(body)))
    assert talk.text == "Q : Et ?\nR : On exporte\tpeu.\nTrès peu.\nQ : Où ?\n"
    assert "2 révisions, version acceptée lue." in talk.doubts


BAD = {
    "empty.txt": (b"", "vide"),
    "blank.txt": (b" \n\r\n\xef\xbb\xbf", "vide"),
    "zeros.txt": (b"\x00" * 50, "vide"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "pas du texte"),
    "pdf.txt": (b"%PDF-1.7 x", "PDF"),
    "word.txt": (docx(), "document Word"),
    "noise.txt": (bytes(range(256)) * 8, "pas du texte"),
    "half.txt": ("é".encode("utf-16") + b"\x00", "abîmé"),
    "e1.pages": (b"x", "suffixe"),
    "empty.docx": (b"", "vide"),
    "locked.docx": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "mot de passe"),
    "broken.docx": (docx()[:80], "abîmé"),
    "text.docx": (b"Q : Et ?", "abîmé"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0" + b"x" * 600, "mot de passe"),
    "locked.odt": (archive({"content.xml": "x", "META-INF/manifest.xml": "<m:encryption-data/>"}), "mot de passe"),
    "nothing.odt": (odt("<text:p/>"), "aucun texte"),
    "word.odt": (docx(), "abîmé"),
    "sheet.docx": (xlsx(), "abîmé"),
    "word.xlsx": (docx(), "abîmé"),
    "empty.xlsx": (xlsx({"Vide": []}), "vide"),
    "figures.xlsx": (xlsx({"Chiffres": [(1, 2), (3, 4)]}), "aucune colonne de texte"),
    "plain.rtf": (b"Q : Et ?", "pas du RTF"),
    "nothing.rtf": (b"{\\rtf1\\ansi }", "aucun texte"),
    "plain.pdf": (b"Q : Et ?", "PDF abîmé"),
    "image.pdf": (pdf([[]]), "reconnaissance de caractères"),
    "list.json": (b"[1, 2]", "pas une transcription de Whisper"),
    "cut.json": (whisperx()[:60], "ligne 1 : JSON abîmé"),
    "deep.json": (b"[" * 100_000, "JSON (abîmé|refusé)"),
    "plain.json": (b"Q : Et ?", "JSON abîmé"),
    "none.otr": (b'{"media": "e1.mp3"}', "oTranscribe"),
    "stamps.otr": (b'{"text": "<p><span class=\\"timestamp\\">0:01</span></p>"}', "que des minutages"),
    "empty.html": (b"<html><script>x</script></html>", "aucun texte"),
    "none.trs": (trs(sections="<Section/>"), "personne ne parle"),
    "other.trs": (b"<TEI/>", "personne ne parle"),
    "none.eaf": (b"<ANNOTATION_DOCUMENT/>", "aucune parole"),
    "cut.eaf": (eaf()[:300], "ligne 1 : fichier ELAN abîmé"),
    "other.xml": (b"<html/>", "racine « html »"),
    "none.xml": (b'<TEI xmlns="http://www.tei-c.org/ns/1.0"/>', "aucune parole"),
    "none.cha": (b"@UTF8\n@Begin\n@End\n", "aucune parole"),
    "plain.textgrid": (b"Q : Et ?", "ooTextFile"),
    "cut.textgrid": (textgrid().encode()[:300], "TextGrid abîmé"),
    "stars.txt": (b"**** *ent_01\n**** *ent_02\n", "sans texte"),
    "nothing.docx": (docx("<w:p/>"), "aucun texte"),
    "cut.docx": (docx("<w:p><w:r>"), "XML invalide"),
    "empty.csv": (b"", "vide"),
    "headers.csv": (b"Locuteur;Texte\n", "texte"),
    "none.srt": (b"Bonjour.", "sous-titre"),
    "none.vtt": (b"WEBVTT\n\n", "sous-titre"),
    "not.vtt": (b"Bonjour.", "sous-titre"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_gets_a_sentence_that_names_the_file(tmp_path: Path, name: str) -> None:
    data, told = BAD[name]
    with pytest.raises(ReadError, match=told) as caught:
        read_transcript(write(tmp_path, name, data))
    assert name in str(caught.value)
    assert str(caught.value).rstrip().endswith((".", "?)", ")."))


def test_entities_of_a_word_document_are_never_followed(tmp_path: Path) -> None:
    secret = write(tmp_path, "secret.txt", b"motdepasse")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{W}"><w:body><w:p><w:r>'
            "<w:t>R : &s;</w:t></w:r></w:p></w:body></w:document>",
        )
    with pytest.raises(ReadError, match="DTD"):
        read_transcript(write(tmp_path, "e1.docx", file.getvalue()))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suffix=st.sampled_from(sorted(READERS)), cut=st.floats(0, 1), noise=st.binary(max_size=40))
def test_damaged_files_are_read_or_refused_in_one_sentence(
    tmp_path: Path, suffix: str, cut: float, noise: bytes
) -> None:
    whole = SAMPLES[suffix]()
    place = int(cut * len(whole))
    for data in (whole[:place], whole[:place] + noise + whole[place:], noise):
        try:
            talk = read_transcript(write(tmp_path, f"e1{suffix}", data))
        except FilrougeError as error:
            assert "\n" not in str(error)
        else:
            at = 0
            for turn in talk.turns:
                assert at <= turn.start < turn.end <= len(talk.text)
                at = turn.end
