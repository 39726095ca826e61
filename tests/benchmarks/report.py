"""The figures of one run as tables for people and as JSON for programs."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.measuring import Cost, median_cpu
from tests.benchmarks.questions import CLASSES

RANKED = "ours: select, total, top 20"
OURS = "ours: the same with all facets"
MATCHES = "ours: find_matches, all of it"
ORM = "ORM: total, 20 profiles"
ORM_FACETS = "ORM: facets"
OBJECTS = "load all, rank in Python"

#: What is divided by what. A sum is taken question by question.
RATIOS = {
    "ORM, unranked, with facets / ours": ((ORM, ORM_FACETS), (OURS,)),
    "load all, rank in Python, with ORM facets / ours": ((OBJECTS, ORM_FACETS), (OURS,)),
    "ours / one point select": ((OURS,), ()),
    "find_matches / one point select": ((MATCHES,), ()),
}


@dataclass(kw_only=True)
class Figures:
    """Costs by way and class, one per question, in the order of the questions; a slow way may have fewer."""

    therapists: int
    point_select: Cost
    costs: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    totals: dict[str, list[int]] = field(default_factory=dict)
    upkeep: dict[str, Cost] = field(default_factory=dict)
    worker: dict[str, float] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)

    def ratio(self, dividend: Sequence[str], divisor: Sequence[str], kind: str) -> float | None:
        """Of the medians, over the questions that all ways answered. No divisor: one point select."""
        rows = [self.costs.get(way, {}).get(kind, []) for way in (*dividend, *divisor)]
        count = min(map(len, rows))
        if not count:
            return None
        above = median(sum(costs[n].cpu for costs in rows[: len(dividend)]) for n in range(count))
        below = median(sum(costs[n].cpu for costs in rows[len(dividend) :]) for n in range(count)) if divisor else None
        return above / (self.point_select.cpu if below is None else below)

    def to_json(self) -> dict[str, Any]:
        return {
            "therapists": self.therapists,
            "machine": self.machine,
            "point_select": self.point_select.to_json(),
            "matching": {kind: {"median": median(totals), "most": max(totals)} for kind, totals in self.totals.items()},
            "median_cpu_ms": {
                way: {kind: round(median_cpu(costs), 3) for kind, costs in by_kind.items()}
                for way, by_kind in self.costs.items()
            },
            "ratios": {
                name: {kind: _rounded(self.ratio(*parts, kind)) for kind in CLASSES} for name, parts in RATIOS.items()
            },
            "upkeep": {name: cost.to_json() for name, cost in self.upkeep.items()},
            "worker": self.worker,
            "questions": {
                way: {kind: [cost.to_json() for cost in costs] for kind, costs in by_kind.items()}
                for way, by_kind in self.costs.items()
            },
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.to_json(), indent=1) + "\n", encoding="utf-8")


def show(figures: Figures, console: Console) -> None:
    sees_backend = figures.machine["backend_cpu_seen"]
    measured = "client and PostgreSQL backend" if sees_backend else "client only: PostgreSQL is on another machine"
    console.print(f"\n[bold]{figures.therapists:,} therapists[/]: CPU time ({measured}), medians\n")
    console.print(_medians(figures))
    console.print(_ratios(figures))
    console.print(_upkeep(figures))
    console.print(" · ".join(f"{kind}: {words}" for kind, words in CLASSES.items()), style="dim")
    console.print("S, M, G and B ask for accepting therapists, too.", style="dim")


def _medians(figures: Figures) -> Table:
    table = _table("CPU milliseconds", [*CLASSES])
    totals = {kind: f"{median(totals):,.0f}" for kind, totals in figures.totals.items()}
    table.add_row("(therapists who match)", *(totals.get(kind, "–") for kind in CLASSES), style="dim")
    table.add_row("one psycopg point select", *[_milliseconds(figures.point_select.cpu)] * len(CLASSES))
    for way, by_kind in figures.costs.items():
        table.add_row(way, *(_cell(by_kind.get(kind, []), len(figures.totals[kind])) for kind in CLASSES))
    return table


def _cell(costs: Sequence[Cost], asked: int) -> str:
    if not costs:
        return "–"
    fewer = "" if len(costs) == asked else f" (n={len(costs)})"
    return _milliseconds(median_cpu(costs)) + fewer


def _ratios(figures: Figures) -> Table:
    table = _table("Ratios", [*CLASSES])
    for name, parts in RATIOS.items():
        ratios = [figures.ratio(*parts, kind) for kind in CLASSES]
        table.add_row(name, *("–" if ratio is None else f"{ratio:,.1f} ×" for ratio in ratios))
    return table


def _upkeep(figures: Figures) -> Table:
    table = _table("Keeping current", ["CPU ms", "wall ms"])
    for name, cost in figures.upkeep.items():
        table.add_row(name, _milliseconds(cost.cpu), _milliseconds(cost.wall))
    worker = figures.worker
    table.add_row(
        "load the roster in a fresh worker", *(_milliseconds(worker[f"load_{kind}_ms"]) for kind in ("cpu", "wall"))
    )
    table.add_row("memory above an idle worker, MiB", f"{worker['memory_above_idle_mib']:,.0f}", "")
    table.add_row("… of which columns", f"{worker['columns_mib']:,.1f}", "")
    table.add_row("… at the peak of loading", f"{worker['peak_above_idle_mib']:,.0f}", "")
    return table


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def machine(server: Mapping[str, str], *, backend_cpu_seen: bool) -> dict[str, Any]:
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": " ".join(["python -m tests.benchmarks", *sys.argv[1:]]),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 2**20),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        **{package: version(package) for package in ("django", "numpy", "psycopg")},
        "postgresql": dict(server),
        "backend_cpu_seen": backend_cpu_seen,
    }


def machine_line(machine: Mapping[str, Any]) -> str:
    server = machine["postgresql"]
    return (
        f"{machine['at']} · {machine['cores']} × {machine['cpu']}, {machine['memory_gib']} GiB, "
        f"load {machine['load_average'][0]} · Python {machine['python']}, Django {machine['django']}, "
        f"numpy {machine['numpy']}, psycopg {machine['psycopg']}, PostgreSQL {server['server_version']} "
        f"(shared_buffers {server['shared_buffers']})"
    )


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text().splitlines() if file.exists() else []
