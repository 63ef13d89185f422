"""What the agreement report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.agree import Accord
from pipeline.records import Coding, Transcript


@dataclass(frozen=True, slots=True)
class AccordResults:
    """A report and what its pages quote: ``failures`` are (file, message), ``source`` says where it is from.

    ``decided`` are the rows of an earlier sheet of disagreements that the team has begun to fill in.
    """

    title: str
    accord: Accord
    transcripts: tuple[Transcript, ...]
    codings: tuple[Coding, ...]
    notes: tuple[str, ...]
    failures: tuple[tuple[str, str], ...]
    source: str
    version: str
    decided: tuple[Mapping[str, str], ...] = ()
