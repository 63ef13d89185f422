"""An encoder opened up: windows of speech in, the states of their tokens under the top layers out.

What lies under never learns, so it is run once a window and its states kept while a coder trains on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Window = tuple[str, tuple[str, ...]]
Spans = tuple[tuple[int, int], ...]

TRAINED = 6  # top layers that learn; six of e5-small's twelve. Four: half the time, and 0.03 less kappa.
QUESTION_TOKENS = 40
LONGEST = 510  # tokens, the encoder's reach
_BUDGET = 4000


class TokenLayers:
    """Reads windows: a question, then the segments of an answer, as one text.

    ``half`` tells whether the processor multiplies bf16 natively, ``dimension`` is D.
    """

    def __init__(self, model: Any, tokenizer: Any, *, half: bool) -> None:
        self._model, self._tokenizer, self.half = model, tokenizer, half
        self.dimension = int(model.config.hidden_size)
        self._kept: dict[Window, tuple[Any, Spans]] = {}

    @classmethod
    def of(cls, model: Any, *, half: bool) -> TokenLayers | None:
        """Open a SentenceTransformer, if it is built like BERT with layers enough."""
        first = model[0]
        inner = getattr(first, "auto_model", None)
        layers = getattr(getattr(inner, "encoder", None), "layer", ())
        if inner is None or not hasattr(inner, "embeddings") or len(layers) <= TRAINED:
            return None
        return cls(inner, first.tokenizer, half=half)

    def top(self) -> Any:
        """Return a copy of the top layers, (TRAINED modules), in float32, to be trained."""
        import copy

        layers = copy.deepcopy(self._model.encoder.layer[-TRAINED:]).float()
        for module in layers.modules():
            if hasattr(module, "dropout_prob"):
                module.dropout_prob = 0.0
        for layer in layers:
            # Dropped attention takes torch's slow path on a processor: twice the time, for no measured gain.
            layer.attention.self.dropout.p = 0.0
        return layers

    def read(self, windows: Sequence[Window], *, keep: bool = False) -> list[tuple[Any, Spans]]:
        """Return, for each window, the states (T, D) of its tokens and where each segment stands among them.

        With ``keep``, what was read is remembered for the next call.
        """
        fresh = [window for window in dict.fromkeys(windows) if window not in self._kept]
        read = dict(zip(fresh, self._read(fresh), strict=True))
        if keep:
            self._kept |= read
        return [self._kept.get(window) or read[window] for window in windows]

    def _read(self, windows: Sequence[Window]) -> list[tuple[Any, Spans]]:
        """Run the lower layers, windows of one length together."""
        import torch

        tokens = [self._tokens(*window) for window in windows]
        found: list[tuple[Any, Spans]] = [(None, ())] * len(windows)
        with torch.no_grad():
            for batch in _batches([len(ids) for ids, _ in tokens]):
                longest = max(len(tokens[i][0]) for i in batch)
                ids = torch.full((len(batch), longest), self._tokenizer.pad_token_id)
                for row, i in enumerate(batch):
                    ids[row, : len(tokens[i][0])] = torch.tensor(tokens[i][0])
                states = self._model.embeddings(ids)
                mask = attention(ids != self._tokenizer.pad_token_id, states.dtype)
                for layer in self._model.encoder.layer[:-TRAINED]:
                    states = first(layer(states, mask))
                for row, i in enumerate(batch):
                    found[i] = (states[row, : len(tokens[i][0])].clone(), tokens[i][1])
        return found

    def _tokens(self, question: str, texts: Sequence[str]) -> tuple[list[int], Spans]:
        """Lay a window out as token ids, and say where each segment stands; what exceeds LONGEST is cut."""
        tokenizer = self._tokenizer
        asked = tokenizer(f"query: {question[-300:]}", add_special_tokens=False)["input_ids"]
        ids = [tokenizer.cls_token_id, *asked[-QUESTION_TOKENS:], tokenizer.sep_token_id]
        spans = []
        for text in texts:
            mine = tokenizer(text, add_special_tokens=False)["input_ids"][: max(0, LONGEST - len(ids))]
            spans.append((len(ids), len(ids) + len(mine)))
            ids += mine
        return [*ids, tokenizer.sep_token_id], tuple(spans)


def attention(present: Any, dtype: Any) -> Any:
    """Turn a mask of tokens (B, T) into what a layer adds to its attention, (B, 1, 1, T)."""
    import torch

    return torch.zeros(present.shape, dtype=dtype).masked_fill(~present, -1e9)[:, None, None, :]


def first(states: Any) -> Any:
    """Return a layer's states, whether its release wraps them in a tuple or not."""
    return states[0] if isinstance(states, tuple) else states


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Deal windows, longest first, into batches of about _BUDGET tokens.

    >>> list(_batches([10, 3999, 12]))
    [[1], [2, 0]]
    """
    order = sorted(range(len(lengths)), key=lambda i: (-lengths[i], i))
    while order:
        size = max(1, _BUDGET // max(1, lengths[order[0]]))
        yield order[:size]
        order = order[size:]
