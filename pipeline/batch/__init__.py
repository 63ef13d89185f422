"""A corpus cut into parts, each coded wherever there is a worker, the same bytes everywhere."""

from __future__ import annotations

from pipeline.batch.checking import Status, doubles, results_in, status, sweep
from pipeline.batch.documents import Document, Refused, documents
from pipeline.batch.executors import EXECUTORS, Executor, Place, Report, use_threads
from pipeline.batch.manifest import Manifest, Part, Settings, differing, digest, read_manifest, write_manifest
from pipeline.batch.packing import TABLES, Packed, gathered, packed, parts_in, split, taken
from pipeline.batch.results import CodedSegment, write_result
from pipeline.batch.summary import BY, Tally, summarise

__all__ = [
    "BY",
    "EXECUTORS",
    "TABLES",
    "CodedSegment",
    "Document",
    "Executor",
    "Manifest",
    "Packed",
    "Part",
    "Place",
    "Refused",
    "Report",
    "Settings",
    "Status",
    "Tally",
    "differing",
    "digest",
    "documents",
    "doubles",
    "gathered",
    "packed",
    "parts_in",
    "read_manifest",
    "results_in",
    "split",
    "status",
    "summarise",
    "sweep",
    "taken",
    "use_threads",
    "write_manifest",
    "write_result",
]
