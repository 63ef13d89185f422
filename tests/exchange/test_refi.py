"""REFI-QDA: files of several tools read right, every profile written right, nothing lost there and back."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import SAMPLES, SHARED, projects
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.codebook import Codebook
from pipeline.errors import FilrougeError, ReadError
from pipeline.exchange import PROFILES, Options, Project, Setting
from pipeline.exchange.offsets import Counting
from pipeline.exchange.qdc import read_qdc, write_qdc
from pipeline.exchange.refi_read import read_qdpx
from pipeline.exchange.refi_write import write_qdpx
from pipeline.exchange.schema import complaint
from pipeline.exchange.tree import Node, to_codebook
from pipeline.records import Coding

E01 = "E01_vague1_2013"
VISIBILITY = "Ça nous a donné de la visibilité à l’étranger 🚀, surtout en Allemagne."
# The codings of our sample project, written by hand: start, end, coder, code, passage.
CODINGS = [
    (E01, 30, 62, "machine", "opportunites", "réseaux sociaux vous ont apporté"),
    (E01, 80, 150, "Codeur 2", "visibilite", VISIBILITY),
    (E01, 80, 150, "Codeuse 1", "visibilite", VISIBILITY),
    (E01, 151, 228, "Codeuse 1", "individuel_professionnel",
     "On a aussi trouvé un partenaire au Québec via LinkedIn 👩\u200d💻, c’était inespéré…"),
    (E01, 151, 228, "Codeuse 1", "partenaires",
     "On a aussi trouvé un partenaire au Québec via LinkedIn 👩\u200d💻, c’était inespéré…"),
    (E01, 273, 332, "Codeuse 1", "fiabilite_reduction_du_risque",
     "Je vérifie toujours le profil avant de signer — ça rassure."),
    ("E02_vague2_2014", 47, 91, "Codeur 2", "individuel_prive", "Oui, Facebook c'est surtout pour la famille."),
]  # fmt: skip
TREE = {
    "benefices": ["visibilite", "opportunites", "partenaires", "fiabilite_reduction_du_risque"],
    "niveau_d_usage": ["organisationnel", "individuel_professionnel", "individuel_prive"],
}


def told(project: Project) -> list[tuple[str, int, int, str, str, str]]:
    """Write the codings of a project as CODINGS are."""
    return [
        (c.transcript, c.start, c.end, c.coder, code, project.text_of(c.transcript)[c.start : c.end])
        for c in project.codings for code in sorted(c.codes)
    ]  # fmt: skip


def tree(project: Project) -> dict[str, list[str]]:
    """Write the codes of a project as TREE is."""
    assert project.codebook
    return {dimension.id: [code.id for code in dimension.codes] for dimension in project.codebook.dimensions}


def peer(name: str) -> Path:
    """Return a file that a third tool wrote; skip where it is not at hand."""
    path = SHARED / "refi" / name
    if not path.is_file():
        pytest.skip(f"{name} : fichier d’un autre outil, hors du dépôt")
    return path


def written(project: Project, profile: str = "refi") -> bytes:
    """Write a project."""
    (data,) = write_qdpx(project, Options(profile)).values()
    return data


def alike(one: Codebook | None, other: Codebook | None) -> bool:
    """Tell whether two codebooks say the same; a tree puts a code right below its parent."""

    def ordered(codebook: Codebook | None) -> Codebook:
        assert codebook
        by_id = [replace(d, codes=tuple(sorted(d.codes, key=lambda c: c.id))) for d in codebook.dimensions]
        return replace(codebook, dimensions=tuple(by_id))

    return ordered(one) == ordered(other)


def reread(project: Project, folder: Path, profile: str = "refi") -> Project:
    """Write a project and read it again."""
    path = folder / "p.qdpx"
    path.write_bytes(written(project, profile))
    return read_qdpx(path, Setting())


@pytest.mark.parametrize("profile", ["spec", "nvivo", "maxqda", "atlas"])
def test_the_four_profiles_of_one_project_give_the_same_codings(profile: str) -> None:
    project = read_qdpx(SAMPLES / f"filrouge_{profile}.qdpx", Setting())
    assert told(project) == CODINGS
    assert tree(project) == TREE
    assert [dict(talk.attributes) for talk in project.transcripts] == [
        {"vague": "1", "secteur": "agro", "cas": "Entreprise A"},
        {"vague": "2", "secteur": "tech", "cas": "Entreprise B"},
    ]
    assert [(memo.name, memo.author) for memo in project.memos] == [("Règle de codage", "Codeuse 1")]
    assert [coding.note for coding in project.codings if coding.note] == ["cite l’Allemagne"]
    assert "qui tombent sur des mots : 6 sur 6 ; qui sont ceux annoncés : 6 sur 6" in project.evidence[0]
    assert ("UTF-16" in project.evidence[0]) == (profile == "nvivo")


def test_what_qualcoder_exports_is_read_right() -> None:
    project = read_qdpx(peer("peer_qualcoder_export.qdpx"), Setting())
    assert told(project) == CODINGS
    assert tree(project) == TREE
    assert {(memo.name, memo.text) for memo in project.memos} >= {
        ("Cas Entreprise A", "vague : 1\nsecteur : agro"), ("Description", "mémo projet"),
    }  # fmt: skip


def test_what_aqda_exports_is_read_right() -> None:
    project = read_qdpx(peer("peer_aqda_export.qdpx"), Setting())
    assert told(project) == [("E01", 33, 49, "AQDA User", "visibilite", "de la visibilité")]


def test_what_atlas_ti_exports_is_read_right() -> None:
    project = read_qdpx(peer("skyloom_TestProject.qdpx"), Setting())
    assert project.codebook
    assert [code.label for code in project.codebook.codes] == [
        "happiness", "Feelings", "disgust", "waste of time", "Coke::full-fat Coke", "Coke::diet Coke", "Coke",
        "milk", "serene", "bacon and eggs", "sleepy", "Breakfast food", "cornflakes", '"rushed"',
    ]  # fmt: skip
    definitions = {code.label: code.definition for code in project.codebook.codes}
    assert definitions["Coke::diet Coke"] == "non sucré"
    # The archive at hand came without its texts: everything is listed, nothing is dropped or made up.
    assert project.codings == ()
    first = project.unplaced[0]
    assert (first.document, first.code, first.coder, first.quote) == (
        "1994 Diet Coke-Diet Coke Break.docx", "coke_diet_coke", "Friedrich Markgraf",
        "Oh, that was great. See you tomorrow? Eleven thirty. Mm.",
    )  # fmt: skip
    assert {one.why for one in project.unplaced} == {
        "son texte n’est pas dans l’archive", "document sans texte (image, son…)",
    }  # fmt: skip
    assert [memo.name for memo in project.memos] == ["Research Plan", "My favorite Coke ad"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects(), profile=st.sampled_from(sorted(PROFILES)))
def test_a_project_comes_back_whole(project: Project, profile: str, tmp_path: Path) -> None:
    again = reread(project, tmp_path, profile)
    assert alike(again.codebook, project.codebook)
    assert again.transcripts == project.transcripts
    assert again.codings == project.codings
    assert again.memos == project.memos
    assert again.unplaced == ()


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects(), profile=st.sampled_from(sorted(PROFILES)))
def test_what_is_written_fits_the_official_schema_and_is_always_the_same(project: Project, profile: str) -> None:
    data = written(project, profile)
    assert data == written(project, profile)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert [name for name in archive.namelist() if "/" not in name] == ["project.qde"]
        root = etree.fromstring(archive.read("project.qde"))
        texts = [archive.read(name) for name in archive.namelist() if name.startswith("sources/")]
    assert complaint(root, "Project.xsd") == ""
    assert all(text.startswith(b"\xef\xbb\xbf") == PROFILES[profile].bom for text in texts)
    selections = list(root.iter("{*}PlainTextSelection"))
    assert len(selections) == len(project.codings)  # one a passage and coder
    users = {user.get("guid"): user.get("name") for user in root.iter("{*}User")}
    told_by = sorted(users[selection.get("creatingUser")] for selection in selections)
    assert told_by == sorted(
        f"filrouge ({c.coder})" if c.coder.startswith("machine") else c.coder for c in project.codings
    )


def test_the_schema_refuses_what_is_wrong() -> None:
    root = etree.fromstring(zipfile.ZipFile(SAMPLES / "filrouge_spec.qdpx").read("project.qde"))
    assert complaint(root, "Project.xsd") == ""
    root.append(root[0])
    assert "Users" in complaint(root, "Project.xsd")


@pytest.mark.parametrize("crlf", [1, 2])
@pytest.mark.parametrize("unit", ["codepoint", "utf16"])
def test_a_source_with_split_accents_and_crlf_is_read_in_its_own_counting(
    unit: str, crlf: int, tmp_path: Path
) -> None:
    text = "E : Ça va 🚀\u202f?\nR : Été comme hiver 👩\u200d💻, on a exporté.\nFin de l’été.\n"
    raw = unicodedata.normalize("NFD", text).replace("\n", "\r\n")
    places = Counting(unit, crlf).places(raw)  # type: ignore[arg-type]
    passages = ["Été comme hiver", "on a exporté", "Fin de l’été", "Ça va", "hiver", "été"]
    root = etree.fromstring(
        b'<Project xmlns="urn:QDA-XML:project:1.0" name="p"><CodeBook><Codes><Code guid="c1" name="a" '
        b'isCodable="true"/></Codes></CodeBook><Sources><TextSource guid="s1" name="E01.txt" '
        b'plainTextPath="internal://T.TXT"/></Sources></Project>'
    )
    for passage in passages:
        split = unicodedata.normalize("NFD", passage)
        start = raw.index(split)
        ends = {"startPosition": str(places[start]), "endPosition": str(places[start + len(split)])}
        chosen = etree.SubElement(root[-1][0], "{urn:QDA-XML:project:1.0}PlainTextSelection", guid="x", **ends)
        coded = etree.SubElement(chosen, "{urn:QDA-XML:project:1.0}Coding", guid="y")
        etree.SubElement(coded, "{urn:QDA-XML:project:1.0}CodeRef", targetGUID="C1")
    path = tmp_path / "p.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Trial.qde", b"\xef\xbb\xbf" + etree.tostring(root))
        archive.writestr("Sources/t.txt", b"\xef\xbb\xbf" + raw.encode())
    project = read_qdpx(path, Setting())
    assert project.text_of("E01") == text
    assert sorted(project.text_of("E01")[c.start : c.end] for c in project.codings) == sorted(passages)


def test_positions_that_fall_nowhere_are_refused(tmp_path: Path) -> None:
    project = read_qdpx(SAMPLES / "filrouge_spec.qdpx", Setting())
    shifted = etree.fromstring(zipfile.ZipFile(io.BytesIO(written(project))).read("project.qde"))
    for n, chosen in enumerate(shifted.iter("{*}PlainTextSelection")):
        chosen.set("startPosition", str(6 + n))
        chosen.set("endPosition", str(8 + n))
    path = tmp_path / "faux.qdpx"
    with zipfile.ZipFile(io.BytesIO(written(project))) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, etree.tostring(shifted) if name.endswith(".qde") else old.read(name))
    with pytest.raises(ReadError, match="ne tombent pas sur des mots"):
        read_qdpx(path, Setting())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(project=projects())
def test_a_codebook_comes_back_whole(project: Project, tmp_path: Path) -> None:
    (data,) = write_qdc(project, Options()).values()
    assert complaint(etree.fromstring(data), "Codebook.xsd") == ""
    path = tmp_path / "grille.qdc"
    path.write_bytes(data)
    again = read_qdc(path, Setting()).codebook
    assert again and project.codebook
    assert alike(replace(again, name=project.name, scope=project.codebook.scope), project.codebook)


def test_the_codebook_of_taguette_is_read_although_it_fits_no_schema() -> None:
    path = SAMPLES / "codebook.qdc"
    assert "Sets" in complaint(etree.fromstring(path.read_bytes()), "Codebook.xsd")
    assert tree(read_qdc(path, Setting())) == {
        "benefices": ["fiabilite", "opportunites", "partenaires", "visibilite"],
        "usage": ["organisationnel", "prive"],
        "codes": ["interesting"],
    }


def test_codes_and_dimensions_that_look_alike_are_told_apart() -> None:
    """Someone duplicated, in another tool, a code of ours with its description, and named two folders alike."""
    text = "· Alias : vu\n· Identifiant : visibilite"
    twins = [Node("1", "Visibilité", text), Node("2", "Visibilité", text)]
    codebook, ids = to_codebook(
        [Node("a", "Été", "", "", False, twins), Node("b", "été !", "", "", False)], name="p"
    )
    assert codebook
    assert ids == {"1": "visibilite", "2": "visibilite_2"}
    assert [dimension.id for dimension in codebook.dimensions] == ["ete", "ete_2"]
    assert [code.aliases for code in codebook.codes] == [("vu",), ()]


def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(FilrougeError, match="refi, nvivo, maxqda, atlas"):
        written(Project("p", codings=(Coding("e", 0, 1, "m", frozenset()),)), "dedoose")
