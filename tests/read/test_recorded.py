"""Formats that follow a recording: who speaks when, who speaks together, what is left out and told."""

from __future__ import annotations

import json

import pytest
from writers import SPEECHES, captions, textgrid, trs

from pipeline.read import Draft, cast
from pipeline.read.captions import read_srt
from pipeline.read.chat import cleaned, read_cha
from pipeline.read.elan import read_eaf
from pipeline.read.otranscribe import read_otr
from pipeline.read.page import read_page
from pipeline.read.plain import read_plain
from pipeline.read.textgrid import read_textgrid
from pipeline.read.transcriber import TOPIC_CODER, read_trs
from pipeline.read.whisper import read_json
from pipeline.read.xml import read_xml

Row = tuple[str, float | None, float | None, str]


def rows(draft: Draft) -> list[Row]:
    """Return who says what when."""
    turns = draft.turns or cast(draft).turns
    return [(turn.speaker, turn.began, turn.ended, draft.text[turn.start : turn.end]) for turn in turns]


TOGETHER = (
    '<Section type="report" topic="to1" startTime="0" endTime="9">'
    '<Turn speaker="spk1" startTime="0" endTime="4"><Sync time="0"/>\nEt le <Event desc="rire"/>prix ?'
    '<Sync time="2.5"/>\nVous vendez cher ?\n</Turn>'
    '<Turn speaker="spk1 spk2" startTime="4" endTime="9.5"><Sync time="4"/>\n<Who nb="1"/>\nC’est cher\n'
    '<Who nb="2"/>\nOui oui\n<Sync time="6"/>\n<Who nb="1"/>\nbon\n<Who nb="2"/>\non s’aligne\n</Turn></Section>'
    '<Section type="report" startTime="9.5" endTime="11"><Turn startTime="9.5" endTime="11"><Sync time="9.5"/>\n'
    "Bip.\n</Turn></Section>"
    '<Section type="report" topic="to2" startTime="11" endTime="15">'
    '<Turn speaker="spk2" startTime="11" endTime="15"><Sync time="11"/>\n'
    "Sur Facebook, personne.\n</Turn></Section>"
)
TOPICS = '<Topics><Topic id="to1" desc="Les prix"/><Topic id="to2" desc="Réseaux"/></Topics>'


def test_transcriber_gives_each_of_two_who_speak_together_a_turn() -> None:
    draft = read_trs(trs(head=TOPICS, sections=TOGETHER), name="e1.trs")
    assert rows(draft) == [
        ("Enquêteur", 0.0, 4.0, "Et le prix ? Vous vendez cher ?"),
        ("Enquêteur", 4.0, 6.0, "C’est cher"),
        ("Mme L.", 4.0, 6.0, "Oui oui"),
        ("Enquêteur", 6.0, 9.5, "bon"),
        ("Mme L.", 6.0, 9.5, "on s’aligne"),
        ("inconnu", 9.5, 11.0, "Bip."),
        ("Mme L.", 11.0, 15.0, "Sur Facebook, personne."),
    ]
    assert [turn.role for turn in cast(draft).turns][-2:] == ["other", "respondent"]
    assert draft.notes == (
        "1 tour où plusieurs personnes parlent ensemble : chacune a le sien, l’un après l’autre.",
        "1 événement hors du texte (rire).",
    )


def test_sections_of_transcriber_are_codings_from_their_first_turn_to_their_last() -> None:
    draft = read_trs(trs(head=TOPICS, sections=TOGETHER), name="e1.trs")
    one, two = draft.codings
    assert (one.coder, set(one.codes), set(two.codes)) == (TOPIC_CODER, {"Les prix"}, {"Réseaux"})
    assert TOPIC_CODER == "trs:topic"
    assert draft.text[one.start : one.end].startswith("Et le prix ?")
    assert draft.text[one.start : one.end].endswith("Mme L. : on s’aligne")
    assert draft.text[two.start : two.end] == "Sur Facebook, personne."


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8"])
def test_transcriber_says_iso_8859_1_whatever_it_is(encoding: str) -> None:
    told = trs().decode().replace("UTF-8", "ISO-8859-1").replace("\u202f", "&#8239;")
    told = told.replace("’", "&#8217;") if encoding == "latin-1" else told
    draft = read_trs(told.encode(encoding), name="e1.trs")
    assert [(who, said) for who, _, _, said in rows(draft)] == list(SPEECHES)


