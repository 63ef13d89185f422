"""Which text each coder's passages were laid on: told to a file once, checked ever after.

results/sources.json holds, by transcript, the sha256 of its text and, by coder, that of their passages there. A
text that changed under passages that did not is refused: their offsets no longer point at the same words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import CodingError
from pipeline.records import Coding, Transcript

FILE = "sources.json"


def text_sha256(transcript: Transcript) -> str:
    """Return the sha256 of a transcript's canonical text, whatever file it came from.

    >>> text_sha256(Transcript("e", "Oui."))[:8]
    '3ef80140'
    """
    return hashlib.sha256(transcript.text.encode()).hexdigest()


def sources(transcripts: Iterable[Transcript], codings: Iterable[Coding]) -> dict[str, Any]:
    """Return what to remember of the texts and the passages laid on them."""
    passages: dict[str, dict[str, list[tuple[int, int, list[str]]]]] = {}
    for coding in codings:
        mine = passages.setdefault(coding.transcript, {}).setdefault(coding.coder, [])
        mine.append((coding.start, coding.end, sorted(coding.codes)))
    return {
        talk.id: {
            "text": text_sha256(talk),
            "codings": {coder: _digest(sorted(one)) for coder, one in sorted(passages.get(talk.id, {}).items())},
        }
        for talk in transcripts
    }


def refuse_stale(path: Path, now: Mapping[str, Any]) -> None:
    """Raise CodingError if a text changed since its passages were last compared, and they did not."""
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
        stale = {name: _stale(before[name], now[name]) for name in now if name in before}
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CodingError(f"{path} : fichier abîmé. Supprimez-le : il sera refait.") from None
    changed = {name: coders for name, coders in stale.items() if coders}
    if changed:
        told = " ; ".join(f"« {name} » (codé par {', '.join(coders)})" for name, coders in changed.items())
        raise CodingError(
            f"Le texte a changé depuis le codage : {told}. Les places des passages n’y désignent plus les mêmes "
            "mots (empreinte sha256 différente). Remettez l’ancien fichier dans transcripts/, ou recodez ; "
            f"si vous avez vérifié que les passages tombent encore juste, supprimez {path}."
        )


def _stale(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return the coders whose passages stayed as they were on a text that changed."""
    if before["text"] == now["text"]:
        return []
    return [coder for coder, one in now["codings"].items() if before["codings"].get(coder) == one]


def _digest(passages: list[tuple[int, int, list[str]]]) -> str:
    """Return the sha256 of passages."""
    return hashlib.sha256(json.dumps(passages, ensure_ascii=False).encode()).hexdigest()
