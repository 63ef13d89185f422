"""A sentence-transformers folder as an encoder: bf16 if native, batches that waste no padding.

Encoders of BERT's family whose vector is the mean of the states are run by ``bert``; any other by the library.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed import bert
from pipeline.embed.layers import TokenLayers
from pipeline.errors import ModelError

AT_ONCE = 4096  # texts tokenised together
PRECISIONS = ("bf16", "fp32")


class BertEncoder:
    """Loads in a moment, imports torch alone; a text's vector depends on nothing but the text (see ``bert``)."""

    def __init__(self, path: Path, model: bert.Bert, *, name: str, precision: str) -> None:
        from tokenizers import Tokenizer

        self._bert = model
        self._tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._prompt = _prompt(path)
        self._reach = min(_reach(path), model.longest)
        self.name, self.fingerprint, self.arithmetic = name, _fingerprint(path), f"bert-1 {precision}"
        self.dimension = model.dimension
        self.layers = TokenLayers.of(model, self._tokenizer, half=precision == "bf16")

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D)."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        done = 0
        for start in range(0, len(texts), AT_ONCE):
            tokens = self._tokens(texts[start : start + AT_ONCE])
            for length, batch in bert.dealt([len(ids) for ids in tokens]):
                rows[[start + i for i in batch]] = self._mean([tokens[i] for i in batch], length)
                done += len(batch)
                if progress:
                    progress(done)
        return rows

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Turn texts into ids, the prompt before and the ends cut to what the encoder reads."""
        found = self._tokenizer.encode_batch_fast([self._prompt + text for text in texts])
        whole = [one.ids for one in found]
        # What is cut leaves the closing token in place.
        return [ids if len(ids) <= self._reach else [*ids[: self._reach - 1], ids[-1]] for ids in whole]

    def _mean(self, batch: Sequence[Sequence[int]], length: int) -> NDArray[np.float32]:
        """Return the mean states of one batch as unit rows."""
        import torch

        with torch.inference_mode():
            ids, present = bert.laid(batch, length, self._bert.pad)
            states = self._bert.begin(ids)
            states = self._bert.run(states, bert.attention(present, states.dtype), self._bert.layers).float()
            total = (states * present[:, :, None]).sum(dim=1)[: len(batch)].numpy()
        return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


class SentenceEncoder:
    """Any other SentenceTransformer, by folder or hub name; no network unless ``path`` names a model on a hub."""

    layers = None

    def __init__(self, path: Path, *, name: str, precision: str) -> None:
        self.name = name
        if path.exists():
            os.environ["HF_HUB_OFFLINE"] = "1"
        self._model = _library(path, half=precision == "bf16")
        self.fingerprint, self.arithmetic = _fingerprint(path), f"library {precision}"
        self.dimension = int(self._model.get_embedding_dimension())

    def encode(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> NDArray[np.float32]:
        """Return unit rows (N, D). The same list of texts gives the same rows."""
        rows = np.zeros((len(texts), self.dimension), np.float32)
        done = 0
        for batch in _batches([len(text) for text in texts]):
            rows[batch] = self._model.encode(
                [texts[i] for i in batch], batch_size=len(batch), show_progress_bar=False,
                normalize_embeddings=True, convert_to_numpy=True,
            )  # fmt: skip
            done += len(batch)
            if progress:
                progress(done)
        return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def open_encoder(path: Path, *, name: str, precision: str | None = None) -> BertEncoder | SentenceEncoder:
    """Load an encoder by folder or hub name, in the ``precision`` asked for (PRECISIONS), else the native one.

    Raises ModelError, in French.
    """
    kind = precision or native_precision()
    _before_torch()
    try:
        model = bert.read_bert(path, half=kind == "bf16") if _is_mean(path) else None
        if model is None:
            return SentenceEncoder(path, name=name, precision=kind)
        return BertEncoder(path, model, name=name, precision=kind)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"Encodeur « {path} » introuvable ou illisible ({type(error).__name__}). Donnez à --encoder un "
            "dossier sentence-transformers, ou retirez cette option pour l’encodeur livré."
        ) from error


def default_encoder_path() -> Path:
    """Return the shipped encoder's folder: inside the wheel, else in the repository."""
    package = Path(__file__).parents[1]
    inside = package / "_models" / "encoder"
    return inside if inside.is_dir() else package.parent / "models" / "encoder"


