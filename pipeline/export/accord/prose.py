"""An agreement report in, the paragraph of a methods section out, in French and in English, ready to paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.agree import Accord
from pipeline.agree.intervals import DRAWS, FEWEST
from pipeline.agree.pairs import Pair
from pipeline.export.accord.results import AccordResults
from pipeline.typography import decimal, simulated, spaced, whole


def point(value: float | None) -> str:
    """Write a coefficient the English way.

    >>> point(0.5), point(-0.25), point(None)
    ('0.50', '−0.25', 'undefined')
    """
    return "undefined" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


# To add a language: a template methods.<language>.txt.j2, and a line: how it writes figures, counts, "and".
LANGUAGES: dict[str, tuple[Callable[[float | None], str], Callable[[int], str], str]] = {
    "fr": (decimal, whole, "et"),
    "en": (point, lambda count: f"{count:,}", "and"),
}


def methods(results: AccordResults, language: str) -> str:
    """Return the paragraph: unit, overlap rule, coders, share double-coded, measures, intervals, claims, results.

    Raises KeyError for another language than those of LANGUAGES.
    """
    import jinja2

    number, count, word = LANGUAGES[language]
    loader = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=False)
    accord = results.accord
    text = environment.get_template(f"methods.{language}.txt.j2").render(
        r=results, accord=accord, seen=accord.coverage, number=number, count=count, fewest=FEWEST, draws=DRAWS,
        named=lambda names: enumeration(names, word), drawn=[one for one in accord.humans if one in accord.lists],
        undefined=lambda pair: _undefined(accord, pair), label=lambda code: _label(accord, code),
        cleared=_cleared(accord), simulated=simulated(results.source),
    )  # fmt: skip
    flat = " ".join(text.split())
    return spaced(flat) if language == "fr" else flat


def enumeration(names: Sequence[str], word: str) -> str:
    """Join names as a sentence does.

    >>> enumeration(["a", "b", "c"], "et"), enumeration(["a"], "et"), enumeration([], "et")
    ('a, b et c', 'a', '')
    """
    return f"{', '.join(names[:-1])} {word} {names[-1]}" if len(names) > 1 else "".join(names)


def _cleared(accord: Accord) -> int:
    """Count the lines whose interval for this corpus stands above the bar."""
    bar = 2.0 if accord.bar is None else accord.bar
    return sum(line.corpus is not None and line.corpus[0] >= bar for line in accord.pairs)


def _undefined(accord: Accord, pair: Pair) -> list[str]:
    """Return the labels of the codes whose kappa is undefined for a pair."""
    codes = [line.code for line in accord.pairs if line.coders == pair and line.table.kappa is None]
    return [_label(accord, code) for code in codes]


def _label(accord: Accord, code: str) -> str:
    """Return a code's label."""
    return next((one.label for one in accord.codebook.codes if one.id == code), code)
