"""A therapist gets a letter, follows its link, corrects a fact, and clients see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from directory.models import Therapist
from tests.directory.links import link_in
from tests.journeys.states import some_therapists


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    some_therapists()
    today = timezone.localdate()
    Therapist.objects.filter(slug="ana-demo").update(
        email="ana@example.org", attested_on=today - dt.timedelta(days=80), consented_on=today
    )
    return str(live_server.url)


def test_from_the_letter_to_the_profile(page: Page, site: str) -> None:
    # Given a listing that lapses in ten days, when the duties are done, a letter goes out
    call_command("run_due")
    [letter] = [message for message in mail.outbox if message.to == ["ana@example.org"]]
    address = link_in(letter)

    # When she follows its link, mistypes, mends it and saves
    page.goto(site + address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your listing, Ana Demo")
    page.get_by_label("Phone for clients").fill("call me")
    page.get_by_label("Your highest fee for a session, in dollars").fill("140")
    page.get_by_role("button", name="Save my changes and confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("“call me” is not a phone number.")
    expect(page.get_by_label("Your highest fee for a session, in dollars")).to_have_value("140")
    page.get_by_label("Phone for clients").fill("213-555-0199")
    page.get_by_role("button", name="Save my changes and confirm").click()

    # Then she is thanked on a page that does not hold the secret, and her profile says what she said
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert page.url == f"{site}/listing/thanks/saved/"
    page.goto(f"{site}/therapists/ana-demo/")
    expect(page.get_by_role("main")).to_contain_text("213-555-0199")
    expect(page.get_by_role("main")).to_contain_text("$140")

    # And the link works no more
    page.goto(site + address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")


def test_a_visitor_reports_a_problem_from_the_profile(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/ana-demo/")
    page.get_by_role("link", name="Report a problem with this listing").click()
    page.get_by_label("The phone number or email does not work").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
    assert Therapist.objects.get(slug="ana-demo").problem_reports.count() == 1
