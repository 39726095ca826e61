"""What depends on the day: roster, QuerySets, page and API say the same on each day, without any write in between."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from directory.models import CompactPrivilege, Jurisdiction, Therapist
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.api.conftest import IssueKey, client_with, key_with  # noqa: F401  a fixture
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db


def day(number: int) -> dt.date:
    """So many days from today."""
    return TODAY + dt.timedelta(days=number)


CASES: list[tuple[str, dict[str, Any], dict[str, str], list[bool]]] = [
    # what it is about, the therapist, the question, found yesterday, today, tomorrow and the day after
    ("a license that ends tonight", {"licenses": [{"expires_on": day(0)}]}, {}, [True, True, False, False]),
    ("a license that ended yesterday", {"licenses": [{"expires_on": day(-1)}]}, {}, [True, False, False, False]),
    (
        "the second of two licenses goes on",
        {"licenses": [{"expires_on": day(0)}, {"expires_on": day(1), "jurisdiction": "NY"}]},
        {},
        [True, True, True, False],
    ),
    (
        "of two licenses the one asked ends tonight",
        {"licenses": [{"expires_on": day(0)}, {"expires_on": day(90), "jurisdiction": "NY"}]},
        {"state": "CA"},
        [True, True, False, False],
    ),
    (
        "of two licenses the other ends tonight",
        {"licenses": [{"expires_on": day(0)}, {"expires_on": day(90), "jurisdiction": "NY"}]},
        {"state": "NY"},
        [True, True, True, True],
    ),
    (
        "a type of license ends tonight",
        {"licenses": [{"expires_on": day(0)}, {"expires_on": day(90), "license_type": "lpc"}]},
        {"license_type": "lmft"},
        [True, True, False, False],
    ),
    ("a privilege that ends tonight", {"privilege_until": day(0)}, {"state": "NY"}, [True, True, False, False]),
    ("a privilege without an end", {"privilege_until": None}, {"state": "NY"}, [True, True, True, True]),
    (
        "a privilege lasts no longer than the license",
        {"privilege_until": None, "licenses": [{"expires_on": day(0)}]},
        {"state": "NY"},
        [True, True, False, False],
    ),
    ("attested 90 days ago", {"attested_on": day(-90)}, {}, [True, True, False, False]),
    ("attested 91 days ago", {"attested_on": day(-91)}, {}, [True, False, False, False]),
    (
        "an opening tomorrow, asked within a day",
        {"next_opening_on": day(1)},
        {"opening_within_days": "1"},
        [False, True, True, False],
    ),
    ("an opening today", {"next_opening_on": day(0)}, {"opening_within_days": "0"}, [False, True, False, False]),
    (
        "an opening that comes nearer",
        {"next_opening_on": day(14)},
        {"opening_within_days": "13"},
        [False, False, True, True],
    ),
]


@pytest.mark.parametrize(("description", "facts", "question", "found"), CASES, ids=[case[0] for case in CASES])
def test_each_day_has_its_own_answer(
    description: str,
    facts: dict[str, Any],
    question: dict[str, str],
    found: list[bool],
    key_with: IssueKey,  # noqa: F811
) -> None:
    facts = dict(facts)
    has_privilege, until = "privilege_until" in facts, facts.pop("privilege_until", None)
    facts.setdefault("licenses", [{"expires_on": day(300)}])
    ada = TherapistFactory(name="Ada Lark", slug="ada", **facts)
    if has_privilege:
        CompactPrivilege.objects.create(
            therapist=ada,
            jurisdiction=Jurisdiction.objects.get(code="NY"),
            verified_on=TODAY,
            expires_on=until,
            source="Register",
        )
    partner, visitor = client_with(key_with()), Client()
    current()
    for number, expected in zip((-1, 0, 1, 2), found, strict=True):
        on = day(number)
        assert (current().select(_requirements(question, on)).ids.tolist() == [ada.pk]) is expected, (on, "roster")
        assert _by_sql(question, on).filter(pk=ada.pk).exists() is expected, (on, "QuerySets")
        with time_machine.travel(dt.datetime.combine(on, dt.time(23, 59), dt.UTC), tick=False):
            page = visitor.get("/therapists/", question).content.decode()
            assert ("Ada Lark" in page) is expected, (on, "page")
            answer = partner.get("/api/v1/therapists/", question).json()
            assert answer["total"] == int(expected), (on, "API")


def _requirements(question: dict[str, str], on: dt.date) -> Requirements:
    asked: dict[str, Any] = {}
    if "state" in question:
        asked["jurisdictions"] = (question["state"],)
    if "license_type" in question:
        asked["license_types"] = (question["license_type"],)
    if "opening_within_days" in question:
        asked["opening_within_days"] = int(question["opening_within_days"])
    return Requirements(on=on, **asked)


def _by_sql(question: dict[str, str], on: dt.date) -> Any:
    found = Therapist.objects.published(on=on)
    if "state" in question:
        found = found.licensed_in([question["state"]], on=on)
    if "license_type" in question:
        found = found.holding_license_type([question["license_type"]], on=on)
    if "opening_within_days" in question:
        found = found.opening_within(int(question["opening_within_days"]), on=on)
    return found
