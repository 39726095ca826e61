"""Counts how the directory stands, once a day: what is listed, how fresh it is, and whether it leads to anybody."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db.models import Count, Q

from directory.lifetimes import AGING, ATTESTATION, AVAILABILITY, CONSENT
from directory.models import DirectoryFigures, License, Therapist

#: The column that says on which day the facts of a lifetime were last said.
SAID_ON: Final = {
    **{lifetime: f"{lifetime.code}_as_of" for lifetime in AGING},
    ATTESTATION: "attested_on",
    CONSENT: "consented_on",
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
    oldest = {lifetime: on - dt.timedelta(days=lifetime.days) for lifetime in SAID_ON}
    counted = {
        **{f"fresh_{lifetime.code}": Q(**{f"{said}__gte": oldest[lifetime]}) for lifetime, said in SAID_ON.items()},
        **{f"past_{lifetime.code}": Q(**{f"{said}__lt": oldest[lifetime]}) for lifetime, said in SAID_ON.items()},
        "accepting_fresh": Q(
            accepting_clients=Therapist.Accepting.YES,
            availability_as_of__gte=oldest[AVAILABILITY],
            next_opening_on__gte=on,
        ),
    }
    listed = Therapist.objects.published(on=on)
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
