"""The whole way by keyboard alone: Tab, arrows, Space, Enter and digits. No pointer is ever used."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.states import some_therapists

MOST_STOPS = 250


class Keyboard:
    def __init__(self, page: Page) -> None:
        self.page = page

    def goes_to(self, name: str, *, role: str | None = None) -> None:
        """Press Tab until the focus is on what a screen reader would call by this name."""
        by_role = self.page.get_by_role
        target = by_role(role, name=name, exact=True) if role else self.page.get_by_label(name, exact=True)  # type: ignore[arg-type]
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if target.first.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"the Tab key never reaches “{name}” on {self.page.url}")

    def presses(self, name: str, *, role: str = "button") -> None:
        self.goes_to(name, role=role)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def ticks(self, name: str) -> None:
        self.goes_to(name)
        self.page.keyboard.press("Space")
        expect(self.page.get_by_label(name, exact=True)).to_be_checked()

    def chooses(self, number: int) -> None:
        """Take the radio at this place of the page's only group: Tab reaches the group, arrows move in it."""
        radios = self.page.locator("input[type=radio]")
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.type") == "radio":
                break
        if not radios.first.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(number):
            self.page.keyboard.press("ArrowDown")
        expect(radios.nth(number)).to_be_checked()


def test_somebody_who_cannot_use_a_pointer_gets_from_home_to_a_profile(
    page: Page, live_server: Any, transactional_db: None
) -> None:
    some_therapists()
    keyboard = Keyboard(page)
    page.goto(live_server.url)
    keyboard.presses("Start the questions", role="link")
    keyboard.presses("Start", role="link")
    keyboard.chooses(0)
    keyboard.presses("Continue")
    for _ in range(12):
        keyboard.chooses(1)
        keyboard.presses("Continue")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check")
    keyboard.presses("Continue", role="link")
    keyboard.chooses(0)
    keyboard.presses("Continue")
    keyboard.ticks("Trust and fear of being left")
    keyboard.presses("Continue")
    for _ in range(3):  # importance, trauma, signs
        keyboard.presses("Continue")
    keyboard.presses("Continue")  # too early: the state is missing
    expect(page.get_by_role("alert")).to_be_focused()
    keyboard.goes_to("State you will be in during sessions")
    page.keyboard.type("Calif")
    keyboard.ticks("Online, by video or phone")
    for _ in range(3):
        keyboard.presses("Continue")
    keyboard.presses("See therapists who fit", role="link")
    keyboard.presses("Ana Demo", role="link")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Demo")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_what_is_folded_opens_by_keyboard(page: Page, live_server: Any, transactional_db: None, key: str) -> None:
    page.goto(f"{live_server.url}/match/needs/for/")
    summary = page.locator("main summary", has_text="Why we ask")
    summary.focus()
    page.keyboard.press(key)
    expect(page.locator("main details").last).to_have_attribute("open", "")
