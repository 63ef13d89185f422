"""Part « limit » of benchmark.py: what share of the machine our encoder reaches on long texts, and why not all.

The machine's limit is measured, not read from a data sheet: the best rate of torch's own matrix product, in bf16
and in float32, on the encoder's widest product and on large squares, in the same rounds as the encoder. With
OMP_NUM_THREADS=1 seconds are the processor's own; the two still share caches and units with others' work.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from speed_encoder import Encode, lengths, samples
from speed_runs import ENCODER, calm, clock, machine, number, spread

LONG = 384  # texts
PRODUCTS = ((2048, 384, 1536), (2048, 2048, 2048))  # rows, terms, columns
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


def limit(folder: Path, count: int) -> str:
    """Lay out the share of the limit in both precisions, then the profile of ours in bf16."""
    from pipeline.embed import load_encoder

    _, texts = samples(folder, count=LONG)
    tokens = lengths(texts)
    told = f"{number(len(texts), 0)} textes de 64 à 128 jetons, {number(sum(tokens), 0)} jetons. "
    return "\n\n".join(
        [
            _share(texts, count),
            _profile(texts, load_encoder(precision="bf16").encode),
            told + machine("torch", count=count),
        ]
    )


def operations(tokens: Sequence[int]) -> float:
    """Count the additions and multiplications that texts of so many tokens ask of the encoder's layers."""
    config = json.loads((ENCODER / "config.json").read_text(encoding="utf-8"))
    width, wide, layers = config["hidden_size"], config["intermediate_size"], config["num_hidden_layers"]
    each = np.array(tokens, float)
    return float((each * layers * (2 * (4 * width**2 + 2 * width * wide) + 4 * each * width)).sum())


def fastest(*, half: bool) -> float:
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


def _share(texts: Sequence[str], count: int) -> str:
    """Say what share of the machine's limit each precision of ours reaches, round by round."""
    from pipeline.embed import load_encoder
    from pipeline.embed.bert import padded

    tokens = lengths(texts)
    asked, laid = operations(tokens), operations([padded(one) for one in tokens])
    lines = ["| textes longs | limite (10⁹ op./s) | atteint | part de la limite |", "|---|---:|---:|---:|"]
    for precision in ("bf16", "fp32"):
        encode, limits, rates = load_encoder(precision=precision).encode, [], []
        for _ in range(count):
            calm()
            limits.append(fastest(half=precision == "bf16"))
            began = clock()
            encode(texts)
            rates.append(1e-9 * asked / (clock() - began))
        shares = [100 * rate / most for rate, most in zip(rates, limits, strict=True)]
        lines.append(
            f"| **filrouge**, {precision} | {spread(limits, 0)} | {spread(rates, 0)} | {spread(shares, 0)} % |"
        )
    told = (
        "Opérations comptées sur les vrais jetons : 12 couches × (2 (4 D² + 2 D F) + 4 T D) chacun, D = 384, "
        f"F = 1536 ; le remplissage en ajoute {number(100 * (laid / asked - 1))} %, que cette part ne compte pas."
    )
    return "\n".join([*lines, "", told])


def _profile(texts: Sequence[str], encode: Encode) -> str:
    """Say where the time of our bf16 pass goes, by torch's own profiler."""
    from torch.profiler import ProfilerActivity, profile

    encode(texts)
    began = time.perf_counter()  # the profiler counts the wall too
    with profile(activities=[ProfilerActivity.CPU]) as found:
        encode(texts)
    total = time.perf_counter() - began
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
