"""Who comes: one way of an adult, and one of a family with the child in view, from the first question to results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.journeys.client import Client


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    call_command("seed_demo", therapists=600, seed=7, verbosity=0)
    return live_server.url


def test_an_adult_hurt_early_is_asked_little_and_finds_trauma_informed_work(page: Page, site: str) -> None:
    client = Client(page, site)
    page.goto(f"{site}/match/needs/")

    # Given an adult who says that something early still hurts
    client.sees("Who is this for?", "question 1 of about 8")
    client.chooses("Me. Something from early in my life still hurts.")

    # When they add a concern, go back once, say that they are not sure, and skip the rest
    client.sees("What brings you?", "question 2 of about 7")
    expect(page.get_by_label("Childhood trauma")).to_be_checked()
    client.chooses("Trust and fear of being left")
    client.follows("Back")
    expect(page.get_by_label("Trust and fear of being left")).to_be_checked()
    client.goes_on()
    page.get_by_role("group", name="Childhood trauma").get_by_label("A lot").check()
    client.goes_on()
    client.sees("Which of these sound like you?", "question 4 of 7")
    client.chooses("I’m not sure")
    client.says_where()
    client.follows("Skip this question")
    client.follows("Skip this question")

    # Then the check page shows what they said and what the path filled in, and a change leads back
    expect(page.get_by_role("row", name="Who it is for")).to_contain_text("Something from early in my life")
    expect(page.get_by_role("row", name="Who comes")).to_contain_text("Just me")
    expect(page.get_by_role("row", name="What brings you")).to_contain_text("Childhood trauma: a lot")
    expect(page.get_by_role("row", name="Something that still feels too much")).to_contain_text("Yes")
    with page.expect_navigation():
        page.get_by_role("row", name="Something that still feels too much").get_by_role("link").click()
    expect(page.get_by_text("Change an answer")).to_be_visible()
    client.goes_on()

    # And therapists are ranked with trauma in mind, while the guidance claims nothing
    client.follows("See therapists who fit")
    expect(page.get_by_text("We do not know enough to say")).to_be_visible()
    first = page.locator(".match").first
    first.get_by_text("All findings").click()
    expect(first.locator(".findings")).to_contain_text("Trauma-informed work")
    assert "?" not in page.url


def test_a_family_with_an_adopted_teen_in_view_finds_family_therapists_for_teens(
    page: Page, site: str, accessible: Callable[[Page], None]
) -> None:
    client = Client(page, site)
    page.goto(f"{site}/match/needs/")

    # Given a family that looks for help for an adopted teen
    client.chooses("My family or my child")
    accessible(page)
    client.sees("What kind of family are you?", "question 2 of about")
    client.chooses("An adoptive family")
    accessible(page)
    client.chooses("My child: how they feel, or what they do")
    client.sees("How old is your child?", "question 4 of about")
    accessible(page)
    client.chooses("13 to 17")

    # When they say who would come, that home is safe, and what it is about
    expect(page.get_by_label("My child and others in the family")).to_be_checked()
    client.goes_on()
    client.sees("Do you feel safe at home?", "question 6 of about")
    client.chooses("Yes")
    expect(page.get_by_label("Child behavior")).to_be_checked()
    expect(page.get_by_label("Adoption and foster care")).to_be_checked()
    page.get_by_text("More concerns").click()
    accessible(page)
    client.chooses("Depression")
    client.goes_on()
    client.sees("Did something happen to your child that still feels too much?", "question 9 of 12")
    client.chooses("No")
    client.says_where()  # and the signs, which are about an adult, were not asked
    client.goes_on()
    expect(page.get_by_label("Teens")).to_be_checked()
    client.goes_on()

    # Then family therapists are ranked who know teens and adoptive families
    expect(page.get_by_role("row", name="Knows the life of")).to_contain_text("Teens")
    expect(page.get_by_role("row", name="Knows the life of")).to_contain_text("Adoptive families")
    expect(page.get_by_role("row", name="Sounds like you")).to_have_count(0)
    client.follows("See therapists who fit")
    first = page.locator(".match").first
    first.get_by_text("All findings").click()
    expect(first.locator(".findings")).to_contain_text("Training in couple or family work")
    accessible(page)
