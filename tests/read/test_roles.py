"""Who speaks: the share of words in their right role, against truth made by hand, convention by convention.

The truth does not lean on the reader: for each labelled transcript it is the label as a person sees it at the
start of a line; for the two dialogues with bare dashes it is the role of every dash, read and written down.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.read import Speakers, read_transcript
from pipeline.records import Transcript

ROOT = Path(__file__).parents[2]
RSN = ROOT / "corpora/rsn-pe/transcripts"
ARTISANS = ROOT.parent / "shared/data/artisans/docx"
HEADER_LINES = 6  # all sixteen (simulated) transcripts of rsn-pe open with six lines « Clé : valeur »

# Transcript -> (what stands before an interviewer's words, what stands before a respondent's).
LABELLED = {
    "acier-vif_v2": (r"\[Intervieweur\] ", r"\[Dir\. commercial\] "),
    "brasserie-de-la-semois_v1": (r"Enquêtrice\s: ", r"(?:Luc|Martine) H\.\s: "),
    "menhir-robotics_v1": (r"\[\d\d:\d\d:\d\d\] I: ", r"(?:\[\d\d:\d\d:\d\d\] )?E: "),
    "menhir-robotics_v2": (r"INT \d\d:\d\d:\d\d\n", r"REP \d\d:\d\d:\d\d\n"),
    "nomade-formation_v1": (r"Enq\.\s: ", r"K\. B\.\s: "),
    "nomade-formation_v2": (r"CHERCHEUR — ", r"(?:KARIM|GENEVIÈVE) — "),
    "petit-caillou_v1": (r"Q\s: ", r"R\s: "),
    "petit-caillou_v2": (r"Enquêteur\s: ", r"N\. L\.\s: "),
    "pixelune_v1": (r"I: ", r"E: "),
    "pixelune_v2": (r"\[\d\d:\d\d:\d\d\] Q\s: ", r"\[\d\d:\d\d:\d\d\] R\s: "),
    "studio-calame_v1": (r"Q\. ", r"R\. "),
    "studio-calame_v2": (r"(?:\(\d\d:\d\d\) )?Chercheuse\s: ", r"(?:\(\d\d:\d\d\) )?(?:Anouk|Serge)\s: "),
    "verger-lambert_v1": (r"Enquêtrice\s: ", r"C\. L\.\s: "),
    "verger-lambert_v2": (r"Enq\s: ", r"(?:Cécile|Benoît)\s: "),
}
# The one who is asked speaks first in acier-vif_v1 (« Vous enregistrez, là ? »), then each in turn to the end;
# in brasserie-de-la-semois_v2 the interviewer opens. Every dash was read.
DASHED = {
    "acier-vif_v1": "RI" * 28 + "R",
    "brasserie-de-la-semois_v2": "IR" * 32,
}
ROLE = {"I": "interviewer", "R": "respondent"}


def spoken(text: str, marks: list[tuple[int, int, str]]) -> list[tuple[int, str]]:
    """Return (place, role) of every word outside brackets (stamps, interruptions).

    ``marks`` are (start of the label, start of the speech, role).
    """
    aside = {
        place
        for found in re.finditer(r"\[[^\]\n]*\](?: \([\d:\s]+[-–][\d:\s]+\))?", text)
        for place in range(*found.span())
    }
    ends = [start for start, _, _ in marks[1:]] + [len(text)]
    return [
        (word.start(), role)
        for (_, start, role), end in zip(marks, ends, strict=True)
        for word in re.finditer(r"\w+", text[:end])
        if word.start() >= start and word.start() not in aside
    ]


def labelled(name: str, text: str) -> list[tuple[int, int, str]]:
    """Find the labels as a person sees them."""
    asks, answers = LABELLED[name]
    found = re.finditer(rf"^(?:(?P<asks>{asks})|(?:{answers}))", text, flags=re.MULTILINE)
    return [(m.start(), m.end(), "interviewer" if m["asks"] else "respondent") for m in found]


def dashed(name: str, text: str) -> list[tuple[int, int, str]]:
    """Give each dash the role written down for it."""
    found = list(re.finditer(r"^[-—] ", text, flags=re.MULTILINE))
    assert len(found) == len(DASHED[name])
    return [(m.start(), m.end(), ROLE[role]) for m, role in zip(found, DASHED[name], strict=True)]


def share_right(transcript: Transcript, truth: list[tuple[int, str]]) -> float:
    """Return the share of words that stand in a turn of their role."""
    right = sum(
        any(t.start <= place < t.end and t.role == role for t in transcript.turns) for place, role in truth
    )
    return right / len(truth)


@pytest.mark.parametrize("name", LABELLED)
def test_every_word_of_a_labelled_transcript_has_its_role(name: str) -> None:
    transcript = read_transcript(RSN / f"{name}.txt")
    marks = labelled(name, transcript.text)
    assert len(marks) >= 36
    assert share_right(transcript, spoken(transcript.text, marks)) == 1.0
    assert transcript.sure


@pytest.mark.parametrize("name", DASHED)
def test_nearly_every_word_between_dashes_has_its_role(name: str) -> None:
    transcript = read_transcript(RSN / f"{name}.txt")
    assert share_right(transcript, spoken(transcript.text, dashed(name, transcript.text))) >= 0.97
    assert any("Pas d’étiquettes" in doubt for doubt in transcript.doubts)


@pytest.mark.parametrize("name", [*LABELLED, *DASHED])
def test_header_key_and_labels_are_nobodys_speech(name: str) -> None:
    transcript = read_transcript(RSN / f"{name}.txt")
    text = transcript.text
    marks = labelled(name, text) if name in LABELLED else dashed(name, text)
    silent = [*range(marks[0][0]), *(place for start, end, _ in marks for place in range(start, end))]
    spoken_places = {place for turn in transcript.turns for place in range(turn.start, turn.end)}
    assert text[: marks[0][0]].count("\n") >= HEADER_LINES
    assert not spoken_places.intersection(silent)


@pytest.mark.parametrize(("name", "asks"), [("petit-caillou_v1", "R"), ("verger-lambert_v2", "Benoît")])
def test_the_researchers_word_wins(name: str, asks: str) -> None:
    transcript = read_transcript(RSN / f"{name}.txt", speakers=Speakers(interviewer=(asks,)))
    roles = {turn.speaker: turn.role for turn in transcript.turns}
    assert roles[asks] == "interviewer"
    assert sum(role == "interviewer" for role in roles.values()) == 1


@pytest.mark.skipif(not ARTISANS.exists(), reason="needs ../shared/data/artisans: real interviews, kept outside")
def test_the_54_interviews_of_artisans_have_every_word_right() -> None:
    """Their labels are « [Chercheur] (0:01 - 0:11) », « [Checheur] » 24 times, « [Interviewe] »."""
    paths = sorted(ARTISANS.glob("*.docx"))
    assert len(paths) == 54
    label = r"^\[(Ch\w+|Inter\w+e)\][ \u00a0]?(?:\([\d:\s]+[-–][\d:\s]+\))?\s*"
    misspelt = 0
    for path in paths:
        transcript = read_transcript(path)
        found = list(re.finditer(label, transcript.text, flags=re.MULTILINE))
        marks = [(m.start(), m.end(), "respondent" if m[1].startswith("Inter") else "interviewer") for m in found]
        misspelt += sum(m[1] == "Checheur" for m in found)
        assert share_right(transcript, spoken(transcript.text, marks)) == 1.0, path.name
        assert transcript.sure, path.name
    assert misspelt == 24
