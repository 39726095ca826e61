"""Somebody who looks for a therapist, in a browser: what they see and do on the pages of questions."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from assessments import catalogue

# A person who worries about being left and does not mind closeness: the answer to each statement, by its keying.
ANXIOUS = {("anxiety", False): 7, ("anxiety", True): 1, ("avoidance", False): 1, ("avoidance", True): 7}


class Client:
    """What a client does on the pages, in their words."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site

    def starts(self) -> None:
        self.page.goto(f"{self.site}/match/")
        self.page.get_by_role("link", name="Start", exact=True).click()

    def thinks_of(self, person: str) -> None:
        self.page.get_by_label(person).check()
        self.goes_on()

    def answers_as_someone_anxious(self) -> dict[str, int]:
        items = catalogue.get("closeness-12").items
        responses = {item.id: ANXIOUS[item.scale, item.reverse_keyed] for item in items}
        for answer in responses.values():
            self.page.locator(f"input[name=answer][value='{answer}']").check()
            self.goes_on()
        return responses

    def sees(self, question: str, progress: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(question)
        expect(self.page.get_by_text(progress)).to_be_visible()

    def chooses(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(label, exact=True).check()
        self.goes_on()

    def goes_on(self) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Continue").click()

    def follows(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=link, exact=True).click()

    def says_where(self) -> None:
        self.page.get_by_label("State you will be in during sessions").select_option("CA")
        self.chooses("Online, by video or phone")

    def reads_the_results(self) -> list[tuple[str, str]]:
        """Name and score of each match, in order."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="See therapists who fit").click()
        matches = self.page.locator(".match")
        return [
            (
                match.locator("h3 a").inner_text(),
                re.sub(r"\s.*", "", match.locator(".score").inner_text(), flags=re.DOTALL),
            )
            for match in matches.all()
        ]
