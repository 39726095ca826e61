"""Demand without supply: fewer than ten are never shown, on no page, in no sum, by no difference of two pages."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import DemandCell
from directory.models.demand import period_under_way
from tests.directory.admin_people import signed_in
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

PAGE = "/admin/directory/demandcell/"
NOW = period_under_way(TODAY)  # the Monday on which the period began that today is in
LAST = NOW - dt.timedelta(weeks=4)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=True):
        yield


@pytest.fixture
def desk() -> Client:
    reader = User.objects.create_user("rita", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_demandcell"))
    return signed_in(reader)


def asked(count: int, *, week: dt.date = LAST, state: str = "CA", plan: str = "aetna", concern: str = "grief") -> None:
    DemandCell.objects.create(
        week=week, jurisdiction=state, session_format="couple", concern=concern, insurance_plan=plan, asked=count
    )


def rows(desk: Client, **query: Any) -> list[tuple[list[str], str]]:
    return list(desk.get(PAGE, query).context["rows"])


@pytest.mark.parametrize(("weekly", "shown"), [((9,), None), ((10,), "10"), ((5, 4), None), ((5, 5), "10")])
def test_it_is_shown_from_ten_in_four_weeks(desk: Client, weekly: tuple[int, ...], shown: str | None) -> None:
    for place, count in enumerate(weekly):
        asked(count, week=LAST + dt.timedelta(weeks=place))
    assert rows(desk) == ([] if shown is None else [(["California", "Couple", "Grief and loss", "Aetna"], shown)])


def test_the_period_under_way_is_not_shown(desk: Client) -> None:
    asked(99, week=NOW)
    assert rows(desk) == []


def test_what_is_too_few_in_one_period_is_in_no_sum(desk: Client) -> None:
    asked(12, week=LAST)
    asked(9, week=LAST - dt.timedelta(weeks=4))
    asked(10, week=LAST - dt.timedelta(weeks=8))
    asked(8, state="CA", concern="ptsd")
    assert [count for _, count in rows(desk, weeks=12)] == ["22"]
    assert [bar.asked for bar in desk.get(PAGE, {"weeks": 12}).context["bars"]] == [22]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    counts=st.dictionaries(
        st.tuples(st.integers(0, 60), st.sampled_from(["CA", "NY"]), st.sampled_from(["aetna", ""])),
        st.integers(1, 15),
        max_size=12,
    ),
    day=st.integers(0, 120),
)
def test_two_pages_never_differ_by_fewer_than_ten(counts: dict[Any, int], day: int) -> None:
    DemandCell.objects.all().delete()
    for (weeks, state, plan), count in counts.items():
        asked(count, week=NOW - dt.timedelta(weeks=weeks), state=state, plan=plan)
    seen: set[int] = set()
    for on in (TODAY, TODAY + dt.timedelta(days=day)):
        for weeks in (4, 12, 52):
            for only in ({}, {"jurisdiction": "CA"}, {"jurisdiction": "NY"}):
                shown = DemandCell.objects.filter(**only).shown(on=on, weeks=weeks)
                seen.add(sum(row["total"] for row in shown))
                assert all(row["total"] >= 10 for row in shown)
    by_state = [
        {weeks: sum(r["total"] for r in DemandCell.objects.filter(jurisdiction="CA").shown(on=TODAY, weeks=weeks))}
        for weeks in (4, 12, 52)
    ]
    four, twelve, year = (total for each in by_state for total in each.values())
    for less, more in ((four, twelve), (twelve, year), (four, year)):
        assert more - less == 0 or more - less >= 10


def test_the_list_is_narrowed_by_state_format_and_weeks(desk: Client) -> None:
    asked(10, state="CA")
    asked(20, state="NY", plan="")
    asked(30, state="NY", week=LAST - dt.timedelta(weeks=4))
    assert [count for _, count in rows(desk, jurisdiction="NY")] == ["30", "20"]
    assert [count for _, count in rows(desk, jurisdiction="NY", weeks=4)] == ["20"]
    assert rows(desk, session_format="family") == []
    assert rows(desk, jurisdiction="nowhere", weeks="x") == rows(desk)


def test_the_chart_says_in_words_what_it_draws(desk: Client) -> None:
    asked(10, state="CA")
    asked(1234, state="NY")
    page = desk.get(PAGE).content.decode()
    assert '<desc id="demand-about">New York: 1,234. California: 10. </desc>' in page
    assert "none named" not in page
    assert 'style="' not in page[page.index("<svg") : page.index("</svg>")]


def test_an_empty_page_says_so(desk: Client) -> None:
    asked(9)
    page = desk.get(PAGE).content.decode()
    assert "In no four weeks of this time did 10 or more answers ask for the same" in page
    assert "demand-chart" not in page


def test_the_file_has_the_rows_of_the_page_and_no_others(desk: Client) -> None:
    asked(10)
    asked(9, state="NY")
    answer = desk.get(PAGE, {"file": "csv", "weeks": 4})
    assert list(csv.reader(answer.content.decode().splitlines())) == [
        ["jurisdiction", "session_format", "concern", "insurance_plan", "asked"],
        ["CA", "couple", "grief", "aetna", "10"],
    ]


def test_there_is_no_page_of_a_row_and_nothing_can_be_written() -> None:
    asked(10)
    root = signed_in(User.objects.create_superuser("root"))
    for page in ("add", "change", "delete", "history"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:directory_demandcell_{page}", args=[] if page == "add" else [1])
    assert root.get(f"{PAGE}1/change/").status_code == 404
    root.post(PAGE, {"action": "delete_selected", "_selected_action": [1]})
    assert DemandCell.objects.count() == 1


def test_the_page_is_for_who_may_see_it() -> None:
    sam = signed_in(User.objects.create_user("sam", is_staff=True))
    assert sam.get(PAGE).status_code == 403
    assert sam.get(PAGE, {"file": "csv"}).status_code == 403


def test_purge_deletes_what_can_never_be_shown() -> None:
    asked(9, week=NOW, plan="a")  # may still grow
    asked(9, week=LAST, plan="b")
    asked(5, week=LAST, plan="c")
    asked(5, week=LAST + dt.timedelta(weeks=1), plan="c")
    asked(50, week=TODAY - dt.timedelta(days=1, weeks=104), plan="d")
    asked(50, week=TODAY - dt.timedelta(days=1, weeks=105), plan="e")
    call_command("purge", verbosity=0)
    assert sorted(set(DemandCell.objects.values_list("insurance_plan", flat=True))) == ["a", "c", "d"]
