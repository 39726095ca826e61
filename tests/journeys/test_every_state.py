"""Every page in every state: for people who see little, zoom in, use a keyboard or listen to a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from tests.journeys.states import NOT_PAGES, STATES, State, Visitor, some_therapists

every_state = pytest.mark.parametrize("state", STATES, ids=[state.name.replace(" ", "_") for state in STATES])


@pytest.fixture
def visitor(page: Page, live_server: Any, transactional_db: None) -> Visitor:
    return Visitor(page, live_server.url)


def test_every_address_of_the_site_is_among_the_states() -> None:
    covered = {state.address for state in STATES} | NOT_PAGES.keys()
    assert set(_addresses(get_resolver().url_patterns)) == covered


def _addresses(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if str(pattern.pattern).startswith(("admin/", "api/", "^api/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else "")
        else:
            yield f"{namespace}{pattern.name}"


# What a finger presses and is too small. A link inside a sentence is as high as its line (WCAG 2.2, 2.5.8, inline
# exception), and a radio or checkbox is pressed by its whole row.
SMALL_TARGETS = """() => {
  const words = element => element.textContent.replace(/[^\\p{L}\\p{N}]/gu, "").length;
  const inSentence = element => {
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return getComputedStyle(element).display === "inline" && words(block) > words(element);
  };
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter(element => element.checkVisibility() && element.type !== "hidden" && !element.matches(".skip-link"))
    .map(element => element.closest("label.choice") ?? element)
    .filter(element => !inSentence(element))
    .map(element => [element, element.getBoundingClientRect()])
    .filter(([_, box]) => box.height < 44 || box.width < 44)
    .map(([element, box]) => `${element.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`);
}"""
# Where the focus is: which element, whether it shows that it has the focus, and whether it can be seen.
FOCUSED = """() => {
  const element = document.activeElement, label = element.closest("label");
  const styles = [element, label].filter(Boolean).map(part => getComputedStyle(part));
  const box = (label ?? element).getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const own = middle === null || [element, label].some(part => part?.contains(middle) || middle.contains(part));
  return {
    tag: element.tagName,
    html: element.outerHTML.slice(0, 120),
    key: element.dataset.stop ??= String(Math.random()),
    outlined: styles.some(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    in_sight: own && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""
# How many stops there are beside radios, of which each group is one.
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(element => element.checkVisibility({visibilityProperty: true}))
  .filter(element => !["radio", "hidden"].includes(element.type)).length"""


@every_state
def test_page_is_accessible_narrow_by_day_and_wide_by_night(
    visitor: Visitor, state: State, accessible: Callable[[Page], None]
) -> None:
    _reach(visitor, state)
    for width, scheme in ((320, "light"), (1280, "dark")):
        visitor.page.set_viewport_size({"width": width, "height": 800})
        visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        accessible(visitor.page)


@every_state
def test_whatever_is_pressed_is_44_pixels_high_and_everything_is_reached_by_the_tab_key(
    visitor: Visitor, state: State
) -> None:
    # 1280 × 1024 at a zoom of 400 % is 320 × 256.
    _reach(visitor, state)
    visitor.page.set_viewport_size({"width": 320, "height": 256})
    assert visitor.page.evaluate(SMALL_TARGETS) == []

    expected = visitor.page.evaluate(REACHABLE)
    visitor.page.keyboard.press("Tab")  # so that the browser shows the focus, as to anybody who uses keys
    if expected:
        visitor.page.locator(".skip-link").focus()  # the first stop, wherever the page itself put the focus
    stops: dict[str, dict[str, Any]] = {}
    while (stop := visitor.page.evaluate(FOCUSED))["tag"] != "BODY" and stop["key"] not in stops:
        stops[stop["key"]] = stop
        visitor.page.keyboard.press("Tab")
    assert [stop["html"] for stop in stops.values() if not stop["outlined"]] == [], "no outline"
    assert [stop["html"] for stop in stops.values() if not stop["in_sight"]] == [], "out of sight"
    assert len([stop for stop in stops.values() if stop["tag"] != "DIV" and "radio" not in stop["html"]]) >= expected


def _reach(visitor: Visitor, state: State) -> None:
    if state.therapists:
        some_therapists()
    state.reach(visitor)
