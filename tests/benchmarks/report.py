"""The figures as tables: for the terminal, and as Markdown for docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table as RichTable

from tests.benchmarks.figures import MATCHES, MIX, OBJECTS, OURS, POINT, Figures, neighbors
from tests.benchmarks.goals import growth_judged, judged
from tests.benchmarks.machine import in_a_line
from tests.benchmarks.questions import CLASSES


@dataclass(frozen=True, kw_only=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(runs: Sequence[Figures]) -> Iterator[Table]:
    """Of each size its own, then what all sizes say together."""
    for figures in runs:
        title = f"{figures.therapists:,} therapists"
        yield Table(title=f"{title}: goals", columns=("", "goal", "figure", ""), rows=list(judged(figures)))
        yield Table(title=f"{title}: CPU ms per query, medians", columns=("", *CLASSES), rows=list(_medians(figures)))
        yield Table(title=f"{title}: ratios", columns=("", *CLASSES, "mix"), rows=list(_ratios(figures)))
        if figures.upkeep:
            yield Table(
                title=f"{title}: keeping current", columns=("", "CPU ms", "wall ms"), rows=list(_upkeep(figures))
            )
        if figures.worker or figures.http:
            yield Table(title=f"{title}: a worker", columns=("", ""), rows=list(_worker(figures)))
    if len(runs) > 1:
        yield Table(title="Growth: goals", columns=("", "goal", "figure", ""), rows=list(growth_judged(runs)))
        yield Table(title="Growth exponent of CPU (1 is linear)", columns=("", *CLASSES), rows=list(_growth(runs)))


def show(runs: Sequence[Figures], console: Console) -> None:
    for table in tables(runs):
        drawn = RichTable(title=table.title, title_justify="left", title_style="bold")
        for number, column in enumerate(table.columns):
            drawn.add_column(column, justify="right" if number else "left")
        for row in table.rows:
            drawn.add_row(*row, style="red" if row[-1] == "missed" else None)
        console.print(drawn)
    for line in _notes(runs):
        console.print(line, style="dim")


def markdown(runs: Sequence[Figures]) -> str:
    parts = []
    for table in tables(runs):
        rule = ["---", *["--:"] * (len(table.columns) - 1)]
        lines = [table.columns, rule, *table.rows]
        parts.append("\n".join([f"### {table.title}", "", *(f"| {' | '.join(line)} |" for line in lines)]))
    return "\n\n".join([*parts, *_notes(runs)]) + "\n"


def _notes(runs: Sequence[Figures]) -> Iterator[str]:
    for figures in runs:
        checked = ", ".join(f"{kind} {count}" for kind, count in figures.checked.items())
        yield (
            f"{figures.therapists:,}: {in_a_line(figures.machine)}. Ids of roster, QuerySet and joins compared on so "
            f"many questions: {checked}."
        )
        if not figures.machine["backend_cpu_seen"]:
            yield "PostgreSQL runs on another machine: its CPU is not in these figures, only the client's."


def _medians(figures: Figures) -> Iterator[Sequence[str]]:
    totals = {kind: f"{median(totals):,.0f}" for kind, totals in figures.totals.items()}
    yield ("(therapists who match)", *(totals.get(kind, "–") for kind in CLASSES))
    for way in figures.costs:
        yield (way, *(_cell(figures, way, kind) for kind in CLASSES))


def _cell(figures: Figures, way: str, kind: str) -> str:
    cpu = figures.cpu(way, kind)
    if cpu is None:
        return "–"
    count = len(figures.costs[way][kind])
    return _milliseconds(cpu) + ("" if count == len(figures.totals[kind]) else f" (n={count})")


def _ratios(figures: Figures) -> Iterator[Sequence[str]]:
    """The mix: the mean of the medians of S, M, G and B by one way over that by the other."""
    asked = {f"{way} / ours": (way, OURS) for way in figures.costs if way not in (POINT, OURS, MATCHES)}
    asked |= {"ours / one point select": (OURS, POINT), "find_matches / one point select": (MATCHES, POINT)}
    for name, (way, other) in asked.items():
        mix = MIX.replace("B", "") if way == OBJECTS else MIX
        ratios = [figures.ratio(way, other, kinds) for kinds in (*CLASSES, mix)]
        yield (name, *("–" if ratio is None else f"{ratio:,.1f} ×" for ratio in ratios))


def _upkeep(figures: Figures) -> Iterator[Sequence[str]]:
    for name, cost in figures.upkeep.items():
        yield name, _milliseconds(cost.cpu), _milliseconds(cost.wall)


def _worker(figures: Figures) -> Iterator[Sequence[str]]:
    worker, http = figures.worker, figures.http
    if worker:
        yield "loading the roster, CPU ms", _milliseconds(worker["load_cpu_ms"])
        yield "start of the process to the first answer, s", f"{worker['first_answer_s']:.1f}"
        yield "memory above an idle worker, MiB", f"{worker['memory_above_idle_mib']:,.0f}"
        yield "… at its peak", f"{worker['peak_above_idle_mib']:,.0f}"
    if http:
        names = {
            "matches": "POST /api/v1/matches/ with facets",
            "empty": "an empty view",
            "bare": "… without middleware",
        }
        for name, words in names.items():
            yield f"{words}, requests/s of one core", f"{http[f'{name}_per_second']:,.0f}"
            yield f"{words}, CPU ms of the worker", _milliseconds(http[f"{name}_worker_ms"])
        for name, words in (("empty", "an empty view"), ("bare", "an empty view without middleware")):
            fold = http[f"{name}_per_second"] / http["matches_per_second"]
            cpu = http["matches_worker_ms"] / http[f"{name}_worker_ms"]
            yield f"throughput against {words} (by the worker's CPU)", f"1/{fold:.1f} (1/{cpu:.1f})"
        everywhere = f"a worker on each of {http['cores']:.0f} cores, with client and PostgreSQL:"
        yield f"{everywhere} matches/s", f"{http['machine_matches_per_second']:,.0f}"
        yield f"{everywhere} pages of the directory/s", f"{http['machine_pages_per_second']:,.0f}"


def _growth(runs: Sequence[Figures]) -> Iterator[Sequence[str]]:
    for smaller, larger in neighbors(runs):
        for way in larger.costs:
            exponents = [larger.exponent(smaller, way, kind) for kind in CLASSES]
            shown = ("–" if its is None else f"{its:.2f}" for its in exponents)
            yield (f"{way}, {smaller.therapists:,} to {larger.therapists:,}", *shown)


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
