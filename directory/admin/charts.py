"""The desk's drawings as plain SVG: bars and a line. Colors are classes of desk.css, so that light and dark follow.

Each drawing is read out as its title and one sentence; the numbers stand in a table beside it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, ROW, LABELS, NUMBERS = 360, 22, 120, 60
HEIGHT, AXIS = 120, 34


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One row: its name, the number that is written, and the parts of it from the left, each a class and an amount."""

    name: str
    written: str
    parts: tuple[tuple[str, float], ...]


def bars(code: str, *, title: str, about: str, rows: Sequence[Bar], full: float) -> SafeString:
    """Lying bars under one another; `full` is the amount that fills the width."""
    room = WIDTH - LABELS - NUMBERS
    drawn = []
    for place, row in enumerate(rows):
        y, x = place * ROW, float(LABELS)
        drawn.append(format_html('<text x="{}" y="{}" class="chart-name">{}</text>', LABELS - 8, y + 15, row.name))
        for kind, amount in row.parts:
            width = amount / full * room if full else 0
            drawn.append(
                format_html(
                    '<rect x="{}" y="{}" width="{}" height="14" class="{}"/>', f"{x:.1f}", y + 4, f"{width:.1f}", kind
                )
            )
            x += width
        drawn.append(format_html('<text x="{}" y="{}">{}</text>', f"{x + 6:.1f}", y + 15, row.written))
    return _document(code, title=title, about=about, parts=drawn, height=max(1, len(rows)) * ROW + 4)


def line(code: str, *, title: str, about: str, points: Sequence[tuple[dt.date, float]]) -> SafeString:
    """Shares (0 to 1) over days as one line, the axis from 0 to 100 %. A single day is a point."""
    left, right = 40, WIDTH - 12
    drawn = []
    for share in (0, 0.5, 1):
        y = _height(share)
        drawn.append(format_html('<path d="M{} {:}H{}" class="chart-grid"/>', left, y, right))
        drawn.append(
            format_html('<text x="{}" y="{}" class="chart-name">{} %</text>', left - 6, y + 4, round(share * 100))
        )
    if points:
        first, last = points[0][0], points[-1][0]
        span = max(1, (last - first).days)
        places = [(left + (day - first).days / span * (right - left), _height(share)) for day, share in points]
        if len(places) == 1:
            places = [((left + right) / 2, places[0][1])]
        drawn.append(
            format_html('<polyline points="{}" class="chart-line"/>', " ".join(f"{x:.1f},{y:.1f}" for x, y in places))
        )
        marks = ((f"{x:.1f}", f"{y:.1f}") for x, y in places[-1:])
        drawn.append(format_html_join("", '<circle cx="{}" cy="{}" r="3.5" class="chart-mark"/>', marks))
        drawn.append(format_html('<text x="{}" y="{}">{}</text>', left, HEIGHT + AXIS - 8, first.isoformat()))
        if first != last:
            drawn.append(
                format_html(
                    '<text x="{}" y="{}" class="chart-name">{}</text>', right, HEIGHT + AXIS - 8, last.isoformat()
                )
            )
    return _document(code, title=title, about=about, parts=drawn, height=HEIGHT + AXIS)


def _height(share: float) -> float:
    return round(10 + (1 - share) * (HEIGHT - 16), 1)


def _document(code: str, *, title: str, about: str, parts: Sequence[SafeString], height: int) -> SafeString:
    return format_html(
        '<svg class="chart" role="img" viewBox="0 0 {} {}" aria-labelledby="{}-title {}-about">'
        '<title id="{}-title">{}</title><desc id="{}-about">{}</desc>{}</svg>',
        *(WIDTH, height, code, code, code, title, code, about),
        format_html_join("", "{}", ((part,) for part in parts)),
    )
