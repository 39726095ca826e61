"""Random directories, questions and changes for the law that the roster and the QuerySets say the same.

Rich on purpose: nothing stated, several licences that end around the day that is asked, unverified and suspended ones,
privileges, several offices, flags in every state, drafts and suspended profiles, stale facts, openings long past.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from directory.lifetimes import AGING
from directory.models import (
    CompactPrivilege,
    InsurancePlan,
    License,
    PracticeLocation,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.models.taxonomy import VOCABULARIES
from tests.factories import TODAY

# Few codes of each vocabulary, so that questions meet answers. The plans lie at the edges of the words of a mask.
EDGES = {"plan-62": 62, "plan-63": 63, "plan-125": 125}
CODES: dict[str, list[str]] = {
    "approaches": ["attachment-based", "gottman", "group-process"],
    "concerns": ["relationship-difficulties", "anxiety", "women-issues"],
    "populations": ["adults", "perinatal"],
    "session_formats": ["individual", "couple"],
    "delivery_methods": ["in_person", "telehealth"],
    "languages": ["en", "es"],
    "insurance_plans": ["private-pay", *EDGES],
    "jurisdictions": ["CA", "NY", "WY"],
    "license_types": ["lmft", "lpc", "associate"],
}
MANY_TO_MANY = ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")
# Los Angeles twice, San Francisco, New York, both sides of the antimeridian, next to the South Pole.
PLACES = [
    (34.05, -118.24),
    (34.2, -118.5),
    (37.77, -122.42),
    (40.75, -73.99),
    (51.9, 179.9),
    (51.9, -179.9),
    (-89.9, 3.0),
]
ZIPS = ["90012", "94103", "10001", "99546"]  # the last: Adak, in the Aleutians
WORDS = ["sailing", "gardening", "quiet"]

numbers = itertools.count()
# Around the last days on which facts of each kind still count (directory/lifetimes.py), and a consent.
ages = (-366, -365, -181, -180, -46, -45, -22, -21, -1)
days = st.sampled_from([TODAY + dt.timedelta(days=days) for days in (-91, -90, -89, -2, -1, 0, 1, 2, 13, 14, 400)])
said_days = st.sampled_from([TODAY + dt.timedelta(days=days) for days in ages])
asked_days = st.sampled_from([TODAY + dt.timedelta(days=days) for days in (-1, 0, 0, 0, 1, 13)])


def some(vocabulary: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(CODES[vocabulary]), unique=True, max_size=3)


def mostly(*usual: Any, seldom: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*usual * 5, seldom])


def or_none(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


licenses = st.fixed_dictionaries(
    {
        "jurisdiction": st.sampled_from(CODES["jurisdictions"]),
        "license_type": st.sampled_from(CODES["license_types"]),
        "status": st.sampled_from(["active"] * 6 + ["inactive", "suspended", "revoked"]),
        "expires_on": mostly(*[TODAY + dt.timedelta(days=days) for days in (-1, 0, 1, 13, 400)], seldom=None),
        "verified_on": mostly(TODAY, seldom=None),
    }
)
current_license = st.fixed_dictionaries(
    {
        "jurisdiction": st.sampled_from(CODES["jurisdictions"]),
        "license_type": st.sampled_from(CODES["license_types"]),
        "status": st.just("active"),
        "expires_on": st.just(TODAY + dt.timedelta(days=400)),
        "verified_on": st.just(TODAY),
    }
)
privileges = st.fixed_dictionaries({"expires_on": or_none(days), "verified_on": mostly(TODAY, seldom=None)})
facts = st.fixed_dictionaries(
    {
        "life": st.sampled_from(["published"] * 16 + ["draft", "in_review", "suspended", "archived"]),
        "attested_on": mostly(TODAY, seldom=None) | days | said_days,
        "consented_on": mostly(TODAY, seldom=TODAY - dt.timedelta(days=365)) | said_days,
        **{lifetime.as_of: mostly(TODAY, seldom=None) | said_days for lifetime in AGING},
        "gender": st.sampled_from(["", "woman", "man", "nonbinary"]),
        "accepting_clients": st.sampled_from(["", "yes", "waitlist", "no"]),
        "sliding_scale": st.sampled_from([None, True, False]),
        "years_in_practice": or_none(st.integers(0, 60)),
        "next_opening_on": or_none(days),
        "fees": or_none(st.tuples(st.sampled_from([0, 100, 150]), st.sampled_from([150, 200])))
        | st.tuples(st.none(), st.sampled_from([0, 120])),
        "name": st.sampled_from(["Ada", "ada", "Béla", "Zoë", "O'Neil"]),
        "bio": st.lists(st.sampled_from(WORDS)).map(" ".join),
    }
)
therapists = st.fixed_dictionaries(
    {
        "facts": facts,
        "approaches": st.dictionaries(st.sampled_from(CODES["approaches"]), st.booleans()),
        "concerns": st.dictionaries(st.sampled_from(CODES["concerns"]), st.booleans()),
        **{relation: some(relation) for relation in MANY_TO_MANY},
        "session_formats": some("session_formats") | st.just(["couple"]),
        "delivery_methods": some("delivery_methods") | st.just(["telehealth"]),
        "licenses": st.lists(licenses, max_size=3) | st.tuples(current_license, licenses),
        "privileges": st.dictionaries(st.sampled_from(CODES["jurisdictions"]), privileges, max_size=2),
        "places": st.lists(st.sampled_from(PLACES), unique=True, max_size=3),
        "flags": st.just([])
        | st.lists(
            st.tuples(st.sampled_from(["hold", "context", "ask"]), st.sampled_from(["open", "cleared", "upheld"])),
            max_size=1,
        ),
    }
)
directories = st.lists(therapists, min_size=3, max_size=8)

# The same names as in the query string of the list.
questions = st.fixed_dictionaries(
    {},
    optional={
        "approach": some("approaches"),
        "concern": some("concerns"),
        "population": some("populations"),
        "session_format": some("session_formats"),
        "delivery": some("delivery_methods"),
        "state": some("jurisdictions"),
        "insurance": some("insurance_plans"),
        "language": some("languages"),
        "gender": st.lists(st.sampled_from(["woman", "man", "nonbinary"]), unique=True, max_size=2),
        "license_type": some("license_types"),
        "zip": st.sampled_from(ZIPS).map(lambda zip: [zip]),
        "fee_max": st.sampled_from(["0", "100", "120", "150", "1000000"]).map(lambda dollars: [dollars]),
        "sliding_scale": st.sampled_from([["true"], ["false"]]),
        "accepting": st.just(["true"]),
        "opening_within_days": st.sampled_from(["0", "1", "14", "366"]).map(lambda days: [days]),
        "q": st.sampled_from(WORDS).map(lambda word: [word]),
    },
)
miles = st.sampled_from(["1", "25", "350", "500"])


def add_edges() -> None:
    """Insurance plans at the first and last bits of the words of their mask."""
    InsurancePlan.objects.bulk_create(
        [InsurancePlan(code=code, name=code, bit=bit) for code, bit in EDGES.items()], ignore_conflicts=True
    )


def terms() -> dict[str, dict[str, Any]]:
    return {
        vocabulary: {term.code: term for term in VOCABULARIES[vocabulary].objects.filter(code__in=codes)}
        for vocabulary, codes in CODES.items()
    }


def write(drawn: Sequence[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]) -> list[Therapist]:
    """Write a drawn directory, one statement per table."""
    people = Therapist.objects.bulk_create([Therapist(**fields(one["facts"])) for one in drawn])
    pairs = list(zip(people, drawn, strict=True))
    License.objects.bulk_create([license(t, known, **drawn) for t, one in pairs for drawn in one["licenses"]])
    CompactPrivilege.objects.bulk_create(
        [
            CompactPrivilege(therapist=t, jurisdiction=known["jurisdictions"][code], source="Register", **drawn)
            for t, one in pairs
            for code, drawn in one["privileges"].items()
        ]
    )
    PracticeLocation.objects.bulk_create([office(t, place) for t, one in pairs for place in one["places"]])
    TherapistApproach.objects.bulk_create(
        [
            TherapistApproach(therapist=t, approach=known["approaches"][code], trained=trained)
            for t, one in pairs
            for code, trained in one["approaches"].items()
        ]
    )
    TherapistConcern.objects.bulk_create(
        [
            TherapistConcern(therapist=t, concern=known["concerns"][code], focus=focus)
            for t, one in pairs
            for code, focus in one["concerns"].items()
        ]
    )
    for relation in MANY_TO_MANY:
        through = getattr(Therapist, relation).through
        term = getattr(Therapist, relation).field.m2m_reverse_field_name()
        through.objects.bulk_create(
            [through(therapist=t, **{term: known[relation][code]}) for t, one in pairs for code in one[relation]]
        )
    ScreeningFlag.objects.bulk_create([flag(t, *drawn) for t, one in pairs for drawn in one["flags"]])
    return people


def fields(drawn: Mapping[str, Any]) -> dict[str, Any]:
    number = next(numbers)
    fee_min, fee_max = drawn["fees"] or (None, None)
    rest = {name: value for name, value in drawn.items() if name != "fees"}
    if rest["life"] == "published" and rest["attested_on"] is None:
        rest["life"] = "in_review"  # the database lets nobody be published who never confirmed
    return {**rest, "slug": f"drawn-{number}", "fee_min": fee_min, "fee_max": fee_max}


def license(therapist: Therapist, known: Mapping[str, Mapping[str, Any]], **drawn: Any) -> License:
    drawn["jurisdiction"] = known["jurisdictions"][drawn["jurisdiction"]]
    drawn["license_type"] = known["license_types"][drawn["license_type"]]
    return License(therapist=therapist, number=f"drawn-{next(numbers)}", source="Register", **drawn)


def office(therapist: Therapist, place: tuple[float, float]) -> PracticeLocation:
    latitude, longitude = place
    return PracticeLocation(
        therapist=therapist, street=f"{next(numbers)} Main St", zip="90012", latitude=latitude, longitude=longitude
    )


def flag(therapist: Therapist, tier: str, decision: str) -> ScreeningFlag:
    return ScreeningFlag(
        therapist=therapist,
        tier=tier,
        decision=decision,
        term=f"term {next(numbers)}",
        field="bio",
        found_on=TODAY,
        reason="Read it",
        decided_by="Curator",
        decided_at=timezone.now(),
    )
