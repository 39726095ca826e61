"""The question as most Django projects would put it: filters across relations, and DISTINCT.

On the demo's data PostgreSQL answers most of these (S, M, B) two to seven times faster than the EXISTS of
TherapistQuerySet, whose rows it guesses wrongly; so the roster is compared with these and not with the slower ones.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Exists, OuterRef, Q

from directory.lifetimes import ATTESTATION, CONSENT
from directory.models import PracticeLocation, ScreeningFlag, Therapist
from directory.models.therapist import TherapistQuerySet
from directory.roster.requirements import Near
from tests.benchmarks.answers import Asked
from tests.benchmarks.questions import Parameters

FIELDS: Final = {
    "delivery": "delivery_methods__code",
    "insurance": "insurance_plans__code",
    "session_format": "session_formats__code",
    "language": "languages__code",
}


def found(asked: Asked, *, without: str = "") -> TherapistQuerySet:
    """Who meets the question, or the question without one of its parameters."""
    parameters = {name: value for name, value in asked.parameters.items() if name != without}
    return _joined(parameters, asked.requirements.near, asked.on)


def _joined(parameters: Parameters, near: Near | None, on: dt.date) -> TherapistQuerySet:
    right = Q(licenses__status="active", licenses__verified_on__isnull=False, licenses__expires_on__gte=on)
    if "state" in parameters:
        right &= Q(licenses__jurisdiction__code=parameters["state"]) | _privilege(parameters["state"], on)
    holds = ScreeningFlag.objects.filter(therapist=OuterRef("pk"), tier="hold").exclude(decision="cleared")
    found = Therapist.objects.filter(
        right,
        ~Exists(holds),
        life=Therapist.Life.PUBLISHED,
        consented_on__gte=CONSENT.counts_from(on),
        attested_on__gte=ATTESTATION.counts_from(on),
    )
    for name, field in FIELDS.items():
        if name in parameters:
            found = found.filter(**{field: parameters[name]})
    if "accepting" in parameters:
        found = found.accepting_clients(on=on)
    if "fee_max" in parameters:
        found = found.charging_at_most(int(parameters["fee_max"]), on=on)
    if near is not None:
        places = PracticeLocation.objects.within(near.miles, latitude=near.latitude, longitude=near.longitude)
        found = found.filter(locations__in=places)
    return found.distinct()


def _privilege(state: str, on: dt.date) -> Q:
    return Q(
        Q(compact_privileges__expires_on__isnull=True) | Q(compact_privileges__expires_on__gte=on),
        compact_privileges__jurisdiction__code=state,
        compact_privileges__verified_on__isnull=False,
    )
