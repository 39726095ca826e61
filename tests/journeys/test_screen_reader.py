"""What a screen reader has to say: roles and names, in the order in which they are read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.states import STATES, Visitor, some_therapists

STATE = {state.name: state for state in STATES}

STATEMENT = """
- complementary "Help in a crisis":
  - paragraph:
    - link "Call 988"
    - link "text 988"
    - link "More help"
- form "Leave this site":
  - button "Leave this site now"
- banner:
  - navigation "Main"
- navigation "Back":
  - link "Back"
- main:
  - alert:
    - heading "Please look at this again" [level=2]
    - list:
      - listitem:
        - link "Choose how much you agree, or choose “I’m not sure”."
  - paragraph: Part 1 of 2. Question 1 of 12
  - group "If my partner took hours to write back, I would think something was wrong with us.":
    - heading "If my partner took hours to write back, I would think something was wrong with us." [level=1]
    - radio "Strongly disagree"
    - radio "Disagree"
    - radio "Disagree a little"
    - radio "Neither agree nor disagree"
    - radio "Agree a little"
    - radio "Agree"
    - radio "Strongly agree"
    - radio "I’m not sure"
  - button "Continue"
  - link "Skip these questions"
  - group: Why we ask
- contentinfo:
  - navigation "About this site"
"""
PLACE = """
- main:
  - alert:
    - list:
      - listitem:
        - link "Choose the state you will be in."
      - listitem:
        - link "Choose online, in person, or both."
      - listitem:
        - link "We do not know this ZIP code. Try one near it, or leave it empty."
  - heading "Where and how would you like to meet?" [level=1]
  - combobox "State you will be in during sessions" [invalid]
  - group "How would you like to meet?":
    - checkbox "Online, by video or phone" [invalid]
    - checkbox "In person, in an office" [invalid]
  - textbox "ZIP code, if distance matters" [invalid]: "00000"
  - button "Continue"
"""
RESULTS = """
- main:
  - paragraph:
    - link "Call 988"
  - heading "2 therapists meet what you need" [level=1]
  - heading "Attachment work or a general approach first?" [level=2]
  - heading "Your matches" [level=2]
  - list:
    - listitem:
      - article "Ana Demo, LMFT":
        - heading "Ana Demo, LMFT" [level=3]
        - heading "What fits" [level=4]
        - heading "Good to know first" [level=4]
  - button "Delete my answers"
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [("a statement with nothing chosen", STATEMENT), ("place with mistakes", PLACE), ("results", RESULTS)],
    ids=["a statement", "a page with mistakes", "results"],
)
def test_roles_and_names_are_read_in_order(
    page: Page, live_server: Any, transactional_db: None, name: str, said: str
) -> None:
    some_therapists()
    STATE[name].reach(Visitor(page, live_server.url))
    expect(page.locator("body")).to_match_aria_snapshot(said)


def test_what_is_drawn_is_said_as_well(page: Page, live_server: Any, transactional_db: None) -> None:
    some_therapists()
    STATE["results"].reach(Visitor(page, live_server.url))
    expect(page.get_by_role("img", name="Your point on the plane of attachment anxiety and avoidance")).to_be_visible()
    for table in ("Your two scores with your partner, and how sure they are", "How likely each pattern is"):
        expect(page.get_by_role("table", name=table)).to_be_visible()
    findings = page.get_by_role("group", name="Findings for Ana Demo").get_by_role("table")
    expect(findings.get_by_role("columnheader")).to_have_text(["What counts", "Points", "Why"])


def test_hint_and_mistake_are_read_with_the_question(page: Page, live_server: Any, transactional_db: None) -> None:
    STATE["a statement with nothing chosen"].reach(Visitor(page, live_server.url))
    expect(page.get_by_role("group", name="If my partner took hours")).to_have_accessible_description(
        "How much do you agree? There are no right or wrong answers. "
        "Error: Choose how much you agree, or choose “I’m not sure”."
    )
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page).to_have_title("Error: Question 1 of 12 · Steady Ground")


def test_mistake_is_read_with_its_field(page: Page, live_server: Any, transactional_db: None) -> None:
    STATE["place with mistakes"].reach(Visitor(page, live_server.url))
    expect(page.get_by_label("ZIP code, if distance matters")).to_have_accessible_description(
        "Error: We do not know this ZIP code. Try one near it, or leave it empty."
    )
