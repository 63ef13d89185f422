"""A session and an adjudication kept in memory: what the pages need of the engine, and nothing of the machine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from pipeline.annotate.adjudication import Adjudication, Disagreement
from pipeline.annotate.events import Event, effective, last_answer
from pipeline.annotate.questions import (
    CodeProgress,
    Point,
    Progress,
    Question,
    Reading,
    Suggestion,
    Why,
    decode_id,
    encode_id,
)
from pipeline.annotate.session import Session
from pipeline.codebook import parse_codebook
from pipeline.errors import CodingError, StudyError
from pipeline.records import Explanation, Precedent, Segment, Transcript, Turn

EVIL = "<script>document.title='ouvert'</script>\"'><img src=x onerror=alert(1)>"
CODEBOOK = parse_codebook(
    {
        "name": "Grille « RSN »",
        "dimensions": [
            {
                "id": "benefice", "label": "Bénéfice",
                "codes": [
                    {"id": "visibilite", "label": "Visibilité, notoriété",
                     "definition": "On est connu ailleurs : oui.", "include": ["page vitrine"],
                     "exclude": ["marché domestique"],
                     "examples": ["on nous voit"]},
                    {"id": "opportunites", "label": "Nouvelles opportunités", "definition": "Des affaires."},
                    {"id": "fiabilite", "label": "Fiabilité" + EVIL, "definition": EVIL},
                ],
            },
            {
                "id": "niveau", "label": "Niveau d’utilisation", "select": "one",
                "codes": [
                    {"id": "organisationnel", "label": "Organisationnel"}, {"id": "prive", "label": "Privé"},
                ],
            },
        ],
    }
)  # fmt: skip
ASKED = "Et les réseaux ? 🤔"
SENTENCES = ("On a une page 😀 qui tourne.", "Un Allemand nous a écrit.", "Mon neveu, lui, n’y croit pas !", EVIL)


def talk(name: str = "e1", turns: int = 12) -> tuple[Transcript, list[Segment]]:
    """Make an interview: a question, then four sentences, ``turns`` times, each sentence numbered."""
    text, parts, places = "Entreprise: Pixelune 🏛\n\n", [], []
    for n in range(turns):
        text += "Q : "
        parts.append((len(text), len(text) + len(ASKED), "Q", "interviewer"))
        text += ASKED + "\n\nR : "
        start = len(text)
        for sentence in SENTENCES:
            said = f"{sentence[:-1]} {n}."
            places.append((len(text), len(text) + len(said), len(parts)))
            text += said + " "
        text = text.rstrip()
        parts.append((start, len(text), "R", "respondent"))
        text += "\n\n"
    spoken = tuple(Turn(a, b, who, role) for a, b, who, role in parts)  # type: ignore[arg-type]
    made = Transcript(name, text, spoken)
    return made, [Segment(made, a, b, spoken[at]) for a, b, at in places]


class StandIn(Session):
    """Asks in order, remembers in a list; a dictionary of keys makes it idempotent."""

    def __init__(
        self, names: Sequence[str] = ("e1", "e" + EVIL), *, suggests: bool = False, turns: int = 12
    ) -> None:
        made = [talk(name, turns) for name in names]
        self.talks = {transcript.id: (transcript, segments) for transcript, segments in made}
        self.segments = [part for _, parts in made for part in parts]
        self.coder, self.codebook, self.suggests, self.title = "marie", CODEBOOK, suggests, "Étude d’essai"
        self.events: list[Event] = []
        self.curve: tuple[Point, ...] = ()
        self.advice: tuple[str, ...] = ()

    def next(self) -> Question | None:
        done = {event.place for event in effective(self.events) if event.kind in ("decision", "skip")}
        left = [part for part in self.segments if (part.transcript.id, part.start, part.end) not in done]
        return self._question(left[0], Why("random", probability=0.2)) if left else None

    def question(self, question: str) -> Question:
        (name, start, end), why = decode_id(question)
        for part in self.segments:
            if (part.transcript.id, part.start, part.end) == (name, start, end):
                return self._question(part, why)
        raise ValueError(question)

    def answer(self, key: str, question: str, codes: Iterable[str], memo: str = "") -> bool:
        held = frozenset(codes)
        if held - set(self.codebook.ids):
            raise CodingError("Code inconnu : x. Codes connus : visibilite.")
        return self._add(key, "decision", *decode_id(question)[0], held, memo)

    def skip(self, key: str, question: str, memo: str = "") -> bool:
        return self._add(key, "skip", *decode_id(question)[0], frozenset(), memo)

    def undo(self, key: str) -> Question | None:
        last = last_answer(self.events)
        if last is None or any(event.key == key for event in self.events):
            return None
        self.events.append(Event(key, self.coder, "undo", "", undoes=last.key))
        if last.kind not in ("decision", "skip"):
            return None
        part = next(p for p in self.segments if (p.transcript.id, p.start, p.end) == last.place)
        return self._question(part, Why("random", probability=0.2))

    def take_back(self, key: str, event: str) -> bool:
        if not any(one.key == event for one in effective(self.events)):
            raise ValueError(event)
        self.events.append(Event(key, self.coder, "undo", "", undoes=event))
        return True

    def code_span(
        self, key: str, transcript: str, start: int, end: int, codes: Iterable[str], memo: str = ""
    ) -> bool:
        if not 0 <= start < end <= len(self.reading(transcript).transcript.text):
            raise CodingError("Ce passage sort du texte.")
        return self._add(key, "span", transcript, start, end, frozenset(codes), memo)

    def finish_reading(self, key: str, transcript: str) -> bool:
        return self._add(key, "read", transcript, 0, 0, frozenset(), "")

    def transcripts(self) -> tuple[Reading, ...]:
        return tuple(self.reading(name) for name in self.talks)

    def reading(self, transcript: str) -> Reading:
        if transcript not in self.talks:
            raise StudyError("Aucun entretien de ce nom dans l’étude.")
        made, segments = self.talks[transcript]
        mine = tuple(event for event in effective(self.events) if event.transcript == transcript)
        said = tuple(event for event in mine if event.kind in ("decision", "span"))
        return Reading(made, tuple(segments), said, any(event.kind == "read" for event in mine))

    def progress(self) -> Progress:
        held = [event for event in effective(self.events) if event.kind == "decision"]
        counts = {code.id: sum(code.id in event.codes for event in held) for code in self.codebook.codes}
        rows = tuple(CodeProgress(c.id, c.label, counts[c.id], c.id == "prive") for c in self.codebook.codes)
        skipped = sum(event.kind == "skip" for event in effective(self.events))
        return Progress(
            len(self.segments), len(held), skipped, len(held) // 5, rows, self.curve, self.advice,
            "Indication : validation croisée sur le tirage au hasard ; à ne pas publier.", (3, 60), False, "m1",
        )  # fmt: skip

    def suggestion(self, question: str) -> Suggestion | None:
        place = decode_id(question)[0]
        if not self.suggests or place not in {event.place for event in effective(self.events)}:
            return None
        return Suggestion((("opportunites", 0.83), ("visibilite", 0.31)), frozenset({"opportunites"}), "m1")

    def explain(self, question: str, code: str) -> Explanation:
        near = Precedent("e1", "Un Allemand nous a écrit." + EVIL, (self.coder,), 0.9)
        return Explanation(("allemand", EVIL), (near, replace(near, quote="Un autre.")))

    def _add(self, key: str, kind: str, name: str, start: int, end: int, codes: frozenset[str], memo: str) -> bool:
        if any(event.key == key for event in self.events):
            return False
        self.events.append(Event(key, self.coder, kind, "", name, start, end, codes, memo))  # type: ignore[arg-type]
        return True

    def _question(self, part: Segment, why: Why) -> Question:
        parts = self.talks[part.transcript.id][1]
        at = parts.index(part)
        gone = {event.undoes for event in self.events if event.kind == "undo"}
        taken = [e for e in self.events if e.key in gone and e.place == (part.transcript.id, part.start, part.end)]
        return Question(
            encode_id(part, why), part, ASKED, tuple(parts[max(0, at - 3) : at]),
            tuple(parts[at + 1 : at + 4]), part.turn.speaker, why, "Tiré au hasard : sert à mesurer.",
            taken[-1].codes if taken else frozenset(), taken[-1].memo if taken else "",
        )  # fmt: skip


class StandInAdjudication(Adjudication):
    """Two coders who differ on the first passages."""

    def __init__(self, count: int = 3) -> None:
        made, parts = talk()
        self.codebook, self.coder, self.title = CODEBOOK, "arbitre", "Étude d’essai"
        self.settled: dict[str, Event] = {}
        self.keys: set[str] = set()
        self.parts = [(made, part) for part in parts[:count]]

    def coders(self) -> tuple[str, ...]:
        return "anne" + EVIL, "bob"

    def disagreements(self, code: str | None = None) -> tuple[Disagreement, ...]:
        every = [self._one(n, part) for n, (_, part) in enumerate(self.parts)]
        return tuple(sorted(every, key=lambda one: one.settled is not None))

    def record(self, key: str, disagreement: str, codes: Iterable[str], memo: str) -> bool:
        if not memo.strip():
            raise CodingError("Un consensus dit pourquoi : écrivez le mémo.")
        new = key not in self.keys
        self.keys.add(key)
        self.settled[disagreement] = Event(key, self.coder, "consensus", "", codes=frozenset(codes), memo=memo)
        return new

    def _one(self, n: int, part: Segment) -> Disagreement:
        parts = [each for _, each in self.parts]
        said = {
            "anne" + EVIL: Event(
                "a", "anne", "decision", "", codes=frozenset({"visibilite"}), memo="Vitrine." + EVIL
            ),
            "bob": Event("b", "bob", "decision", "", codes=frozenset({"visibilite", "opportunites"})),
        }
        return Disagreement(
            f"d{n}", part, "Et les réseaux ?", tuple(parts[:n]), tuple(parts[n + 1 :]), MappingProxyType(said),
            ("opportunites",), self.settled.get(f"d{n}"),
        )  # fmt: skip
