"""The pieces of our drawings: words, lines and the document around them. Plain SVG without script or style, pure.

A drawing brings its own light ground, so that it reads the same on a light and on a dark page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

MARGIN: Final = 60
INK, SOFT, BACKGROUND = "#22313f", "#8a97a3", "#ffffff"


def line(x1: float, y1: float, x2: float, y2: float, *, dashes: str) -> str:
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{SOFT}" stroke-dasharray="{dashes}"/>'


def text(x: float, y: float, words: str, *, hue: str = INK, anchor: str = "middle", upright: bool = False) -> str:
    """`anchor` is start, middle or end: which part of the words stands at x. `upright` reads from below."""
    turned = f' transform="rotate(-90 {x:g} {y:g})"' if upright else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{hue}" text-anchor="{anchor}"{turned}>{escape(words)}</text>'


def document(title: str, about: str, parts: Sequence[str], *, width: float, height: float) -> str:
    """A drawing of this size with a margin around it and the title above. `about` is read out in place of it."""
    size = f'{width + 2 * MARGIN:g} {height + 2 * MARGIN:g}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-MARGIN} {-MARGIN} {size} role="img"'
        f' width="{width + 2 * MARGIN:g}" height="{height + 2 * MARGIN:g}"'
        ' font-family="system-ui, sans-serif" font-size="13">'
    )
    ground = (
        f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{width + 2 * MARGIN:g}" height="{height + 2 * MARGIN:g}"'
        f' fill="{BACKGROUND}"/>'
    )
    heading = f'<text x="{width / 2:g}" y="-22" fill="{INK}" font-size="15" text-anchor="middle">{escape(title)}</text>'
    lines = [
        head,
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(about)}</desc>",
        ground,
        heading,
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"
