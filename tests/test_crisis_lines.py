"""The crisis lines: the numbers that must be there, how the page shows them, and what happens when they grow old."""

from __future__ import annotations

import datetime as dt
import io
import json
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import ERROR, INFO, WARNING
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from django.utils import timezone

from config.checks import crisis_lines_are_fresh, crisis_lines_may_be_deployed
from config.crisis_lines import CRISIS_LINES
from tests.factories import TODAY

LINES = {line["code"]: line for line in CRISIS_LINES}


def line_of(code: str, verified_on: dt.date | None) -> dict[str, Any]:
    return {"code": code, "verified_on": verified_on}


def ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


# --- The numbers ------------------------------------------------------------------------------------------------------
def test_the_numbers_that_must_be_there_are_there() -> None:
    assert (LINES["988"]["call"], LINES["988"]["text_to"]) == ("988", "988")
    assert (LINES["988-spanish"]["call_shown"], LINES["988-spanish"]["text_body"]) == ("988, then press 2", "AYUDA")
    assert (LINES["crisis-text-line"]["text_body"], LINES["crisis-text-line"]["text_to"]) == ("HOME", "741741")
    assert (LINES["veterans"]["call_shown"], LINES["veterans"]["text_to"]) == ("988, then press 1", "838255")
    assert (LINES["domestic-violence"]["call"], LINES["domestic-violence"]["text_to"]) == ("+18007997233", "88788")
    assert LINES["childhelp"]["call"] == "+18004224453"
    assert (LINES["trevor"]["call"], LINES["trevor"]["text_to"]) == ("+18664887386", "678678")


def test_the_ended_option_of_988_is_not_listed() -> None:
    assert "press 3" not in json.dumps(CRISIS_LINES, default=str).lower()


@pytest.mark.parametrize("line", CRISIS_LINES, ids=LINES)
def test_a_line_can_be_reached_and_says_how_it_was_verified(line: dict[str, Any]) -> None:
    assert line["call"] or line["text_to"]
    assert (line["verified_on"] is None) == line["source"].startswith("not checked")
    assert line["verified_on"] is None or line["verified_on"] <= max(TODAY, timezone.localdate())
    assert line["chat"] is None or line["chat"].startswith("https://")


def test_whoever_reads_about_thoughts_of_suicide_reads_988() -> None:
    concerns = json.loads((settings.FIXTURES / "taxonomy" / "concerns.json").read_text())
    assert "988" in next(term["summary"] for term in concerns if term["code"] == "suicidal-thoughts")


# --- The page ---------------------------------------------------------------------------------------------------------
class _Cards(HTMLParser):
    """The links and the words of each card, by its heading."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[tuple[list[str], list[str]]] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li" and ("class", "card") in attrs:
            self.cards.append(([], []))
            self.depth = 1
        if tag == "a" and self.depth:
            self.cards[-1][0].append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "li" and self.depth > 0

    def handle_data(self, data: str) -> None:
        if self.depth and data.strip():
            self.cards[-1][1].append(data.strip())


@pytest.fixture(scope="module")
def cards() -> dict[str, tuple[list[str], str]]:
    parser = _Cards()
    page = Client().get("/crisis/").content.decode()
    assert 'href="tel:911"' in page
    parser.feed(page)
    return {said[0]: (links, " ".join(said)) for links, said in parser.cards}


@pytest.mark.parametrize("line", CRISIS_LINES, ids=LINES)
def test_a_card_has_plain_links_and_says_when_the_number_was_compared(
    line: dict[str, Any], cards: dict[str, tuple[list[str], str]]
) -> None:
    links, said = cards[line["name"]]
    body = f"?body={line['text_body']}" if line["text_body"] else ""
    assert links == [
        *([f"tel:{line['call']}"] if line["call"] else []),
        *([f"sms:{line['text_to']}{body}"] if line["text_to"] else []),
        *([line["chat"]] if line["chat"] else []),
    ]
    assert not line["call"] or f"Call {line['call_shown']}" in said
    assert not line["text_to"] or f"Text {line['text_shown']}" in said
    if line["verified_on"]:
        assert "Last compared with its source on Nov. 24, 2026." in said
    else:
        assert "We could not check this with them yet. If it does not work, call 988." in said


# --- When they grow old -----------------------------------------------------------------------------------------------
AGES = [
    {"description": "checked today", "days": 0, "found": []},
    {"description": "89 days are in time", "days": 89, "found": []},
    {"description": "90 days are a warning", "days": 90, "found": [("config.W002", WARNING)]},
    {"description": "179 days are a warning still", "days": 179, "found": [("config.W002", WARNING)]},
    {
        "description": "180 days stop a deployment",
        "days": 180,
        "found": [("config.W002", WARNING), ("config.E001", ERROR)],
    },
]


@pytest.mark.parametrize("age", AGES, ids=[age["description"] for age in AGES])
def test_what_is_said_of_a_line_of_some_age(age: dict[str, Any]) -> None:
    lines = [line_of("988", TODAY), line_of("old", ago(age["days"]))]
    found = [
        *crisis_lines_are_fresh(None, lines=lines, today=TODAY),
        *crisis_lines_may_be_deployed(None, lines=lines, today=TODAY),
    ]
    assert [(message.id, message.level) for message in found] == age["found"]
    for message in found:
        assert message.msg.endswith(f": old ({ago(age['days'])}).")
        assert "verified_on" in message.hint


def test_a_line_that_was_never_verified_is_named_and_stops_nothing() -> None:
    lines = [line_of("988", TODAY), line_of("new", None)]
    assert crisis_lines_are_fresh(None, lines=lines, today=TODAY) == []
    [message] = crisis_lines_may_be_deployed(None, lines=lines, today=TODAY)
    assert (message.id, message.level, message.msg) == ("config.I001", INFO, "Crisis lines never verified: new.")


def check_after(days: int, time_machine: Any, *, deploy: bool) -> str:
    """What `check` says that many days after the last number was verified."""
    last = max(line["verified_on"] for line in CRISIS_LINES if line["verified_on"])
    time_machine.move_to(dt.datetime.combine(last + dt.timedelta(days=days), dt.time(12), tzinfo=dt.UTC))
    said = io.StringIO()
    call_command("check", tags=["crisis_lines"], deploy=deploy, stderr=said)
    return said.getvalue()


def test_age_stops_no_command_so_that_drafts_are_purged_every_hour(time_machine: Any) -> None:
    assert "config.W002" in check_after(100, time_machine, deploy=False)
    assert "config.W002" in check_after(1000, time_machine, deploy=False)


def test_age_stops_a_deployment_after_180_days(time_machine: Any) -> None:
    assert "config.W002" in check_after(100, time_machine, deploy=True)
    with pytest.raises(SystemCheckError, match=r"config\.E001"):
        check_after(200, time_machine, deploy=True)
