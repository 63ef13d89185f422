"""A table in a text file opened: its text and its separator, whatever the encoding and the spreadsheet."""

from __future__ import annotations

import io
from pathlib import Path

from pipeline.errors import FilrougeError, ReadError, reason
from pipeline.read.text import decode


def open_table(path: Path, fault: type[FilrougeError], *, what: str = "tableau") -> tuple[io.StringIO, str]:
    """Return a CSV's text as a file, for the csv module, and its separator: comma, semicolon or tab.

    The separator is the one that the first line holds most often. Raises ``fault``, naming ``what``, where the
    file cannot be read.
    """
    try:
        text, _ = decode(path.read_bytes(), name=str(path))
    except OSError as error:
        raise fault(f"{path} : {what} illisible ({reason(error)}).") from None
    except ReadError as error:
        raise fault(str(error)) from None
    return io.StringIO(text, newline=""), separator(text)


def separator(text: str) -> str:
    r"""Return what parts the cells of a table.

    >>> [separator(head) for head in ("a,b", "a;b\n1,5;2,5;3,5", "a\tb", "a")]
    [',', ';', '\t', ',']
    """
    return max(",;\t", key=text.partition("\n")[0].count)
