"""What a study holds, without coding anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.read.digest import Digest, digest
from pipeline.read.study import Failure
from pipeline.run.steps import read_inputs


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a study holds."""

    title: str
    digests: tuple[Digest, ...]
    coders: tuple[str, ...]
    failures: tuple[Failure, ...]


def inform(paths: Sequence[Path], *, interviewer: Sequence[str] = ()) -> Inventory:
    """Say what was read of a study or of files, without coding anything."""
    study = read_inputs(paths, interviewer)
    title = study.codebook.name if study.codebook else study.folder.name
    digests = tuple(digest(transcript, study.carried) for transcript in study.transcripts)
    return Inventory(title, digests, study.coders, study.failures)
