"""What it costs to stay current: the look of every request, and changes on their way into the answers."""

from __future__ import annotations

import time
from functools import partial

from django.db import connection
from django.db.models import F
from django.utils import timezone

from directory.models import Change, Therapist
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.benchmarks.measuring import Cost, Meter, median_cost

LOOKS = 200
PAUSE = 0.005  # seconds between looks, while a worker loads beside its answers
LONGEST = 300  # seconds; later than that is never


def looking(meter: Meter) -> Cost:
    """Nothing has changed."""
    current()
    return median_cost(meter.cost_of(current)[1] for _ in range(LOOKS))


def changing(meter: Meter, profiles: int, *, times: int) -> tuple[Cost, Cost, int]:
    """One statement changes so many profiles: its cost up to the commit, and from there until the answers have it.

    The years in practice grow by one and shrink again, so that the next run finds the same facts. Also returns how
    many it changed: no more than there are.
    """
    stated = Therapist.objects.filter(years_in_practice__range=(1, 60)).order_by("pk")
    before = dict(stated.values_list("pk", "years_in_practice")[:profiles])
    writes, waits = [], []
    for _ in range(times):
        for more in (1, -1):
            writes.append(meter.cost_of(partial(_change, list(before), more))[1])
            waits.append(meter.cost_of(partial(_wait_for, _last_change()))[1])
            _hold_visible({pk: years + max(more, 0) for pk, years in before.items()})
    return median_cost(writes), median_cost(waits), len(before)


def _change(pks: list[int], more: int) -> None:
    Therapist.objects.filter(pk__in=pks).update(years_in_practice=F("years_in_practice") + more)


def _last_change() -> int:
    return int(Change.objects.order_by("-sequence").values_list("sequence", flat=True)[0])


def _wait_for(sequence: int) -> None:
    end = time.monotonic() + LONGEST
    while current().sequence < sequence:
        if time.monotonic() > end:
            raise AssertionError("a committed change never came into the roster")
        time.sleep(PAUSE)


def _hold_visible(years: dict[int, int]) -> None:
    found = current().select(Requirements(on=timezone.localdate(), text_ids=frozenset(years)))
    shown = dict(zip(found.ids.tolist(), found.numbers("years_in_practice").tolist(), strict=True))
    if shown != years:
        raise AssertionError("a committed change is not in the answers")


def tidy() -> None:
    """The dead rows of so many changes would slow down whoever comes next."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE directory_therapist")
        cursor.execute("VACUUM ANALYZE directory_searchrow")
        cursor.execute("VACUUM ANALYZE directory_searchcard")
