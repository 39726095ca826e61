"""The directory's pages: browse, a therapist, the shortlist."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate
from pytest_django.fixtures import DjangoAssertNumQueries

from directory.models import Therapist
from tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: object) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def ana() -> Therapist:
    return TherapistFactory(
        name="Ana Alder",
        slug="ana-alder",
        headline="Slow and steady",
        trained_in=["emotionally-focused"],
        concerns=["trust-and-abandonment"],
        focus_concerns=["intimacy"],
        session_formats=["couple"],
        insurance_plans=["aetna"],
        fee_min=120,
        fee_max=160,
        zips=["90012"],
        phone="(213) 555-0101",
        website="https://ana.example.org/",
    )


def browse(client: Client, query: str = "") -> str:
    response = client.get(f"/therapists/{query}")
    assert response.status_code == 200, response.content
    return response.content.decode()


def test_browse_shows_who_is_listed_and_counts_them(client: Client, ana: Therapist) -> None:
    TherapistFactory(name="Bo Birch", life=Therapist.Life.DRAFT)

    page = browse(client)

    assert "Ana Alder" in page
    assert "$120 to $160 a session" in page
    assert "Bo Birch" not in page
    assert "1 therapist<" in page


def test_filters_stand_in_the_url_and_as_chips_that_remove_one(client: Client, ana: Therapist) -> None:
    page = browse(client, "?state=CA&insurance=aetna")

    assert "Ana Alder" in page
    assert 'class="chip" href="/therapists/?insurance=aetna"' in page
    assert 'class="chip" href="/therapists/?state=CA"' in page


ADDRESSES = [
    {
        "description": "what is empty or preset does not stand in the address",
        "query": "?q=&zip=&within=&fee_max=&state=CA&ordering=rotation",
        "address": "/therapists/?state=CA",
    },
    {
        "description": "a distance needs its ZIP code",
        "query": "?zip=&within=10&state=CA&ordering=name",
        "address": "/therapists/?state=CA&ordering=name",
    },
    {
        "description": "a distance stays with its ZIP code",
        "query": "?zip=90012&within=10&ordering=distance",
        "address": "/therapists/?zip=90012&within=10&ordering=distance",
    },
]


@pytest.mark.parametrize("case", ADDRESSES, ids=[case["description"] for case in ADDRESSES])
def test_a_change_of_filters_pushes_the_address_of_what_is_shown(
    client: Client, ana: Therapist, case: dict[str, str]
) -> None:
    response = client.get(f"/therapists/{case['query']}", headers={"HX-Request": "true"})

    assert response["HX-Push-Url"] == case["address"]
    assert 'id="announcement">1 therapist<' in response.content.decode()


def test_near_a_zip_code_each_therapist_says_how_far_their_office_is(client: Client, ana: Therapist) -> None:
    assert "<dt>Distance</dt>" not in browse(client)
    assert "<dt>Distance</dt><dd>less than a mile</dd>" in browse(client, "?zip=90012&ordering=distance")
    assert "<dt>Distance</dt><dd>about 15 miles</dd>" in browse(client, "?zip=90401")


def test_when_nobody_is_left_the_page_says_which_filter_to_drop_and_what_that_brings(
    client: Client, ana: Therapist
) -> None:
    page = browse(client, "?state=CA&insurance=cigna")

    assert "0 therapists" in page
    assert "Without “Cigna”</a>: 1 therapist<" in page


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?zip=00000", "00000 is not a ZIP code that we know."),
        ("?state=ZZ", "“ZZ” is not one of the jurisdictions."),
        ("?fee_max=cheap", "Enter a whole number."),
    ],
)
def test_a_filter_that_makes_no_sense_is_named_and_the_page_still_works(
    client: Client, ana: Therapist, query: str, message: str
) -> None:
    response = client.get(f"/therapists/{query}")

    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Ana Alder" in response.content.decode()


def test_a_profile_says_what_was_checked_and_what_is_not_stated(client: Client, ana: Therapist) -> None:
    page = client.get("/therapists/ana-alder/").content.decode()

    assert "Ana Alder, LMFT" in page
    assert "checked on Nov. 14, 2026 with Board register" in page
    assert "Emotionally" in page
    assert 'href="tel:2135550101"' in page
    assert "<dt>Languages</dt><dd>Not stated</dd>" in page


def test_a_profile_costs_a_fixed_number_of_queries(
    client: Client, ana: Therapist, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(15):
        client.get("/therapists/ana-alder/")


def test_a_therapist_who_left_is_gone_and_one_who_never_was_is_not_found(client: Client, ana: Therapist) -> None:
    ana.life = Therapist.Life.SUSPENDED
    ana.save()

    assert client.get("/therapists/ana-alder/").status_code == 410
    assert client.get("/therapists/nobody/").status_code == 404


def test_the_shortlist_lives_in_the_visitors_cookie_only(client: Client, ana: Therapist) -> None:
    client.post("/shortlist/ana-alder/", {"keep": "yes"})
    assert "Ana Alder" in client.get("/shortlist/").content.decode()
    assert "Ana Alder" not in Client().get("/shortlist/").content.decode()

    client.post("/shortlist/ana-alder/", {"keep": "no"})
    assert "Ana Alder" not in client.get("/shortlist/").content.decode()


def test_a_shortlist_that_was_tampered_with_counts_as_empty(client: Client, ana: Therapist) -> None:
    client.post("/shortlist/ana-alder/", {"keep": "yes"})
    client.cookies["shortlist"] = client.cookies["shortlist"].value + "x"

    assert "Nobody is on it yet" in client.get("/shortlist/").content.decode()


def test_a_shortlist_is_forgotten_after_thirty_days(client: Client, ana: Therapist, time_machine: Any) -> None:
    client.post("/shortlist/ana-alder/", {"keep": "yes"})
    cookie = client.cookies["shortlist"].value
    for days, kept in ((30, True), (31, False)):
        time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC) + dt.timedelta(days=days), tick=False)
        client.cookies.load({"shortlist": cookie})  # a browser might send it all the same
        assert ("Ana Alder" in client.get("/shortlist/").content.decode()) is kept


def test_a_kept_therapist_who_left_is_said_to_be_gone(client: Client, ana: Therapist) -> None:
    client.post("/shortlist/ana-alder/", {"keep": "yes"})
    Therapist.objects.update(attested_on=localdate() - dt.timedelta(days=91))

    assert "1 of the therapists you kept is no longer listed" in client.get("/shortlist/").content.decode()


def test_a_page_beyond_the_last_is_the_last(client: Client, ana: Therapist) -> None:
    page = browse(client, "?page=99")
    assert "Ana Alder" in page
    assert "page=98" not in page


@pytest.mark.parametrize(
    "path", ["/therapists/", "/therapists/ana-alder/", "/shortlist/", "/match/", "/match/results/"]
)
def test_a_page_may_be_asked_for_its_headers_alone(client: Client, ana: Therapist, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
