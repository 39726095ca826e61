"""The figures of one run, and what follows from them: medians, ratios, growth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import fmean, median
from typing import Any, Final

from tests.benchmarks.measuring import Cost

POINT: Final = "one psycopg point select"
OURS: Final = "ours"
MATCHES: Final = "ours: find_matches, all of it"
SQL: Final = "best SQL, denormalized"
TANTIVY: Final = "tantivy"
ORM: Final = "ORM annotate"
OBJECTS: Final = "usual Django"
MIX: Final = "SMGB"  # the classes whose medians are averaged, as in the goals; A is told apart


@dataclass(kw_only=True)
class Figures:
    """Costs by way and class, one per question, in the order of the questions; a slow way may have fewer."""

    therapists: int
    costs: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    totals: dict[str, list[int]] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=dict)
    upkeep: dict[str, Cost] = field(default_factory=dict)
    worker: dict[str, float] = field(default_factory=dict)
    http: dict[str, float] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)

    def cpu(self, way: str, kind: str, *, count: int | None = None) -> float | None:
        """The median of a class in milliseconds, over the first `count` questions; None if it was not asked."""
        costs = self.costs.get(way, {}).get(kind, [])[:count]
        return median(cost.cpu for cost in costs) if costs else None

    def ratio(self, way: str, other: str, kinds: str) -> float | None:
        """How many times as much one way takes as another.

        Of the medians over the questions that both answered; over several classes, of the means of these.
        """
        pairs = [self._medians(way, other, kind) for kind in kinds]
        complete = [pair for pair in pairs if pair is not None]
        if not pairs or len(complete) < len(pairs):
            return None
        return fmean(above for above, _ in complete) / fmean(below for _, below in complete)

    def _medians(self, way: str, other: str, kind: str) -> tuple[float, float] | None:
        counts = [len(self.costs.get(one, {}).get(kind, [])) for one in (way, other)]
        above = self.cpu(way, kind, count=min(counts))
        below = self.cpu(other, kind, count=min(counts))
        return None if above is None or below is None else (above, below)

    def exponent(self, smaller: Figures, way: str, kind: str) -> float | None:
        """The slope of CPU time over size, both as logarithms: 1 is linear."""
        here, there = self.cpu(way, kind), smaller.cpu(way, kind)
        return log(here / there) / log(self.therapists / smaller.therapists) if here and there else None

    def to_json(self) -> dict[str, Any]:
        return {
            "therapists": self.therapists,
            "machine": self.machine,
            "median_cpu_ms": {
                way: {kind: round(self.cpu(way, kind) or 0, 4) for kind in by_kind}
                for way, by_kind in self.costs.items()
            },
            "totals": self.totals,
            "checked": self.checked,
            "upkeep": {name: cost.to_json() for name, cost in self.upkeep.items()},
            "worker": self.worker,
            "http": self.http,
            "costs": {
                way: {kind: [cost.to_json() for cost in costs] for kind, costs in by_kind.items()}
                for way, by_kind in self.costs.items()
            },
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Figures:
        return cls(
            costs={
                way: {kind: [Cost.from_json(cost) for cost in costs] for kind, costs in by_kind.items()}
                for way, by_kind in data["costs"].items()
            },
            upkeep={name: Cost.from_json(cost) for name, cost in data["upkeep"].items()},
            **{name: data[name] for name in ("therapists", "totals", "checked", "worker", "http", "machine")},
        )

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"bench-{self.therapists}.json"
        path.write_text(json.dumps(self.to_json(), indent=1) + "\n", encoding="utf-8")
        return path


def read(folder: Path) -> list[Figures]:
    """Those of the newest run's commit and machine, the smallest first."""
    found = [Figures.from_json(json.loads(path.read_text())) for path in folder.glob("bench-*.json")]
    if not found:
        return []
    newest = max(found, key=lambda one: str(one.machine["at"]))
    return sorted(
        (one for one in found if one.machine["same"] == newest.machine["same"]), key=lambda one: one.therapists
    )


def neighbors(runs: Sequence[Figures]) -> list[tuple[Figures, Figures]]:
    """Each size with the next larger one."""
    return list(pairwise(runs))
