"""What coding a part gave in, part-NNN.parquet out: one row a segment, the fingerprint in the file's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.batch.needs import arrow
from pipeline.write import replacing

FINGERPRINT = "filrouge.fingerprint"
DOCUMENTS, SEGMENTS, LEFT_OUT = _COUNTS = ("filrouge.documents", "filrouge.segments", "filrouge.left_out")
_ROW_GROUP = 20_000


@dataclass(frozen=True, slots=True)
class CodedSegment:
    """One segment of a document, or a document without any, whose ``note`` says why.

    ``start`` and ``end`` are code points in the document's text. ``scores`` are in the order of the codebook, and
    ``ask`` the codes that the machine leaves to a human.
    """

    id: str
    case: str
    wave: str
    segment: int | None = None
    start: int | None = None
    end: int | None = None
    speaker: str = ""
    text: str = ""
    codes: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a result says of itself."""

    fingerprint: str
    documents: int
    segments: int
    left_out: int


def schema(codes: Sequence[str]) -> Any:
    """Return the columns of a result: one a field of CodedSegment, and « score_CODE » for each code."""
    pyarrow = arrow()
    words, place = pyarrow.string(), pyarrow.int32()
    return pyarrow.schema(
        [
            ("id", words), ("case", words), ("wave", words), ("segment", place), ("start", place), ("end", place),
            ("speaker", words), ("text", words), ("codes", pyarrow.list_(words)), ("ask", pyarrow.list_(words)),
            *((f"score_{code}", pyarrow.float32()) for code in codes), ("note", words),
        ]
    )  # fmt: skip


def write_result(path: Path, found: Iterable[CodedSegment], *, codes: Sequence[str], fingerprint: str) -> Totals:
    """Write a part's result, whole or not at all, as it comes: a part may be larger than memory.

    The same segments give the same bytes (one release of pyarrow). Scores are kept to four decimals: what lies
    beyond is the processor's.
    """
    pyarrow = arrow()
    counts, last = dict.fromkeys(_COUNTS, 0), None
    with replacing(path) as temporary:
        options = {"compression": "zstd", "write_page_checksum": True}
        with pyarrow.parquet.ParquetWriter(temporary, schema(codes), **options) as writer:
            for rows in _groups(found):
                for one in rows:
                    counts[DOCUMENTS] += one.id != last
                    counts[SEGMENTS] += one.segment is not None
                    counts[LEFT_OUT] += bool(one.note)
                    last = one.id
                writer.write_table(_table(rows, codes))
            told = {FINGERPRINT: fingerprint} | {name: str(count) for name, count in counts.items()}
            writer.add_key_value_metadata(told)
    return Totals(fingerprint, *counts.values())


def totals_of(path: Path) -> Totals | None:
    """Return what a result says of itself, from its last bytes; None where it is none, or is damaged there."""
    pyarrow = arrow()
    try:
        told: Mapping[bytes, bytes] = pyarrow.parquet.read_metadata(path).metadata or {}
        counts = (int(told[name.encode()]) for name in _COUNTS)
        return Totals(told[FINGERPRINT.encode()].decode(), *counts)
    except (pyarrow.ArrowException, OSError, KeyError, ValueError):
        return None


def intact(path: Path, fingerprint: str) -> Totals | None:
    """Return what a result says of itself if it bears ``fingerprint`` and every page of it is as written."""
    totals = totals_of(path)
    if totals is None or totals.fingerprint != fingerprint:
        return None
    pyarrow = arrow()
    rows = 0
    try:
        with pyarrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
            for batch in file.iter_batches(batch_size=_ROW_GROUP, use_threads=False):
                rows += batch.num_rows - (batch.column("segment").null_count)
    except (pyarrow.ArrowException, OSError):
        return None
    return totals if rows == totals.segments else None


def read_columns(path: Path, columns: Sequence[str]) -> Iterator[Any]:
    """Yield record batches of some columns of a result, a few thousand rows at a time."""
    pyarrow = arrow()
    with pyarrow.parquet.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_ROW_GROUP, columns=list(columns), use_threads=False)


def _groups(found: Iterable[CodedSegment]) -> Iterator[list[CodedSegment]]:
    """Gather rows by _ROW_GROUP."""
    rows: list[CodedSegment] = []
    for one in found:
        rows.append(one)
        if len(rows) == _ROW_GROUP:
            yield rows
            rows = []
    if rows:
        yield rows


def _table(rows: Sequence[CodedSegment], codes: Sequence[str]) -> Any:
    """Lay rows out in the columns of ``schema``."""
    columns: dict[str, list[Any]] = {
        name: [getattr(one, name) for one in rows]
        for name in ("id", "case", "wave", "segment", "start", "end", "speaker", "text", "codes", "ask", "note")
    }
    for place, code in enumerate(codes):
        columns[f"score_{code}"] = [round(one.scores[place], 4) if one.scores else None for one in rows]
    return arrow().Table.from_pydict(columns, schema=schema(codes))
