"""Browsing: filters take effect as they are chosen, the address always says what is shown, and no script is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PHONE = {"width": 360, "height": 700}


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    call_command("seed_demo", therapists=150, seed=7, verbosity=0)
    return live_server.url


def found(page: Page) -> Locator:
    return page.locator("#found")


def box(page: Page, name: str) -> Locator:
    """The checkbox of a filter; its count is part of its label."""
    return page.get_by_label(re.compile(rf"^{name} [\d,]+$"))


def number_in(words: str) -> int:
    return int(re.sub(r"\D", "", words))


def test_a_filter_takes_effect_when_it_is_chosen_and_stands_in_the_address(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/")
    expect(found(page)).to_have_text("150 therapists")
    california = box(page, "California")
    promised = number_in(page.locator("#options-state label", has_text="California").locator(".count").inner_text())

    california.check()

    expect(page).to_have_url(f"{site}/therapists/?state=CA")
    expect(found(page)).to_have_text(f"{promised} therapists")
    expect(page.get_by_role("link", name="Remove California")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(f"{promised} therapists")
    expect(page.get_by_role("button", name=f"Show {promised} therapists")).to_be_visible()
    expect(california).to_be_focused()
    expect(california).to_be_checked()
    assert page.locator("#results article").count() == min(promised, 20)


def test_counts_of_other_filters_follow_and_open_lists_stay_open(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/")
    page.locator("summary", has_text="Insurance").click()
    aetna = page.locator("#options-insurance label", has_text="Aetna").locator(".count")
    before = number_in(aetna.inner_text())

    box(page, "California").check()

    expect(page).to_have_url(f"{site}/therapists/?state=CA")
    expect(aetna).to_be_visible()
    expect(aetna).not_to_have_text(str(before))
    assert number_in(aetna.inner_text()) < before
    box(page, "Aetna").check()
    expect(page).to_have_url(f"{site}/therapists/?state=CA&insurance=aetna")


def test_back_shows_what_was_there_before(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/")
    box(page, "California").check()
    expect(page).to_have_url(f"{site}/therapists/?state=CA")
    fewer = found(page).inner_text()
    box(page, "Telehealth").check()
    expect(page).to_have_url(f"{site}/therapists/?state=CA&delivery=telehealth")

    page.go_back()

    expect(page).to_have_url(f"{site}/therapists/?state=CA")
    expect(found(page)).to_have_text(fewer)
    expect(box(page, "California")).to_be_checked()
    expect(box(page, "Telehealth")).not_to_be_checked()

    page.go_back()

    expect(page).to_have_url(f"{site}/therapists/")
    expect(found(page)).to_have_text("150 therapists")
    expect(box(page, "California")).not_to_be_checked()


def test_a_profile_and_back_keep_the_filters(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/")
    box(page, "California").check()
    expect(page).to_have_url(f"{site}/therapists/?state=CA")

    with page.expect_navigation():
        page.locator("#results h3 a").first.click()
    page.go_back()

    expect(page).to_have_url(f"{site}/therapists/?state=CA")
    expect(box(page, "California")).to_be_checked()


def test_a_chip_takes_its_filter_off(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/?state=CA&delivery=telehealth")
    page.get_by_role("link", name="Remove California").click()

    expect(page).to_have_url(f"{site}/therapists/?delivery=telehealth")
    expect(box(page, "California")).not_to_be_checked()


def test_when_nobody_is_left_the_page_says_what_to_change(page: Page, site: str) -> None:
    page.goto(f"{site}/therapists/?state=CA&fee_max=1")

    expect(found(page)).to_have_text("0 therapists")
    expect(page.get_by_role("heading", name="Nobody on our list meets all of these")).to_be_visible()
    page.get_by_role("link", name="Without “$1 or less”").click()
    expect(page).to_have_url(f"{site}/therapists/?state=CA")


@pytest.fixture
def by_hand(browser: Browser, guard: Callable[[BrowserContext], list[str]]) -> Iterator[Page]:
    """A phone whose browser runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)  # type: ignore[arg-type]
    guard(context)
    yield context.new_page()
    context.close()


def test_a_wrong_zip_is_named_above_the_list_and_leads_to_its_field(by_hand: Page, site: str) -> None:
    by_hand.goto(f"{site}/therapists/?zip=00000")

    alert = by_hand.get_by_role("alert")
    expect(alert).to_contain_text("the list shows everybody")
    expect(by_hand.get_by_label("Near ZIP")).not_to_be_visible()
    alert.get_by_role("link").click()
    expect(by_hand.get_by_label("Near ZIP")).to_be_in_viewport()


def test_on_a_phone_without_a_script_the_filters_open_and_work(by_hand: Page, site: str) -> None:
    by_hand.goto(f"{site}/therapists/")
    expect(box(by_hand, "California")).not_to_be_visible()

    by_hand.get_by_role("link", name="Filters").click()
    box(by_hand, "California").check()
    by_hand.get_by_role("button", name="Show therapists").click()

    assert "state=CA" in by_hand.url
    expect(box(by_hand, "California")).not_to_be_visible()
    expect(by_hand.get_by_role("link", name="Remove California")).to_be_in_viewport()
