"""The list and the profile: whole documents, orders, pages, and what has left the directory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from directory.actions import archive, suspend
from directory.models import Therapist
from tests.api.conftest import expected
from tests.factories import TODAY, TherapistFactory

LIST = "/api/v1/therapists/"
LOS_ANGELES = "90012"


@pytest.fixture
def three_people(db: None) -> None:
    """Ada states everything, Ben almost nothing, Cleo something."""
    TherapistFactory(
        slug="ada-okafor",
        name="Ada Okafor",
        pronouns="she/her",
        gender="woman",
        email="ada@practice.example",
        phone="+1 213 555 0100",
        website="https://ada.example",
        headline="Couples who want to trust again",
        bio="I work with couples.\nSessions are calm.",
        years_in_practice=12,
        fee_min=120,
        fee_max=180,
        sliding_scale=True,
        accepting_clients="yes",
        next_opening_on=TODAY + dt.timedelta(days=6),
        availability_as_of=TODAY - dt.timedelta(days=1),
        fees_as_of=TODAY - dt.timedelta(days=2),
        insurance_as_of=TODAY - dt.timedelta(days=3),
        specialties_as_of=TODAY - dt.timedelta(days=4),
        session_formats=["couple", "individual"],
        delivery_methods=["telehealth", "in_person"],
        approaches=["cognitive-behavioral"],
        trained_in=["emotionally-focused"],
        concerns=["communication"],
        focus_concerns=["trust-and-abandonment"],
        populations=["adults", "couples"],
        languages=["en", "es"],
        insurance_plans=["aetna"],
        licenses=[{"number": "100"}, {"license_type": "lpc", "number": "200", "jurisdiction": "OR"}],
        compact_privileges=["AZ"],
        zips=[LOS_ANGELES],
    )
    TherapistFactory(
        slug="ben-silver",
        name="Ben Silver",
        accepting_clients="",
        session_formats=["group"],
        delivery_methods=["in_person"],
        licenses=[{"number": "300", "jurisdiction": "NY"}],
    )
    TherapistFactory(
        slug="cleo-marsh",
        name="Cleo Marsh",
        gender="nonbinary",
        accepting_clients="waitlist",
        fee_max=90,
        next_opening_on=TODAY - dt.timedelta(days=1),
        concerns=["grief"],
        licenses=[{"number": "400"}],
        zips=["94110"],
    )


def slugs(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [card["slug"] for card in response.json()["results"]]


@pytest.mark.usefixtures("three_people")
def test_list_is_the_promised_document(partner: APIClient) -> None:
    response = partner.get(LIST, {"ordering": "name", "facets": "true", "state": "CA"})
    body = response.json()
    # The vocabularies make facets long: the codes that nobody states are zero, and left out of the file.
    body["facets"] = {
        name: {code: count for code, count in counts.items() if count} for name, counts in body["facets"].items()
    }
    assert body == expected("therapists", body)


@pytest.mark.usefixtures("three_people")
def test_profile_is_the_promised_document(partner: APIClient) -> None:
    body = partner.get(f"{LIST}ada-okafor/").json()
    assert body == expected("therapist_all_stated", body)
    body = partner.get(f"{LIST}ben-silver/").json()
    assert body == expected("therapist_little_stated", body)


@pytest.mark.usefixtures("three_people")
@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("ordering=name", ["ada-okafor", "ben-silver", "cleo-marsh"]),
        ("ordering=fee", ["cleo-marsh", "ada-okafor", "ben-silver"]),
        (f"ordering=distance&zip={LOS_ANGELES}&within=500", ["ada-okafor", "cleo-marsh"]),
    ],
)
def test_order_is_as_asked_and_what_is_not_stated_comes_last(partner: APIClient, query: str, order: list[str]) -> None:
    assert slugs(partner.get(f"{LIST}?{query}")) == order


@pytest.mark.usefixtures("three_people")
def test_opening_that_has_passed_comes_after_one_that_will_come(partner: APIClient) -> None:
    assert slugs(partner.get(LIST, {"ordering": "next_opening"}))[0] == "ada-okafor"


def test_order_without_wish_changes_by_the_day_and_not_within_it(partner: APIClient) -> None:
    TherapistFactory.create_batch(8)
    orders = []
    for days in range(6):
        with time_machine.travel(dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(9), dt.UTC)):
            first, again = slugs(partner.get(LIST)), slugs(partner.get(LIST))
        assert first == again
        orders.append(tuple(first))
    assert len({order[0] for order in orders}) > 1
    assert {frozenset(order) for order in orders} == {frozenset(orders[0])}


def test_pages_show_everyone_once_and_link_to_each_other(partner: APIClient) -> None:
    TherapistFactory.create_batch(7)
    seen: list[str] = []
    address: str | None = f"{LIST}?page_size=3&state=CA"
    before: list[str] = []
    while address:
        body = partner.get(address).json()
        assert body["total"] == 7
        if body["previous"]:
            assert slugs(partner.get(body["previous"])) == before
        before = [card["slug"] for card in body["results"]]
        seen += before
        address = body["next"]
        assert address is None or address.startswith("http://testserver/api/v1/therapists/?")
        assert address is None or "state=CA" in address
    assert len(seen) == len(set(seen)) == 7


def test_page_after_the_last_is_empty_and_leads_back(partner: APIClient) -> None:
    TherapistFactory.create_batch(3)
    body = partner.get(LIST, {"page": 9, "page_size": 2}).json()
    assert (body["results"], body["next"], body["total"]) == ([], None, 3)
    assert body["previous"] == "http://testserver/api/v1/therapists/?page=2&page_size=2"
    assert partner.get(LIST, {"page": "9" * 40}).json()["results"] == []


def test_facets_are_given_only_when_asked(partner: APIClient) -> None:
    assert set(partner.get(LIST).json()) == {"results", "next", "previous", "total"}
    assert set(partner.get(LIST, {"facets": "false"}).json()) == {"results", "next", "previous", "total"}
    assert set(partner.get(LIST, {"facets": "true"}).json()) == {"results", "next", "previous", "total", "facets"}


REFUSED = [
    ("ordering=distance", "ordering"),
    ("ordering=-name", "ordering"),
    ("page_size=101", "page_size"),
    ("page_size=0", "page_size"),
    ("page=0", "page"),
    ("page=" + "9" * 5000, "page"),
    ("page=1.5", "page"),
    ("facets=yes", "facets"),
    ("facets=True", "facets"),
    ("approaches=gottman", "approaches"),
    ("approach=unheard-of", "approach"),
    ("approach=gottman&approach=unheard-of", "approach"),
    ("approach=", "approach"),
    ("approach=%00", "approach"),
    ("concern=gottman", "concern"),
    ("state=XX", "state"),
    ("gender=other", "gender"),
    ("delivery=post", "delivery"),
    ("zip=00000&within=10", "zip"),
    ("zip=9001&within=10", "zip"),
    ("within=10", "zip"),
    ("zip=90012&within=-1", "within"),
    ("zip=90012&within=far", "within"),
    ("zip=90012&within=nan", "within"),
    ("zip=90012&within=inf", "within"),
    ("fee_max=-1", "fee_max"),
    ("fee_max=99999999999999999999", "fee_max"),
    ("fee_max=1&fee_max=2", "fee_max"),
    ("sliding_scale=maybe", "sliding_scale"),
    ("accepting=1", "accepting"),
    ("opening_within_days=-1", "opening_within_days"),
    ("opening_within_days=99999999999999999999", "opening_within_days"),
    ("q=%00", "q"),
    ("key=tmd_x", "key"),
    ("format=json", "format"),
]


@pytest.mark.parametrize(("query", "parameter"), REFUSED, ids=[row[0][:40] for row in REFUSED])
def test_parameter_that_cannot_be_used_is_named(partner: APIClient, query: str, parameter: str) -> None:
    response = partner.get(f"{LIST}?{query}")
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert {error["parameter"] for error in response.json()["errors"]} == {parameter}


def test_unknown_parameter_is_the_promised_document(partner: APIClient) -> None:
    body = partner.get(LIST, {"approaches": "gottman"}).json()
    assert body == expected("problem_unknown_parameter", body)


@pytest.mark.usefixtures("three_people")
def test_synonym_of_a_code_means_the_code(partner: APIClient) -> None:
    assert slugs(partner.get(LIST, {"approach": "CBT"})) == ["ada-okafor"]
    assert slugs(partner.get(LIST, {"approach": "cognitive-behavioral"})) == ["ada-okafor"]


@pytest.mark.usefixtures("three_people")
def test_repeating_a_parameter_means_or_and_different_ones_mean_and(partner: APIClient) -> None:
    assert slugs(partner.get(f"{LIST}?ordering=name&concern=grief&concern=communication")) == [
        "ada-okafor",
        "cleo-marsh",
    ]
    assert slugs(partner.get(f"{LIST}?concern=grief&concern=communication&gender=woman")) == ["ada-okafor"]


# --- Who left, and who never was ------------------------------------------------------------------------------------
def leave_by_suspension(therapist: Therapist) -> None:
    suspend(therapist=therapist, by="Cy", reason="Under review")


def leave_by_archive(therapist: Therapist) -> None:
    archive(therapist=therapist, by="Cy", reason="Retired")


def leave_by_license(therapist: Therapist) -> None:
    therapist.licenses.update(expires_on=TODAY - dt.timedelta(days=1))


def leave_by_attestation(therapist: Therapist) -> None:
    Therapist.objects.filter(pk=therapist.pk).update(attested_on=TODAY - dt.timedelta(days=91))


@pytest.mark.parametrize(
    "leave",
    [leave_by_suspension, leave_by_archive, leave_by_license, leave_by_attestation],
)
def test_profile_that_left_is_gone_and_in_no_list(partner: APIClient, leave: Callable[[Therapist], None]) -> None:
    therapist = TherapistFactory(slug="ada-okafor")
    assert partner.get(f"{LIST}ada-okafor/").status_code == 200
    leave(therapist)
    response = partner.get(f"{LIST}ada-okafor/")
    assert response.status_code == 410
    assert response.json() == expected("problem_gone", response.json())
    assert "ada-okafor" not in slugs(partner.get(LIST))


@pytest.mark.usefixtures("transactional_db")  # the feed holds one change a transaction
@pytest.mark.parametrize("erased", [True, False])
def test_address_of_an_erased_or_renamed_profile_is_gone(partner: APIClient, erased: bool) -> None:
    therapist = TherapistFactory(slug="ada-okafor")
    if erased:
        therapist.delete()
    else:
        therapist.slug = "ada-okafor-lee"
        therapist.save()
    assert partner.get(f"{LIST}ada-okafor/").status_code == 410
    assert partner.get(f"{LIST}ada-okafor-lee/").status_code == (404 if erased else 200)


@pytest.mark.parametrize("life", [Therapist.Life.DRAFT, Therapist.Life.IN_REVIEW])
def test_profile_that_was_never_listed_is_not_found(partner: APIClient, life: str) -> None:
    TherapistFactory(slug="ada-okafor", life=life)
    response = partner.get(f"{LIST}ada-okafor/")
    assert response.status_code == 404
    assert response.json() == expected("problem_not_found", response.json())


def test_profile_shows_neither_expired_nor_unverified_licenses(partner: APIClient) -> None:
    TherapistFactory(
        slug="ada-okafor",
        licenses=[
            {"number": "1"},
            {"number": "2", "expires_on": TODAY - dt.timedelta(days=1)},
            {"number": "3", "verified_on": None, "source": ""},
            {"number": "4", "status": "suspended"},
        ],
    )
    body = partner.get(f"{LIST}ada-okafor/").json()
    assert [license["number"] for license in body["licenses"]] == ["1"]


def test_what_is_for_curators_is_in_no_answer(partner: APIClient) -> None:
    TherapistFactory(
        slug="ada-okafor", external_id="canary-1", life_reason="canary-2", bio="Words.", zips=[LOS_ANGELES]
    )
    Therapist.objects.get().locations.update(street="canary-3")
    for address in (LIST, f"{LIST}ada-okafor/"):
        assert "canary" not in partner.get(address).content.decode()


# --- Queries --------------------------------------------------------------------------------------------------------
def test_list_runs_as_many_queries_for_one_therapist_as_for_many(
    partner: APIClient, django_assert_num_queries: Callable
) -> None:
    TherapistFactory()
    partner.get(LIST, {"facets": "true"})  # the first call of a process loads the roster and the names
    for many in (0, 25):
        TherapistFactory.create_batch(many)
        partner.get(LIST)
        with django_assert_num_queries(3):  # the key, the version of the roster, the cards
            partner.get(LIST, {"page_size": 100, "facets": "true"})


def test_profile_runs_a_fixed_number_of_queries(partner: APIClient, django_assert_num_queries: Callable) -> None:
    TherapistFactory(slug="ada", licenses=[{}, {"jurisdiction": "OR"}], zips=[LOS_ANGELES, "94110"])
    TherapistFactory(slug="ben", licenses=[{}], approaches=["gottman", "schema"], concerns=["grief", "sleep"])
    for slug in ("ada", "ben"):
        with django_assert_num_queries(12):  # the key, the therapist, five vocabularies, five kinds of rows
            partner.get(f"{LIST}{slug}/")
