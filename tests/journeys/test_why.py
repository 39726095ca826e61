"""Somebody who asks why one match stands above another, in a browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.states import Visitor, matched, some_therapists


def test_why_one_match_stands_above_another_is_one_press_away_and_back_finds_the_matches(
    page: Page, live_server: Any, transactional_db: None
) -> None:
    some_therapists()
    visitor = Visitor(page, live_server.url)
    matched(visitor)
    visitor.opens("/match/results/")
    scores = [score.inner_text().split()[0] for score in page.locator(".match .score").all()]

    visitor.presses("Why is Ana Demo above Bo Demo?")

    expect(page.get_by_role("heading", level=1)).to_have_text("Why Ana Demo stands above Bo Demo")
    together = page.locator("tfoot td").all_inner_texts()
    assert together == [*(f"{score} of 100" for score in scores), f"+{float(scores[0]) - float(scores[1]):.2f}"]
    assert page.url == f"{live_server.url}/match/why/"

    page.get_by_label("First therapist").select_option(label="2. Bo Demo")
    page.get_by_label("Second therapist").select_option(label="1. Ana Demo")
    visitor.presses("Compare")
    assert page.locator("tfoot td").last.inner_text() == together[-1].replace("+", "−")

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why Ana Demo stands above Bo Demo")
    page.get_by_role("link", name="Back to your matches").click()
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.locator("#matches")).to_be_visible()
