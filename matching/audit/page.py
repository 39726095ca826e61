"""The frame of an audit's page, its tables, and how figures are written. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from matching.audit.concentration import ByLot
from matching.audit.exposure import Effect

STYLE: Final = """
body { font: 16px/1.5 system-ui, sans-serif; color: #22313f; background: #fff; max-width: 70rem; margin: 2rem auto;
  padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #8a97a3; }
.wide { overflow-x: auto; } svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #d5dbe1; text-align: right; vertical-align: top; }
td { white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { border-bottom: 2px solid #22313f; }
.note { border-left: 4px solid #b4532a; padding-left: .8rem; } summary { cursor: pointer; }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """A whole page around these parts. `title` is words."""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    lines = [
        "<!doctype html>",
        f'<html lang="en"><head>{head}<title>{escape(title)}</title><style>{STYLE}</style></head><body>',
        f"<h1>{escape(title)}</h1>",
        *parts,
        "</body></html>",
    ]
    return "\n".join(lines) + "\n"


def times(effect: Effect) -> str:
    """A ranking effect with its interval."""
    if effect.effect is None or effect.low is None or effect.high is None:
        return "–"
    return f"{effect.effect:.2f} [{effect.low:.2f}, {effect.high:.2f}]"


def lots(by_lot: ByLot, form: str) -> str:
    """A figure of draws by lot with its lowest and highest."""
    return f"{by_lot.mean:{form}} ({by_lot.low:{form}} to {by_lot.high:{form}})"


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls where it is too wide; its cells are words, not HTML."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    inside = f"{title}<thead><tr>{head}</tr></thead><tbody>\n{body}</tbody>"
    return f'<div class="wide" tabindex="0"><table>{inside}</table></div>'
