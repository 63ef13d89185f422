"""What the parts of benchmark.py share: fresh processes, rounds in turn, how a figure and a machine are told."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENCODER = ROOT / "models/encoder"
REAL = ROOT.parent / "shared/data/artisans/docx"
FILROUGE = (sys.executable, "-c", "from pipeline.cli import app; app()")
_QUIET = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "PYTHONPATH": str(ROOT)}


@dataclass(frozen=True, slots=True)
class Run:
    """A process that ended: seconds of the wall and of processor, peak memory in MB, and what it printed."""

    seconds: float
    processor: float
    memory: float
    told: str


def process(
    command: Sequence[str | Path], *, more: Mapping[str, str] | None = None, ok: Sequence[int] = (0,)
) -> Run:
    """Run a command to its end, in a process of its own. Stops the script where it fails.

    The peak of a process counts that of the one which started it: keep to small things here.
    """
    words = [str(word) for word in command]
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaint:
        began = time.perf_counter()
        child = subprocess.Popen(words, stdout=told, stderr=complaint, env=os.environ | _QUIET | dict(more or {}))
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        for file in (told, complaint):
            file.seek(0)
        if child.returncode not in ok:
            raise SystemExit(f"{' '.join(words[:6])}… : {complaint.read().decode(errors='replace')[-2000:]}")
        memory = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
        return Run(seconds, usage.ru_utime + usage.ru_stime, memory, told.read().decode())


def rounds(methods: Mapping[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """Measure each method ``count`` times, in turn, so that a busy minute weighs on all of them; wait for calm."""
    found: dict[str, list[float]] = {name: [] for name in methods}
    for _ in range(count):
        for name, measure in methods.items():
            calm()
            found[name].append(measure())
            print(f"{name}: {found[name][-1]:.2f}", file=sys.stderr, flush=True)
    return found


def clock() -> float:
    """Return a time in seconds: of this process's own processor where it has one thread, else of the wall.

    On a machine that others use, only the first is what the work takes.
    """
    return time.process_time() if threads() == 1 else time.perf_counter()


def threads() -> int:
    """Return how many threads torch computes with: OMP_NUM_THREADS, else every core."""
    return int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1)


def calm(patience: float = 3.0) -> None:
    """Wait, at most ``patience`` seconds, until others leave the processors at rest for half a second."""
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        before = _idle()
        time.sleep(0.5)
        if _idle() - before > 0.5 * 0.85 * (os.cpu_count() or 1):
            return


def _idle() -> float:
    """Return how long the processors have been idle, added up, in seconds; always, where nothing tells it."""
    try:
        return float(Path("/proc/uptime").read_text().split()[1])
    except OSError:
        return time.monotonic() * (os.cpu_count() or 1)


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Return what gives the seconds that ``work`` takes."""

    def measure() -> float:
        began = clock()
        work()
        return clock() - began

    return measure


def ratio(other: Sequence[float], own: Sequence[float]) -> float:
    """Return how many times less ``own`` took: the median of the ratios, round by round."""
    return statistics.median(a / b for a, b in zip(other, own, strict=True))


def number(value: float, digits: int = 1) -> str:
    """Write a figure the French way, thousands parted."""
    return f"{value:,.{digits}f}".replace(",", "\u202f").replace(".", ",")


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Write the median, and the least and greatest between brackets."""
    ends = f"{number(min(values), digits)}–{number(max(values), digits)}"
    return f"{number(statistics.median(values), digits)} ({ends})"


def machine(*packages: str, count: int = 0) -> str:
    """Say on what, with what and how many times it was measured."""
    versions = "".join(f", {name} {version(name)}" for name in packages)
    times = f"{count} mesures à tour de rôle, médianes ; " if count else ""
    return (
        f"{times}{_processor()}, {os.cpu_count()} cœurs partagés avec d’autres travaux, {threads()} fil(s) de "
        f"calcul ; Python {platform.python_version()}{versions}, {platform.system()} {platform.machine()}."
    )


def _processor() -> str:
    """Name the processor and its matrix instructions."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="ignore").splitlines()
    except OSError:
        return platform.processor() or "processeur inconnu"
    told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    kinds = [
        flag for flag in ("amx_bf16", "avx512_bf16", "avx512f", "avx2") if flag in told.get("flags", "").split()
    ]
    return f"{told.get('model name', 'processeur inconnu')} ({', '.join(kinds[:2])})"
