"""The machine's codings explained: by their words, and by what humans coded in this study or another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.align import mark
from pipeline.classify import Model, Passages, passages
from pipeline.classify.explain import Library, explain
from pipeline.codebook import Codebook
from pipeline.errors import StudyError
from pipeline.read.study import Study
from pipeline.records import Coding, Explanation, Segment
from pipeline.run.steps import Groups, Progress, silent
from pipeline.run.training import read_material

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
Explanations = Mapping[tuple[str, int, str], Explanation]


def explained(
    model: Model,
    read: Passages,
    groups: Groups,
    codings: Sequence[Coding],
    library: Library | None,
) -> Explanations:
    """Explain each code of the machine's codings, one a segment, in the order of ``groups``."""
    ids = model.codebook.ids
    retained = np.array([[code in coding.codes for code in ids] for coding in codings], dtype=bool)
    segments = [segment for group in groups for segment in group]
    return explain(model.classifier, read, segments, retained.reshape(len(codings), len(ids)), ids, library)


def own_library(study: Study, codebook: Codebook, groups: Groups, read: Passages) -> Library | None:
    """Return what the study's own coders coded; None if nobody did."""
    segments: list[Segment] = [segment for group in groups for segment in group]
    if not study.coders:
        return None
    marks = {one: mark(segments, study.codings, coder=one, codes=codebook.ids) for one in study.coders}
    return Library.of(segments, read, marks)


def other_library(folder: Path, model: Model, *, encode: Encode, progress: Progress = silent) -> Library:
    """Return what the coders of another study coded. Raises StudyError if nobody did or the codebook differs."""
    material = read_material(folder, progress=progress)
    model.check(material.codebook)
    if not material.marks:
        raise StudyError(
            f"{folder} : aucun codage humain dans codes/ ; il en faut pour montrer des passages proches."
        )
    segments: list[Segment] = [segment for group in material.groups for segment in group]
    return Library.of(segments, passages(material.groups, encode=encode, called=False), material.marks)
