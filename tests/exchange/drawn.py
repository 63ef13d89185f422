"""Projects made up for the tests: hypothesis draws them, with all that makes positions go wrong."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pipeline.codebook import Codebook, parse_codebook
from pipeline.exchange import Memo, Project
from pipeline.exchange.project import merged
from pipeline.records import Coding, Transcript

SAMPLES = Path(__file__).parent / "samples"
SHARED = Path(__file__).parents[3] / "shared/data/formats"

# Emoji (one of two code points), NBSP and its narrow kin, accents, curly quotes, tabs, line ends, repeats.
PIECES = [
    "a",
    "é",
    "mot ",
    "l’export ",
    "«\u00a0oui\u00a0» ",
    "\u202f? ",
    "🚀",
    "👩\u200d💻 ",
    "\n",
    "\t",
    "<&>\"'",
    "…",
    "a a a ",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
WORDS = st.lists(
    st.sampled_from(["être", "vu", "à l’étranger", "B2B", "🚀", "<b>", "10 %", "« ça »"]), min_size=1, max_size=3
)
PHRASES = WORDS.map(" ".join)
CODERS = st.sampled_from(["marie", "Codeur 2", "José-Éric d’A.", "machine:rsn-pe", "machine"])
VALUES = st.sampled_from(["", "1", "2", "01", "-3", "agro ; B2B", "Entreprise A", "Été 2014"])


@st.composite
def codebooks(draw: Any) -> Codebook:
    """Draw a codebook of one to three dimensions, parents, aliases and colours among its codes."""
    dimensions, n = [], 0
    for d in range(draw(st.integers(1, 3))):
        codes: list[dict[str, Any]] = []
        for _ in range(draw(st.integers(1, 3))):
            n += 1
            code = {"id": f"c{n}", "label": draw(PHRASES), "definition": draw(st.one_of(st.just(""), PHRASES))}
            code["parent"] = draw(st.sampled_from(["", *(c["id"] for c in codes)]))
            code["include"], code["exclude"] = (
                draw(st.lists(PHRASES, max_size=2)),
                draw(st.lists(PHRASES, max_size=1)),
            )
            code["aliases"] = [f"alias {n}"] if draw(st.booleans()) else []
            code["colour"] = draw(st.sampled_from(["", "#0072B2", "#112233"]))
            codes.append(code)
        select = draw(st.sampled_from(["any", "one"]))
        dimensions.append({"id": f"d{d}", "label": draw(PHRASES), "select": select, "codes": codes})
    return parse_codebook(
        {"name": draw(PHRASES), "scope": draw(st.one_of(st.just(""), PHRASES)), "dimensions": dimensions}
    )


@st.composite
def transcripts(draw: Any) -> tuple[Transcript, ...]:
    """Draw a few transcripts, some of them empty, that share their attributes' names."""
    columns = draw(st.lists(st.sampled_from(["entreprise", "vague", "Secteur d’activité"]), unique=True))
    names = ["E01_vague1", "e 02 (bis)", "Zoé – été", "M. X"]
    return tuple(
        Transcript(name, unicodedata.normalize("NFC", draw(TEXTS)), attributes={c: draw(VALUES) for c in columns})
        for name in names[: draw(st.integers(1, 4))]
    )


@st.composite
def projects(draw: Any) -> Project:
    """Draw a project: passages that overlap, several coders, scores for machines, notes, memos."""
    codebook, talks = draw(codebooks()), draw(transcripts())
    codings = []
    for talk in talks:
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, max(0, len(talk.text) - 1)))
            end = draw(st.integers(start, len(talk.text)))
            if talk.text[start:end].strip():
                codings.append(draw(coding(talk.id, start, end, codebook)))
    memos = draw(
        st.lists(
            st.builds(
                Memo, PHRASES, PHRASES, st.sampled_from(["", "marie"]), st.sampled_from(["", "c1", talks[0].id])
            ),
            max_size=2,
        )
    )
    about = draw(
        st.lists(st.builds(Memo, st.just("Description"), PHRASES, st.just(""), st.just("projet")), max_size=1)
    )
    return Project(codebook.name, codebook, talks, merged(codings), (*memos, *about))


@st.composite
def coding(draw: Any, name: str, start: int, end: int, codebook: Codebook) -> Coding:
    """Draw what one coder says of one passage, « nothing applies » included."""
    coder = draw(CODERS)
    codes = frozenset(draw(st.lists(st.sampled_from(codebook.ids), max_size=3)))
    scores = {code: draw(st.floats(0, 1)) for code in sorted(codes)} if coder.startswith("machine") else {}
    note = draw(st.one_of(st.just(""), PHRASES.map(lambda words: f"Note : {words}\nsuite")))
    return Coding(name, start, end, coder, codes, scores or None, note)
