"""An evaluation as two drawings: the people on the attachment plane, and reliability by length. Plain SVG, pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assessments.evaluation import Array, Evaluation, ScaleFigures
from assessments.svg import INK, document, line, text

SIDE = 360
CELLS = 40
LEVELS = 10
HUES = {"anxiety": "#b4532a", "avoidance": "#1f6f78"}


def plane_chart(evaluation: Evaluation) -> str:
    """Where the people lie: density on the plane, with the share of each quadrant. Nobody is drawn alone."""
    low, high = evaluation.range
    parts = list(_cells(_density(evaluation.points, low, high)))
    parts += [
        line(SIDE / 2, 0, SIDE / 2, SIDE, dashes="4 4"),
        line(0, SIDE / 2, SIDE, SIDE / 2, dashes="4 4"),
        f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="{INK}"/>',
    ]
    corners = {
        "avoidant": (0.25, 18),
        "disorganized": (0.75, 18),
        "secure": (0.25, SIDE - 10),
        "anxious": (0.75, SIDE - 10),
    }
    for style, (across, y) in corners.items():
        parts.append(text(across * SIDE, y, f"{style} {evaluation.quadrants[style]:.0%}"))
    for answer in range(low, high + 1):
        at = (answer - low) / (high - low) * SIDE
        parts += [text(at, SIDE + 18, str(answer)), text(-14, SIDE - at + 4, str(answer))]
    parts += [text(SIDE / 2, SIDE + 40, "anxiety"), text(-34, SIDE / 2, "avoidance", upright=True)]
    about = (
        f"Density of {evaluation.scored:,} people by anxiety and avoidance, {low} to {high}; "
        f"{evaluation.styles['unclear']:.0%} of them have no style that is at least 60 % likely."
    )
    return document(
        f"{evaluation.instrument}: {evaluation.scored:,} people on the attachment plane",
        about,
        parts,
        width=SIDE,
        height=SIDE,
    )


def reliability_chart(evaluation: Evaluation) -> str:
    """Alpha of the first 2, 3, … items of each scale as points, what the Spearman-Brown formula expects as a line."""
    longest = max(scale.items for scale in evaluation.scales)
    parts = [f'<rect width="{SIDE}" height="{SIDE}" fill="none" stroke="{INK}"/>']
    for tenth in range(11):
        y = SIDE - tenth / 10 * SIDE
        parts += [line(0, y, SIDE, y, dashes="1 4"), text(-18, y + 4, f"{tenth / 10:.1f}")]
    for length in range(2, longest + 1, 2):
        parts.append(text(length / longest * SIDE, SIDE + 18, str(length)))
    for row, scale in enumerate(evaluation.scales):
        parts += list(_curve(scale, longest))
        parts.append(
            text(
                SIDE - 12,
                SIDE - 40 + 20 * row,
                f"{scale.code}: alpha {scale.alpha:.2f}",
                hue=HUES[scale.code],
                anchor="end",
            )
        )
    parts.append(text(SIDE - 12, SIDE - 60, "points: counted; lines: expected", anchor="end"))
    parts += [text(SIDE / 2, SIDE + 40, "items asked"), text(-40, SIDE / 2, "reliability (alpha)", upright=True)]
    figures = ", ".join(
        f"{scale.code} {scale.alpha:.2f} with {scale.items} items (split-half {scale.split_half:.2f})"
        for scale in evaluation.scales
    )
    title = f"{evaluation.instrument}: reliability by the number of items"
    return document(title, f"Cronbach's alpha by the number of items asked: {figures}.", parts, width=SIDE, height=SIDE)


def _density(points: Array, low: int, high: int) -> Array:
    """A smooth density in CELLS by CELLS cells, 0 to 1; rows go with avoidance, columns with anxiety.

    Normal kernels of Scott's width, which is SD * n ** (-1/6) in two dimensions.
    """
    centers = low + (np.arange(CELLS) + 0.5) / CELLS * (high - low)
    widths = points.std(axis=0, ddof=1) * len(points) ** (-1 / 6)
    anxiety, avoidance = (np.exp(-(((centers[:, None] - points[:, n]) / widths[n]) ** 2) / 2) for n in (0, 1))
    density = avoidance @ anxiety.T
    return np.asarray(density / density.max(), dtype=np.float64)


def _cells(density: Array) -> Iterator[str]:
    """Neighbors of one level in a row become one rectangle."""
    size = SIDE / CELLS
    for row, levels in enumerate(np.ceil(density * LEVELS - 0.5).astype(int).tolist()):
        start = 0
        for column in range(1, CELLS + 1):
            if column < CELLS and levels[column] == levels[start]:
                continue
            if levels[start] > 0:
                yield (
                    f'<rect x="{start * size:g}" y="{SIDE - (row + 1) * size:g}" width="{(column - start) * size:g}"'
                    f' height="{size:g}" fill="{HUES["avoidance"]}" fill-opacity="{levels[start] / LEVELS * 0.8:.2f}"/>'
                )
            start = column


def _curve(scale: ScaleFigures, longest: int) -> Iterator[str]:
    hue = HUES[scale.code]

    def place(length: int, alpha: float) -> tuple[float, float]:
        return length / longest * SIDE, SIDE - max(alpha, 0) * SIDE

    curve = " ".join(
        "{:.1f},{:.1f}".format(*place(length, max(scale.predicted_alpha(length), 0)))
        for length in range(2, scale.items + 1)
    )
    yield f'<polyline points="{curve}" fill="none" stroke="{hue}" stroke-width="1.5"/>'
    for length, alpha in scale.alpha_by_length.items():
        x, y = place(length, alpha)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{hue}"/>'
