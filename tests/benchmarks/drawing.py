"""CPU per query by size and by way: one small panel per class, both axes logarithmic, on a ground of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from typing import Final

from assessments.svg import INK, document, line, text
from matching.plots import DASHES, HUES
from tests.benchmarks.figures import OBJECTS, ORM, OURS, POINT, SQL, TANTIVY, Figures
from tests.benchmarks.questions import CLASSES

WAYS: Final = (OURS, SQL, TANTIVY, ORM, OBJECTS, POINT)
TITLES: Final = {
    "S": "S: a state and five filters",
    "M": "M: a state and three filters",
    "G": "G: 25 miles and two filters",
    "B": "B: a big state",
    "A": "A: the whole country",
}
WIDE, HIGH, APART, BELOW = 190, 170, 76, 62
ACROSS: Final = 3  # panels in a row; the legend takes the place of the last one


def drawing(runs: Sequence[Figures]) -> str:
    """An SVG of the sizes that were measured."""
    sizes = [log10(one.therapists) for one in runs]
    values = [cpu for one in runs for way in WAYS for kind in CLASSES if (cpu := one.cpu(way, kind))]
    lowest, highest = floor(log10(min(values))), ceil(log10(max(values)))
    first, last = min(sizes), max(max(sizes), min(sizes) + 1)
    parts: list[str] = []
    for number, kind in enumerate(CLASSES):
        row, column = divmod(number, ACROSS)
        left, top = column * (WIDE + APART), row * (HIGH + BELOW)

        def place(size: float, cpu: float, left: float = left, top: float = top) -> tuple[float, float]:
            x = left + (size - first) / (last - first) * WIDE
            return x, top + (highest - log10(cpu)) / (highest - lowest) * HIGH

        parts += _frame(TITLES[kind], left, top, lowest, highest)
        parts += [text(place(size, 1)[0], top + HIGH + 16, _size(one)) for size, one in zip(sizes, runs, strict=True)]
        for way_number, way in enumerate(WAYS):
            found = [(size, cpu) for size, one in zip(sizes, runs, strict=True) if (cpu := one.cpu(way, kind))]
            parts += _curve([place(*spot) for spot in found], way_number)
    parts += _legend(2 * (WIDE + APART), HIGH + BELOW)
    ours = [f"{_size(one)} {one.cpu(OURS, 'M') or 0:.1f} ms" for one in runs]
    return document(
        "CPU time of one query by number of therapists",
        "Five panels, one for each class of questions, with one line per way of answering. Ours for class M: "
        f"{', '.join(ours)}. All figures are in docs/performance.md.",
        parts,
        width=ACROSS * WIDE + (ACROSS - 1) * APART,
        height=2 * HIGH + BELOW - 10,
    )


def _frame(title: str, left: float, top: float, lowest: int, highest: int) -> Iterator[str]:
    yield f'<rect x="{left:g}" y="{top:g}" width="{WIDE}" height="{HIGH}" fill="none" stroke="{INK}"/>'
    yield f'<text x="{left:g}" y="{top - 6:g}" fill="{INK}" font-size="13">{title}</text>'
    for power in range(lowest, highest + 1):
        y = top + (highest - power) / (highest - lowest) * HIGH
        yield line(left, y, left + WIDE, y, dashes="1 4")
        yield text(left - 5, y + 4, f"{10.0**power:g} ms" if power < 3 else f"{10 ** (power - 3):g} s", anchor="end")


def _curve(spots: Sequence[tuple[float, float]], number: int) -> Iterator[str]:
    hue, dashes = HUES[number], DASHES[number] or "none"
    around = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    width = 3 if number == 0 else 1.8
    yield f'<polyline points="{around}" fill="none" stroke="{hue}" stroke-width="{width}" stroke-dasharray="{dashes}"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{hue}"/>' for x, y in spots)


def _legend(left: float, top: float) -> Iterator[str]:
    for number, name in enumerate(WAYS):
        y = top + 14 + 22 * number
        hue, dashes = HUES[number], DASHES[number] or "none"
        yield f'<path d="M{left:g} {y:g}h30" stroke="{hue}" stroke-width="2.5" stroke-dasharray="{dashes}"/>'
        yield text(left + 38, y + 4, name, hue=hue, anchor="start")


def _size(figures: Figures) -> str:
    number = figures.therapists
    return f"{number / 1e6:g}M" if number >= 1e6 else f"{number / 1e3:g}k"
