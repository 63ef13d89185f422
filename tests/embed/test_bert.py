"""The forward pass: what the library computes, and nothing but the text decides it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.embed import load_encoder
from pipeline.embed.bert import FAMILY, apart, dealt, merged
from pipeline.embed.sentence import PRECISIONS, BertEncoder, SentenceEncoder, open_encoder

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def speech() -> list[str]:
    """Return answers of every length of rsn-pe (simulated), and what no one says."""
    files = sorted((ROOT / "corpora/rsn-pe/transcripts").glob("*.txt"))
    lines = [line[4:] for path in files for line in path.read_text("utf-8").split("\n") if len(line) > 8]
    return [*lines[::40], "", " ", "😀", "mot " * 700]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_vector_depends_on_its_text_alone_to_the_last_bit(precision: str, speech: list[str]) -> None:
    encoder = load_encoder(precision=precision)
    together = encoder.encode(speech)
    some = np.random.default_rng(0).permutation(len(speech))[:25]
    assert np.array_equal(np.vstack([encoder.encode([speech[i]]) for i in some]), together[some])
    assert np.array_equal(encoder.encode([speech[i] for i in some]), together[some])


def test_nor_does_it_depend_on_the_number_of_threads(speech: list[str], tmp_path: Path) -> None:
    (tmp_path / "textes.json").write_text(json.dumps(speech), encoding="utf-8")
    program = f"""
import json, sys, hashlib, torch
torch.set_num_threads(int(sys.argv[1]))
from pipeline.embed import load_encoder
texts = json.load(open({str(tmp_path / "textes.json")!r}, encoding="utf-8"))
print(hashlib.sha256(load_encoder().encode(texts).tobytes()).hexdigest())
"""
    told = [
        subprocess.run([sys.executable, "-c", program, threads], cwd=ROOT, check=True, capture_output=True).stdout
        for threads in ("1", "2")
    ]
    assert told[0] == told[1]


def test_a_window_gives_the_same_whatever_is_read_beside_it() -> None:
    layers = load_encoder().layers
    assert layers is not None
    windows: list[tuple[str, tuple[str, ...]]] = [
        ("Et les réseaux ?", ("On exporte.", "Par LinkedIn surtout.")),
        ("", ("mot " * 600, "Oui.")),
    ]
    windows += [("Pourquoi ?", (f"Parce que {'bien ' * n}voilà.",)) for n in range(1, 90, 7)]
    every = layers.pooled(windows, layers.top())
    for window, means in zip(windows, every, strict=True):
        (alone,) = layers.pooled([window], layers.top())
        assert np.array_equal(alone, means)
        assert means.shape == (len(window[1]), layers.dimension)


def test_the_layers_as_stored_are_those_that_run() -> None:
    import torch

    layers = load_encoder(precision="fp32").layers
    assert layers is not None
    window = ("Et ?", ("On exporte au Japon.", "Depuis dix ans."))
    ((states, spans),) = layers.read([window])
    run = layers.run(layers.top(), states[None], torch.ones(1, len(states), dtype=torch.bool))[0]
    (means,) = layers.pooled([window], layers.top())
    for row, (start, end) in enumerate(spans):
        np.testing.assert_allclose(run[start:end].mean(dim=0).detach(), means[row], atol=2e-5)


def test_in_float32_it_is_the_library_s_own_vector(speech: list[str]) -> None:
    from sentence_transformers import SentenceTransformer

    library = SentenceTransformer(str(ROOT / "models/encoder"), device="cpu")
    expected = library.encode(speech[:60], normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(load_encoder(precision="fp32").encode(speech[:60]), expected, atol=1e-5)


@pytest.mark.parametrize("kind", FAMILY)
def test_every_architecture_of_the_family_equals_the_library(kind: str, tmp_path: Path) -> None:
    """A small checkpoint of each, with random weights, saved and read back by the library."""
    made = checkpoint(kind, tmp_path / kind)
    texts = ["On exporte au Japon.", "Oui.", "mot " * 90, ""]
    ours = open_encoder(tmp_path / kind, name="petit", precision="fp32")
    assert isinstance(ours, BertEncoder)
    np.testing.assert_allclose(ours.encode(texts), made.encode(texts, normalize_embeddings=True), atol=1e-5)
    assert ours.layers is not None


@pytest.mark.parametrize("change", ["pooling", "activation", "lower"])
def test_what_it_does_not_know_is_left_to_the_library(change: str, tmp_path: Path) -> None:
    made = checkpoint("bert", tmp_path / "m")
    name, edits = {
        "pooling": ("1_Pooling/config.json", {"pooling_mode": "cls"}),
        "activation": ("config.json", {"hidden_act": "relu"}),
        "lower": ("sentence_bert_config.json", {"do_lower_case": True}),
    }[change]
    path = tmp_path / "m" / name
    config = json.loads(path.read_text("utf-8"))
    if change == "pooling" and "pooling_mode" not in config:  # before release 6
        edits = {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    path.write_text(json.dumps(config | edits), encoding="utf-8")
    encoder = open_encoder(tmp_path / "m", name="autre", precision="fp32")
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.layers is None
    if change != "lower":
        text = ["On exporte au Japon."]
        assert not np.allclose(encoder.encode(text), made.encode(text, normalize_embeddings=True), atol=1e-3)


def test_query_key_and_value_come_apart_as_they_were() -> None:
    import torch

    layer = {
        f"attention.self.{name}.{part}": torch.randn(8, 8) if part == "weight" else torch.randn(8)
        for name in ("query", "key", "value")
        for part in ("weight", "bias")
    }
    again = apart(merged(layer))
    assert set(again) == set(layer)
    assert all(torch.equal(again[name], layer[name]) for name in layer)


def test_every_text_is_dealt_once_at_its_own_length() -> None:
    lengths = np.random.default_rng(1).integers(0, 512, 300).tolist()
    batches = list(dealt(lengths))
    assert sorted(i for _, batch in batches for i in batch) == list(range(300))
    for length, batch in batches:
        assert all(length - 16 < max(lengths[i], 1) <= length for i in batch)
        assert len(batch) == 1 or length * len(batch) <= 2048


def checkpoint(kind: str, folder: Path) -> Any:
    """Save a SentenceTransformer of random weights: seven layers of 32, the vocabulary of the shipped encoder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    try:
        from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    except ImportError:  # before release 6
        from sentence_transformers.models import Pooling, Transformer
    torch.manual_seed(0)
    bare = folder.with_name(f"{kind}-nu")
    config = AutoConfig.for_model(
        kind, vocab_size=35_000, hidden_size=32, num_hidden_layers=7, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=130, type_vocab_size=1, pad_token_id=1, hidden_act="gelu",
    )  # fmt: skip
    library: Any = AutoModel
    library.from_config(config).save_pretrained(bare)
    tokenizer: Any = PreTrainedTokenizerFast
    tokenizer(
        tokenizer_file=str(ROOT / "models/encoder/tokenizer.json"), pad_token="<pad>", cls_token="<s>",
        sep_token="</s>", unk_token="<unk>", model_max_length=128,
    ).save_pretrained(bare)  # fmt: skip
    made = SentenceTransformer(modules=[Transformer(str(bare), max_seq_length=128), Pooling(32)], device="cpu")
    made.save(str(folder))
    return made.eval()
