"""What it costs to stay current: the poll of every request, and a change on its way into the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from directory.models import Therapist
from directory.roster.current import current
from tests.benchmarks.measuring import Cost, Meter, median_cost

POLLS = 200
CHANGES = 20
Value = TypeVar("Value")


def polling(meter: Meter) -> Cost:
    """Nothing has changed."""
    current()
    return median_cost(meter.cost_of(current)[1] for _ in range(POLLS))


def one_change(meter: Meter) -> dict[str, Cost]:
    """A saved change of one profile: `write` up to its commit, `refresh` from there until it is in the answers."""
    chosen = Therapist.objects.filter(years_in_practice__isnull=False).order_by("pk")[:CHANGES]
    writes, refreshes = [], []
    for pk, years in chosen.values_list("pk", "years_in_practice"):
        for value in (years + 1, years):  # and back: the next run finds the same directory
            writes.append(
                _cost(meter, lambda pk=pk, value=value: Therapist.objects.filter(pk=pk).update(years_in_practice=value))
            )
            refreshes.append(_cost(meter, current))
            _hold_visible([pk], value)
    return {"write": median_cost(writes), "refresh": median_cost(refreshes)}


def many_changes(meter: Meter, count: int) -> dict[str, Cost]:
    """The same with one statement that changes `count` profiles."""
    pks = list(Therapist.objects.filter(years_in_practice=7).order_by("pk").values_list("pk", flat=True)[:count])
    costs: dict[str, Cost] = {}
    for value in (8, 7):
        costs["write"] = _cost(
            meter, lambda value=value: Therapist.objects.filter(pk__in=pks).update(years_in_practice=value)
        )
        costs["refresh"] = _cost(meter, current)
        _hold_visible(pks, value)
    return costs


def _cost(meter: Meter, work: Callable[[], object]) -> Cost:
    return meter.cost_of(work)[1]


def _hold_visible(pks: list[int], years: int) -> None:
    columns = current().columns
    rows = columns.ids.searchsorted(pks)
    if not (columns.numbers["years_in_practice"][rows] == years).all():
        raise AssertionError("a committed change is not in the roster")