EAF = """<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="5000"/>
<TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="7000"/><TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="0"/>
<TIME_SLOT TIME_SLOT_ID="t4" TIME_VALUE="4000"/><TIME_SLOT TIME_SLOT_ID="t5"/>
<TIME_SLOT TIME_SLOT_ID="t6" TIME_VALUE="4500"/></TIME_ORDER>
<TIER TIER_ID="rép" PARTICIPANT="Mme L." LINGUISTIC_TYPE_REF="libre">{0}</TIER>
<TIER TIER_ID="Enq" LINGUISTIC_TYPE_REF="libre">{1}</TIER>
<TIER TIER_ID="traduction" PARENT_REF="rép" LINGUISTIC_TYPE_REF="libre">{1}</TIER>
<TIER TIER_ID="thème" LINGUISTIC_TYPE_REF="fermé">{1}</TIER>
<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="fermé" CONTROLLED_VOCABULARY_REF="themes"/></ANNOTATION_DOCUMENT>"""


def annotation(first: str, last: str, words: str) -> str:
    """Write one annotation."""
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{last}"><ANNOTATION_VALUE>'
        f"{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def test_elan_tiers_are_speakers_in_the_order_of_the_recording() -> None:
    answers = annotation("t1", "t2", "Des\n  clients.") + annotation("t1", "t2", "")
    asked = annotation("t3", "t4", "Et") + annotation("t4", "t5", "quoi") + annotation("t5", "t6", "là-bas ?")
    draft = read_eaf(EAF.format(answers, asked).encode(), name="e1.eaf")
    assert rows(draft) == [("Enq", 0.0, 4.5, "Et quoi là-bas ?"), ("Mme L.", 5.0, 7.0, "Des clients.")]
    assert draft.notes == (
        "Tiers laissés de côté (dépendants d’un autre, ou à valeurs fermées) : « traduction », « thème ».",
    )


TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><profileDesc><particDesc><listPerson>
<person xml:id="p1" role="interviewer"><persName>Marie Durand</persName></person><person xml:id="p2"/>
</listPerson></particDesc></profileDesc></teiHeader><text><timeline unit="s"><when xml:id="T0" absolute="0"/>
<when xml:id="T1" interval="2.5" since="#T0"/><when xml:id="T2" interval="1500" unit="ms" since="#T1"/></timeline>
<body><u who="#p1" start="#T0" end="#T1"><seg>Vous exportez<note>hésite</note>
 <w>beau</w><w>coup</w><pc>?</pc></seg></u><annotationBlock who="#p2" start="#T1" end="#T2"><u><w>L’</w><w>an</w>
