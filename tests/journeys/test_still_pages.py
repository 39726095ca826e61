"""The still pages and the pages of errors in a browser: accessible, narrow, quiet, the crisis numbers in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

ERRORS = {
    "400": "/wrong/400/",
    "403": "/wrong/403/",
    "404": "/wrong/404/",
    "405": "/wrong/405/",
    "410": "/wrong/410/",
    "429": "/wrong/429/",
    "500": "/wrong/500/",
    "503": "/wrong/503/",
}
PAGES = {"home": "/", "learn": "/learn/", "crisis": "/crisis/", "privacy": "/privacy/", **ERRORS}
every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)


@pytest.fixture
def site(live_server: Any, settings: Any) -> str:
    settings.ROOT_URLCONF = "tests.error_urls"
    return live_server.url


@pytest.mark.parametrize("path", ERRORS.values(), ids=ERRORS)  # the others: test_every_state.py
def test_page_is_accessible_narrow_and_wide_by_day_and_by_night(
    page: Page, site: str, path: str, accessible: Callable[[Page], None]
) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(site + path)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            accessible(page)


@every_page
def test_crisis_numbers_are_in_sight_and_in_strong_contrast_on_a_small_phone(page: Page, site: str, path: str) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(site + path)
    assert page.locator(".crisis-strip").inner_text().replace("\n", " ").startswith("In crisis? Call or text 988")
    for address in ("tel:988", "sms:988", "/crisis/"):
        box = page.locator(f".crisis-strip a[href='{address}']").bounding_box()
        assert box is not None, address
        assert box["y"] + box["height"] <= 568
        assert box["width"] >= 44, address
        assert box["height"] >= 44, address
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        text, ground = page.evaluate(
            """() => [getComputedStyle(document.querySelector(".crisis-strip a")).color,
                      getComputedStyle(document.querySelector(".crisis-strip")).backgroundColor]"""
        )
        assert contrast(text, ground) >= 7, scheme


@every_page
def test_page_calls_nobody_even_when_no_policy_would_stop_it(page_without_policy: Page, site: str, path: str) -> None:
    page_without_policy.goto(site + path)
    page_without_policy.wait_for_load_state("networkidle")


def test_keyboard_reaches_the_skip_link_first_and_it_leads_to_the_main_content(page: Page, site: str) -> None:
    page.goto(site + "/learn/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_targets_of_links_and_buttons_are_44_pixels_high(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for path in PAGES.values():
        page.goto(site + path)
        for target in page.locator(".button, .button-secondary, nav a, .crisis-strip a").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 44, (path, target.inner_text(), box)


def contrast(one: str, other: str) -> float:
    """Contrast of two `rgb(r, g, b)` colors, after WCAG 2.2."""

    def luminance(color: str) -> float:
        channels = [int(part) / 255 for part in color.removeprefix("rgb(").removesuffix(")").split(",")]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)
