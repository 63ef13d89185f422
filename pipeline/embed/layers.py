"""An encoder opened up: windows of speech in, the states of their tokens under or above the top layers out.

What lies under never learns, so a coder that trains on top has it run once a window and its states kept. A trained
coder reads a window through all layers at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.embed import bert
from pipeline.embed.bert import Bert, Layer

Window = tuple[str, tuple[str, ...]]
Spans = tuple[tuple[int, int], ...]

TRAINED = 6  # top layers that learn; six of e5-small's twelve. Four: half the time, and 0.03 less kappa.
QUESTION_TOKENS = 40
LONGEST = 510  # tokens, the encoder's reach
_AT_ONCE = 1024  # windows tokenised together


class TokenLayers:
    """Reads windows: a question, then the segments of an answer, as one text.

    ``half`` tells whether the processor multiplies bf16 natively, ``dimension`` is D.
    """

    def __init__(self, model: Bert, tokenizer: Any, *, half: bool) -> None:
        self._bert, self._tokenizer, self.half = model, tokenizer, half
        self.dimension = model.dimension
        self._longest = min(LONGEST, model.longest)
        opening, closing = _ends(tokenizer)
        self._opening, self._closing = opening, closing
        self._kept: dict[Window, tuple[Any, Spans]] = {}

    @classmethod
    def of(cls, model: Bert, tokenizer: Any, *, half: bool) -> TokenLayers | None:
        """Open an encoder, if it has layers enough."""
        return cls(model, tokenizer, half=half) if len(model.layers) > TRAINED else None

    def top(self) -> dict[str, Any]:
        """Return a copy of the weights of the top layers, float32, by number and name: « 0.output.dense.bias »."""
        found: dict[str, Any] = {}
        for i, layer in enumerate(self._bert.layers[-TRAINED:]):
            found |= {f"{i}.{name}": value.float().clone() for name, value in bert.apart(layer).items()}
        return found

    def run(self, weights: Mapping[str, Any], states: Any, present: Any) -> Any:
        """Pass states (B, T, D) under the top layers through ``weights``, named as by ``top``; differentiable."""
        import torch

        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.half):
            return self._bert.run(states, bert.attention(present, states.dtype), _layers(weights))

    def read(self, windows: Sequence[Window], *, keep: bool = False) -> list[tuple[Any, Spans]]:
        """Return, for each window, the states (T, D) of its tokens under the top layers and where segments stand.

        With ``keep``, what was read is remembered for the next call.
        """
        fresh = [window for window in dict.fromkeys(windows) if window not in self._kept]
        found: dict[Window, tuple[Any, Spans]] = {}
        for rows, states, spans in self._through(fresh, self._bert.layers[:-TRAINED]):
            for i, state, span in zip(rows, states, spans, strict=True):
                found[fresh[i]] = state.clone(), span
        if keep:
            self._kept |= found
        return [self._kept.get(window) or found[window] for window in windows]

    def pooled(self, windows: Sequence[Window], weights: Mapping[str, Any]) -> list[NDArray[np.float32]]:
        """Return, for each window, the mean state (S, D) of each of its S segments.

        ``weights`` are those of the top layers, as in ``top``. What a window gives depends on the window alone.
        """
        kind = self._bert.layers[0]["output.dense.weight"].dtype
        top = [bert.merged({name: value.to(kind) for name, value in layer.items()}) for layer in _layers(weights)]
        found: list[NDArray[np.float32]] = [np.zeros((0, self.dimension), np.float32)] * len(windows)
        for rows, states, spans in self._through(windows, (*self._bert.layers[:-TRAINED], *top)):
            for i, state, places in zip(rows, states, spans, strict=True):
                means = np.zeros((len(places), self.dimension), np.float32)
                for row, (start, end) in enumerate(places):
                    if end > start:
                        means[row] = state[start:end].float().mean(dim=0).numpy()
                found[i] = means
        return found

    def _through(
        self, windows: Sequence[Window], layers: Sequence[Layer]
    ) -> Iterator[tuple[list[int], list[Any], list[Spans]]]:
        """Run windows through layers; yield batches: which windows, their states (T, D), where segments stand."""
        import torch

        for start in range(0, len(windows), _AT_ONCE):
            tokens = self._tokens(windows[start : start + _AT_ONCE])
            for length, batch in bert.dealt([len(ids) for ids, _ in tokens]):
                with torch.no_grad():
                    ids, present = bert.laid([tokens[i][0] for i in batch], length, self._bert.pad)
                    states = self._bert.begin(ids)
                    states = self._bert.run(states, bert.attention(present, states.dtype), layers)
                cut = [states[row, : len(tokens[i][0])] for row, i in enumerate(batch)]
                yield [start + i for i in batch], cut, [tokens[i][1] for i in batch]

    def _tokens(self, windows: Sequence[Window]) -> list[tuple[list[int], Spans]]:
        """Lay windows out as token ids, and say where each segment stands; what exceeds the reach is cut."""
        asked = [f"query: {question[-300:]}" for question, _ in windows]
        ids = self._ids(list(dict.fromkeys([*asked, *(text for _, texts in windows for text in texts)])))
        found = []
        for question, (_, texts) in zip(asked, windows, strict=True):
            row = [self._opening, *ids[question][-QUESTION_TOKENS:], self._closing]
            spans = []
            for text in texts:
                mine = ids[text][: max(0, self._longest - len(row))]
                spans.append((len(row), len(row) + len(mine)))
                row += mine
            found.append(([*row, self._closing], tuple(spans)))
        return found

    def _ids(self, texts: Sequence[str]) -> dict[str, list[int]]:
        """Turn each text into ids."""
        found = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        return {text: one.ids for text, one in zip(texts, found, strict=True)}


def _ends(tokenizer: Any) -> tuple[int, int]:
    """Return the ids that open and close a text."""
    ids = tokenizer.encode("", add_special_tokens=True).ids
    return ids[0], ids[-1]


def _layers(weights: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Group weights named « 0.output.dense.bias » by layer."""
    layers: list[dict[str, Any]] = [{} for _ in range(TRAINED)]
    for name, value in weights.items():
        number, _, rest = name.partition(".")
        layers[int(number)][rest] = value
    return layers
