"""Counts how the directory stands, once a day: what is listed, how fresh it is, and whether it leads to anybody."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce

from directory.lifetimes import AGING, ATTESTATION, AVAILABILITY, CONSENT
from directory.models import DirectoryFigures, License, Therapist

#: On which day the facts of a lifetime were last said: `Therapist.said_on` as columns.
SAID_ON: Final = {
    **{lifetime: Coalesce(lifetime.as_of, "attested_on") for lifetime in AGING},
    ATTESTATION: F("attested_on"),
    CONSENT: F("consented_on"),
}


def record_figures(on: dt.date) -> int:
    """Count the directory as it stands on that day and keep it; return 1. Again on the same day: the newer count stays.

    Two at once write the same row, one after the other.
    """
    DirectoryFigures.objects.bulk_create(
        [DirectoryFigures(day=on, **_counts(on))],
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["listed", "accepting_fresh", "by_life", "by_state", "fresh", "past"],
    )
    return 1


def _counts(on: dt.date) -> dict[str, Any]:
    counted = {
        **{f"fresh_{one.code}": Q(**{f"said_{one.code}__gte": one.counts_from(on)}) for one in SAID_ON},
        **{f"past_{one.code}": Q(**{f"said_{one.code}__lt": one.counts_from(on)}) for one in SAID_ON},
        "accepting_fresh": Q(
            accepting_clients=Therapist.Accepting.YES,
            said_availability__gte=AVAILABILITY.counts_from(on),
            next_opening_on__gte=on,
        ),
    }
    said_on = {f"said_{lifetime.code}": day for lifetime, day in SAID_ON.items()}
    listed = Therapist.objects.published(on=on).alias(**said_on)
    # One reading of the listed profiles, however many questions.
    totals = listed.aggregate(
        listed=Count("pk"), **{name: Count("pk", filter=condition) for name, condition in counted.items()}
    )
    by_state = (
        License.objects.current(on=on)
        .filter(therapist__in=listed.values("pk"))
        .values_list("jurisdiction__code")
        .annotate(people=Count("therapist", distinct=True))
    )
    by_life = Therapist.objects.values_list("life").annotate(people=Count("pk"))
    return {
        "listed": totals["listed"],
        "accepting_fresh": totals["accepting_fresh"],
        "by_life": dict(by_life.order_by("life")),
        "by_state": dict(by_state.order_by("jurisdiction__code")),
        "fresh": {lifetime.code: totals[f"fresh_{lifetime.code}"] for lifetime in SAID_ON},
        "past": {lifetime.code: totals[f"past_{lifetime.code}"] for lifetime in SAID_ON},
    }