<w>dernier</w></u><spanGrp type="pos"><span>NOM</span></spanGrp></annotationBlock></body></text></TEI>"""


def test_tei_follows_its_timeline_its_roles_and_its_words() -> None:
    draft = read_xml(TEI.encode(), name="e1.xml")
    assert rows(draft) == [
        ("Marie Durand", 0.0, 2.5, "Vous exportez beau coup?"),
        ("p2", 2.5, 4.0, "L’an dernier"),
    ]
    assert [turn.role for turn in cast(draft).turns] == ["interviewer", "respondent"]


def test_a_corpus_of_tei_holds_an_interview_a_document() -> None:
    corpus = f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{TEI}{TEI}</teiCorpus>'
    draft = read_xml(corpus.encode(), name="e1.xml")
    assert [(draft.part, len(draft.turns or ()))] + [(one.part, len(one.turns or ())) for one in draft.more] == [
        ("1", 2),
        ("2", 2),
    ]


@pytest.mark.parametrize("root", ["Trans", "ANNOTATION_DOCUMENT"])
def test_xml_of_other_tools_is_known_by_its_root(root: str) -> None:
    data = trs() if root == "Trans" else EAF.format(annotation("t1", "t2", "Oui."), "").encode()
    draft = read_xml(data, name="e1.xml")
    assert draft.notes[0].endswith(f"élément racine « {root} ».")


CHA = """@UTF8\n@Begin\n@Languages:\tfra
@Participants:\tINV Marie Investigator, ADU Luc Adult\n@ID:\tfra|c|INV|||||Investigator|||
*INV:\tvous <vous> [/] vous exportez\n\tbeaucoup ? \x150_2500\x15\n%mor:\tpro|vous\n*ADU:\t&-euh oui (..) &=rit .
*ADU:\tl(e) Japon [=! tousse] +... \x153000_4000\x15\n@End\n"""


def test_chat_keeps_words_and_times_and_counts_its_signs() -> None:
    draft = read_cha(CHA.encode(), name="e1.cha")
    assert rows(draft) == [
        ("INV", 0.0, 2.5, "vous vous vous exportez beaucoup ?"),
        ("ADU", None, 4.0, "euh oui (rit). l(e) Japon (tousse) …"),
    ]
    assert [turn.role for turn in cast(draft).turns] == ["interviewer", "respondent"]
    assert draft.notes[0].endswith("de la convention CHAT hors du texte.")
    assert read_plain(CHA.encode(), name="e1.txt").notes[0] == "Lu comme une transcription CHAT : en-tête @Begin."


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("on (.) vend (2.) au (0.5) Japon (1:05.2) .", "on vend au Japon."),
        ("les (8) clients, A(8)a", "les (8) clients, A(8)a"),
        ("le prix , oui .", "le prix, oui."),
        ("parce+que je +/.", "parce+que je"),
        ("boum@o fait la porte", "boum fait la porte"),
        ("on [: nous] vend [*]", "on vend"),
        ("xxx de (0.5) l’an", "xxx de l’an"),
    ],
)
def test_marks_of_chat(written: str, left: str) -> None:
    assert cleaned(written)[0] == left


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_textgrids_of_both_forms_say_the_same(*, short: bool, encoding: str) -> None:
    speeches = (*SPEECHES[:2], ("Enquêteur", 'Et "l’export" en 2 ou 3 ans ?\nDites [1].'))
    draft = read_textgrid(textgrid(speeches, short=short).encode(encoding), name="e1.TextGrid")
    assert rows(draft) == [
        (who, float(n), n + 1.0, said.replace("\n", " ")) for n, (who, said) in enumerate(speeches)
    ]


def test_tiers_of_single_words_are_left_out_of_a_textgrid() -> None:
    tiers = [
        ("Mme L.", [(0, 4, "On vend au Japon"), (6, 8, "bien")]),
        ("Enq", [(4, 6, "oui")]),
        ("mots", [(0, 1, "on"), (1, 2, "vend"), (2, 3, "au"), (3, 4, "Japon")]),
        ("phones", [(0, 1, "O~")]),
    ]
    grid = f'File type = "ooTextFile"\n"TextGrid"\n0 8\n<exists>\n{len(tiers)}\n' + "".join(
        f'"IntervalTier" "{name}" 0 8 {len(held)}\n' + "".join(f'{a} {b} "{said}"\n' for a, b, said in held)
        for name, held in tiers
    )
    draft = read_textgrid(grid.encode(), name="e1.TextGrid")
    assert rows(draft) == [
        ("Mme L.", 0.0, 4.0, "On vend au Japon"), ("Enq", 4.0, 6.0, "oui"), ("Mme L.", 6.0, 8.0, "bien")
    ]  # fmt: skip
    assert draft.notes == ("Tiers laissés de côté (mots ou sons isolés) : « mots », « phones ».",)


JSONS: dict[str, tuple[object, str, list[Row]]] = {
    "segments of one speaker make one turn": (
        {"segments": [{"start": 0, "end": 1.5, "text": " Et", "speaker": "S0"},
                      {"start": 1.5, "end": 2, "text": " quoi ?", "speaker": "S0"},
                      {"start": 2, "end": 3, "text": " Oui.", "speaker": "S1"}]},
        "WhisperX", [("S0", 0.0, 2.0, "Et quoi ?"), ("S1", 2.0, 3.0, "Oui.")],
    ),
    "without speakers there is one voice": (
        {"segments": [{"start": 0, "end": 1, "text": " Et ?"}, {"start": 1, "end": 2, "text": " Oui."}]},
        "Whisper", [("", 0.0, 2.0, "Et ? Oui.")],
    ),
    "whisper.cpp counts milliseconds": (
        {"transcription": [{"offsets": {"from": 0, "to": 900}, "text": " [SPEAKER_00]: Et ?"},
                           {"offsets": {"from": 900, "to": 1800}, "text": " [SPEAKER_01]: Oui."}]},
        "whisper.cpp", [("SPEAKER_00", 0.0, 0.9, "Et ?"), ("SPEAKER_01", 0.9, 1.8, "Oui.")],
    ),
    "transformers call them chunks": (
        {"chunks": [{"timestamp": [0.0, 2.0], "text": " Et ?"}]}, "Whisper", [("", 0.0, 2.0, "Et ?")],
    ),
    "a list alone, odd times dropped": (
        [{"start": float("nan"), "end": "hier", "text": "Et ?", "speaker": 0}, "x", {"text": 3}],
        "WhisperX", [("0", None, None, "Et ?")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", JSONS)
def test_json_of_the_whisper_family(case: str) -> None:
    content, form, expected = JSONS[case]
    draft = read_json(json.dumps(content).encode(), name="e1.json")
    assert rows(draft) == expected
    assert draft.format == form
    assert bool(draft.notes) == (not any(who for who, *_ in expected))


NOSCRIBE = """<html><body><p>e1</p><p><a name="ts_0_900_S00" >S00: Et</a><a name="ts_900_1800_S00" > quoi ?</a></p>
<p><a name="ts_1800_4000_S01" >S01: <span>[00:00:01]</span> Oui &amp; non,</a>
<a name="ts_3000_3500_//S00" > //S00: hm//</a><a name="ts_4000_5000_S01" >// surtout</a></p></body></html>"""


