"""The report of a simulation: tables to read on a terminal or in Markdown, drawings, and what goes into a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from matching.plots import Bar, Line, Panel, bar_chart, line_chart, lorenz_chart
from matching.simulation.experiment import OURS, Ablation, Comparison, Figure
from matching.simulation.outcome import HIGHER_IS_BETTER, MEASURES
from matching.simulation.visits import SKILLED

FORMS: Final[Mapping[str, str]] = {
    "wait": ".2f",
    "miles": ".1f",
    "load": ".2f",
}
SHARE: Final = ".1%"
TABLES: Final = (
    ("first listed", "needs met", "main need", "wishes met"),
    ("found nobody", "wait", "miles", "load", "never shown"),
)
IN_GRIDS: Final = ("needs met", "wait")
#: What each grid is drawn for, and its words.
DRAWN: Final[Mapping[str, tuple[str, str]]] = {
    "noise": ("needs met", "noise in the boxes (1: they say nothing)"),
    "tightness": ("wait", "therapy asked for, over places"),
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """A comparison, and what was run beside it: the same with one assumption changed, each criterion left out."""

    comparison: Comparison
    grids: Mapping[str, Sequence[Comparison]] = field(default_factory=dict)
    ablations: Sequence[Ablation] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "measures": MEASURES,
            "skilled": SKILLED,
            "comparison": self.comparison.to_json(),
            "grids": {name: [one.to_json() for one in grid] for name, grid in self.grids.items()},
            "ablations": [one.to_json() for one in self.ablations],
        }


def tables(report: Report) -> Iterator[str]:
    """The report as lines of Markdown, which can be read as they are."""
    comparison = report.comparison
    for measures in TABLES:
        yield from _table(
            ["order", *measures],
            [
                [name, *(_cell(figures[measure], _form(measure)) for measure in measures)]
                for name, figures in comparison.figures.items()
            ],
        )
    for measures in TABLES:
        yield from _table(
            ["ours minus …", *measures],
            [
                [name, *(_cell(ahead[measure], "+" + _form(measure)) for measure in measures)]
                for name, ahead in comparison.ahead.items()
            ],
        )
    for name, grid in report.grids.items():
        for measure in IN_GRIDS:
            yield from _table(
                [f"{measure}, {name.replace('_', ' ')}", *(f"{getattr(one.assumptions, name):g}" for one in grid)],
                [
                    [policy, *(_cell(one.figures[policy][measure], _form(measure)) for one in grid)]
                    for policy in comparison.figures
                ],
            )
    if report.ablations:
        yield from _table(
            ["without", "weight", "asked", "first changes", "first 3 change", "overlap of 10", *HIGHER_IS_BETTER],
            [
                [
                    one.criterion,
                    str(one.weight),
                    *(
                        format(part.value, ".0%")
                        for part in (one.asked, one.first_changes, one.top_changes, one.overlap)
                    ),
                    *(_cell(_minus(one.gains[measure]), "+.2%") for measure in HIGHER_IS_BETTER),
                ]
                for one in report.ablations
            ],
        )


def drawings(report: Report) -> Iterator[tuple[str, str]]:
    """Each drawing with a name for its file."""
    comparison = report.comparison
    panels = [
        Panel(name=f"{name}: {_short(about)}", form=_form(name), bars=_bars(comparison, name))
        for name, about in MEASURES.items()
    ]
    yield (
        "policies",
        bar_chart(
            "What each order does, with 95 % intervals",
            f"{comparison.clients:,} invented clients. " + _sentence(comparison, "needs met"),
            panels,
        ),
    )
    yield (
        "load",
        lorenz_chart(
            "How evenly clients are spread (first world)",
            _sentence(comparison, "load"),
            {name: loads.tolist() for name, loads in comparison.loads.items()},
            x_name="therapists, least busy first",
            y_name="share of clients per place",
        ),
    )
    for name, (measure, words) in DRAWN.items():
        if name in report.grids:
            yield name, _grid_chart(report.grids[name], name, measure, words)
    if report.ablations:
        yield (
            "ablation",
            bar_chart(
                "What changes when a criterion goes, with 95 % intervals",
                "; ".join(
                    f"without {one.criterion} {_cell(_minus(one.gains['needs met']), '+.2%')}"
                    for one in report.ablations
                ),
                [
                    Panel(
                        name=f"{measure}: change in percentage points without the criterion",
                        form="+.1%",
                        bars=[_bar(one.criterion, _minus(one.gains[measure]), ours=True) for one in report.ablations],
                    )
                    for measure in HIGHER_IS_BETTER
                ],
            ),
        )


def _grid_chart(grid: Sequence[Comparison], name: str, measure: str, words: str) -> str:
    lines = []
    for policy in grid[0].figures:
        figures = [one.figures[policy][measure] for one in grid]
        lines.append(
            Line(
                label=policy,
                xs=[getattr(one.assumptions, name) for one in grid],
                ys=[one.value for one in figures],
                lows=[one.value if one.low is None else one.low for one in figures],
                highs=[one.value if one.high is None else one.high for one in figures],
            )
        )
    about = " ".join(f"{name} {getattr(one.assumptions, name):g}: {_sentence(one, measure)}" for one in grid)
    form = ".0%" if measure not in FORMS else "g"
    return line_chart(f"{measure.capitalize()} by {name}", about, lines, x_name=words, y_name=measure, y_form=form)


def _bars(comparison: Comparison, measure: str) -> list[Bar]:
    return [_bar(name, figures[measure], ours=name == OURS) for name, figures in comparison.figures.items()]


def _bar(label: str, one: Figure, *, ours: bool) -> Bar:
    return Bar(label=label, value=one.value, low=one.low, high=one.high, ours=ours)


def _sentence(comparison: Comparison, measure: str) -> str:
    return (
        f"{measure}: "
        + ", ".join(f"{name} {_cell(one[measure], _form(measure))}" for name, one in comparison.figures.items())
        + "."
    )


def _cell(one: Figure, form: str) -> str:
    value = format(one.value, form)
    if one.low is None or one.high is None:
        return value
    return f"{value} ({format(one.low, form).rstrip('%')} to {format(one.high, form).rstrip('%')})"


def _minus(one: Figure) -> Figure:
    if one.low is None or one.high is None:
        return Figure(value=-one.value, low=None, high=None)
    return Figure(value=-one.value, low=-one.high, high=-one.low)


def _form(measure: str) -> str:
    return FORMS.get(measure, SHARE)


def _short(about: str) -> str:
    return re.split("[;:(]", about)[0].strip()


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
    yield ""
