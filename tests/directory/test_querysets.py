"""What each question to the directory means, one plain example a line."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.models import CompactPrivilege, License, PracticeLocation, ScreeningFlag, Therapist, ZipCentroid
from directory.models.practice import miles_between as miles_between_sql
from directory.roster.distance import EARTH_RADIUS, bounding_box, miles_between
from tests.factories import TODAY, TherapistFactory

YESTERDAY, TOMORROW = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "facts", "listed"),
    [
        ("all is well", {}, True),
        ("a draft", {"life": "draft"}, False),
        ("in review", {"life": "in_review"}, False),
        ("suspended", {"life": "suspended"}, False),
        ("archived", {"life": "archived"}, False),
        ("attested 90 days ago", {"attested_on": TODAY - dt.timedelta(days=90)}, True),
        ("attested 91 days ago", {"attested_on": TODAY - dt.timedelta(days=91)}, False),
        ("consented 365 days ago", {"consented_on": TODAY - dt.timedelta(days=365)}, True),
        ("consented 366 days ago", {"consented_on": TODAY - dt.timedelta(days=366)}, False),
        ("no session format", {"session_formats": []}, False),
        ("no delivery method", {"delivery_methods": []}, False),
        ("no license", {"licenses": []}, False),
        ("a license that ends today", {"licenses": [{"expires_on": TODAY}]}, True),
        ("a license that ended yesterday", {"licenses": [{"expires_on": YESTERDAY}]}, False),
        ("a license without an end on record", {"licenses": [{"expires_on": None}]}, False),
        ("a license nobody verified", {"licenses": [{"verified_on": None}]}, False),
        ("a suspended license", {"licenses": [{"status": "suspended"}]}, False),
        ("one ended, one current", {"licenses": [{"expires_on": YESTERDAY}, {"jurisdiction": "NY"}]}, True),
    ],
)
def test_who_is_listed(description: str, facts: dict[str, Any], listed: bool) -> None:
    TherapistFactory(**facts)
    assert Therapist.objects.published(on=TODAY).exists() is listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tier", "decision", "listed"),
    [
        ("hold", "open", False),
        ("hold", "upheld", False),
        ("hold", "cleared", True),
        ("context", "open", True),
        ("ask", "open", True),
    ],
)
def test_an_uncleared_hold_keeps_a_profile_out(tier: str, decision: str, listed: bool) -> None:
    ScreeningFlag.objects.create(
        therapist=TherapistFactory(),
        tier=tier,
        decision=decision,
        term="holding",
        field="bio",
        sentence="…",
        found_on=TODAY,
        reason="Read it",
        decided_by="Curator",
        decided_at=dt.datetime.now(dt.UTC),
    )
    assert Therapist.objects.published(on=TODAY).exists() is listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "facts", "found"),
    [
        ("licensed there", {"licenses": [{"jurisdiction": "NY"}]}, True),
        ("licensed elsewhere", {}, False),
        ("licensed there until yesterday", {"licenses": [{"jurisdiction": "NY", "expires_on": YESTERDAY}, {}]}, False),
        ("a privilege there and a license at home", {"compact_privileges": ["NY"]}, True),
        ("a privilege there, no license any more", {"compact_privileges": ["NY"], "licenses": []}, False),
    ],
)
def test_who_may_see_clients_in_a_state(description: str, facts: dict[str, Any], found: bool) -> None:
    TherapistFactory(**facts)
    assert Therapist.objects.licensed_in(["NY", "WY"], on=TODAY).exists() is found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "found"),
    [({"expires_on": YESTERDAY}, False), ({"expires_on": TODAY}, True), ({"verified_on": None}, False)],
)
def test_a_privilege_has_its_own_end_and_verification(changes: dict[str, Any], found: bool) -> None:
    ada = TherapistFactory(compact_privileges=["NY"])
    ada.compact_privileges.update(**changes)
    assert Therapist.objects.licensed_in(["NY"], on=TODAY).exists() is found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "facts", "question", "found"),
    [
        ("fee below", {"fee_min": 80, "fee_max": 200}, lambda all: all.charging_at_most(80, on=TODAY), True),
        ("fee above", {"fee_min": 81}, lambda all: all.charging_at_most(80, on=TODAY), False),
        ("only the highest fee is stated", {"fee_max": 80}, lambda all: all.charging_at_most(80, on=TODAY), True),
        ("no fee stated", {}, lambda all: all.charging_at_most(80, on=TODAY), False),
        ("free of charge", {"fee_min": 0}, lambda all: all.charging_at_most(0, on=TODAY), True),
        ("a sliding scale", {"sliding_scale": True}, lambda all: all.with_sliding_scale(True, on=TODAY), True),
        ("says there is none", {"sliding_scale": False}, lambda all: all.with_sliding_scale(False, on=TODAY), True),
        ("does not say", {"sliding_scale": None}, lambda all: all.with_sliding_scale(False, on=TODAY), False),
        ("accepts", {"accepting_clients": "yes"}, lambda all: all.accepting_clients(on=TODAY), True),
        ("has a waiting list", {"accepting_clients": "waitlist"}, lambda all: all.accepting_clients(on=TODAY), False),
        ("does not say whether", {"accepting_clients": ""}, lambda all: all.accepting_clients(on=TODAY), False),
        ("opening today", {"next_opening_on": TODAY}, lambda all: all.opening_within(0, on=TODAY), True),
        ("opening tomorrow", {"next_opening_on": TOMORROW}, lambda all: all.opening_within(1, on=TODAY), True),
        ("opening too late", {"next_opening_on": TOMORROW}, lambda all: all.opening_within(0, on=TODAY), False),
        ("opening that is past", {"next_opening_on": YESTERDAY}, lambda all: all.opening_within(9, on=TODAY), False),
        (
            "one approach of two",
            {"approaches": ["emdr"]},
            lambda all: all.using_approach(["emdr", "gottman"], on=TODAY),
            True,
        ),
        ("another approach", {"approaches": ["emdr"]}, lambda all: all.using_approach(["gottman"], on=TODAY), False),
        ("a concern", {"concerns": ["grief"]}, lambda all: all.treating_concern(["grief"], on=TODAY), True),
        ("a population", {"populations": ["adults"]}, lambda all: all.serving_population(["adults"], on=TODAY), True),
        ("a format", {"session_formats": ["couple"]}, lambda all: all.offering_format(["individual"], on=TODAY), False),
        ("by telehealth", {}, lambda all: all.delivering_by(["telehealth"], on=TODAY), True),
        ("a language", {"languages": ["es"]}, lambda all: all.speaking(["es"], on=TODAY), True),
        ("gender not stated", {}, lambda all: all.of_gender(["woman", "man", "nonbinary"]), False),
        ("license type", {}, lambda all: all.holding_license_type(["lmft"], on=TODAY), True),
        ("license type, ended", {}, lambda all: all.holding_license_type(["lmft"], on=dt.date(2030, 1, 1)), False),
        ("a word of the bio", {"bio": "She sails"}, lambda all: all.matching_text("sailing"), True),
        ("two words, one missing", {"bio": "She sails"}, lambda all: all.matching_text("sailing chess"), False),
    ],
)
def test_a_filter_means(description: str, facts: dict[str, Any], question: Any, found: bool) -> None:
    TherapistFactory(**facts)
    assert question(Therapist.objects.all()).exists() is found


CONFIRMED = {
    "availability": lambda all: all.accepting_clients(on=TODAY),
    "opening": lambda all: all.opening_within(9, on=TODAY),
    "fees": lambda all: all.charging_at_most(200, on=TODAY),
    "sliding scale": lambda all: all.with_sliding_scale(True, on=TODAY),
    "insurance": lambda all: all.taking_insurance(["private-pay"], on=TODAY),
    "approaches": lambda all: all.using_approach(["emdr"], on=TODAY),
    "concerns": lambda all: all.treating_concern(["grief"], on=TODAY),
    "populations": lambda all: all.serving_population(["adults"], on=TODAY),
    "formats": lambda all: all.offering_format(["individual"], on=TODAY),
    "delivery": lambda all: all.delivering_by(["telehealth"], on=TODAY),
    "languages": lambda all: all.speaking(["es"], on=TODAY),
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "as_of", "days"),
    [
        ("availability", "availability_as_of", 21),
        ("opening", "availability_as_of", 21),
        ("fees", "fees_as_of", 45),
        ("sliding scale", "fees_as_of", 45),
        ("insurance", "insurance_as_of", 45),
        *(
            (question, "specialties_as_of", 180)
            for question in ("approaches", "concerns", "populations", "formats", "delivery", "languages")
        ),
    ],
)
def test_a_fact_past_its_lifetime_counts_as_not_stated(question: str, as_of: str, days: int) -> None:
    facts = {
        "next_opening_on": TODAY,
        "fee_min": 100,
        "sliding_scale": True,
        "insurance_plans": ["private-pay"],
        "approaches": ["emdr"],
        "concerns": ["grief"],
        "populations": ["adults"],
        "languages": ["es"],
    }
    counting = TherapistFactory(**facts, **{as_of: TODAY - dt.timedelta(days=days)})
    TherapistFactory(**facts, **{as_of: TODAY - dt.timedelta(days=days + 1)})
    assert list(CONFIRMED[question](Therapist.objects.all())) == [counting]


@pytest.mark.django_db
def test_facts_without_a_day_of_their_own_are_as_of_the_confirmation_of_all() -> None:
    TherapistFactory(attested_on=TODAY - dt.timedelta(days=22), availability_as_of=None)
    assert not Therapist.objects.accepting_clients(on=TODAY).exists()
    assert Therapist.objects.accepting_clients(on=TODAY - dt.timedelta(days=1)).exists()


@pytest.mark.django_db
def test_a_therapist_with_several_reasons_is_found_once() -> None:
    ada = TherapistFactory(approaches=["emdr", "gottman"], languages=["en", "es"], zips=["90012", "90013"])
    centre = ZipCentroid.objects.get(zip="90012")
    asked = (
        Therapist.objects.using_approach(["emdr", "gottman"], on=TODAY)
        .speaking(["en", "es"], on=TODAY)
        .within(25, latitude=centre.latitude, longitude=centre.longitude)
    )
    assert list(asked) == [ada]


@pytest.mark.django_db
def test_names_are_in_the_order_of_a_register() -> None:
    for name in ("bea", "Ada", "Bea", "ada"):
        TherapistFactory(name=name)
    names = [therapist.name for therapist in Therapist.objects.in_order_of_name()]
    assert names == ["Ada", "ada", "bea", "Bea"]


# --- Distance ---------------------------------------------------------------------------------------------------------

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


@pytest.mark.parametrize(
    ("description", "one", "other", "miles"),
    [
        ("Los Angeles to San Francisco", (34.0522, -118.2437), (37.7749, -122.4194), 347.4),
        ("across the antimeridian, in the Aleutians", (52.0, 179.9), (52.0, -179.9), 8.5),
        ("pole to pole", (90.0, 0.0), (-90.0, 77.0), math.pi * EARTH_RADIUS),
        ("antipodes on the equator", (0.0, 0.0), (0.0, 180.0), math.pi * EARTH_RADIUS),
        ("nowhere", (40.0, -100.0), (40.0, -100.0), 0.0),
    ],
)
def test_distances_that_one_can_look_up(description: str, one: Any, other: Any, miles: float) -> None:
    found = miles_between(*one, np.array([other[0]]), np.array([other[1]]))[0]
    assert found == pytest.approx(miles, abs=0.1)


@given(latitudes, longitudes, latitudes, longitudes, st.floats(1, 500))
def test_the_bounding_box_loses_nobody(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float, miles: float
) -> None:
    south, north, west, east = bounding_box(latitude, longitude, miles)
    assert -90 <= south <= north <= 90
    assert -180 <= west <= east <= 180
    distance = miles_between(latitude, longitude, np.array([other_latitude]), np.array([other_longitude]))[0]
    if distance <= miles:
        assert south <= other_latitude <= north
        assert west <= other_longitude <= east


@given(latitudes, longitudes, st.floats(1, 500), st.floats(0, 2 * math.pi))
def test_the_bounding_box_holds_the_whole_circle(
    latitude: float, longitude: float, miles: float, bearing: float
) -> None:
    # The point at that distance in that direction: https://en.wikipedia.org/wiki/Great-circle_navigation
    angle, phi = miles / EARTH_RADIUS * (1 - 1e-9), math.radians(latitude)
    sine = math.sin(phi) * math.cos(angle) + math.cos(phi) * math.sin(angle) * math.cos(bearing)
    point = math.asin(max(-1.0, min(1.0, sine)))
    aside = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(phi), math.cos(angle) - math.sin(phi) * math.sin(point)
    )
    east_of_it = (longitude + math.degrees(aside) + 540) % 360 - 180
    south, north, west, east = bounding_box(latitude, longitude, miles)
    assert south - 1e-6 <= math.degrees(point) <= north + 1e-6
    assert west - 1e-6 <= east_of_it <= east + 1e-6


@pytest.mark.django_db
def test_numpy_and_sql_measure_the_same() -> None:
    ada = TherapistFactory()
    places = [(34.0522, -118.2437), (52.0, -179.9), (-89.9, 3.0), (0.0, 0.0), (21.3, -157.8), (34.05, -118.24)]
    PracticeLocation.objects.bulk_create(
        [
            PracticeLocation(therapist=ada, street=str(number), zip="90012", latitude=latitude, longitude=longitude)
            for number, (latitude, longitude) in enumerate(places)
        ]
    )
    for latitude, longitude in [*places, (40.7, -74.0), (90.0, 0.0), (51.9, 179.9)]:
        by_sql = PracticeLocation.objects.annotate(miles=miles_between_sql(latitude, longitude)).order_by("street")
        by_numpy = miles_between(latitude, longitude, np.array(places)[:, 0], np.array(places)[:, 1])
        np.testing.assert_allclose([place.miles for place in by_sql], by_numpy, rtol=1e-12, atol=1e-9)


@pytest.mark.django_db
def test_an_office_across_the_antimeridian_is_near() -> None:
    ada = TherapistFactory(zips=["99546"])
    PracticeLocation.objects.update(latitude=51.9, longitude=-179.9)
    assert list(Therapist.objects.within(25, latitude=51.9, longitude=179.9)) == [ada]


@pytest.mark.parametrize(
    ("description", "verified", "expires", "is_current"),
    [
        ("verified and without an end", True, None, True),
        ("on its last day", True, TODAY, True),
        ("after its last day", True, YESTERDAY, False),
        ("verified by nobody", False, TOMORROW, False),
    ],
)
def test_a_privilege_knows_whether_it_holds(
    description: str, verified: bool, expires: dt.date | None, is_current: bool
) -> None:
    privilege = CompactPrivilege(verified_on=YESTERDAY if verified else None, expires_on=expires)
    assert privilege.is_current(TODAY) is is_current, description


@pytest.mark.django_db
def test_a_license_knows_the_same_without_a_query() -> None:
    TherapistFactory(
        licenses=[
            {"expires_on": TODAY},
            {"jurisdiction": "NY", "status": "revoked"},
            {"expires_on": None, "jurisdiction": "WY"},
        ]
    )
    for day in (YESTERDAY, TODAY, TOMORROW):
        current = set(License.objects.current(on=day))
        assert {held for held in License.objects.all() if held.is_current(day)} == current


@pytest.mark.django_db
def test_a_profile_shows_the_strongest_evidence_first() -> None:
    TherapistFactory(slug="ada", approaches=["attachment-based-family", "mentalization-based"])
    ada = Therapist.objects.with_profile().with_evidence().with_slug("ada")
    assert ada is not None
    shown = {
        row.approach.code: [evidence.grade for evidence in row.approach.evidence.all()]
        for row in ada.stated_approaches.all()
    }
    assert shown == {
        "attachment-based-family": ["B", "B", "B", "C", "C", "C"],
        "mentalization-based": ["B", "B", "B", "B", "C"],
    }
