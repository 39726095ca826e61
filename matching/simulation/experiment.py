"""Experiments: many worlds of the same assumptions, so that every figure has an interval, and each thing left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Any, Final

from matching.candidates import Floats
from matching.criteria import CRITERIA
from matching.simulation.assumptions import Assumptions, Ground
from matching.simulation.outcome import HIGHER_IS_BETTER, MEASURES, SHOWN, Outcome, compare, orders, outcome
from matching.simulation.policies import POLICIES, ours_by
from matching.simulation.visits import visits
from matching.simulation.world import draw_world

OURS: Final = "ours"
Progress = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A mean over worlds with its 95 % interval (Student's t); no interval from a single world."""

    value: float
    low: float | None
    high: float | None

    def to_json(self) -> dict[str, float | None]:
        return {"value": self.value, "low": self.low, "high": self.high}


def figure(values: Sequence[float]) -> Figure:
    """The mean of one number per world."""
    middle = fmean(values)
    if len(values) < 2:
        return Figure(value=middle, low=None, high=None)
    reach = t_quantile(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Figure(value=middle, low=middle - reach, high=middle + reach)


def t_quantile(share: float, freedom: int) -> float:
    """Student's t, from the normal quantile by the expansion 26.7.5 of Abramowitz and Stegun (1964).

    To 0.01 from 4 degrees of freedom on; 1 to 3 have closed forms or tables.
    """
    z = NormalDist().inv_cdf(share)
    if freedom == 1:
        return math.tan(math.pi * (share - 0.5))
    if freedom == 2:
        return (2 * share - 1) * math.sqrt(2 / (4 * share * (1 - share)))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, start=1))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All policies in the worlds of some assumptions. `ahead` is ours minus theirs, world by world."""

    assumptions: Assumptions
    clients: int  # of all worlds, with at least one therapist who meets the requirements
    without_choice: Figure  # share of clients whose requirements nobody meets
    figures: Mapping[str, Mapping[str, Figure]]
    ahead: Mapping[str, Mapping[str, Figure]]
    loads: Mapping[str, Floats]  # of the first world

    def to_json(self) -> dict[str, Any]:
        return {
            "assumptions": vars(self.assumptions),
            "clients": self.clients,
            "without_choice": self.without_choice.to_json(),
            "policies": {name: _json(figures) for name, figures in self.figures.items()},
            "ours_ahead": {name: _json(figures) for name, figures in self.ahead.items()},
        }


def compare_policies(
    assumptions: Assumptions, ground: Ground, *, seeds: Sequence[int], progress: Progress = lambda: None
) -> Comparison:
    """Every policy in the world of every seed."""
    worlds: list[Mapping[str, Outcome]] = []
    clients, nobody = 0, []
    for seed in seeds:
        world = draw_world(assumptions, ground, seed=seed)
        seen = tuple(visits(world, evidence_holds=assumptions.evidence_holds))
        worlds.append(compare(world, seen, contacts=assumptions.contacts, patience=assumptions.patience))
        clients += len(seen)
        nobody.append(1 - len(seen) / len(world.clients))
        progress()
    names = tuple(worlds[0])
    return Comparison(
        assumptions=assumptions,
        clients=clients,
        without_choice=figure(nobody),
        figures={name: {m: figure([one[name].measures[m] for one in worlds]) for m in MEASURES} for name in names},
        ahead={
            name: {m: figure([one[OURS].measures[m] - one[name].measures[m] for one in worlds]) for m in MEASURES}
            for name in names
            if name != OURS
        },
        loads={name: worlds[0][name].loads for name in names},
    )


@dataclass(frozen=True, kw_only=True)
class Ablation:
    """What one criterion changes: the ruleset with it against the ruleset without.

    Shares are of the clients who were asked about it, but `asked`, which is of all. The gains are of all clients: what
    the whole loses when the criterion goes.
    """

    criterion: str
    weight: int
    asked: Figure
    first_changes: Figure
    top_changes: Figure
    overlap: Figure
    gains: Mapping[str, Figure]

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "weight": self.weight,
            **{name: getattr(self, name).to_json() for name in ("asked", "first_changes", "top_changes", "overlap")},
            "gains": _json(self.gains),
        }


def leave_out(
    assumptions: Assumptions, ground: Ground, *, seeds: Sequence[int], progress: Progress = lambda: None
) -> tuple[Ablation, ...]:
    """Each criterion of the ruleset dropped, in the worlds of these seeds."""
    found: dict[str, list[dict[str, float]]] = {criterion.code: [] for criterion in CRITERIA}
    for seed in seeds:
        world = draw_world(assumptions, ground, seed=seed)
        seen = tuple(visits(world, evidence_holds=assumptions.evidence_holds))
        whole = orders(world, seen, POLICIES[OURS])
        rules = {"contacts": assumptions.contacts, "patience": assumptions.patience}
        measured = outcome(world, seen, whole, **rules).measures
        for criterion in CRITERIA:
            asked = [number for number, visit in enumerate(seen) if criterion.asked(visit.client.needs)]
            without = ours_by(ground.ruleset.with_weights({criterion.code: 0}))
            order = list(whole)
            for number, places in zip(asked, orders(world, [seen[at] for at in asked], without), strict=True):
                order[number] = places
            pairs = [(whole[number], order[number]) for number in asked]
            less = outcome(world, seen, order, **rules).measures
            found[criterion.code].append(
                {
                    "asked": len(asked) / len(seen),
                    "first_changes": _mean(a[0] != b[0] for a, b in pairs),
                    "top_changes": _mean(set(a[:SHOWN]) != set(b[:SHOWN]) for a, b in pairs),
                    "overlap": _mean(len(set(a) & set(b)) / len(a) for a, b in pairs),
                    **{name: measured[name] - less[name] for name in HIGHER_IS_BETTER},
                }
            )
        progress()
    return tuple(
        Ablation(
            criterion=criterion.code,
            weight=ground.ruleset.weights[criterion.code],
            **{
                name: figure([one[name] for one in found[criterion.code]])
                for name in ("asked", "first_changes", "top_changes", "overlap")
            },
            gains={name: figure([one[name] for one in found[criterion.code]]) for name in HIGHER_IS_BETTER},
        )
        for criterion in CRITERIA
    )


def _mean(values: Any) -> float:
    kept = [float(value) for value in values]
    return fmean(kept) if kept else 0.0


def _json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: one.to_json() for name, one in figures.items()}
