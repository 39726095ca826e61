"""Leaving in a browser, which may keep pages alive for Back: nothing of the visit can be seen again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Error, Page, Route, expect

from assessments.models import Draft

SOUP = "Vegetable soup in 40 minutes"
# What a page may be headed after leaving: the start page, the two first questions without an answer, results of nobody.
EMPTY = {
    "Find a therapist who fits",
    "Who do you have in mind for the next questions?",
    "Who is this for?",
    "There are no answers in this browser",
}
SENSITIVE = [
    "/match/",
    "/match/questions/about/",
    "/match/needs/for/",
    "/match/results/",
    "/match/under-18/",
    "/crisis/",
]


@pytest.fixture(scope="module")
def browser_that_keeps_pages(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """Playwright switches the cache of whole pages off; people's browsers have it."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(
    request: pytest.FixtureRequest,
    browser_that_keeps_pages: Browser,
    guard: Callable[[BrowserContext], list[str]],
) -> Iterator[Page]:
    context = browser_that_keeps_pages.new_context(java_script_enabled=request.param)
    guard(context)
    yield context.new_page()
    context.close()


def goes_on(page: Page, *labels: str) -> None:
    for label in labels:
        page.get_by_label(label, exact=True).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()


def answers_several_questions(page: Page, site: str) -> None:
    """Past questions, an error page, both pages of help and the results."""
    page.goto(f"{site}/match/")
    page.get_by_role("link", name="Start", exact=True).click()
    goes_on(page, "My partner, or the last partner I had")
    goes_on(page, "Agree")
    goes_on(page, "Agree")
    page.get_by_role("link", name="Skip these questions").click()
    goes_on(page, "My partner and me")
    goes_on(page, "No")
    page.get_by_role("link", name="Continue").click()
    page.locator("input[value='suicidal-thoughts']").check()
    goes_on(page)
    page.get_by_role("link", name="Continue").click()
    for _ in range(3):  # importance, trauma, signs
        goes_on(page)
    goes_on(page)  # a mistake: no state
    page.get_by_label("State you will be in during sessions").select_option("CA")
    goes_on(page, "Online, by video or phone")
    goes_on(page)
    goes_on(page)
    page.get_by_role("link", name="See therapists who fit").click()
    page.wait_for_url("**/match/results/")


def leaves(page: Page) -> None:
    page.get_by_role("button", name="Leave this site now").click()
    page.wait_for_url("**/vegetable-soup/")


def goes_back(page: Page) -> bool:
    """Go back, and tell whether there was a page before."""
    try:
        page.go_back(wait_until="commit")
    except Error as error:
        # The page with a mistake was the answer to a form. The browser asks before it sends that again: its own page.
        if "ERR_CACHE_MISS" not in error.message:
            raise
        page.wait_for_url("chrome-error:**")
    return page.url != "about:blank"


def test_after_leaving_back_never_shows_an_answer_however_often_it_is_pressed(visitor: Page, live_server: Any) -> None:
    # Given somebody who answered up to the results
    answers_several_questions(visitor, live_server.url)
    assert Draft.objects.count() == 1

    # When they leave
    leaves(visitor)
    expect(visitor.get_by_role("heading", level=1)).to_have_text(SOUP)
    assert not Draft.objects.exists()
    assert visitor.context.cookies() == []

    # Then every page before has nothing in it, back to the first
    seen = []
    while goes_back(visitor):
        if visitor.url.startswith("chrome-error:"):
            continue
        seen.append(visitor.get_by_role("heading", level=1).inner_text())
        assert visitor.locator("input:checked, .match, main .notice-warm").count() == 0, visitor.url
        assert Draft.objects.count() == 0
    assert len(seen) >= 10
    assert set(seen) <= EMPTY


