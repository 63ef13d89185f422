"""The points of a learning curve in, the geometry of a small drawing out; no style, no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.annotate.questions import Point

WIDTH, HEIGHT = 300, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 30, 12, 12, 24


@dataclass(frozen=True, slots=True)
class Drawing:
    """A polyline, its dots, and where the axes' labels go: (position, text). Units are those of the viewBox."""

    line: str
    dots: tuple[tuple[float, float, Point], ...]
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, str], ...]


def draw(points: Sequence[Point]) -> Drawing | None:
    """Lay the points out, labels from left to right, kappa from 0 (or its minimum) to 1; None below two points.

    >>> draw([Point(20, 0.0, 4), Point(40, 1.0, 8)]).line
    '30.0,126.0 288.0,12.0'
    >>> draw([Point(20, None, 4), Point(40, 0.5, 8)]) is None
    True
    """
    known = [(point, point.kappa) for point in points if point.kappa is not None]
    if len(known) < 2:
        return None
    first, last = known[0][0].labels, known[-1][0].labels
    low = min(0.0, *(kappa for _, kappa in known))
    span = max(1, last - first)

    def x(labels: int) -> float:
        return round(_LEFT + (labels - first) / span * (WIDTH - _LEFT - _RIGHT), 1)

    def y(kappa: float) -> float:
        return round(HEIGHT - _BOTTOM - (kappa - low) / (1.0 - low) * (HEIGHT - _TOP - _BOTTOM), 1)

    dots = tuple((x(point.labels), y(kappa), point) for point, kappa in known)
    return Drawing(
        line=" ".join(f"{across},{up}" for across, up, _ in dots),
        dots=dots,
        ticks_x=((x(first), str(first)), (x(last), str(last))),
        ticks_y=tuple((y(kappa), f"{kappa:.1f}".replace(".", ",")) for kappa in (0.0, 0.5, 1.0)),
    )
