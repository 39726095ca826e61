"""Plots for those who check the ranking: bars with intervals, lines with bands, Lorenz curves. Plain SVG, pure.

Every mark has its words and its number beside it: no plot needs color, a pointer or a script to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assessments.svg import INK, SOFT, document, line, text

HUES: Final = ("#1f6f78", "#b4532a", "#5b4b9a", "#7a5c00", "#a3336b", "#3f6b2f", "#22313f", "#6b7782")
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "5 5", "1 4", "12 4", "3 6")

ROW, BAR = 22, 10
LABELS, ACROSS, NUMBERS = 130, 330, 100  # widths of a bar chart: names, bars, figures
SIDE: Final = 360  # of a line chart
NAMES: Final = 170  # to the right of it
APART: Final = 17  # names of lines do not stand nearer
FLAT: Final = 1e-6  # a shorter axis is none


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A figure with its name; `low` and `high` are an interval around it. `ours` draws it in the leading color."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    ours: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel:
    """Bars on one scale. `form` writes the numbers, as in ".0%"."""

    name: str
    bars: Sequence[Bar]
    form: str = ".0%"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve through (xs, ys); `lows` and `highs`, when given, are a band around it."""

    label: str
    xs: Sequence[float]
    ys: Sequence[float]
    lows: Sequence[float] = ()
    highs: Sequence[float] = ()


def bar_chart(title: str, about: str, panels: Sequence[Panel]) -> str:
    """Panels below each other, each on its own scale that holds 0; an interval is a thin line with ends."""
    parts: list[str] = []
    top = 0.0
    for panel in panels:
        parts.append(text(0, top + 14, panel.name, anchor="start"))
        parts += _bars(panel, top + ROW)
        top += ROW * (len(panel.bars) + 2)
    return document(title, about, parts, width=LABELS + ACROSS + NUMBERS, height=max(top - ROW, ROW))


