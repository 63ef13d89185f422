"""One part in, its result out: what a worker does, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.batch import (
    CodedSegment,
    Document,
    Refused,
    Report,
    Settings,
    digest,
    documents,
    gathered,
    read_manifest,
    use_threads,
    write_result,
)
from pipeline.classify import Model, load_model
from pipeline.classify import passages as read_passages
from pipeline.classify.decide import machine_codings
from pipeline.classify.store import shipped_models
from pipeline.embed import Encoder
from pipeline.embed.cache import CachedEncoder
from pipeline.embed.sentence import native_precision
from pipeline.errors import FilrougeError, ModelError, OutputError, StudyError
from pipeline.records import Segment
from pipeline.run.steps import fitting_encoder
from pipeline.segment import load_senter, segment_all

Found = tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]  # codes, those to ask, every score


def code_part(folder: Path, part: str, threads: int) -> Report:
    """Code one part of the job in ``folder`` and write its result; what the user can mend is in the report.

    Runs anywhere that sees the folder; the model is loaded once a process.
    """
    try:
        manifest = read_manifest(folder)
        mine = manifest.part(part)
        path = manifest.source_of(mine)
        if not path.is_file() or digest(path) != mine.sha256:
            what = "a changé depuis le début du codage" if path.is_file() else "introuvable depuis cet ouvrier"
            raise StudyError(f"{path.name} : cette part {what}. Remettez-la, ou recommencez avec --restart.")
        coder = _coder(manifest.settings, manifest.cache)
        use_threads(threads)
        totals = write_result(
            manifest.result_of(mine), coder.segments(documents(path)), codes=coder.model.codebook.ids,
            fingerprint=manifest.fingerprint(mine),
        )  # fmt: skip
        return Report(part, totals.documents, totals.segments, totals.left_out)
    except OutputError as error:
        return Report(part, error=str(error), fatal=True)
    except FilrougeError as error:
        return Report(part, error=f"{part} : {error}")


@dataclass(frozen=True, slots=True)
class _Coder:
    """What a worker keeps loaded."""

    model: Model
    encoder: Encoder
    nlp: Any

    def segments(self, found: Iterator[Document | Refused]) -> Iterator[CodedSegment]:
        """Code the documents of a part, in order, some at a time: a part may be larger than memory."""
        for some in gathered(found):
            talks = [one for one in some if isinstance(one, Document)]
            groups = list(segment_all([one.transcript() for one in talks], nlp=self.nlp))
            rows = _rows(talks, groups, self._coded(groups))
            for one in some:
                if isinstance(one, Refused):
                    yield CodedSegment(one.id, one.case, one.wave, note=one.message)
                else:
                    yield from next(rows)

    def _coded(self, groups: list[list[Segment]]) -> Iterator[Found]:
        """Yield, for each segment, its codes, those to ask a human, and every score."""
        if not any(groups):
            return
        read = read_passages(
            groups, encode=self.encoder.encode, layers=self.encoder.layers, called=self.model.called
        )
        probabilities = self.model.score(read)
        calibration, ids = self.model.calibration, self.model.codebook.ids
        unsure = (probabilities >= calibration.sure_no) & (probabilities < calibration.sure_yes)
        for coding, row, doubts in zip(
            machine_codings(self.model, groups, probabilities), probabilities.tolist(), unsure, strict=True
        ):
            codes = tuple(code for code in ids if code in coding.codes)
            yield codes, tuple(ids[c] for c in np.flatnonzero(doubts)), tuple(row)


def _rows(
    talks: Sequence[Document], groups: Sequence[Sequence[Segment]], coded: Iterator[Found]
) -> Iterator[list[CodedSegment]]:
    """Yield the rows of each document."""
    for talk, group in zip(talks, groups, strict=True):
        if not group:
            yield [CodedSegment(talk.id, talk.case, talk.wave, note="Aucune parole à coder.")]
            continue
        yield [
            CodedSegment(
                talk.id, talk.case, talk.wave, number, segment.start - talk.shift, segment.end - talk.shift,
                segment.turn.speaker, segment.text, *next(coded),
            )
            for number, segment in enumerate(group)
        ]  # fmt: skip


@lru_cache(maxsize=1)
def _coder(settings: Settings, cache: str) -> _Coder:
    """Load what a job needs, once a process. Raises ModelError where this machine cannot give the same bytes."""
    model = load_model(model_folder(settings.model))
    if model_digest(settings.model) != settings.model_sha256:
        raise ModelError(f"Le modèle « {settings.model} » a changé depuis le début : recommencez avec --restart.")
    if settings.precision == "bf16" and native_precision() != "bf16":
        raise ModelError(
            "Le processeur de cet ouvrier ne calcule pas en bf16, comme celui qui a commencé ce codage. "
            "Recommencez partout avec --precision fp32 --restart."
        )
    encoder: Encoder = fitting_encoder(model, settings.encoder or None, precision=settings.precision)
    return _Coder(model, CachedEncoder(encoder, Path(cache)) if cache else encoder, load_senter())


def model_folder(name: str) -> Path:
    """Return a model's folder."""
    return {folder.name: folder for folder in shipped_models()}.get(name, Path(name))


def model_digest(name: str) -> str:
    """Return what changes with a model's weights, thresholds or codebook."""
    folder = model_folder(name)
    return f"{digest(folder / 'weights.safetensors')}-{digest(folder / 'config.json')}"
