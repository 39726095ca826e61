"""The crisis numbers on each kind of page: at the top, in sight without scrolling on a small phone."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from playwright.sync_api import Page

from tests.factories import TherapistFactory

PAGES = [
    *("/", "/learn/", "/crisis/", "/privacy/", "/how-matching-works/", "/therapists/", "/shortlist/"),
    *("/match/", "/match/questions/about/", "/match/needs/for/", "/match/results/", "/match/under-18/"),
    *("/api/v1/docs/", "/problems/validation", "/not-there/", "/match/not-there/", "/therapists/not-there/"),
    *("/wrong/403/", "/wrong/405/", "/wrong/410/", "/wrong/429/", "/wrong/500/", "/match/wrong/500/", "/wrong/503/"),
    "/match/exit/",
]


@pytest.fixture
def site(live_server: Any, settings: Any, page: Page) -> str:
    settings.ROOT_URLCONF = "tests.error_urls"
    page.set_viewport_size({"width": 320, "height": 568})
    return live_server.url


def numbers_are_in_sight(page: Page) -> None:
    """Fail unless the first thing on the page is the strip, with links that a finger can press."""
    strip = page.locator(".crisis-strip")
    assert strip.count() == 1, page.url
    box = strip.bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 320), page.url
    for address in ("tel:988", "sms:988", "/crisis/"):
        link = strip.locator(f"a[href='{address}']").bounding_box()
        assert link is not None, address
        assert link["y"] + link["height"] <= 568, (page.url, address)
        assert min(link["width"], link["height"]) >= 44, (page.url, address)
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("path", PAGES)
def test_numbers_are_in_sight_on_each_kind_of_page(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    numbers_are_in_sight(page)


def test_numbers_are_in_sight_on_a_profile_and_on_pages_with_answers(page: Page, site: str) -> None:
    therapist = TherapistFactory(name="Uma Umber")
    page.goto(f"{site}/therapists/{therapist.slug}/")
    numbers_are_in_sight(page)

    page.goto(f"{site}/match/needs/for/")
    page.get_by_label("My partner and me").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/concerns/")
    numbers_are_in_sight(page)

    page.goto(f"{site}/match/needs/place/")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("alert").wait_for()
    assert page.locator(".crisis-strip").bounding_box() is not None
    page.get_by_label("State you will be in during sessions").select_option("CA")
    page.get_by_label("Online, by video or phone").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/cost/")
    for path in ("/match/needs/check/", "/match/results/"):
        page.goto(site + path)
        numbers_are_in_sight(page)


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/not-there/"])
def test_numbers_are_in_sight_where_staff_sign_in(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    numbers_are_in_sight(page)


@pytest.mark.parametrize("path", ["/therapists/", "/match/results/", "/crisis/", "/match/under-18/"])
def test_numbers_are_in_sight_while_the_database_is_down(
    page: Page, site: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    page.goto(f"{site}/match/needs/for/")
    page.get_by_label("Me. It keeps getting hard when I am close to someone.").check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/concerns/")
    with monkeypatch.context() as down:
        down.setattr(BaseDatabaseWrapper, "cursor", refuse)
        response = page.goto(site + path)
        assert response is not None
        assert response.status == (200 if path in {"/crisis/", "/match/under-18/"} else 503)
        numbers_are_in_sight(page)