def line_chart(
    title: str,
    about: str,
    lines: Sequence[Line],
    *,
    x_name: str,
    y_name: str,
    x_form: str = "g",
    y_form: str = ".0%",
    marks: bool = True,
) -> str:
    """Lines over one pair of axes, named at their right ends. The vertical axis holds 0."""
    xs = sorted({x for one in lines for x in one.xs})
    left, right = (xs[0], xs[-1]) if xs[-1] > xs[0] else (xs[0] - 0.5, xs[0] + 0.5)
    values = [value for one in lines for part in (one.ys, one.lows, one.highs) for value in part]
    ticks = _ticks(min(0.0, *values), max(0.0, *values))
    bottom, top = ticks[0], ticks[-1]

    def place(x: float, y: float) -> tuple[float, float]:
        return (x - left) / (right - left) * SIDE, SIDE - (y - bottom) / (top - bottom) * SIDE

    parts = [f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="{INK}"/>']
    for tick in ticks:
        y = place(left, tick)[1]
        parts += [line(0, y, SIDE, y, dashes="1 4"), text(-8, y + 4, format(tick, y_form), anchor="end")]
    shown = xs if len(xs) <= 12 else _ticks(left, right)
    parts += [text(place(x, bottom)[0], SIDE + 18, format(x, x_form)) for x in shown]
    parts += [text(SIDE / 2, SIDE + 40, x_name), text(-48, SIDE / 2, y_name, upright=True)]
    for number, one in enumerate(lines):
        hue, dashes = HUES[number % len(HUES)], DASHES[number % len(DASHES)]
        spots = [place(x, y) for x, y in zip(one.xs, one.ys, strict=True)]
        if one.lows:
            rim = [place(x, y) for x, y in zip(one.xs, one.highs, strict=True)]
            rim += [place(x, y) for x, y in zip(one.xs, one.lows, strict=True)][::-1]
            parts.append(f'<polygon points="{_points(rim)}" fill="{hue}" fill-opacity="0.15"/>')
        parts.append(
            f'<polyline points="{_points(spots)}" fill="none" stroke="{hue}" stroke-width="1.8"'
            f' stroke-dasharray="{dashes or "none"}"/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{hue}"/>' for x, y in spots if marks]
    parts += _names(lines, [place(one.xs[-1], one.ys[-1])[1] for one in lines])
    return document(title, about, parts, width=SIDE + NAMES, height=SIDE)


def lorenz_chart(title: str, about: str, loads: Mapping[str, Sequence[float]], *, x_name: str, y_name: str) -> str:
    """How evenly each named list of loads is spread: the share that the least loaded part has of the whole."""
    even = Line(label="all equal", xs=(0.0, 1.0), ys=(0.0, 1.0))
    curves = [_lorenz(label, counts) for label, counts in loads.items()]
    return line_chart(title, about, [*curves, even], x_name=x_name, y_name=y_name, x_form=".0%", marks=False)


def _lorenz(label: str, loads: Sequence[float]) -> Line:
    """At most 101 points of the curve: whole percents of the people."""
    shares = np.concatenate([[0.0], np.cumsum(np.sort(np.asarray(loads, dtype=np.float64)))])
    shares /= shares[-1] or 1.0
    people = np.linspace(0, 1, len(shares))
    xs = np.linspace(0, 1, min(len(shares), 101))
    return Line(label=label, xs=xs.tolist(), ys=np.interp(xs, people, shares).tolist())


def _bars(panel: Panel, top: float) -> Iterator[str]:
    ends = [end for bar in panel.bars for end in (bar.value, bar.low, bar.high) if end is not None]
    low, high = min(0.0, *ends, 0.0), max(0.0, *ends, 0.0)
    scale = ACROSS / ((high - low) or 1.0)

    def across(value: float) -> float:
        return LABELS + (value - low) * scale

    for row, bar in enumerate(panel.bars):
        middle = top + ROW * (row + 0.5)
        start, end = sorted((across(0), across(bar.value)))
        hue = HUES[0] if bar.ours else SOFT
        yield text(LABELS - 8, middle + 4, bar.label, anchor="end")
        yield f'<rect x="{start:.1f}" y="{middle - BAR / 2:g}" width="{end - start:.1f}" height="{BAR}" fill="{hue}"/>'
        if bar.low is not None and bar.high is not None:
            a, b = across(bar.low), across(bar.high)
            ends_of = f"M{a:.1f} {middle - 4:g}v8M{b:.1f} {middle - 4:g}v8"
            yield f'<path d="M{a:.1f} {middle:g}H{b:.1f}{ends_of}" stroke="{INK}" stroke-width="1.5"/>'
        yield text(LABELS + ACROSS + 8, middle + 4, format(bar.value, panel.form), anchor="start")
    bottom = top + ROW * len(panel.bars)
    yield f'<path d="M{across(0):.1f} {top:g}V{bottom:g}" stroke="{INK}"/>'


def _names(lines: Sequence[Line], ends: Sequence[float]) -> Iterator[str]:
    """The name of each line at its end, moved down where two would touch, with a piece of the line before it."""
    lowest = SIDE - APART * (len(lines) - 1)
    y = -float(APART)
    for place, number in enumerate(sorted(range(len(lines)), key=lambda one: ends[one])):
        y = max(y + APART, min(ends[number], lowest + APART * place))
        hue, dashes = HUES[number % len(HUES)], DASHES[number % len(DASHES)]
        yield (
            f'<path d="M{SIDE + 6} {y:.1f}h24" stroke="{hue}" stroke-width="2" stroke-dasharray="{dashes or "none"}"/>'
        )
        yield text(SIDE + 34, round(y + 4, 1), lines[number].label, hue=hue, anchor="start")


def _ticks(low: float, high: float) -> list[float]:
    """Four to nine round numbers that hold both ends."""
    if high - low < FLAT:
        high = low + 1
    step = 10.0 ** np.floor(np.log10((high - low) / 4))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= 8)
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(round(tick * step, 10)) for tick in np.arange(first, last + 1)]


def _points(spots: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
