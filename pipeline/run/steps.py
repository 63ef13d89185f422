"""The steps that several uses share: read, segment, load the encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.classify import Model
from pipeline.embed import load_encoder
from pipeline.errors import ModelError, StudyError
from pipeline.read import Speakers
from pipeline.read.study import Study, read_loose, read_study
from pipeline.records import Segment, Transcript
from pipeline.segment import load_senter, segment_all

if TYPE_CHECKING:
    from pipeline.embed import Encoder

Progress = Callable[[str, int, int], None]
Groups = Sequence[Sequence[Segment]]


def silent(stage: str, done: int, total: int) -> None:
    """Show nothing of the progress: (stage, done, total), total 0 where it is unknown."""


def read_inputs(paths: Sequence[Path], interviewer: Sequence[str]) -> Study:
    """Read one study folder, or files."""
    if is_study(paths):
        return read_study(paths[0], speakers=cast(interviewer))
    folders = [str(path) for path in paths if path.is_dir()]
    if folders:
        raise StudyError(f"{folders[0]} : donnez un seul dossier, ou des fichiers, mais pas les deux.")
    return read_loose(paths, speakers=cast(interviewer))


def is_study(paths: Sequence[Path]) -> bool:
    """Tell whether one folder was given (a name without suffix is a folder mistyped)."""
    return len(paths) == 1 and (paths[0].is_dir() or not paths[0].suffix)


def cast(interviewer: Sequence[str]) -> Speakers:
    """Wrap the labels given by hand."""
    return Speakers(interviewer=tuple(interviewer))


def segmented(transcripts: Sequence[Transcript], progress: Progress) -> list[list[Segment]]:
    """Segment every transcript, one list each."""
    progress("segment", 0, len(transcripts))
    groups: list[list[Segment]] = []
    for group in segment_all(transcripts, nlp=load_senter()):
        groups.append(group)
        progress("segment", len(groups), len(transcripts))
    return groups


def encoding(encoder: Encoder, progress: Progress) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """Return the encoder's function, telling how many texts are done."""

    def encode(texts: Sequence[str]) -> NDArray[np.float32]:
        progress("encode", 0, len(texts))
        rows = encoder.encode(texts, progress=lambda done: progress("encode", done, len(texts)))
        progress("classify", 0, 0)
        return rows

    return encode


def fitting_encoder(model: Model, wanted: str | None, *, precision: str | None = None) -> Encoder:
    """Load the encoder that a model learnt with; refuse another. ``precision`` is as in ``load_encoder``."""
    encoder = load_encoder(wanted or model.encoder, precision=precision)
    if encoder.fingerprint != model.encoder_fingerprint:
        raise ModelError(
            f"Le modèle « {model.name} » a été entraîné avec l’encodeur « {model.encoder} », pas avec "
            f"« {encoder.name} » (ou avec d’autres poids). Retirez --encoder, ou réentraînez le modèle avec "
            "filrouge train ÉTUDE --out DOSSIER --encoder ENCODEUR."
        )
    return encoder