def test_leaving_takes_the_place_of_the_page_in_the_history(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/learn/")
    page.goto(f"{live_server.url}/match/needs/for/")
    leaves(page)
    page.go_back()
    assert page.url == f"{live_server.url}/learn/"


def test_the_page_is_blank_before_the_answer_comes_and_a_slow_answer_holds_nobody_up(
    page: Page, live_server: Any
) -> None:
    held: list[Route] = []
    page.route("**/match/exit/", lambda route: held.append(route))
    page.goto(f"{live_server.url}/match/needs/for/")
    page.get_by_role("button", name="Leave this site now").click(no_wait_after=True)
    expect(page.locator("html")).to_be_hidden()
    page.wait_for_url("**/vegetable-soup/")
    assert len(held) == 1


def test_shift_three_times_leaves(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/match/needs/for/")
    goes_on(page, "Me. It keeps getting hard when I am close to someone.")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("**/vegetable-soup/")
    assert not Draft.objects.exists()


def test_capitals_and_other_uses_of_shift_do_not_leave(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/match/needs/for/")
    goes_on(page, "Me. It keeps getting hard when I am close to someone.")
    page.goto(f"{live_server.url}/match/needs/place/")
    field = page.get_by_label("ZIP code, if distance matters")
    field.focus()
    for capital in "SHOUT":
        page.keyboard.press(f"Shift+{capital}")
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    for _ in range(4):
        page.keyboard.down("Shift")
        page.locator("h1").click()
        page.keyboard.up("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    expect(field).to_have_value("SHOUT")
    assert page.url.endswith("/place/")
    assert Draft.objects.exists()


def test_a_page_that_the_browser_kept_alive_is_asked_for_anew(
    browser_that_keeps_pages: Browser, guard: Callable[[BrowserContext], list[str]], live_server: Any
) -> None:
    # /crisis/ stands for the pages with answers: a browser is free to keep it, and Chromium does.
    context = browser_that_keeps_pages.new_context()
    guard(context)
    page = context.new_page()
    for path, kept in (("/learn/", True), ("/crisis/", False)):
        page.goto(live_server.url + path)
        page.evaluate("window.alive = true")
        page.goto(f"{live_server.url}/privacy/")
        page.go_back(wait_until="commit")
        page.wait_for_function("!document.documentElement.hidden")
        assert page.evaluate("window.alive === true") is kept, path
    context.close()


@pytest.mark.parametrize("path", SENSITIVE)
def test_the_button_stands_at_the_same_place_and_stays_in_sight_on_a_small_phone(
    page: Page, live_server: Any, path: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(live_server.url + path)
    button = page.get_by_role("button", name="Leave this site now")
    box = button.bounding_box()
    strip = page.locator(".crisis-strip").bounding_box()
    header = page.locator(".site-header").bounding_box()
    assert box is not None
    assert strip is not None
    assert header is not None
    assert (round(box["x"] + box["width"]), round(box["y"])) == (304, round(strip["height"]) + 4)
    assert box["height"] >= 44
    assert box["y"] + box["height"] <= header["y"], "it lies on nothing"
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(button).to_be_in_viewport(ratio=1)


def test_what_has_the_focus_is_never_under_the_bar(page: Page, live_server: Any) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.goto(f"{live_server.url}/match/under-18/")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    page.locator(".site-footer a").first.focus()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        top, bar = page.evaluate(
            """() => [document.activeElement.getBoundingClientRect().top,
                      document.querySelector(".leave-bar").getBoundingClientRect().bottom]"""
        )
        assert top >= bar - 1, page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("path", ["/match/", "/match/?again", "/match/under-18/", "/vegetable-soup/"])
def test_page_is_accessible_narrow_and_wide_by_day_and_by_night(
    page: Page, live_server: Any, path: str, accessible: Callable[[Page], None]
) -> None:
    page.goto(live_server.url + path)
    is_accessible_everywhere(page, accessible)


def test_pages_of_help_are_accessible(page: Page, live_server: Any, accessible: Callable[[Page], None]) -> None:
    page.goto(f"{live_server.url}/match/needs/for/")
    goes_on(page, "My partner and me")
    goes_on(page, "No")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your safety comes first")
    is_accessible_everywhere(page, accessible)
    page.get_by_role("link", name="Continue").click()
    page.locator("input[value='self-harm']").check()
    goes_on(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You do not have to be alone with this")
    is_accessible_everywhere(page, accessible)


def test_the_two_ways_on_a_page_of_help_look_the_same(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/match/needs/for/")
    goes_on(page, "Me. It keeps getting hard when I am close to someone.")
    page.locator("input[value='self-harm']").check()
    goes_on(page)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        boxes = [way.bounding_box() for way in page.locator("main .button").all()]
        assert [box and (box["width"], box["height"]) for box in boxes] == [
            (boxes[0]["width"], boxes[0]["height"])  # type: ignore[index]
        ] * 2


def is_accessible_everywhere(page: Page, accessible: Callable[[Page], None]) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            accessible(page)
