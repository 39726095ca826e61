"""The outcome of an order: the clients of an invented world go down their lists. Who is met by skill, who waits?

It proves nothing about people. It shows what follows from the assumptions in matching/simulation/assumptions.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.candidates import Floats
from matching.simulation.policies import POLICIES, Policy, Question
from matching.simulation.visits import Visit
from matching.simulation.world import World

SHOWN: Final = 3
KEPT: Final = 10  # places of each order that are kept
BEST_POSSIBLE: Final = "if skill were known"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one order did in one world: a number for each measure, and the clients per place of each therapist."""

    measures: Mapping[str, float]
    loads: Floats


#: The measures with how they are read; shares but for the weeks, the miles and Gini's coefficient.
MEASURES: Final[Mapping[str, str]] = {
    "first listed": "share of needs, weighted 1 to 3, for which the first of the list is truly skilled (free or not)",
    "needs met": "share of all needs, weighted 1 to 3, met by a truly skilled therapist",
    "main need": "share of clients whose therapist is truly skilled in what matters most to them",
    "wishes met": "share of wishes that the therapist states to meet (gender, language, insurance, budget, opening)",
    "found nobody": "share of clients whom nobody took before they gave up",
    "wait": "mean weeks from asking to starting; giving up counts as all the weeks they tried",
    "miles": "median miles to the office, of clients who meet in person only",
    "load": "Gini of clients taken per place: 0 if all are equally busy",
    "never shown": f"share of therapists never among the first {SHOWN} (of those who met somebody's requirements)",
}
HIGHER_IS_BETTER: Final = ("first listed", "needs met", "main need", "wishes met")


def orders(world: World, seen: Sequence[Visit], policy: Policy) -> list[NDArray[np.intp]]:
    """For each visit, the best KEPT in the order of a policy, as places in the visit's arrays."""
    found = []
    for visit in seen:
        question = Question(
            columns=world.columns,
            selection=visit.selection,
            needs=visit.client.needs,
            home=visit.client.home,
            seed=visit.client.seed,
            limit=KEPT,
        )
        found.append(np.searchsorted(visit.selection.ids, policy(question)))
    return found


def compare(
    world: World, seen: Sequence[Visit], *, contacts: int, patience: int, policies: Mapping[str, Policy] = POLICIES
) -> dict[str, Outcome]:
    """What each policy does with the same clients, and what somebody could do who knew everybody's skill."""
    found = {name: orders(world, seen, policy) for name, policy in policies.items()}
    found[BEST_POSSIBLE] = [np.argsort(-visit.worth, kind="stable")[:KEPT] for visit in seen]
    return {name: outcome(world, seen, order, contacts=contacts, patience=patience) for name, order in found.items()}


def outcome(
    world: World, seen: Sequence[Visit], order: Sequence[NDArray[np.intp]], *, contacts: int, patience: int
) -> Outcome:
    """Send the clients to the first therapists of their lists, and measure."""
    lists = [visit.rows[places[:contacts]].tolist() for visit, places in zip(seen, order, strict=True)]
    taken, waits = place(
        lists,
        weeks=[visit.client.week for visit in seen],
        stays=[visit.client.stay for visit in seen],
        places=world.places,
        patience=patience,
    )
    at = [places[choice] if choice >= 0 else -1 for places, choice in zip(order, taken, strict=True)]
    took = np.zeros(len(world.places))
    for visit, choice in zip(seen, at, strict=True):
        if choice >= 0:
            took[visit.rows[choice]] += 1
    eligible, shown = np.zeros(len(took), dtype=np.bool_), np.zeros(len(took), dtype=np.bool_)
    for visit, places in zip(seen, order, strict=True):
        eligible[visit.rows] = True
        shown[visit.rows[places[:SHOWN]]] = True
    met = [visit.met for visit in seen]
    weights = np.array([sum(visit.client.needs.concerns.values()) or 1 for visit in seen])
    far = [
        float(visit.miles[choice])
        for visit, choice in zip(seen, at, strict=True)
        if choice >= 0 and visit.client.intake.delivery == ("in_person",) and not np.isnan(visit.miles[choice])
    ]
    wished = [(visit.wishes, choice) for visit, choice in zip(seen, at, strict=True) if visit.wishes is not None]
    loads = took[eligible] / np.maximum(world.places[eligible], 1)
    return Outcome(
        measures={
            "first listed": float(np.average(_values(met, [places[0] for places in order]), weights=weights)),
            "needs met": float(np.average(_values(met, at), weights=weights)),
            "main need": float(_values([visit.main for visit in seen], at).mean()),
            "wishes met": float(_values([wishes for wishes, _ in wished], [choice for _, choice in wished]).mean()),
            "found nobody": float(np.mean(np.array(at) < 0)),
            "wait": float(np.mean(waits)),
            "miles": median(far) if far else 0.0,
            "load": gini(loads),
            "never shown": float(1 - shown[eligible].mean()),
        },
        loads=loads,
    )


def place(
    lists: Sequence[Sequence[int]],
    *,
    weeks: Sequence[int],
    stays: Sequence[int],
    places: NDArray[np.int64],
    patience: int,
) -> tuple[list[int], list[int]]:
    """Which therapist of their list takes each client (-1: nobody), and after how many weeks.

    Every week, in the order in which they came, those who wait ask down their list for a free place. A place is free
    again when its client has stayed. Who has asked for `patience` weeks gives up. `weeks` must not fall.
    """
    free = places.tolist()
    leaving: dict[int, list[int]] = {}
    taken, waits = [-1] * len(lists), [patience] * len(lists)
    waiting: list[int] = []
    to_come = 0
    for week in range((weeks[-1] if weeks else 0) + patience):
        for row in leaving.pop(week, ()):
            free[row] += 1
        while to_come < len(lists) and weeks[to_come] <= week:
            waiting.append(to_come)
            to_come += 1
        still: list[int] = []
        for client in waiting:
            for choice, row in enumerate(lists[client]):
                if free[row] > 0:
                    free[row] -= 1
                    leaving.setdefault(week + stays[client], []).append(row)
                    taken[client], waits[client] = choice, week - weeks[client]
                    break
            else:
                if week - weeks[client] + 1 < patience:
                    still.append(client)
        waiting = still
    return taken, waits


def gini(loads: Floats) -> float:
    """0 when all carry the same, near 1 when one carries all; 0 when there is nothing to carry."""
    ordered = np.sort(loads)
    total = ordered.sum()
    if total == 0:
        return 0.0
    n = len(ordered)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * total))


def _values(of_each: Sequence[Floats | None], at: Sequence[int]) -> Floats:
    """The value of the therapist who took each client; 0 for who found nobody."""
    pairs = zip(of_each, at, strict=True)
    return np.array([0.0 if values is None or choice < 0 else float(values[choice]) for values, choice in pairs])
