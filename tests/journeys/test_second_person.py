"""Closeness with two people: both are shown, one is used, and which one follows the reason for coming."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.journeys.test_main_journey import Client

PARTNER, MOTHER = "With your partner", "With your mother"
USED = "Used for your matches"


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    call_command("seed_demo", therapists=150, seed=7, verbosity=0)
    return live_server.url


def answers_all(client: Client, answer: str) -> None:
    for _ in range(12):
        client.page.get_by_label(answer, exact=True).check()
        client.goes_on()


def looks_right(page: Page, accessible: Callable[[Page], None], name: str) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        accessible(page)
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def test_someone_answers_about_two_people_and_the_reason_for_coming_decides_whose_profile_counts(
    page_without_policy: Page, site: str, accessible: Callable[[Page], None]
) -> None:
    page = page_without_policy
    client = Client(page, site)

    # Given someone who answered about their partner, and takes the offer to answer about their mother too
    client.starts()
    client.thinks_of("My partner, or the last partner I had")
    client.answers_as_someone_anxious()
    looks_right(page, accessible, "check-one")
    page.get_by_role("link", name="Answer about someone else too").click()
    expect(page.get_by_role("group", name="Who else do you have in mind")).to_be_visible()
    assert page.get_by_label("My partner, or the last partner I had").count() == 0
    looks_right(page, accessible, "about-second")
    client.thinks_of("My mother")
    looks_right(page, accessible, "question-second")
    answers_all(client, "Neither agree nor disagree")
    expect(page.get_by_role("heading", name="About your partner")).to_be_visible()
    expect(page.get_by_role("heading", name="About your mother")).to_be_visible()
    looks_right(page, accessible, "check-two")

    # When they come as a couple
    page.get_by_role("link", name="Continue").click()
    client.chooses("My partner and me")
    client.chooses("Yes")
    for _ in range(4):  # concerns, importance, trauma, signs
        client.goes_on()
    page.get_by_label("State you will be in during sessions").select_option("CA")
    client.chooses("Online, by video or phone")
    client.goes_on()
    client.goes_on()
    row = page.get_by_role("row", name="How closeness feels")
    expect(row).to_contain_text("About your partner: 12 of 12 statements answered")
    expect(row).to_contain_text("About your mother: 12 of 12 statements answered")
    client.reads_the_results()

    # Then both stand side by side, and what they said about the partner is used
    expect(page.get_by_text("You come as a couple, so we used what you said about your partner.")).to_be_visible()
    with_partner, with_mother = page.get_by_role("article", name=PARTNER), page.get_by_role("article", name=MOTHER)
    expect(with_partner).to_contain_text("Closest to: Anxious (preoccupied)")
    expect(with_partner).to_contain_text(USED)
    expect(with_mother).to_contain_text("Unclear")
    expect(with_mother).not_to_contain_text(USED)
    for one, name in ((with_partner, "your partner"), (with_mother, "your mother")):
        expect(one.get_by_role("img", name=f"Your point on the plane of attachment anxiety and avoidance, with {name}"))
        expect(one.get_by_role("table", name=f"Your two scores with {name}")).to_be_visible()
    looks_right(page, accessible, "results-two")
    assert (
        page.locator(".people > *").nth(0).bounding_box()["y"] == page.locator(".people > *").nth(1).bounding_box()["y"]
    )  # type: ignore[index]

    # When they come alone after all, with what happened in childhood
    page.goto(f"{site}/match/needs/for/?change")
    client.chooses("Something else, or I’m not sure")
    page.goto(f"{site}/match/needs/who/?change")
    client.chooses("Just me")
    page.goto(f"{site}/match/needs/concerns/?change")
    client.chooses("Childhood trauma")
    page.goto(f"{site}/match/needs/check/")
    client.reads_the_results()

    # Then what they said about their mother is used, and no address ever said whom they thought of
    expect(page.get_by_text("so we used what you said about your mother.")).to_be_visible()
    expect(with_mother).to_contain_text(USED)
    expect(with_partner).not_to_contain_text(USED)

    # And what they said about their partner can be taken back
    page.goto(f"{site}/match/questions/check/")
    with page.expect_navigation():
        page.get_by_role("button", name="Remove what I said about my partner").click()
    expect(page.get_by_text("My partner")).to_have_count(0)
    page.goto(f"{site}/match/results/")
    expect(with_mother).to_be_visible()
    expect(with_partner).to_have_count(0)
