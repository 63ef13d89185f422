"""SetFit and spaCy's text classifier on SIB-200 French; run by benchmark_quality.py in their own environment.

    PYTHON scripts/peers_setfit.py SIB_FOLDER ENCODER_FOLDER [SEEDS]

Eight labels a class, SetFit's defaults but for its weights, which are filrouge's encoder.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from quality_peers import few, topics

EACH = 8


def with_setfit(data: Any, rows: Any, encoder: str, seed: int) -> list[str]:
    """Fine-tune by contrast, then logistic regression."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    model = SetFitModel.from_pretrained(encoder)
    texts, labels = data["train"]
    learnt = Dataset.from_dict({"text": [texts[i] for i in rows], "label": [labels[i] for i in rows]})
    arguments = TrainingArguments(batch_size=16, num_epochs=1, seed=seed, report_to="none", save_strategy="no")
    Trainer(model=model, args=arguments, train_dataset=learnt).train()
    return [str(label) for label in model.predict(data["test"][0])]


def with_spacy(data: Any, rows: Any, encoder: str, seed: int) -> list[str]:
    """Train spaCy's default text classifier from nothing, 30 passes."""
    import spacy
    from spacy.training import Example

    spacy.util.fix_random_seed(seed)  # type: ignore[attr-defined]
    nlp = spacy.blank("fr")
    classifier: Any = nlp.add_pipe("textcat")
    texts, labels = data["train"]
    for label in sorted(set(labels)):
        classifier.add_label(label)
    examples = [
        Example.from_dict(nlp.make_doc(texts[i]), {"cats": {label: label == labels[i] for label in set(labels)}})
        for i in rows
    ]
    nlp.initialize(lambda: examples)
    for _ in range(30):
        random.Random(seed).shuffle(examples)
        for start in range(0, len(examples), 8):
            nlp.update(examples[start : start + 8])
    return [max(doc.cats, key=doc.cats.get) for doc in nlp.pipe(data["test"][0])]


def main() -> None:
    """Print one line of Markdown a peer."""
    from sklearn.metrics import cohen_kappa_score

    data = topics(Path(sys.argv[1]))
    lines = ["| méthode | 8 par classe | graines | s |", "|---|---:|---:|---:|"]
    for name, run, seeds in (("spaCy textcat", with_spacy, 3), ("SetFit, même encodeur", with_setfit, 1)):
        found, began = [], time.perf_counter()
        for seed in range(seeds):
            told = run(data, few(data["train"][1], EACH, seed), sys.argv[2], seed)
            found.append(cohen_kappa_score(data["test"][1], told))
        seconds = (time.perf_counter() - began) / seeds
        lines.append(f"| {name} | {np.mean(found):.3f} | {seeds} | {seconds:.0f} |".replace(".", ","))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
