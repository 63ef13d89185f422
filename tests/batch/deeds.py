"""What the executors are given to do in tests; workers import it by name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipeline.batch import Report


def note(folder: str, part: str, threads: int) -> Report:
    """Leave a file a run of a part, and report it."""
    (Path(folder) / f"{part}-{os.getpid()}-{time.monotonic_ns()}").write_text(str(threads))
    return Report(part, documents=2, segments=3)


def die_once(folder: str, part: str, threads: int) -> Report:
    """Die on « b », the first time."""
    mark = Path(folder) / "died"
    if part == "b" and not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return note(folder, part, threads)


def die_at_once(_folder: str, _part: str, _threads: int) -> Report:
    """Die, whatever the part."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def die_always(folder: str, part: str, threads: int) -> Report:
    """Die on « b », every time."""
    if part == "b":
        os.kill(os.getpid(), signal.SIGKILL)
    return note(folder, part, threads)
