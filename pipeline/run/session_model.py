"""What coders decided in sessions, learnt as a model that `filrouge code` takes by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from pipeline.align import Marks
from pipeline.annotate import Event, open_store
from pipeline.annotate.adjudication import consensus_events, ledgers
from pipeline.annotate.exchange import codings_of
from pipeline.classify import Model, load_model, save_model, train
from pipeline.classify.cases import cases, provenance
from pipeline.codebook import Codebook, differences
from pipeline.embed import load_encoder
from pipeline.embed.cache import CACHE, CachedEncoder
from pipeline.read.study import Study
from pipeline.records import Coding, Segment
from pipeline.run.annotating import STORE, Opened
from pipeline.run.steps import Groups, Progress, encoding, silent

MODEL = "modele"  # the folder of a study where it is saved
FEWEST = 20  # decisions: with fewer, no model is written


def learn_study(
    study: Opened, *, date: str, encoder: str | None = None, progress: Progress = silent
) -> Model | None:
    """Train a model on what coders decided, save it in STUDY/modele, return it; None with too few decisions.

    A consensus counts in place of the coders' answers. Segments nobody decided are not learnt.
    """
    events = study.store.events()
    books = ledgers(events, study.segments, study.codebook.ids)
    # A code that is newer than a decision leaves a hole in it: such rows wait for a new answer.
    marks = {one: Marks(b.labels == 1, b.decided & ~np.isnan(b.labels).any(axis=1)) for one, b in books.items()}
    if sum(int(mark.seen.sum()) for mark in marks.values()) < FEWEST:
        return None
    loaded = load_encoder(encoder)
    encode = encoding(CachedEncoder(loaded, study.folder / CACHE), progress)
    model = train(
        study.groups, _settled(marks, events, study.segments, study.codebook), codebook=study.codebook,
        cases=cases([group[0].transcript for group in study.groups]), encode=encode,
        name=study.folder.resolve().name, encoder=loaded.name, encoder_fingerprint=loaded.fingerprint,
        progress=lambda done, total: progress("train", done, total),
    )  # fmt: skip
    model = replace(model, provenance=provenance(study.folder), date=date)
    save_model(model, study.folder / MODEL)
    return model


def session_model(study: Study) -> Model | None:
    """Return the model that a study's sessions taught; None without one, or if the codebook has changed since."""
    folder = study.folder / MODEL
    if study.codebook is None or not (folder / "config.json").is_file():
        return None
    model = load_model(folder)
    return None if differences(model.codebook, study.codebook) else model


def session_codings(study: Study, groups: Groups) -> tuple[Coding, ...]:
    """Return what coders decided in sessions of the study, for its own store; nothing without one."""
    path = study.folder / STORE
    if study.codebook is None or not path.is_file():
        return ()
    store = open_store(path)
    try:
        events = store.events()
    finally:
        store.close()
    segments = [segment for group in groups for segment in group]
    coders = ledgers(events, segments, study.codebook.ids)
    return tuple(c for one in coders for c in codings_of(events, segments, study.codebook, coder=one))


def _settled(
    marks: Mapping[str, Marks], events: Sequence[Event], segments: Sequence[Segment], codebook: Codebook
) -> Mapping[str, Marks]:
    """Put the consensus in place of the answers it settled."""
    settled = consensus_events(events)
    for row, segment in enumerate(segments):
        event = settled.get((segment.transcript.id, segment.start, segment.end))
        for mark in marks.values() if event else ():
            mark.labels[row] = [code in event.codes for code in codebook.ids] if event else False
    return marks
