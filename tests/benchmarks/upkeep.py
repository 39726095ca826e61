"""What it costs to stay current: the poll of every request, and changes on their way into the answers."""

from __future__ import annotations

from functools import partial

from django.utils import timezone

from directory.models import Therapist
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.benchmarks.measuring import Cost, Meter, median_cost

POLLS = 200
YEARS = 7  # in practice, of those who are changed: to eight and back, so that the next run finds the same directory


def polling(meter: Meter) -> Cost:
    """Nothing has changed."""
    current()
    return median_cost(meter.cost_of(current)[1] for _ in range(POLLS))


def changing(meter: Meter, profiles: int, *, times: int) -> tuple[Cost, Cost]:
    """One statement changes so many profiles: its cost up to the commit, and from there until it is in the answers."""
    with_years = Therapist.objects.filter(years_in_practice=YEARS).order_by("pk")
    pks = list(with_years.values_list("pk", flat=True)[:profiles])
    writes, refreshes = [], []
    for _ in range(times):
        for years in (YEARS + 1, YEARS):
            writes.append(meter.cost_of(partial(_change, pks, years))[1])
            refreshes.append(meter.cost_of(current)[1])
            _hold_visible(pks, years)
    return median_cost(writes), median_cost(refreshes)


def _change(pks: list[int], years: int) -> None:
    Therapist.objects.filter(pk__in=pks).update(years_in_practice=years)


def _hold_visible(pks: list[int], years: int) -> None:
    changed = current().select(Requirements(on=timezone.localdate(), text_ids=frozenset(pks)))
    if not (changed.numbers("years_in_practice") == years).all():
        raise AssertionError("a committed change is not in the roster")
