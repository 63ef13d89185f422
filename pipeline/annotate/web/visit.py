"""What a browser asks and what it gets back, free of any server: handlers take a Visit and return a Reply."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. ``htmx`` tells that a script asks, which wants the changed part of the page alone."""

    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    htmx: bool = False

    def one(self, name: str) -> str:
        """Return the first value of a field, or nothing."""
        return next(iter(self.form.get(name, ())), "")

    @property
    def codes(self) -> frozenset[str]:
        """The codes ticked: ``code`` where several may hold, ``code.N`` for the one of dimension N."""
        named = (values for name, values in self.form.items() if name == "code" or name.startswith("code."))
        return frozenset(value for values in named for value in values if value)

    @property
    def memo(self) -> str:
        r"""The memo, with LF line ends: browsers send CRLF.

        >>> Visit(form={"memo": (" une ligne\r\ndeux ",)}).memo
        'une ligne\ndeux'
        """
        return self.one("memo").replace("\r\n", "\n").strip()


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back; with ``location``, the browser goes there instead (303)."""

    text: str = ""
    status: int = 200
    location: str = ""
    kind: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)


def parse_form(body: bytes) -> dict[str, tuple[str, ...]]:
    """Decode a form as browsers send it (application/x-www-form-urlencoded).

    >>> parse_form(b"code=a&code=b&memo=%C3%A9t%C3%A9")
    {'code': ('a', 'b'), 'memo': ('été',)}
    """
    told = parse_qs(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=2000)
    return {name: tuple(values) for name, values in told.items()}


def address(path: str, **query: str) -> str:
    """Return a path with its query; empty values are left out.

    >>> address("/lecture", transcription="é&1", vide="")
    '/lecture?transcription=%C3%A9%261'
    """
    told = urlencode({name: value for name, value in query.items() if value})
    return f"{path}?{told}" if told else path


def new_key() -> str:
    """Draw the idempotency key of one form."""
    return str(uuid.uuid4())
