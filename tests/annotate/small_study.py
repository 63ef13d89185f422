"""A tiny study and sessions on it: lexical encoder, segments cut by sentence, nothing to load. Invented words."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.annotate import Adjudication, Session, Store, open_store
from pipeline.annotate.material import Material, typicality
from pipeline.classify import passages
from pipeline.classify.context import questions
from pipeline.codebook import Codebook, parse_codebook
from pipeline.embed import load_encoder
from pipeline.records import Segment, Transcript, Turn
from pipeline.run.learning import Heads

CODEBOOK = parse_codebook({
    "name": "Grille d’essai",
    "dimensions": [
        {"id": "benefice", "label": "Bénéfice", "codes": [
            {"id": "visibilite", "label": "Visibilité", "definition": "On nous connaît à l’étranger.",
             "include": ["publicité par pays"], "exclude": ["marché domestique"], "aliases": ["notoriete"]},
            {"id": "partenaires", "label": "Partenaires", "definition": "On garde le lien avec un distributeur."},
        ]},
        {"id": "niveau", "label": "Niveau d’usage", "select": "one", "codes": [
            {"id": "individuel", "label": "Individuel"},
            {"id": "collectif", "label": "Collectif"},
        ]},
    ],
})  # fmt: skip

SAID = {
    "visibilite": ("On nous connaît au Japon grâce à la page {n}.",
                   "La vidéo {n} nous a rendus visibles en Allemagne."),
    "partenaires": ("Avec le distributeur numéro {n} on garde le contact par messages.",
                    "Je prends des nouvelles du partenaire {n} chaque mois."),
    "": ("Il pleuvait ce jour-là, le {n} du mois.", "Nous sommes {n} salariés dans l’atelier."),
}  # fmt: skip


def transcript(name: str, sentences: list[str]) -> tuple[Transcript, list[Segment]]:
    """Lay sentences out as an interview of questions and answers of two sentences each."""
    text, turns, cuts = "", [], []
    for n in range(0, len(sentences), 2):
        text += f"Q : Et ensuite, {n} ?\n"
        turns.append(Turn(len(text) - len(f"Et ensuite, {n} ?\n"), len(text) - 1, "Q", "interviewer"))
        text += "R : "
        start = len(text)
        for sentence in sentences[n : n + 2]:
            cuts.append((len(text), len(text) + len(sentence), len(turns)))
            text += sentence + " "
        text = text[:-1] + "\n"
        turns.append(Turn(start, len(text) - 1, "R", "respondent"))
    talk = Transcript(name, text, tuple(turns), sha256=name)
    return talk, [Segment(talk, a, b, talk.turns[t]) for a, b, t in cuts]


def groups(interviews: int = 3, each: int = 20) -> list[list[Segment]]:
    """Return the segments of made-up interviews."""
    found = []
    for i in range(interviews):
        kinds = [list(SAID)[(n + i) % 3] for n in range(each)]
        sentences = [SAID[kind][n % 2].format(n=100 * i + n) for n, kind in enumerate(kinds)]
        found.append(transcript(f"entretien-{i + 1}", sentences)[1])
    return found


def truth(segment: Segment) -> frozenset[str]:
    """Return what holds of a made-up segment."""
    return frozenset(
        code for code, forms in SAID.items() if code and any(segment.text.startswith(f[:8]) for f in forms)
    )


def clock() -> Callable[[], str]:
    """Return a clock that moves by a second."""
    ticks = itertools.count()
    return lambda: f"2026-11-25T10:{(n := next(ticks)) // 60 % 60:02d}:{n % 60:02d}Z"


def make_session(
    folder: Path, coder: str = "marie", *, interviews: int = 3, each: int = 20, codebook: Codebook = CODEBOOK,
    store: Store | None = None, **more: Any,
) -> Session:  # fmt: skip
    """Open a session on ``folder``/study.sqlite; ``more`` goes to Session (strategy, suggests, worklist, seed)."""
    made = groups(interviews, each)
    read = passages(made, encode=load_encoder("lexical").encode)
    machine = Heads(read)
    material = Material(
        made, [asked for group in made for asked in questions(group)], machine.features,
        typicality(machine.features, clusters=20, seed=0), title="Étude d’essai",
    )  # fmt: skip
    return Session(
        store or open_store(folder / "study.sqlite"), material, machine, codebook,
        coder=coder, clock=clock(), **more,
    )  # fmt: skip


def make_adjudication(folder: Path, coder: str = "chef", *, interviews: int = 3, each: int = 20) -> Adjudication:
    """Open the disagreements of ``folder``/study.sqlite."""
    made = groups(interviews, each)
    return Adjudication(open_store(folder / "study.sqlite"), made, CODEBOOK, coder=coder, clock=clock())


def answer(session: Session, count: int, *, tag: str = "k") -> list[str]:
    """Answer ``count`` questions truly; return their strategies."""
    asked = []
    for n in range(count):
        question = session.next()
        assert question is not None
        asked.append(question.why.strategy)
        assert session.answer(f"{tag}{n}", question.id, truth(question.segment))
    return asked
