"""Lines of agreement in, a forest plot out as inline SVG: per code, kappa, both intervals, and the bar.

Thick: this corpus. Thin, with caps: other interviews. What is undefined or has no interval says so in its place.
One ink throughout: no colour judges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

from pipeline.agree import CodeAgreement, figure
from pipeline.typography import decimal, shortened

LEFT, RIGHT, WIDE, ROW, TOP, FOOT = 215.0, 152.0, 760.0, 30.0, 26.0, 44.0
INK, SOFT, GRID = "#1f2328", "#57606a", "#d0d7de"


def forest(lines: Sequence[CodeAgreement], labels: Mapping[str, str], *, bar: float | None, title: str) -> str:
    """Return the figure of one pair of coders; every word in it is escaped."""
    low = _floor(lines)
    height = TOP + ROW * len(lines) + FOOT
    width = WIDE - LEFT - RIGHT

    def place(value: float) -> float:
        return LEFT + (min(max(value, low), 1.0) - low) / (1 - low) * width

    parts = [
        f'<svg class="forest" viewBox="0 0 {WIDE:.0f} {height:.0f}" role="img" aria-label="{escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        *_axis(low, place, len(lines)),
        *(_row(line, labels.get(line.code, line.code), n, place) for n, line in enumerate(lines)),
    ]
    if bar is not None:
        parts.append(_bar(bar, place, len(lines)))
    return "".join([*parts, "</svg>"])


def _floor(lines: Sequence[CodeAgreement]) -> float:
    """Return where the axis begins: 0, or the tenth under the lowest end."""
    ends = [
        value for line in lines for value in (*(line.transfer or ()), *(line.corpus or ()), line.table.kappa or 0)
    ]
    lowest = min([*ends, 0.0])
    return max(-1.0, -0.2 * -(lowest // 0.2)) if lowest < 0 else 0.0


def _axis(low: float, place: Callable[[float], float], rows: int) -> list[str]:
    """Draw the grid and its figures."""
    bottom = TOP + ROW * rows
    ticks = [round(low + 0.2 * n, 1) for n in range(round((1 - low) / 0.2) + 1)]
    marks = [
        f'<line x1="{place(tick):.1f}" x2="{place(tick):.1f}" y1="{TOP:.0f}" y2="{bottom:.0f}" stroke="{GRID}" '
        f'stroke-width="{1.5 if tick == 0 else 1}"/>'
        f'<text x="{place(tick):.1f}" y="{bottom + 16:.0f}" text-anchor="middle" fill="{SOFT}" font-size="12">'
        f"{f'{tick:.1f}'.replace('.', ',').replace('-', '−')}</text>"
        for tick in ticks
    ]
    legend = (
        f'<text x="{LEFT:.0f}" y="{bottom + 36:.0f}" fill="{SOFT}" font-size="12">κ de Cohen. '
        "Trait épais : ce corpus. Trait fin : autres entretiens.</text>"
    )
    return [*marks, legend]


def _row(line: CodeAgreement, label: str, n: int, place: Callable[[float], float]) -> str:
    """Draw one code."""
    y = TOP + ROW * n + ROW / 2
    name = _text(shortened(label, 30), LEFT - 10, y, f'text-anchor="end" fill="{INK}"')
    found = figure(line.table, "kappa")
    if found.value is None:
        return name + _note(f"non défini : {found.why}", place(0) + 6, y)
    drawn = [name]
    if line.transfer:
        first, last = map(place, line.transfer)
        drawn.append(
            f'<path d="M{first:.1f} {y:.1f}H{last:.1f}M{first:.1f} {y - 5:.1f}v10M{last:.1f} {y - 5:.1f}v10" '
            f'stroke="{INK}" stroke-width="1.2" fill="none"/>'
        )
    if line.corpus:
        first, last = map(place, line.corpus)
        drawn.append(
            f'<path d="M{first:.1f} {y:.1f}H{last:.1f}" stroke="{INK}" stroke-width="6" stroke-opacity=".45" '
            'fill="none"/>'
        )
    at = place(found.value)
    drawn.append(f'<circle cx="{at:.1f}" cy="{y:.1f}" r="4.2" fill="#fff" stroke="{INK}" stroke-width="2"/>')
    drawn.append(
        f'<text x="{WIDE - RIGHT + 10:.0f}" y="{y + 4:.1f}" fill="{INK}">{_figures(line, found.value)}</text>'
    )
    if not line.corpus:
        side = at + 10 if at < WIDE - RIGHT - 250 else at - 10
        drawn.append(_note(line.note, side, y, end=side < at))
    return "".join(drawn)


def _figures(line: CodeAgreement, kappa: float) -> str:
    """Write kappa, and the interval of this corpus where there is one."""
    ends = f" [{decimal(line.corpus[0])} ; {decimal(line.corpus[1])}]" if line.corpus else ""
    return f"{decimal(kappa)}{ends}"


def _note(text: str, x: float, y: float, *, end: bool = False) -> str:
    """Write why something is missing."""
    anchor = "end" if end else "start"
    return _text(text, x, y, f'fill="{SOFT}" font-size="11.5" font-style="italic" text-anchor="{anchor}"')


def _text(text: str, x: float, y: float, style: str) -> str:
    """Write words, escaped, centred on a height."""
    return f'<text x="{x:.1f}" y="{y + 4:.1f}" {style}>{escape(text)}</text>'


def _bar(bar: float, place: Callable[[float], float], rows: int) -> str:
    """Draw the bar that the user fixed beforehand."""
    x, bottom = place(bar), TOP + ROW * rows
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8:.0f}" y2="{bottom:.0f}" stroke="{INK}" '
        'stroke-dasharray="5 4"/>'
        + _text(f"barre {decimal(bar)}", x, TOP - 16, f'text-anchor="middle" fill="{INK}" font-size="12"')
    )
