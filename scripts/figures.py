"""Where a script's figures stand in a page: between ``<!-- figures: part -->`` and ``<!-- /figures -->``."""

from __future__ import annotations

from pathlib import Path


def put(page: Path, part: str, figures: str, *, heading: str = "") -> None:
    """Replace the figures of a part; ``heading`` is put, with them, at the end of a page that has no such marks.

    Stops the script where there are no marks and no heading.
    """
    opening, closing = f"<!-- figures: {part} -->", "<!-- /figures -->"
    text = page.read_text(encoding="utf-8")
    if opening not in text:
        if not heading:
            raise SystemExit(f"No mark {opening} in {page}.")
        text = f"{text.rstrip()}\n\n{heading}\n\n{opening}\n{closing}\n"
    before, _, rest = text.partition(opening)
    figures = f"{before}{opening}\n{figures.strip()}\n{closing}{rest.partition(closing)[2]}"
    page.write_text(figures, encoding="utf-8")