def test_noscribe_links_carry_times_and_voices() -> None:
    draft = read_page(NOSCRIBE.encode(), name="e1.html")
    assert rows(draft) == [
        ("S00", 0.0, 1.8, "Et quoi ?"),
        ("S01", 1.8, 4.0, "Oui & non,"),
        ("S00", 3.0, 3.5, "hm"),
        ("S01", 4.0, 5.0, "surtout"),
    ]
    assert draft.notes == ("Lu comme une page de noScribe : 5 passages minutés.",)


def test_otranscribe_keeps_its_times_under_a_header() -> None:
    page = "<p>Date : mars 2013</p><p>Enquêtrice : Marie</p><p></p>" + "".join(
        f'<p><span class="timestamp" data-timestamp="{n}">0:0{n}</span> {who} : {said}</p>'
        for n, (who, said) in enumerate((("M", "Et ?"), ("L", "Oui."), ("M", "Où ?"), ("L", "Là.")), 1)
    )
    draft = read_otr(json.dumps({"text": page}).encode(), name="e1.otr")
    assert [(turn.role, turn.began, turn.ended) for turn in cast(draft).turns] == [
        ("interviewer", 1.0, 2.0), ("respondent", 2.0, 3.0), ("interviewer", 3.0, 4.0), ("respondent", 4.0, None)
    ]  # fmt: skip


def test_otranscribe_without_names_is_read_as_paragraphs() -> None:
    page = '<p><span class="timestamp" data-timestamp="7.5">0:07</span> On vend.</p><p>Oui, <i>beaucoup</i>.</p>'
    draft = read_otr(json.dumps({"text": page}).encode(), name="e1.otr")
    assert draft.text == "On vend.\n\nOui, beaucoup.\n"
    assert rows(draft) == [("", 7.5, None, "On vend."), ("", None, None, "Oui, beaucoup.")]


def test_unreadable_captions_are_told_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    told = captions(",", "{who}: {said}").replace("00:00:02,000 -->", "00:00:02 -> ")
    draft = read_srt(told.encode(), name="e1.srt")
    assert [who for who, *_ in rows(draft)] == ["Enquêteur", "Mme L."]
    assert draft.notes == ("1 passage illisible sauté dans ce fichier de sous-titres : réexportez-le.",)
    assert caplog.text == ""


def test_timestamps_within_timestamps_of_otranscribe() -> None:
    stamp = '<span class="timestamp" data-timestamp="{}">{}</span>'
    page = f"<p>{stamp.format(1, stamp.format(2, 'x'))} Q : Et ?</p><p>R : Oui.</p>"
    draft = read_otr(json.dumps({"text": page}).encode(), name="e1.otr")
    assert rows(draft) == [("Q", 1.0, None, "Et ?"), ("R", None, None, "Oui.")]


def test_f4_stamps_end_a_turn_and_begin_the_next() -> None:
    text = "I: Et ? #00:00:03-2#\n\nB: Oui #00:01:00-0# et non. #00:01:10-5#\n\nI: Bien ? #00:01:12-0#\n"
    draft = read_plain(text.encode(), name="e1.txt")
    assert draft.text == text
    assert [(began, ended) for _, began, ended, _ in rows(draft)] == [(None, 3.2), (3.2, 70.5), (70.5, 72.0)]
