"""The arithmetic of BERT, in a dozen public torch operations: ids of tokens in, their states out.

Devlin et al. 2019, as checkpoints of that family store it. Fewer and larger products than the library's own module
(one for query, key and value), in bf16 where the processor multiplies it; weights are mapped from the file, and
nothing but torch is imported. Batches have few shapes and never few rows, so that **what is computed for a text
depends on that text alone**: not on its company in a batch, nor on the number of threads (tests/embed). A text
coded on a laptop and in a partition of a cluster thus gets the same bytes, on processors with the same arithmetic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Architectures whose layers are BERT's, and whether positions are counted after the padding's id, as RoBERTa does.
FAMILY = {"bert": False, "roberta": True, "xlm-roberta": True, "camembert": True}
STEP = 16  # lengths are multiples of it
# Tokens read together. Padding is the enemy: 1,000 to 2,000 measured best (encoder-and-speed notes).
BUDGET = 2048
# Under some 500 rows oneDNN takes other kernels, which add up in another order (measured: AMX, torch 2.13).
FLOOR = 768
_AWAY = -1e9  # what is added to the attention paid to padding

Layer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bert:
    """Weights by the name checkpoints give them; ``layers`` hold those of one layer each."""

    embeddings: Mapping[str, Any]
    layers: tuple[Layer, ...]
    heads: int
    epsilon: float
    pad: int
    first: int  # the position of the first token

    @property
    def dimension(self) -> int:
        """The length D of a state."""
        return int(self.embeddings["word_embeddings.weight"].shape[1])

    @property
    def longest(self) -> int:
        """How many tokens have a position."""
        return int(self.embeddings["position_embeddings.weight"].shape[0]) - self.first

    def begin(self, ids: Any) -> Any:
        """Return what enters the first layer, (B, T, D), for ids of tokens (B, T)."""
        from torch.nn import functional

        places = self.embeddings["position_embeddings.weight"][self.first : self.first + ids.shape[1]]
        kind = self.embeddings["token_type_embeddings.weight"][0]
        states = functional.embedding(ids, self.embeddings["word_embeddings.weight"]) + kind + places
        return _norm(states, self.embeddings, "LayerNorm", self.epsilon)

    def run(self, states: Any, mask: Any, layers: Sequence[Layer]) -> Any:
        """Pass states (B, T, D) through layers; ``mask`` is what ``attention`` makes."""
        from torch.nn import functional

        for layer in layers:
            heard = _linear(self._attended(states, mask, layer), layer, "attention.output.dense")
            states = _norm(states + heard, layer, "attention.output.LayerNorm", self.epsilon)
            raised = functional.gelu(_linear(states, layer, "intermediate.dense"))
            states = _norm(
                states + _linear(raised, layer, "output.dense"), layer, "output.LayerNorm", self.epsilon
            )
        return states

    def _attended(self, states: Any, mask: Any, layer: Layer) -> Any:
        """Let every token hear the others, (B, T, D)."""
        from torch.nn import functional

        three = _linear(states, layer if "qkv.weight" in layer else merged(layer), "qkv")
        query, key, value = three.unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        heard = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return heard.transpose(1, 2).flatten(2)


def read_bert(folder: Path, *, half: bool) -> Bert | None:
    """Read a checkpoint in bf16 or float32; None where it is of another family. OSError, ValueError, KeyError."""
    import torch
    from safetensors import SafetensorError, safe_open

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    after = FAMILY.get(config.get("model_type", ""))
    if after is None or config.get("hidden_act") != "gelu":
        return None
    kind = torch.bfloat16 if half else torch.float32
    weights: dict[str, Any] = {}
    try:
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            for name in file.keys():
                weights[_plain(name)] = file.get_tensor(name).to(kind)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    parts = [f"encoder.layer.{i}." for i in range(config["num_hidden_layers"])]
    return Bert(
        _under(weights, "embeddings."),
        tuple(_whole(_under(weights, part)) for part in parts),
        config["num_attention_heads"],
        config["layer_norm_eps"],
        config["pad_token_id"],
        config["pad_token_id"] + 1 if after else 0,
    )


def _plain(name: str) -> str:
    """Drop what some checkpoints put before a weight's name.

    >>> _plain("bert.encoder.layer.0.output.dense.bias"), _plain("embeddings.LayerNorm.bias")
    ('encoder.layer.0.output.dense.bias', 'embeddings.LayerNorm.bias')
    """
    places = [name.find(part) for part in ("embeddings.", "encoder.") if part in name]
    return name[min(places, default=0) :]


def merged(layer: Layer) -> Layer:
    """Lay query, key and value side by side: one product instead of three."""
    import torch

    names = [f"attention.self.{name}" for name in ("query", "key", "value")]
    three = {f"qkv.{kind}": torch.cat([layer[f"{name}.{kind}"] for name in names]) for kind in ("weight", "bias")}
    return {name: value for name, value in layer.items() if not name.startswith("attention.self.")} | three


def apart(layer: Layer) -> Layer:
    """Undo ``merged``."""
    found = {name: value for name, value in layer.items() if not name.startswith("qkv.")}
    for kind in ("weight", "bias"):
        for name, part in zip(("query", "key", "value"), layer[f"qkv.{kind}"].chunk(3), strict=True):
            found[f"attention.self.{name}.{kind}"] = part
    return found


def attention(present: Any, dtype: Any) -> Any:
    """Turn a mask of tokens (B, T) into what is added to the attention paid to them, (B, 1, 1, T)."""
    import torch

    return torch.zeros(present.shape, dtype=dtype).masked_fill(~present, _AWAY)[:, None, None, :]


def dealt(lengths: Sequence[int], budget: int = BUDGET) -> Iterator[tuple[int, list[int]]]:
    """Deal texts, longest first, into batches of one length, a multiple of STEP, and about ``budget`` tokens.

    >>> list(dealt([10, 40, 12]))
    [(48, [1]), (16, [0, 2])]
    """
    order = sorted(range(len(lengths)), key=lambda i: (-padded(lengths[i]), i))
    while order:
        length = padded(lengths[order[0]])
        size = max(1, budget // length)
        batch = [i for i in order[:size] if padded(lengths[i]) == length]
        yield length, batch
        order = order[len(batch) :]


def padded(length: int) -> int:
    """Return the length at which a text of so many tokens is read.

    >>> padded(1), padded(16), padded(17)
    (16, 16, 32)
    """
    return max(STEP, -(-length // STEP) * STEP)


def laid(batch: Sequence[Sequence[int]], length: int, pad: int) -> tuple[Any, Any]:
    """Lay ids out as (B, ``length``), with the mask of those present; rows of nothing fill B x length to FLOOR."""
    import torch

    rows = max(len(batch), -(-FLOOR // length))
    ids = torch.full((rows, length), pad)
    present = torch.zeros((rows, length), dtype=torch.bool)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        present[row, : len(tokens)] = True
    return ids, present


def _whole(layer: Layer) -> Layer:
    """Return a layer ready to be run; KeyError where a part is missing."""
    whole = merged(layer)
    for name in ("attention.output.dense", "attention.output.LayerNorm", "intermediate.dense", "output.dense",
                 "output.LayerNorm"):  # fmt: skip
        whole[f"{name}.weight"], whole[f"{name}.bias"]
    return whole


def _under(weights: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Return the weights whose name begins with ``part``, by the rest of it."""
    return {name[len(part) :]: value for name, value in weights.items() if name.startswith(part)}


def _linear(states: Any, weights: Layer, name: str) -> Any:
    """Multiply and add."""
    from torch.nn import functional

    return functional.linear(states, weights[f"{name}.weight"], weights[f"{name}.bias"])


def _norm(states: Any, weights: Layer, name: str, epsilon: float) -> Any:
    """Bring each state to mean 0 and variance 1, then scale and shift it."""
    from torch.nn import functional

    weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return functional.layer_norm(states, weight.shape, weight, bias, epsilon)
