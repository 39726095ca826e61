"""The results when few match: what would bring more, where to change it, and who is left out."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from matching.few_matches import CHANGED_ON, LEFT_OUT, PAGES
from matching.forms import STEPS
from matching.relaxations import FEW_MATCHES
from tests.factories import TherapistFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)


@pytest.fixture
def visitor(client: Client) -> Client:
    """Somebody whose answers suffice for matches: one person, California, telehealth."""
    says(client, "who", session_format="individual")
    says(client, "place", state="CA", delivery=["telehealth"], within="25")
    return client


def says(client: Client, slug: str, **data: Any) -> None:
    assert client.post(f"/match/needs/{slug}/?change", data).status_code == 302


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def results(client: Client) -> str:
    response = client.get("/match/results/")
    assert response.status_code == 200
    return response.content.decode()


def test_one_change_leads_to_the_page_where_it_is_made(visitor: Client) -> None:
    TherapistFactory(name="Uma Umber", insurance_plans=["cigna"])
    says(visitor, "cost", insurance=["aetna"], must_insurance="on")

    page = results(visitor)
    assert "Nobody meets all of what you need" in page
    assert "One change would bring: 1 more if your insurance is not a must. Change how you pay" in words_of(page)
    assert 'href="/match/needs/cost/?change"' in page

    says(visitor, "cost", insurance=["aetna"])
    assert "1 therapist meets what you need" in results(visitor)


def test_at_most_three_changes_are_shown_the_smallest_first(visitor: Client) -> None:
    meets = {"delivery_methods": ["telehealth"], "languages": ["es"], "gender": "woman", "insurance_plans": ["aetna"]}
    for lack in (
        {"delivery_methods": ["in_person"]},
        {"languages": []},
        {"gender": "man"},
        {"insurance_plans": ["cigna"]},
    ):
        TherapistFactory(**(meets | lack))
    says(visitor, "cost", insurance=["aetna"], must_insurance="on")
    says(visitor, "wishes", languages=["es"], must_languages="on", genders=["woman"], must_genders="on")

    page = results(visitor)
    assert re.findall(r"<strong>1 more</strong> if (.*?)\.", page) == [
        "you also meet in person",
        "your insurance is not a must",
        "the language is not a must",
    ]


def test_two_changes_on_two_pages_have_two_links(visitor: Client) -> None:
    TherapistFactory(fee_min=110, languages=["en"])
    says(visitor, "cost", fee_max="100", must_fee_max="on")
    says(visitor, "wishes", languages=["es"], must_languages="on")

    assert (
        "No small change brings more people. A larger one would bring: 1 more if you can pay up to $125 and the "
        "language is not a must. Change how you pay · Change your wishes"
    ) in words_of(results(visitor))

    says(visitor, "cost", fee_max="125", must_fee_max="on")
    says(visitor, "wishes", languages=["es"])
    assert "1 therapist meets what you need" in results(visitor)


def test_the_wider_distances_can_be_chosen(visitor: Client) -> None:
    TherapistFactory(delivery_methods=["in_person"], zips=["94103"])  # San Francisco
    says(visitor, "place", state="CA", delivery=["in_person"], zip="90012", within="25")  # Los Angeles
    assert "1 more if you go up to 500 miles" in words_of(results(visitor))

    says(visitor, "place", state="CA", delivery=["in_person"], zip="90012", within="500")
    assert "1 therapist meets what you need" in results(visitor)


def test_when_nothing_helps_it_is_said(visitor: Client) -> None:
    says(visitor, "place", state="WY", delivery=["telehealth"], within="25")
    assert "None of it would bring anybody." in results(visitor)


def test_who_is_left_out_is_counted_the_most_first(visitor: Client) -> None:
    TherapistFactory(name="Uma Umber")
    TherapistFactory(licenses=[{"jurisdiction": "NY"}])
    TherapistFactory(licenses=[{"jurisdiction": "NY"}], accepting_clients="waitlist")

    page = words_of(results(visitor))
    assert "Therapists who … How many may not see clients in your state 2" in page
    assert "have no place for new clients, or do not say 1" in page
    assert "do not offer this kind of session" not in page


def test_enough_matches_need_no_notice(visitor: Client) -> None:
    for _ in range(FEW_MATCHES):
        TherapistFactory()
    TherapistFactory(delivery_methods=["in_person"])
    page = results(visitor)
    assert "would bring" not in page
    assert "What leaves people out" not in page


def test_where_couple_sessions_are_not_safe_nobody_is_led_to_them(client: Client) -> None:
    TherapistFactory(session_formats=["couple", "family"])
    TherapistFactory(session_formats=["group"])
    says(client, "who", session_format="couple")
    says(client, "safe", safe_at_home="no")
    says(client, "place", state="CA", delivery=["telehealth"], within="25")
    assert re.findall(r"<strong>(\d.*?\.)", results(client)) == ["1 in all</strong> if the sessions are in a group."]


def test_every_requirement_has_its_words_and_its_page() -> None:
    not_theirs_to_change = {"state", "accepting"}
    assert CHANGED_ON.keys() | not_theirs_to_change == LEFT_OUT.keys()
    assert set(CHANGED_ON.values()) == PAGES.keys() <= {step.slug for step in STEPS}
