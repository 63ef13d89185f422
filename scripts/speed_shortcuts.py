"""Part « shortcuts » of benchmark.py: what bf16 costs beside float32 all along, and whether int8 is worth having.

The shipped model codes the same segments with an encoder in each precision: how many codes change. It learnt from
rsn-pe (simulated); the artisans, where they are, are real interviews that it never read.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from speed_encoder import Encode, lengths, samples
from speed_runs import ENCODER, ROOT, machine, number, ratio, rounds, spread, timed


def shortcuts(folder: Path, count: int) -> str:
    """Compare precisions, on codes then on speed."""
    places = dict.fromkeys((ROOT / "corpora/rsn-pe", folder))
    lines = [
        "| bf16 au lieu de fp32 | cosinus (moyen, min) | codes changés | kappa bf16–fp32 | kappa codeurs, fp32 "
        "| bf16 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [_cost(place) for place in places]
    learnt = "Le modèle livré a appris de rsn-pe : de ses kappas avec les codeurs, seul l’écart compte."
    return "\n".join([*lines, "", _int8(folder, count), "", f"{learnt} {machine('torch')}"])


def _cost(folder: Path) -> str:
    """Code one folder in both precisions and count what differs."""
    from pipeline.agree import agree_on_segments
    from pipeline.classify import passages
    from pipeline.classify.choose import choose_model
    from pipeline.classify.decide import machine_codings
    from pipeline.embed import load_encoder
    from pipeline.read.study import read_study
    from pipeline.segment import load_senter, segment_all

    study = read_study(folder)
    model = choose_model(None, study.codebook)
    groups = list(segment_all(study.transcripts, nlp=load_senter()))
    segments = [one for group in groups for one in group]
    vectors, decided, kappas = [], [], []
    for precision in ("fp32", "bf16"):
        loaded = load_encoder(precision=precision)
        read = passages(groups, encode=loaded.encode, layers=loaded.layers)
        codings = machine_codings(model, groups, model.score(read))
        vectors.append(read.vectors[:, : loaded.dimension])
        decided.append(np.array([[code in one.codes for code in model.codebook.ids] for one in codings]))
        rows = [
            row.table.kappa
            for coder in study.coders
            for row in agree_on_segments(
                segments,
                [*study.codings, *codings],
                coders=(coder, f"machine:{model.name}"),
                codebook=model.codebook,
            )
        ]
        known = [value for value in rows if value is not None]
        kappas.append(number(float(np.mean(known)), 4) if known else "—")
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    changed, total = int((decided[0] != decided[1]).sum()), decided[0].size
    return (
        f"| {_title(folder)}, {number(len(segments), 0)} segments | {number(float(cosines.mean()), 5)}, "
        f"{number(float(cosines.min()), 5)} | {changed} sur {number(total, 0)} "
        f"({number(int(decided[0].sum()), 0)} posés) | {number(_kappa(*decided), 4)} | {kappas[0]} | {kappas[1]} |"
    )


def _kappa(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Return the mean over codes of the kappa of two codings (N, C)."""
    from pipeline.classify.diagnosis import mean_kappa

    return float(mean_kappa(one, other) or 0.0)


def _title(folder: Path) -> str:
    """Name a corpus, and say what it is."""
    return (
        "rsn-pe (simulé)"
        if folder.name == "rsn-pe"
        else "artisans (réels)"
        if folder.name == "docx"
        else folder.name
    )


def _int8(folder: Path, count: int) -> str:
    """Time dynamic quantization of the linear layers beside our two precisions, batches dealt as well as ours."""
    from pipeline.embed import load_encoder

    texts, _ = samples(folder)
    engines: dict[str, Encode] = {
        "**filrouge**, fp32": load_encoder(precision="fp32").encode,
        "**filrouge**, bf16": load_encoder(precision="bf16").encode,
        "int8 (torch.ao, couches linéaires), lots triés": quantized(),
    }
    rows: dict[str, NDArray[np.float32]] = {name: encode(texts) for name, encode in engines.items()}
    found = rounds({name: timed(_on(encode, texts)) for name, encode in engines.items()}, count)
    tokens, first = sum(lengths(texts)), next(iter(engines))
    lines = [
        "| 1 024 segments réels | secondes | jetons/s | rapport | cosinus (moyen, min) |",
        "|---|" + "---:|" * 4,
    ]
    for name, seconds in found.items():
        cosines = (rows[name] * rows[first]).sum(axis=1)
        lines.append(
            f"| {name} | {spread(seconds, 2)} | {number(tokens / float(np.median(seconds)), 0)} "
            f"| {number(ratio(found[first], seconds), 2)} | {number(float(cosines.mean()), 4)}, "
            f"{number(float(cosines.min()), 4)} |"
        )
    return "\n".join(lines)


def _on(encode: Encode, texts: Sequence[str]) -> Callable[[], object]:
    """Bind an engine to its texts."""
    return lambda: encode(texts)


def quantized() -> Encode:
    """Return the library's encoder, linear layers in int8, fed batches of one length and about 2,048 tokens."""
    import torch
    from sentence_transformers import SentenceTransformer

    from pipeline.embed.bert import dealt

    model = SentenceTransformer(str(ENCODER), device="cpu", model_kwargs={"dtype": torch.float32})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        small = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)  # type: ignore[no-untyped-call]

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 384), np.float32)
        for _, batch in dealt(lengths(texts)):
            rows[batch] = small.encode([texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False)
        return rows

    return encode
