"""Segments and human codings in, a model out; segments and a model in, probabilities out."""

from pipeline.classify.context import Encode, Passages, passages
from pipeline.classify.figures import consensus
from pipeline.classify.model import CLASSIFIERS, Classifier, Model
from pipeline.classify.store import find_model, load_model, save_model, shipped_models
from pipeline.classify.training import Also, train

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
