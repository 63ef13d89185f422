"""A transcript in; what was understood of it, and whether that is enough to code on, out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.read.study import Failure
from pipeline.records import Coding, Transcript


@dataclass(frozen=True, slots=True)
class Digest:
    """What the reader understood of one transcript.

    ``labels`` counts the turns of each label, by role; ``timed`` the turns whose time is known, until ``lasts``
    seconds. ``carried`` counts, by coder and code, the passages that the file codes ("" is "nothing applies").
    """

    id: str
    turns: int
    labels: Mapping[str, Mapping[str, int]]
    words: Mapping[str, int]
    doubts: tuple[str, ...]
    sure: bool
    format: str = ""
    timed: int = 0
    lasts: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    carried: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def digest(transcript: Transcript, carried: Sequence[Coding] = ()) -> Digest:
    """Count the turns, the labels of each role and its words; ``carried`` are codings found in files."""
    labels: dict[str, Counter[str]] = {}
    words: Counter[str] = Counter()
    for turn in transcript.turns:
        labels.setdefault(turn.role, Counter())[turn.speaker] += 1
        words[turn.role] += len(transcript.text[turn.start : turn.end].split())
    counted = {role: dict(counter.most_common()) for role, counter in labels.items()}
    times = [time for turn in transcript.turns for time in (turn.began, turn.ended) if time is not None]
    codes: dict[str, Counter[str]] = {}
    for coding in carried:
        if coding.transcript == transcript.id:
            codes.setdefault(coding.coder, Counter()).update(sorted(coding.codes) or [""])
    return Digest(
        transcript.id, len(transcript.turns), counted, dict(words), transcript.doubts, transcript.sure,
        format=transcript.format,
        timed=sum(turn.began is not None or turn.ended is not None for turn in transcript.turns),
        lasts=max(times, default=None), attributes=transcript.attributes,
        carried={coder: dict(counter.most_common()) for coder, counter in codes.items()},
    )  # fmt: skip


def codable(
    transcripts: Sequence[Transcript],
) -> tuple[tuple[Transcript, ...], tuple[Failure, ...]]:
    """Set apart the transcripts whose roles are too doubtful to code on, or that hold no respondent."""
    kept, refused = [], []
    for transcript in transcripts:
        if transcript.sure and any(turn.role == "respondent" for turn in transcript.turns):
            kept.append(transcript)
        else:
            refused.append(Failure(Path(transcript.id), _refusal(transcript)))
    return tuple(kept), tuple(refused)


def _refusal(transcript: Transcript) -> str:
    """Say why a transcript is not coded and what to do."""
    labels = sorted({turn.speaker for turn in transcript.turns if turn.speaker})
    why = " ".join(transcript.doubts) or "aucun tour de répondant n’a été trouvé."
    found = f" Étiquettes trouvées : {', '.join(labels)}." if labels else ""
    return (
        f"{transcript.id} : non codé. {why}{found} Regardez-le avec « filrouge info », puis indiquez l’enquêteur "
        "avec --interviewer ÉTIQUETTE ou dans study.toml, rubrique [speakers]."
    )
