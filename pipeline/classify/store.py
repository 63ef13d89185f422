"""A model and its folder: config.json, weights.safetensors, card.md. Never pickle."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.classify.card import render_card
from pipeline.classify.crossval import Calibration
from pipeline.classify.model import CLASSIFIERS, Model
from pipeline.codebook import Codebook, as_dict, differences, parse_codebook
from pipeline.errors import FilrougeError, ModelError
from pipeline.write import replacing, write_text

FORMAT = 2
_CALIBRATION = "calibration."


def save_model(model: Model, folder: Path) -> None:
    """Write a model's folder; the config comes last, so a folder with a config is whole."""
    from safetensors.numpy import save

    tensors = dict(model.classifier.tensors())
    tensors |= {_CALIBRATION + key: value for key, value in asdict(model.calibration).items()}
    with replacing(folder / "weights.safetensors") as temporary:
        temporary.write_bytes(save({key: np.ascontiguousarray(tensors[key]) for key in sorted(tensors)}))
    write_text(folder / "card.md", render_card(model))
    config = {
        "format": FORMAT,
        "name": model.name,
        "kind": model.kind,
        "encoder": model.encoder,
        "encoder_fingerprint": model.encoder_fingerprint,
        "date": model.date,
        "provenance": model.provenance,
        "figures": dict(model.figures),
        "codebook": as_dict(model.codebook),
    }
    write_text(folder / "config.json", json.dumps(config, ensure_ascii=False, indent=1) + "\n")


def load_model(folder: Path) -> Model:
    """Read a model's folder. Raises ModelError, in French, if it is missing, damaged or from a newer filrouge."""
    config = _config(folder)
    kind = CLASSIFIERS.get(config.get("kind", ""))
    if config.get("format") != FORMAT or kind is None:
        raise ModelError(
            f"{folder} : modèle écrit par une autre version de filrouge (format {config.get('format')!r}, "
            f"type {config.get('kind')!r}). Mettez filrouge à jour, ou réentraînez avec filrouge train."
        )
    try:
        tensors = _tensors(folder / "weights.safetensors")
        calibration = Calibration(
            *(np.asarray(tensors.pop(_CALIBRATION + key), np.float64) for key in Calibration.__slots__)
        )
        return Model(
            name=config["name"], kind=config["kind"], classifier=kind.restore(tensors), calibration=calibration,
            codebook=parse_codebook(config["codebook"]), encoder=config["encoder"],
            encoder_fingerprint=config["encoder_fingerprint"], figures=config["figures"],
            provenance=config["provenance"], date=config["date"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ModelError(_damaged(folder, f"élément absent : {error}")) from None


def shipped_models() -> list[Path]:
    """Return the folders of the models that come with filrouge, in alphabetical order."""
    package = Path(__file__).parents[1]
    for home in (package / "_models", package.parent / "models"):
        if home.is_dir():
            return sorted(path.parent for path in home.glob("*/config.json") if _is_study_model(path.parent))
    return []


def find_model(codebook: Codebook | None) -> Path:
    """Return the shipped model that learnt ``codebook`` (the first one if there is no codebook).

    Raises ModelError naming, for each shipped model, what differs.
    """
    reasons = []
    for folder in shipped_models():
        model = parse_codebook(_config(folder)["codebook"])
        found = differences(model, codebook) if codebook else []
        if not found:
            return folder
        reasons.append(f"{folder.name} ({' ; '.join(found)})")
    told = f" Modèles livrés écartés : {' / '.join(reasons)}." if reasons else " Aucun modèle n’est livré."
    raise ModelError(
        "Aucun modèle ne correspond à la grille de cette étude."
        f"{told} Entraînez-en un (filrouge train ÉTUDE --out DOSSIER) puis indiquez-le avec --model."
    )


def _is_study_model(folder: Path) -> bool:
    """Tell a study model from an encoder, whose folder also has a config.json."""
    try:
        return "codebook" in _config(folder)
    except FilrougeError:
        return False


def _config(folder: Path) -> dict[str, Any]:
    """Read config.json."""
    path = folder / "config.json"
    if not path.is_file():
        raise ModelError(
            f"{folder} : ce dossier ne contient pas de modèle (pas de config.json). "
            f"Modèles livrés : {', '.join(p.name for p in _shipped_names()) or 'aucun'}."
        )
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(_damaged(folder, f"config.json illisible ({error})")) from None
    if not isinstance(config, dict):
        raise ModelError(_damaged(folder, "config.json n’est pas un objet JSON"))
    return config


def _shipped_names() -> list[Path]:
    """Return the shipped folders without reading them."""
    package = Path(__file__).parents[1]
    homes = [home for home in (package / "_models", package.parent / "models") if home.is_dir()]
    return [p.parent for p in sorted(homes[0].glob("*/card.md"))] if homes else []


def _tensors(path: Path) -> dict[str, Any]:
    """Read the weights."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        tensors: dict[str, Any] = load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise ModelError(_damaged(path.parent, f"weights.safetensors illisible ({error})")) from None
    return tensors


def _damaged(folder: Path, why: str) -> str:
    """Say that a folder is damaged and what to do."""
    return f"{folder} : modèle endommagé, {why}. Recopiez-le ou réentraînez-le avec filrouge train."
