"""The main job: a couple finds a therapist, and a partner site gets the same ranking from the same intake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect
from rest_framework.test import APIClient

from directory.actions import issue_key
from directory.models import Partner, Scope
from tests.journeys.client import Client


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    call_command("seed_demo", therapists=150, seed=7, verbosity=0)
    return live_server.url


@pytest.fixture
def a_large_directory(site: str) -> None:
    """Large enough for a couple in one state with one plan."""
    call_command("seed_demo", therapists=2000, seed=1, verbosity=0)


@pytest.fixture
def client_on(page: Page, site: str) -> Client:
    return Client(page, site)


def test_a_couple_finds_therapists_with_reasons_and_a_partner_site_gets_the_same_order(
    client_on: Client, page: Page, a_large_directory: None
) -> None:
    # Given a client who has their partner in mind and answers as someone who worries about being left
    client_on.starts()
    client_on.thinks_of("My partner, or the last partner I had")
    responses = client_on.answers_as_someone_anxious()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check")
    page.get_by_role("link", name="Continue").click()

    # When they say what they need: a couple, trust, trauma, California, telehealth, one plan as a must
    client_on.chooses("My partner and me")
    client_on.chooses("Yes")
    expect(page.get_by_label("Relationship difficulties")).to_be_checked()  # filled in by who comes
    page.get_by_text("More concerns").click()
    client_on.chooses("Trust and fear of being left", "Childhood trauma")
    page.get_by_role("group", name="Trust and fear of being left").get_by_label("A lot").check()
    client_on.goes_on()
    client_on.chooses("Yes")
    client_on.chooses("Most of my hard times start with something in a relationship.")
    page.get_by_label("State you will be in during sessions").select_option("CA")
    client_on.chooses("Online, by video or phone")
    page.get_by_label("They must take one of these plans").check()
    client_on.chooses("Aetna")
    client_on.goes_on()
    expect(page.get_by_role("row", name="What brings you")).to_contain_text("Trust and fear of being left: a lot")
    shown = client_on.reads_the_results()

    # Then therapists are ranked, with a plane, reasons, findings that add up, and questions to ask
    assert len(shown) >= 3
    assert [score for _, score in shown] == sorted((score for _, score in shown), key=float, reverse=True)
    expect(page.get_by_role("img", name="Your point on the plane")).to_be_visible()
    expect(page.get_by_text("Closest to: Anxious (preoccupied)", exact=True)).to_be_visible()
    first = page.locator(".match").first
    assert first.locator(".reasons li").count() >= 2
    first.get_by_text(re.compile("All findings")).click()
    points = [
        float(re.search(r"([\d.]+) of", row.inner_text())[1])  # type: ignore[index]
        for row in first.locator(".findings tbody tr td:nth-of-type(1)").all()
    ]
    assert round(sum(points), 2) == float(shown[0][1])
    first.get_by_text("Questions you could ask first").click()
    assert 3 <= first.locator(".questions-to-ask li").count() <= 5
    assert "?" not in page.url, "nothing about the answers stands in the address"

    # And the API gives the same order and points for the same intake
    api = partner_api()
    answer = api.post(
        "/api/v1/matches/",
        {
            "state": "CA",
            "delivery": ["telehealth"],
            "session_format": "couple",
            "populations": ["couples"],
            "concerns": {"trust-and-abandonment": 3, "childhood-trauma": 2, "relationship-difficulties": 2},
            "trauma": True,
            "safe_at_home": True,
            "signs": ["relationships_the_catalyst"],
            "attachment": {"instrument": "closeness-12", "responses": responses},
            "insurance": ["aetna"],
            "must": ["insurance"],
        },
        format="json",
    ).json()
    assert [(match["therapist"]["name"], f"{match['score']:.2f}") for match in answer["matches"]] == shown
    assert [finding["points"] for finding in answer["matches"][0]["findings"]] == points

    # And a profile is one step away
    first.locator("h3 a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(shown[0][0])
    expect(page.get_by_text("What was checked")).to_be_visible()


def test_someone_unsafe_at_home_gets_the_hotline_first_and_support_alone(client_on: Client, page: Page) -> None:
    page.goto(f"{client_on.site}/match/needs/for/")
    client_on.chooses("My partner and me")
    client_on.chooses("No")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your safety comes first")
    page.get_by_role("link", name="Continue").click()
    for _ in range(4):  # concerns, importance, trauma, signs
        client_on.goes_on()
    page.get_by_label("State you will be in during sessions").select_option("CA")
    client_on.chooses("Online, by video or phone")
    client_on.goes_on()
    client_on.goes_on()
    client_on.reads_the_results()

    first_section = page.locator("main section").first
    expect(first_section).to_contain_text("Your safety comes first")
    call = first_section.get_by_role("link", name="Call the domestic violence hotline")
    expect(call).to_have_attribute("href", "tel:+18007997233")
    expect(page.get_by_text("We looked for support for you alone")).to_be_visible()


def test_a_mistake_loses_nothing_and_leads_to_the_field(client_on: Client, page: Page) -> None:
    page.goto(f"{client_on.site}/match/needs/for/")
    client_on.chooses("Something else, or I’m not sure")
    client_on.chooses("Just me")
    page.goto(f"{client_on.site}/match/needs/place/")
    page.get_by_label("Online, by video or phone").check()
    page.get_by_label("ZIP code, if distance matters").fill("00000")
    client_on.goes_on()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Choose the state you will be in.")
    expect(summary).to_contain_text("We do not know this ZIP code.")
    expect(page.get_by_label("Online, by video or phone")).to_be_checked()
    expect(page.get_by_label("ZIP code, if distance matters")).to_have_value("00000")


def test_deleted_answers_are_gone_from_every_page(client_on: Client, page: Page) -> None:
    page.goto(f"{client_on.site}/match/needs/for/")
    client_on.chooses("Something else, or I’m not sure")
    client_on.chooses("Just me")
    page.goto(f"{client_on.site}/match/")
    page.get_by_role("button", name="delete my answers").click()

    page.goto(f"{client_on.site}/match/results/")
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no answers in this browser")


@pytest.fixture
def without_javascript(browser: Browser, guard: Callable[[BrowserContext], list[str]]) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    guard(context)
    yield context.new_page()
    context.close()


def test_the_whole_way_works_without_javascript(without_javascript: Page, site: str) -> None:
    client = Client(without_javascript, site)
    without_javascript.goto(f"{site}/match/needs/for/")
    client.chooses("Something else, or I’m not sure")
    client.chooses("Just me")
    client.chooses("Anxiety and worry" if without_javascript.get_by_label("Anxiety and worry").count() else "Anxiety")
    for _ in range(3):  # importance, trauma, signs
        client.goes_on()
    without_javascript.get_by_label("State you will be in during sessions").select_option("NY")
    client.chooses("Online, by video or phone")
    client.goes_on()
    client.goes_on()

    assert client.reads_the_results()


def test_results_and_profile_call_nobody_even_when_no_policy_would_stop_it(
    page_without_policy: Page, site: str
) -> None:
    page = page_without_policy
    client = Client(page, site)
    client.starts()
    client.thinks_of("A close friend")
    client.answers_as_someone_anxious()
    page.goto(f"{site}/match/needs/for/")
    client.chooses("Something else, or I’m not sure")
    client.chooses("Just me")
    client.chooses("Depression")
    for _ in range(3):
        client.goes_on()
    page.get_by_label("State you will be in during sessions").select_option("CA")
    client.chooses("Online, by video or phone")
    client.goes_on()
    client.goes_on()
    client.reads_the_results()
    for summary in page.locator("summary").all():
        summary.click()
    page.wait_for_load_state("networkidle")
    with page.expect_navigation():
        page.locator(".match h3 a").first.click()
    page.wait_for_load_state("networkidle")


def partner_api() -> APIClient:
    partner, _ = Partner.objects.get_or_create(name="A partner site")
    key = issue_key(partner=partner, scopes=[Scope.MATCHES_CREATE])
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return api
