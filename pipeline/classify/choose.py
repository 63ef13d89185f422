"""The name of a model or a codebook in, a model out; and what to say where it meets interviews it learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.classify.model import Model
from pipeline.classify.store import find_model, load_model, shipped_models
from pipeline.codebook import Codebook
from pipeline.records import Transcript


def choose_model(wanted: str | None, codebook: Codebook | None) -> Model:
    """Load the model asked for (a folder, or the name of a shipped one), or the one that fits ``codebook``."""
    if wanted is None:
        return load_model(find_model(codebook))
    shipped = {folder.name: folder for folder in shipped_models()}
    model = load_model(shipped.get(wanted, Path(wanted)))
    if codebook is not None:
        model.check(codebook)
    return model


def learnt_note(model: Model, transcripts: Sequence[Transcript]) -> str:
    """Say that some of these interviews taught the model, and what its card measured honestly; "" if none did."""
    taught = {*model.figures.get("trained_on", ())}
    learnt = sum(transcript.sha256 in taught for transcript in transcripts)
    if not learnt:
        return ""
    figures = model.figures
    human = figures.get("human_macro")
    beside = f", contre {_decimal(human)} entre les humains" if human is not None else ""
    return (
        f"Le modèle « {model.name} » a été entraîné sur {learnt} des {len(transcripts)} entretiens codés ici : "
        "comparer ici la machine aux codeurs la flatterait, ce tableau ne le fait donc pas. En validation croisée "
        "(chaque cas codé sans avoir été lu), son kappa moyen avec les codeurs est de "
        f"{_decimal(figures.get('macro'))}{beside} ; le détail par code est dans la fiche du modèle (card.md)."
    )


def _decimal(value: float | None) -> str:
    """Write a coefficient the French way.

    >>> _decimal(0.614)
    '0,61'
    """
    return "non défini" if value is None else f"{value:.2f}".replace(".", ",")
