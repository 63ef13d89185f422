"""A job's folder in, what stands there out: which parts are done, missing, damaged; whether the whole adds up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.batch.manifest import Manifest, Part
from pipeline.batch.packing import key
from pipeline.batch.results import Totals, intact, read_columns, totals_of

_STALE = re.compile(r"\.part-.*\.parquet\..*\.tmp")


@dataclass(frozen=True, slots=True)
class Status:
    """How far a job is: ``done`` by part; ``missing``, ``other`` (of other settings) and ``damaged`` parts.

    ``strangers`` are results, by name, of parts that the job does not have (any more).
    """

    manifest: Manifest
    done: dict[str, Totals]
    missing: tuple[str, ...]
    other: tuple[str, ...]
    damaged: tuple[str, ...]
    strangers: tuple[str, ...]

    @property
    def documents(self) -> int:
        """How many documents are coded."""
        return sum(totals.documents for totals in self.done.values())

    @property
    def segments(self) -> int:
        """How many segments they have."""
        return sum(totals.segments for totals in self.done.values())

    @property
    def left_out(self) -> int:
        """How many documents were not coded."""
        return sum(totals.left_out for totals in self.done.values())

    @property
    def left(self) -> tuple[str, ...]:
        """The parts still to be coded."""
        return tuple(part.name for part in self.manifest.parts if part.name not in self.done)


def status(manifest: Manifest) -> Status:
    """Look at every result, whole: a damaged page is found."""
    done: dict[str, Totals] = {}
    found: dict[str, list[str]] = {"missing": [], "other": [], "damaged": []}
    for part in manifest.parts:
        path = manifest.result_of(part)
        totals = intact(path, manifest.fingerprint(part)) if path.exists() else None
        if totals is not None and totals.documents == part.documents:
            done[part.name] = totals
        else:
            found[_why(manifest, part, path)].append(part.name)
    known = {part.name for part in manifest.parts}
    strangers = tuple(path.name for path in results_in(manifest.folder) if path.stem not in known)
    missing, other, damaged = (tuple(found[name]) for name in ("missing", "other", "damaged"))
    return Status(manifest, done, missing, other, damaged, strangers)


def results_in(folder: Path) -> list[Path]:
    """Return the results that lie in a folder, of whatever job; never a file that filrouge did not write."""
    return sorted(path for path in folder.glob("part-*.parquet") if totals_of(path) is not None)


def sweep(folder: Path) -> int:
    """Remove the temporary files of workers that died; return how many. None must be at work."""
    stale = [path for path in folder.iterdir() if _STALE.fullmatch(path.name)]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def doubles(manifest: Manifest, names: tuple[str, ...]) -> int:
    """Return how many documents stand in more than one of these results: none, unless something is very wrong."""
    seen = []
    for name in names:
        ids = {
            key(identifier)
            for batch in read_columns(manifest.result_of(manifest.part(name)), ("id",))
            for identifier in set(batch.column("id").to_pylist())
        }
        seen.append(np.array(sorted(ids), np.uint64))
    every = np.concatenate([np.zeros(0, np.uint64), *seen])
    return len(every) - len(np.unique(every))


def _why(manifest: Manifest, part: Part, path: Path) -> str:
    """Tell why a part is not done."""
    if not path.exists():
        return "missing"
    totals = totals_of(path)
    return "other" if totals is not None and totals.fingerprint != manifest.fingerprint(part) else "damaged"
