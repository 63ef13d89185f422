"""Made-up interviews whose codes hang on their words, for the tests of the coder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.align import Marks
from pipeline.codebook import parse_codebook
from pipeline.records import Segment, Transcript, Turn

CODEBOOK = parse_codebook(
    {"name": "essai", "dimensions": [{"id": "d", "label": "D", "codes": [
        {"id": "prix", "label": "Prix"}, {"id": "gens", "label": "Gens"}, {"id": "jamais", "label": "Jamais"},
    ]}]}
)  # fmt: skip
ABOUT = {
    "prix": ["Le prix est trop élevé.", "On paie cher la remise.", "Ce tarif nous coûte cher."],
    "gens": [
        "Mes collègues sont gentils.",
        "Les gens de l’équipe aident.",
        "Une équipe soudée, des gens bien.",
    ],
    "": ["Il pleut souvent ici.", "La gare est fermée.", "On mange à midi.", "Le train part tard."],
}


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Count letters: a poor encoder, but a deterministic one."""
    rows = np.array([[text.lower().count(c) + 0.1 for c in "aeiouprstnl"] for text in texts], np.float32)
    rows = rows.reshape(len(texts), 11)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def interview(number: int) -> tuple[list[Segment], list[str]]:
    """Write one interview of twelve answers; return its segments and the code of each."""
    rng = np.random.default_rng(number)
    kinds = [str(kind) for kind in rng.choice(["prix", "gens", "", ""], size=12)]
    text, turns = "", []
    for kind in kinds:
        text += "Q : Et alors ?\nR : "
        said = str(rng.choice(ABOUT[kind]))
        turns += [Turn(len(text) - 15, len(text) - 5, "Q", "interviewer")]
        turns += [Turn(len(text), len(text) + len(said), "R", "respondent")]
        text += said + "\n"
    talk = Transcript(f"e{number}", text, tuple(turns), sha256=f"{number:064x}")
    return [Segment(talk, t.start, t.end, t) for t in turns if t.role == "respondent"], kinds


def study(interviews: int = 6) -> tuple[list[list[Segment]], dict[str, Marks], list[str]]:
    """Return groups, the marks of two coders (the second misses one passage in ten) and cases."""
    pairs = [interview(n) for n in range(interviews)]
    kinds = [kind for _, kinds in pairs for kind in kinds]
    one = np.array([[kind == code for code in CODEBOOK.ids] for kind in kinds])
    two = one & (np.arange(len(kinds)) % 10 > 0)[:, None]
    seen = np.ones(len(kinds), dtype=bool)
    cases = [f"firme{n // 2}" for n in range(interviews)]
    return [group for group, _ in pairs], {"a": Marks(one, seen), "b": Marks(two, seen)}, cases