def native_precision() -> str:
    """Return bf16 where the processor multiplies it natively, else fp32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="ignore")
    except OSError:
        return "fp32"
    return "bf16" if "amx_bf16" in flags or "avx512_bf16" in flags else "fp32"


def _is_mean(path: Path) -> bool:
    """Tell whether a folder is a transformer whose vector is the mean of its states, and nothing more."""
    try:
        modules = [module["type"].rpartition(".")[2] for module in json.loads((path / "modules.json").read_text())]
        pooling = json.loads((path / "1_Pooling" / "config.json").read_text())
        settings = json.loads((path / "sentence_bert_config.json").read_text())
    except (OSError, ValueError, KeyError, TypeError):
        return False
    modes = {
        key for key, value in pooling.items() if key.startswith("pooling_mode") and value not in (False, None)
    }
    mean = modes == {"pooling_mode_mean_tokens"} or pooling.get("pooling_mode") == "mean"
    mean &= pooling.get("include_prompt", True)
    plain = modules[:2] == ["Transformer", "Pooling"] and set(modules[2:]) <= {"Normalize"}
    return mean and plain and not settings.get("do_lower_case") and (path / "tokenizer.json").is_file()


def _reach(path: Path) -> int:
    """Return how many tokens the folder says that a text may have; older releases wrote it elsewhere."""
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
    ):
        path_of = path / name
        found = json.loads(path_of.read_text(encoding="utf-8")).get(key) if path_of.is_file() else None
        if found:
            return int(found)
    return sys.maxsize


def _prompt(path: Path) -> str:
    """Return what the folder says to put before every text."""
    try:
        config = json.loads((path / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    return str((config.get("prompts") or {}).get(config.get("default_prompt_name") or "", ""))


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Deal texts, longest first, into batches of about bert.BUDGET tokens (4 characters each, plus the frame).

    >>> list(_batches([10, 9000, 12]))
    [[1, 2, 0]]
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        tokens = min(lengths[order[0]] // 4 + 6, 512)
        size = max(1, bert.BUDGET // tokens)
        yield order[:size]
        order = order[size:]


def _before_torch() -> None:
    """Set what torch's libraries read once, when they are loaded; whoever set it knows better.

    oneDNN keeps a program a shape of matrix, 1,024 of them: a gigabyte in training, and sixteen are as fast.
    OpenMP lets a thread that waits spin: where anything else ran on the machine, coding took five times as long.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    _keep_pages()


def _keep_pages() -> None:
    """Keep glibc from giving the pages of one layer back to the system, and asking for them again for the next.

    Six page faults of seven gone, a tenth of the time, the same bits. Elsewhere, nothing to do.
    """
    import ctypes

    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            tune = ctypes.CDLL(None).mallopt
            tune(-3, 256 << 20)  # M_MMAP_THRESHOLD: no mapping of its own for less
            tune(-1, 1 << 30)  # M_TRIM_THRESHOLD: what is free at the top is kept


def _library(path: Path, *, half: bool) -> Any:
    """Load a SentenceTransformer on the processor."""
    import logging

    _before_torch()
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    kind = torch.bfloat16 if half else torch.float32
    return SentenceTransformer(str(path), device="cpu", model_kwargs={"torch_dtype": kind})


def _fingerprint(path: Path) -> str:
    """Hash the weights and the tokenizer of a folder; the name stands for a model of a hub."""
    digest = hashlib.sha256(path.name.encode() if not path.exists() else b"")
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        if (path / name).is_file():
            digest.update((path / name).read_bytes())
    return digest.hexdigest()
