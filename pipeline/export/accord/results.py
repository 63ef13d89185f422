"""What the agreement report is made from."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.agree import Accord
from pipeline.records import Coding, Transcript


@dataclass(frozen=True, slots=True)
class AccordResults:
    """A report and what its pages quote: ``failures`` are (file, message), ``source`` says where it is from."""

    title: str
    accord: Accord
    transcripts: tuple[Transcript, ...]
    codings: tuple[Coding, ...]
    notes: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]
    source: str
    version: str
