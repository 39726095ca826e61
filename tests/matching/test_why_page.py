"""The page that says why one therapist stands above another: what it shows, keeps to itself, and does when lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from directory.models import InsurancePlan, Therapist
from directory.vocabulary import names
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

WHY, RESULTS = "/match/why/", "/match/results/"
ANA_AND_BO = {"first": "ana-demo", "second": "bo-demo"}


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)
    TherapistFactory(name="Ana Demo", slug="ana-demo", languages=["es"], fee_min=100, insurance_plans=["cigna"])
    TherapistFactory(name="Bo Demo", slug="bo-demo", fee_min=200, insurance_plans=["aetna"], languages=[])


def answer(client: Client, slug: str, **data: Any) -> None:
    assert client.post(f"/match/needs/{slug}/", data).status_code == 302


@pytest.fixture
def matched(client: Client) -> Client:
    answer(client, "who", session_format="individual")
    answer(client, "place", state="CA", delivery=["telehealth"], within="25")
    answer(client, "cost", fee_max="120", insurance=["aetna"])
    answer(client, "wishes", languages=["es"])
    return client


def page_of(client: Client, *, status: int = 200) -> str:
    response = client.get(WHY)
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def test_every_match_but_the_first_offers_to_say_why_the_one_before_it_stands_there(matched: Client) -> None:
    page = matched.get(RESULTS).content.decode()
    assert page.count(f'action="{WHY}"') == 1
    assert "Why is Ana Demo above Bo Demo?" in page
    assert '<input type="hidden" name="first" value="ana-demo">' in page
    assert '<input type="hidden" name="second" value="bo-demo">' in page


def test_the_page_shows_points_that_add_up_and_the_difference_of_the_scores(matched: Client) -> None:
    scores = re.findall(r'class="score">([0-9.]+)<', matched.get(RESULTS).content.decode())
    response = matched.post(WHY, ANA_AND_BO)
    assert (response.status_code, response["Location"]) == (302, WHY)

    page = page_of(matched)

    assert "<h1>Why Ana Demo stands above Bo Demo</h1>" in page
    assert "Ana Demo is ahead on “Cost” by 20.00" in page
    differences = [float(number.replace("−", "-")) for number in re.findall(r"Difference:</span> ([+−]?[0-9.]+)", page)]
    assert round(sum(differences[:-1]), 2) == differences[-1] == round(float(scores[0]) - float(scores[1]), 2)
    for score in scores:
        assert f"{score} of 100" in page
    assert "Does not say which languages they speak in sessions." in page[page.index("What we do not know") :]


def test_back_and_reload_show_the_same_and_the_address_tells_nothing(matched: Client) -> None:
    matched.post(WHY, ANA_AND_BO)
    first = matched.get(WHY)
    assert re.sub(r'value="[^"]{64}"', "", first.content.decode()) == re.sub(
        r'value="[^"]{64}"', "", matched.get(WHY).content.decode()
    )
    assert "no-store" in first["Cache-Control"]
    assert "<title>Why this order ·" in first.content.decode()


def test_any_two_of_the_matches_can_be_chosen(matched: Client) -> None:
    page = page_of(matched)
    assert "Choose two of your matches." in page
    assert '<option value="ana-demo">1. Ana Demo</option>' in page
    matched.post(WHY, {"first": "bo-demo", "second": "ana-demo"})
    page = page_of(matched)
    assert "<h1>Why Ana Demo stands above Bo Demo</h1>" in page
    assert '<option value="bo-demo" selected>2. Bo Demo</option>' in page
    assert "A plus means that Bo Demo is ahead" in page


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"first": "ana-demo", "second": "ana-demo"}, "Choose someone other than the first."),
        ({"first": "ana-demo"}, "Choose a therapist."),
        ({"first": "ana demo", "second": "bo-demo"}, "Choose a therapist from the list."),
        ({"first": "ana-demo", "second": "bo\x00demo"}, "Null characters are not allowed."),
    ],
)
def test_a_mistake_is_named_and_the_other_choice_stays(matched: Client, chosen: dict[str, str], message: str) -> None:
    response = matched.post(WHY, chosen)
    assert response.status_code == 422
    page = response.content.decode()
    assert message in page
    assert "<title>Error: Why this order ·" in page
    assert ('<option value="ana-demo" selected>' in page) is (chosen["first"] == "ana-demo")


def test_who_left_the_directory_is_told_of_kindly(matched: Client) -> None:
    matched.post(WHY, ANA_AND_BO)
    Therapist.objects.filter(slug="bo-demo").update(life="suspended")
    page = page_of(matched)
    assert "One of the two is no longer listed here." in page
    assert "You need two matches to compare." in page


def test_a_must_that_is_not_met_is_said_and_no_place_is_given(matched: Client) -> None:
    matched.post(WHY, ANA_AND_BO)
    answer(matched, "cost", fee_max="120", insurance=["aetna"], must_insurance="on")
    page = page_of(matched)
    assert "<h1>Why Bo Demo is a match and Ana Demo is not</h1>" in page
    assert "Ana Demo does not list your insurance." in page
    assert "Not among your matches. The points alone would be" in page


def test_without_answers_or_with_too_few_it_leads_where_the_results_lead(client: Client) -> None:
    assert "There are no answers in this browser" in page_of(client)
    assert client.post(WHY, ANA_AND_BO)["Location"] == WHY
    answer(client, "who", session_format="individual")
    assert client.get(WHY)["Location"] == "/match/needs/place/"


def test_an_answer_that_was_retired_is_named(matched: Client) -> None:
    plan = InsurancePlan.objects.create(code="closed-plan", name="Closed plan")
    answer(matched, "cost", insurance=["closed-plan"])
    InsurancePlan.objects.filter(pk=plan.pk).update(retired_on=TODAY)
    names.forget()
    assert "One of your answers needs another look" in page_of(matched, status=422)


def test_help_comes_first_here_too(matched: Client) -> None:
    answer(matched, "concerns", concerns=["suicidal-thoughts"])
    matched.post(WHY, ANA_AND_BO)
    page = page_of(matched)
    main = page[page.index("<main") :]
    assert main.index('href="tel:988"') < main.index("<h1>")
