"""The HTML of a Taguette document in, a text and the places of its bytes out; and a text as such HTML.

Taguette's offsets are bytes of UTF-8 over the text nodes; tags do not count, blanks between blocks do.
"""

from __future__ import annotations

import html
from bisect import bisect_left
from html.parser import HTMLParser

# Elements that open a line of their own even when empty, and those that only close the line before them.
_LINES = frozenset(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt", "dd", "td", "th"])
_BLOCKS = _LINES | {
    "div",
    "ul",
    "ol",
    "dl",
    "table",
    "tr",
    "tbody",
    "thead",
    "blockquote",
    "section",
    "body",
    "hr",
}


class Page(HTMLParser):
    r"""A document read.

    >>> page = Page("<p>Été</p>\n<p>a<b>b</b></p>")
    >>> page.text, page.span(0, 5), page.span(6, 8), page.span(1, 5)
    ('Été\nab', (0, 3), (4, 6), None)
    """

    def __init__(self, contents: str) -> None:
        """Read ``contents``."""
        super().__init__(convert_charrefs=True)
        self._lines: list[list[str]] = []
        self._open = False
        self._held: list[str] = []
        self._byte = self._length = 0
        self._bytes: list[int] = []  # first byte of each character kept
        self._points: list[int] = []  # its place in the text
        self._ends: list[int] = []  # the byte after it
        self.feed(contents)
        self.close()
        self._flush()
        self.text = "\n".join("".join(line) for line in self._lines)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the passage between two bytes; None where it is empty, outside, or cuts a character."""
        first, last = bisect_left(self._bytes, start), bisect_left(self._bytes, end) - 1
        if first > last or end > self._byte or self._cuts(start) or self._cuts(end):
            return None
        return self._points[first], self._points[last] + 1

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line where an element does."""
        self._flush()
        if tag == "br":
            self._begin(unless_open=True)
            self._begin()
        elif tag in _BLOCKS:
            self._open = False
            if tag in _LINES:
                self._begin()

    def handle_endtag(self, tag: str) -> None:
        """End the line where an element does."""
        self._flush()
        if tag in _BLOCKS:
            self._open = False

    def handle_data(self, data: str) -> None:
        """Hold a piece of a text node."""
        self._held.append(data)

    def _flush(self) -> None:
        """Lay a text node down; blanks between blocks only count."""
        data, self._held = "".join(self._held), []
        kept = self._open or bool(data.strip(" \t\r\n\f"))
        if kept and data:
            self._begin(unless_open=True)
        for sign in data:
            width = len(sign.encode("utf-8", "surrogatepass"))
            if kept:
                self._bytes.append(self._byte)
                self._ends.append(self._byte + width)
                self._points.append(self._length)
                self._lines[-1].append(" " if sign in "\r\n" else sign)
                self._length += 1
            self._byte += width

    def _begin(self, *, unless_open: bool = False) -> None:
        """Begin a line."""
        if unless_open and self._open:
            return
        self._length += bool(self._lines)
        self._lines.append([])
        self._open = True

    def _cuts(self, byte: int) -> bool:
        """Tell whether a byte lies inside a character."""
        n = bisect_left(self._bytes, byte)
        return n > 0 and self._bytes[n - 1] < byte < self._ends[n - 1]


def to_html(text: str) -> str:
    r"""Write a text as a paragraph a line; ``Page`` gives the same text back.

    >>> to_html("a < b\n\nc")
    '<p>a &lt; b</p><p></p><p>c</p>'
    """
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n"))


def bytes_of(text: str) -> list[int]:
    r"""Return the byte of each code point, and of the end, in the text nodes of ``to_html(text)``.

    >>> bytes_of("é\na")
    [0, 2, 2, 3]
    """
    place, places = 0, []
    for sign in text:
        places.append(place)
        place += 0 if sign == "\n" else len(sign.encode("utf-8", "surrogatepass"))
    return [*places, place]
