"""A Project in, the files of a study folder out (path -> bytes); and a study that was read, as a Project."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from pipeline.codebook import Codebook
from pipeline.exchange.codebook_files import codebook_toml
from pipeline.exchange.project import Memo, Project, Unplaced, identifiers, is_machine, merged
from pipeline.records import Coding, Transcript
from pipeline.write import csv_text

MEMOS = "memos.csv"
LEFT_OVER = "results/non-places.csv"
MACHINE_CODINGS = "results/codings.csv"
_CODINGS = ("transcript", "start", "end", "coder", "dimension", "code", "quote", "score", "note")
_MEMOS = ("name", "about", "author", "text")


def coding_files(project: Project) -> dict[str, bytes]:
    """Lay out the codings: one file a human coder in codes/, the machine's where filrouge writes its own."""
    humans = [coder for coder in project.coders if not is_machine(coder)]
    files = dict(zip(humans, identifiers(humans), strict=True))
    texts = {transcript.id: transcript.text for transcript in project.transcripts}
    by_file: dict[str, list[Coding]] = {}
    for coding in merged(project.codings):
        where = MACHINE_CODINGS if is_machine(coding.coder) else f"codes/{files[coding.coder]}.csv"
        by_file.setdefault(where, []).append(coding)
    return {path: _table(_CODINGS, _rows(held, texts, project.codebook)) for path, held in sorted(by_file.items())}


def attribute_file(transcripts: Sequence[Transcript]) -> bytes | None:
    """Lay out the attributes, or return None where there are none."""
    columns = list(dict.fromkeys(name for transcript in transcripts for name in transcript.attributes))
    rows = [[talk.id, *(talk.attributes.get(column, "") for column in columns)] for talk in transcripts]
    return _table(["transcript", *columns], rows) if columns else None


def memo_file(memos: Iterable[Memo]) -> bytes:
    """Lay out the memos."""
    return _table(_MEMOS, ([memo.name, memo.about, memo.author, memo.text] for memo in memos))


def read_memos(data: bytes) -> tuple[Memo, ...]:
    """Read memos back; a file that is no table of memos holds none."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
    held = [[row.get(name) or "" for name in _MEMOS] for row in rows if row.get("text")]
    return tuple(Memo(name, text, author, about) for name, about, author, text in held)


def unplaced_file(unplaced: Iterable[Unplaced]) -> bytes:
    """Lay out what could not be placed."""
    head = ("document", "code", "codeur", "passage", "raison")
    return _table(head, ([one.document, one.code, one.coder, one.quote, one.why] for one in unplaced))


def codebook_file(codebook: Codebook) -> bytes:
    """Lay out the codebook."""
    return codebook_toml(codebook).encode()


def transcript_file(transcript: Transcript) -> bytes:
    """Return the text of a transcript as a file."""
    return transcript.text.encode("utf-8", "surrogatepass")


def _rows(
    codings: Iterable[Coding], texts: Mapping[str, str], codebook: Codebook | None
) -> Iterable[list[object]]:
    """Write each code of each coding as a row; none as an empty code."""
    order = {code: n for n, code in enumerate(codebook.ids if codebook else ())}
    for coding in codings:
        quote = texts[coding.transcript][coding.start : coding.end]
        for code in sorted(coding.codes, key=lambda name: (order.get(name, len(order)), name)) or [""]:
            dimension = codebook.dimension_of(code).id if codebook and code in order else ""
            score = (coding.scores or {}).get(code)
            told = "" if score is None else repr(score)
            place = [coding.transcript, coding.start, coding.end, coding.coder]
            yield [*place, dimension, code, quote, told, coding.note]


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a CSV."""
    return csv_text(head, rows).encode("utf-8", "surrogatepass")
