"""A fitted study model: a classifier, its calibration, and what must be known to use it honestly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import blend, contextual, ridge
from pipeline.classify.context import Besides, Encode, Layers, Passages, passages
from pipeline.classify.crossval import Calibration
from pipeline.codebook import Codebook, differences
from pipeline.errors import ModelError
from pipeline.records import Segment

AT_ONCE = 1000  # passages scored together: what surrounds one never lies in another interview


class Classifier(Protocol):
    """What scores passages. Nothing must inherit from it."""

    def logits(self, passages: Passages) -> NDArray[np.float64]:
        """Score N passages on C codes, (N, C), on the logit scale."""
        ...

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that ``restore`` needs to build it again."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of classifier is fitted and read back.

    ``called`` tells whether it reads the vectors of questions; ``rounds(passages, besides)`` how often ``fit``
    tells its progress, where it takes long;
    ``begin(besides, *, seed, keep, progress)`` learns once what every fold goes on from.
    """

    fit: Callable[..., Classifier]
    restore: Callable[[Mapping[str, NDArray[Any]]], Classifier]
    rounds: Callable[[Passages, Besides | None], int] = lambda _, __: 0
    begin: Callable[..., Besides] | None = None
    called: bool = False


# To add a classifier: a module with `fit(passages, labels, *, seed, statements, besides, progress)` and
# `restore(tensors)`, and a line here. The first is the default.
CLASSIFIERS: dict[str, Kind] = {
    "contextual": Kind(contextual.fit, contextual.restore, contextual.rounds, contextual.begin),
    "ridge": Kind(ridge.fit, ridge.restore),
    "blend": Kind(blend.fit, blend.restore, called=True),
}


@dataclass(frozen=True, slots=True)
class Model:
    """A coder that learnt from one study.

    ``encoder`` names the encoder and ``encoder_fingerprint`` is that of its weights. ``figures`` holds what the
    card says: see ``train``. ``provenance`` says in French what it was trained on.
    """

    name: str
    kind: str
    classifier: Classifier
    calibration: Calibration
    codebook: Codebook
    encoder: str
    encoder_fingerprint: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    provenance: str = ""
    date: str = ""

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The probability from which each code is retained, (C,)."""
        return self.calibration.threshold

    @property
    def called(self) -> bool:
        """Whether its classifier reads the vectors of questions."""
        return CLASSIFIERS[self.kind].called

    def probabilities(
        self, groups: Sequence[Sequence[Segment]], *, encode: Encode, layers: Layers | None = None
    ) -> NDArray[np.float64]:
        """Return the probability of each code for each segment, (N, C), one list of segments a transcript."""
        if not sum(map(len, groups)):
            return np.zeros((0, len(self.codebook.ids)))
        return self.score(passages(groups, encode=encode, layers=layers, called=self.called))

    def score(self, read: Passages) -> NDArray[np.float64]:
        """Return the probability of each code for each of N passages, (N, C); some interviews at a time."""
        blocks = [self.classifier.logits(block) for block in read.blocks(AT_ONCE)]
        return self.calibration.probabilities(np.vstack([np.zeros((0, len(self.codebook.ids))), *blocks]))

    def check(self, codebook: Codebook) -> None:
        """Raise ModelError, naming the differences, unless ``codebook`` asks what this model learnt."""
        found = differences(self.codebook, codebook)
        if found:
            raise ModelError(
                f"Le modèle « {self.name} » a été entraîné avec une autre grille : {' ; '.join(found)}. "
                "Entraînez un modèle pour cette grille (filrouge train ÉTUDE --out DOSSIER), "
                "ou indiquez-en un autre avec --model."
            )
