"""One interview of four speeches as 25 files of other tools tell it; every expected value is written by hand.

The files of ``samples/`` were written by the tools themselves or after their manuals; the interview is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.read import READERS, read_file
from pipeline.records import Transcript

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3] / "shared/data/formats/transcripts"
SAID = (
    "Qu’est-ce que les réseaux sociaux vous ont apporté\u202f?",
    "Ça nous a donné de la visi\u00adbilité à l’étranger… surtout en Allemagne.",
    "Et les risques\u00a0?",
    "Je vérifie le profil (rires) avant de signer — ça rassure. Note\u00a0: 8/10.",
)
# Without the narrow and soft signs that an encoding or a format does not have.
NBSP = (SAID[0].replace("\u202f", "\u00a0"), *SAID[1:])
MACROMAN = (NBSP[0], NBSP[1].replace("\u00ad", ""), *NBSP[2:])
PLAIN = (
    "Qu’est-ce que les réseaux sociaux vous ont apporté ?",
    "Ça nous a donné de la visibilité à l’étranger… surtout en Allemagne.",
    "Et les risques ?",
    "Je vérifie le profil (rires) avant de signer — ça rassure. Note : 8/10.",
)
Times = tuple[tuple[float | None, float | None], ...]
NONE: Times = ((None, None),) * 4
WHOLE: Times = ((0.0, 6.0), (7.0, 13.0), (14.0, 20.0), (21.0, 27.0))
BEGINS: Times = ((0.0, None), (7.0, None), (14.0, None), (21.0, None))
NAMES = ("Enquêteur", "Directrice A")


@dataclass(frozen=True)
class Expected:
    """What one file says: who, when, what, what was doubtful (words of each doubt, in order)."""

    format: str
    names: tuple[str, str] = NAMES
    times: Times = NONE
    said: tuple[str, ...] = SAID
    doubts: tuple[str, ...] = ()
    first: int = 0
    codings: tuple[tuple[str, str, int, int], ...] = field(default=())


INFERRED = "Intervieweur déduit"
EXPECTED = {
    "e01.cha": Expected("CHAT", ("ENQ", "DIR"), WHOLE, PLAIN, first=6),
    "e01.csv": Expected("csv", said=NBSP, doubts=("Codage cp1252 supposé",), first=12),
    "e01.eaf": Expected("ELAN", times=WHOLE, first=12),
    "e01.odt": Expected("OpenDocument", first=13),
    "e01.otr": Expected("oTranscribe", times=((0.0, 7.0), (7.0, 14.0), (14.0, 21.0), (21.0, None)), first=12),
    "e01.rtf": Expected("RTF", first=11),
    "e01.trs": Expected("Transcriber", times=WHOLE, doubts=("4 événements hors du texte (rire).",), first=12),
    "e01.xlsx": Expected(
        "Excel", times=BEGINS, first=12,
        codings=(("C1", "", 12, 64), ("C1", "Visibilité", 81, 150), ("C1", "", 164, 180), ("C1", "", 197, 268)),
    ),
    "e01_cp1252.txt": Expected("texte", said=NBSP, doubts=("Codage cp1252 supposé",), first=12),
    "e01_macroman.txt": Expected("texte", said=MACROMAN, doubts=("Codage mac_roman supposé",), first=12),
    "e01_nfd.txt": Expected("texte", first=12),
    "e01_tei.xml": Expected(
        "TEI", ("ENQ", "DIR"), ((0.0, None), *NONE[1:]), first=6,
        doubts=("Lu comme TEI : élément racine « TEI ».",),
    ),
    "e01_utf16.txt": Expected("texte", first=12),
    "e01_utf8bom.txt": Expected("texte", first=12),
    "f4.txt": Expected(
        "f4", ("E", "A"), ((None, 0.0), (0.0, 7.1), (7.1, 14.2), (14.2, 21.3)),
        doubts=("Lu comme une transcription f4 : 4 minutages « #00:00:07-1# ».", INFERRED), first=3,
    ),
    "teams.vtt": Expected("vtt", times=WHOLE, first=12),
    "whisper.srt": Expected("srt", ("SPEAKER_00", "SPEAKER_01"), WHOLE, doubts=(INFERRED,), first=13),
    "whisperx.json": Expected("WhisperX", ("SPEAKER_00", "SPEAKER_01"), WHOLE, doubts=(INFERRED,), first=13),
    "zoom.vtt": Expected("vtt", times=WHOLE, first=12),
}  # fmt: skip
# Those that say something else are tested below.
OTHERS = {"corpus_iramuteq.txt", "e01.docx", "e01.pdf", "e01_mojibake.txt"}


def told(transcript: Transcript) -> list[tuple[str, str, str]]:
    """Return who says what in which role."""
    return [(turn.speaker, turn.role, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def test_every_sample_is_expected() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == EXPECTED.keys() | OTHERS
    assert {path.suffix for path in SAMPLES.iterdir()} < READERS.keys()


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/data/formats, kept outside the repository")
def test_the_samples_are_all_those_that_were_collected() -> None:
    assert {p.name: p.read_bytes() for p in SHARED.iterdir()} == {
        p.name: p.read_bytes() for p in SAMPLES.iterdir()
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_as_expected(name: str) -> None:
    expected = EXPECTED[name]
    (interview,) = read_file(SAMPLES / name)
    talk = interview.transcript
    asks, answers = expected.names
    roles = ((asks, "interviewer"), (answers, "respondent")) * 2
    assert told(talk) == [(*who, said) for who, said in zip(roles, expected.said, strict=True)]
    assert tuple((turn.began, turn.ended) for turn in talk.turns) == expected.times
    assert talk.turns[0].start == expected.first
    assert (talk.id, talk.format, talk.sure, dict(talk.attributes)) == (
        name.rsplit(".", 1)[0],
        expected.format,
        True,
        {},
    )
    assert len(talk.doubts) == len(expected.doubts)
    assert all(doubt.startswith(words) for doubt, words in zip(talk.doubts, expected.doubts, strict=True))
    found = [(c.coder, ", ".join(c.codes), c.start, c.end) for c in interview.codings]
    assert found == list(expected.codings)
    assert {coding.transcript for coding in interview.codings} <= {talk.id}


def test_word_comments_and_revisions() -> None:
    (interview,) = read_file(SAMPLES / "e01.docx")
    talk = interview.transcript
    assert told(talk) == [
        ("Enquêteur", "interviewer", SAID[0]),
        ("Directrice A", "respondent", SAID[1]),
        ("Enquêteur", "interviewer", SAID[2]),
        ("Directrice A", "respondent", SAID[3]),
        ("Directrice A", "respondent", "On a trouvé un partenaire au Québec."),
        ("Enquêteur", "interviewer", "(saut de ligne manuel)\tOK ?"),
    ]
    assert talk.doubts == ("2 révisions, version acceptée lue.",)
    (coding,) = interview.codings
    assert (coding.coder, coding.codes, coding.start, coding.end) == (
        "Codeuse 1",
        frozenset({"Partenaires"}),
        342,
        368,
    )
    assert talk.text[342:368] == "Directrice A\u00a0: On a trouvé"


def test_a_pdf_of_twelve_times_the_interview() -> None:
    (interview,) = read_file(SAMPLES / "e01.pdf")
    talk = interview.transcript
    answer = PLAIN[1] + " bla" * 60
    assert told(talk) == [
        ("Enquêteur", "interviewer", PLAIN[0]),
        ("Directrice A", "respondent", answer),
        ("Enquêteur", "interviewer", PLAIN[2]),
        ("Directrice A", "respondent", PLAIN[3]),
        *[
            (name, role, said)
            for _ in range(11)
            for (name, role), said in zip(
                (("Enquêteur", "interviewer"), ("Directrice A", "respondent")) * 2, PLAIN, strict=True
            )
        ],
    ]
    assert "page 1" not in talk.text
    assert talk.doubts[1] == "En-têtes et pieds de page hors du texte : « Entretien A — page 1 »."


def test_a_corpus_of_iramuteq_holds_two_interviews() -> None:
    one, two = read_file(SAMPLES / "corpus_iramuteq.txt")
    assert (one.transcript.id, two.transcript.id) == ("corpus_iramuteq_ent_01", "corpus_iramuteq_ent_02")
    assert dict(one.transcript.attributes) == {"ent": "01", "firme": "A", "vague": "1", "sexe": "F"}
    assert dict(two.transcript.attributes) == {"ent": "02", "firme": "B", "vague": "2"}
    assert told(one.transcript) == [("", "respondent", SAID[1]), ("", "respondent", SAID[3])]
    assert told(two.transcript) == [("", "respondent", "Facebook c’est la famille.")]
    assert one.transcript.sure and two.transcript.sure
    assert one.transcript.doubts[0] == "Lu comme un corpus IRaMuTeQ : 2 lignes « **** *variable_modalité »."
    assert [(c.coder, set(c.codes), c.start, c.end) for c in one.codings] == [
        ("iramuteq:theme", {"risque"}, 70, 141)
    ]
    assert two.codings == ()


def test_damaged_accents_are_told() -> None:
    (interview,) = read_file(SAMPLES / "e01_mojibake.txt")
    assert interview.transcript.doubts[0].startswith("Des accents paraissent abîmés")
    assert [turn.role for turn in interview.transcript.turns] == ["interviewer", "respondent"] * 2
