"""What was to be reached at 100,000 and at 1,000,000 therapists, and whether it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from tests.benchmarks.figures import MIX, OBJECTS, ORM, OURS, POINT, SQL, TANTIVY, Figures, neighbors
from tests.benchmarks.questions import CLASSES

SIZES: Final = (100_000, 1_000_000)
ONE_CHANGE, MANY_CHANGES = "1 change until it is in the answers", "10,000 changes until they are in the answers"
LOOK: Final = "look: nothing changed"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """`limits` at each of SIZES; None where nothing was asked. `least`: no less than that, otherwise no more."""

    name: str
    figure: Callable[[Figures], float | None]
    limits: tuple[float | None, float | None]
    least: bool = False
    form: Callable[[float], str] = "{:,.1f} ×".format

    def limit(self, therapists: int) -> float | None:
        """Of the largest size that the directory reaches."""
        reached = [limit for size, limit in zip(SIZES, self.limits, strict=True) if therapists >= size]
        return reached[-1] if reached else None


def _throughput(figures: Figures) -> float | None:
    return figures.http["empty_per_second"] / figures.http["matches_per_second"] if figures.http else None


def _broad(figures: Figures) -> float | None:
    broad, *filtered = [figures.cpu(OURS, kind) for kind in "BSMG"]
    known = [value for value in filtered if value]
    return broad / fmean(known) if broad and len(known) == len(filtered) else None


def _waiting(name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.upkeep[name].wall / 1000 if name in figures.upkeep else None


def _of_worker(name: str) -> Callable[[Figures], float | None]:
    return lambda figures: figures.worker.get(name)


GOALS: Final = (
    Goal(
        name="usual Django / ours (S, M, G)",
        limits=(300, 500),
        least=True,
        figure=lambda f: f.ratio(OBJECTS, OURS, "SMG"),
    ),
    Goal(name="ORM annotate / ours", limits=(100, 100), least=True, figure=lambda f: f.ratio(ORM, OURS, MIX)),
    Goal(name="tantivy / ours", limits=(8, 15), least=True, figure=lambda f: f.ratio(TANTIVY, OURS, MIX)),
    Goal(name="best SQL / ours", limits=(5, 10), least=True, figure=lambda f: f.ratio(SQL, OURS, MIX)),
    Goal(name="ours / one point select", limits=(5, 25), figure=lambda f: f.ratio(OURS, POINT, MIX)),
    Goal(name="HTTP: an empty view / a whole request", limits=(8, 20), figure=_throughput),
    Goal(name="broad (B) / filtered (mean of S, M, G)", limits=(None, 5), figure=_broad),
    Goal(
        name="memory of a worker above an idle one",
        limits=(None, 250e6 / 2**20),
        form="{:,.0f} MiB".format,
        figure=_of_worker("memory_above_idle_mib"),
    ),
    Goal(
        name="start of a worker to its first answer",
        limits=(None, 15),
        form="{:,.1f} s".format,
        figure=_of_worker("first_answer_s"),
    ),
    Goal(
        name="look at every request",
        limits=(0.3, 0.3),
        form="{:,.2f} ms".format,
        figure=lambda f: f.upkeep[LOOK].cpu if LOOK in f.upkeep else None,
    ),
    Goal(name=ONE_CHANGE, limits=(1, 1), form="{:,.2f} s".format, figure=_waiting(ONE_CHANGE)),
    Goal(name=MANY_CHANGES, limits=(5, 5), form="{:,.2f} s".format, figure=_waiting(MANY_CHANGES)),
)
STEEPEST: Final = 1.1  # growth exponent, in every class


def judged(figures: Figures) -> Iterator[tuple[str, str, str, str]]:
    """Name, limit, figure, verdict of each goal; no verdict below the smallest size that has goals."""
    for goal in GOALS:
        limit, figure = goal.limit(figures.therapists), goal.figure(figures)
        shown = "–" if figure is None else goal.form(figure)
        wanted = "–" if limit is None else f"{'≥' if goal.least else '≤'} {goal.form(limit).replace('.0 ', ' ')}"
        yield goal.name, wanted, shown, "" if limit is None else _verdict(figure, limit, least=goal.least)


def growth_judged(runs: Sequence[Figures]) -> Iterator[tuple[str, str, str, str]]:
    for smaller, larger in neighbors(runs):
        exponents = [its for kind in CLASSES if (its := larger.exponent(smaller, OURS, kind)) is not None]
        if exponents:
            name = f"growth from {smaller.therapists:,} to {larger.therapists:,}, steepest class"
            yield name, f"≤ {STEEPEST}", f"{max(exponents):.2f}", _verdict(max(exponents), STEEPEST, least=False)


def _verdict(figure: float | None, limit: float, *, least: bool) -> str:
    if figure is None:
        return "not measured"
    return "met" if (figure >= limit if least else figure <= limit) else "missed"
