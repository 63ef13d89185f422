"""Segments and human codings in, a model out; segments and a model in, probabilities out."""

from pipeline.classify.context import Encode, Passages, passages
from pipeline.classify.model import CLASSIFIERS, Also, Classifier, Model, consensus, train
from pipeline.classify.store import find_model, load_model, save_model, shipped_models

__all__ = [
    "CLASSIFIERS",
    "Also",
    "Classifier",
    "Encode",
    "Model",
    "Passages",
    "consensus",
    "find_model",
    "load_model",
    "passages",
    "save_model",
    "shipped_models",
    "train",
]
