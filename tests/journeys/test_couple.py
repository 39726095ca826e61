"""Two partners on two devices, and one person who leaves and comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from assessments import catalogue

# One Chromium is enough for two cores, as in conftest.py.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Guard = Callable[[BrowserContext], list[str]]
NOT_HERE = "Your partner’s answers are not here."


@pytest.fixture
def site(live_server: Any, transactional_db: None) -> str:
    call_command("seed_demo", therapists=60, seed=7, verbosity=0)
    return live_server.url


@pytest.fixture
def another_device(browser: Browser, guard: Guard) -> Iterator[Callable[[], Page]]:
    """Call for another device: a browser without JavaScript that shares nothing with the others."""
    contexts: list[BrowserContext] = []

    def unpack() -> Page:
        contexts.append(browser.new_context(java_script_enabled=False))
        guard(contexts[-1])
        return contexts[-1].new_page()

    yield unpack
    for context in contexts:
        context.close()


class Partner:
    """What one of the two does, in their words."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def goes_to(self, path: str) -> None:
        self.page.goto(self.site + path)

    def presses(self, name: str, role: Any = "button") -> None:
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=True).click()

    def answers(self, *, worried: bool, distant: bool, safe: str = "Yes") -> None:
        self.goes_to("/match/questions/about/")
        self.page.get_by_label("My partner, or the last partner I had").check()
        self.presses("Continue")
        high = {"anxiety": worried, "avoidance": distant}
        for item in catalogue.get("closeness-12").items:
            answer = "7" if high[item.scale] is not item.reverse_keyed else "1"
            self.page.locator(f"input[name=answer][value='{answer}']").check()
            self.presses("Continue")
        self.goes_to("/match/needs/for/")
        self.page.get_by_label("My partner and me").check()
        self.presses("Continue")
        self.page.get_by_label(safe, exact=True).check()
        self.presses("Continue")
        self.goes_to("/match/needs/place/")
        self.page.get_by_label("State you will be in during sessions").select_option("CA")
        self.page.get_by_label("Online, by video or phone").check()
        self.presses("Continue")
        self.goes_to("/match/results/")

    def invites(self) -> str:
        self.presses("Answer as a couple", "link")
        self.presses("Make a code for my partner")
        return self.page.get_by_role("group", name="The code for your partner").inner_text()

    def joins_with(self, code: str) -> None:
        self.goes_to("/match/")
        self.presses("My partner gave me a code", "link")
        self.page.get_by_label("What is the code from your partner?").fill(code)
        self.presses("Join my partner")

    def agrees_to_show_scores(self) -> None:
        self.goes_to("/match/couple/share/")
        self.page.get_by_label("Yes, if my partner shows theirs too").check()
        self.presses("Continue")

    def sees(self, words: str) -> None:
        self.goes_to("/match/results/")
        expect(self.page.get_by_role("main")).to_contain_text(words)

    def does_not_see(self, words: str) -> None:
        self.goes_to("/match/results/")
        expect(self.page.get_by_role("main")).not_to_contain_text(words)


def test_two_partners_on_two_devices(another_device: Callable[[], Page], site: str) -> None:
    # Given Ada, who worries about being left, has answered and made a code
    ada = Partner(another_device(), site)
    ada.answers(worried=True, distant=False)
    code = ada.invites()
    ada.sees(NOT_HERE)

    # When Ben joins on his own device, typing the code as it was read to him, and answers alone
    ben = Partner(another_device(), site)
    ben.joins_with(code.lower().replace(" ", "-"))
    ben.answers(worried=False, distant=True)

    # Then both see how they meet and what it means, and nobody's scores but their own
    for partner in (ada, ben):
        partner.sees("One reaches out, one pulls back")
        partner.sees("What this means for choosing")
        partner.does_not_see("Your partner’s scores")

    # When one of them agrees, nothing changes; when both do, both see the scores
    ada.agrees_to_show_scores()
    for partner in (ada, ben):
        partner.does_not_see("Your partner’s scores")
    ben.agrees_to_show_scores()
    ada.sees("Closest to: Avoidant")
    ben.sees("Closest to: Anxious")

    # When Ben withdraws, Ada's page says what it said before he came
    ben.goes_to("/match/couple/")
    ben.presses("Delete my part")
    ada.sees(NOT_HERE)
    ada.does_not_see("Your partner’s scores")
    ben.sees("Closest to: Avoidant")


def test_one_comes_back_on_another_device(another_device: Callable[[], Page], site: str) -> None:
    ada = Partner(another_device(), site)
    ada.answers(worried=True, distant=False)
    ada.presses("Leave and come back", "link")
    ada.presses("Show my return code")
    code = ada.page.get_by_role("group", name="Your return code").inner_text()
    ada.presses("Leave now")
    ada.sees("There are no answers in this browser")

    later = Partner(another_device(), site)
    later.goes_to("/match/")
    later.presses("Come back with a code", "link")
    later.page.get_by_label("What is your return code?").fill(code)
    later.presses("Open my answers")
    later.sees("Closest to: Anxious")
    assert code.replace(" ", "") not in later.page.url


def test_pages_of_a_couple_are_accessible_narrow_and_wide_by_day_and_by_night(
    page: Page, site: str, accessible: Callable[[Page], None]
) -> None:
    ada = Partner(page, site)
    ada.answers(worried=True, distant=False)

    def check() -> None:
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                accessible(page)

    for path in (
        "/match/couple/",
        "/match/couple/join/",
        "/match/return/",
        "/match/return/code/",
        "/match/return/left/",
    ):
        ada.goes_to(path)
        check()
    ada.goes_to("/match/results/")
    ada.invites()
    check()
    for path in ("/match/results/", "/match/couple/share/", "/match/couple/hand-over/", "/match/couple/withdrawn/"):
        ada.goes_to(path)
        check()
    ada.goes_to("/match/couple/join/")
    ada.page.get_by_label("What is the code from your partner?").fill("0000")
    ada.presses("Join my partner")
    check()
    ada.goes_to("/match/return/code/")
    ada.presses("Show my return code")
    check()
    ada.goes_to("/match/couple/hand-over/")
    ada.presses("Put my answers away")
    check()
    ada.presses("I wrote it down. Start for my partner")
    check()
    ada.answers(worried=False, distant=True, safe="No")
    check()
    ada.goes_to("/match/couple/")
    check()
