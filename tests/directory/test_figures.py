"""The figures of a day: what is listed, how fresh it is, how much of it leads to somebody, and who is shown it."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from directory.curation.figures import record_figures
from directory.models import DirectoryFigures
from tests.directory.admin_people import curator, signed_in
from tests.factories import TODAY, TherapistFactory

DAY = dt.timedelta(days=1)


def with_an_opening(**values: Any) -> None:
    stated = {"availability_as_of": TODAY, "next_opening_on": TODAY, "accepting_clients": "yes"}
    TherapistFactory(**(stated | values))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "changes", "counts"),
    [
        ("said today, opening today", {}, True),
        ("said three weeks ago", {"availability_as_of": TODAY - 21 * DAY}, True),
        ("said a day longer ago", {"availability_as_of": TODAY - 22 * DAY}, False),
        ("said on the day on which all was confirmed", {"availability_as_of": None}, True),
        (
            "all was confirmed too long ago for openings",
            {"availability_as_of": None, "attested_on": TODAY - 22 * DAY},
            False,
        ),
        ("an opening that is past", {"next_opening_on": TODAY - DAY}, False),
        ("no opening named", {"next_opening_on": None}, False),
        ("a waiting list", {"accepting_clients": "waitlist"}, False),
        ("not listed", {"life": "suspended"}, False),
    ],
)
def test_a_listing_is_appointable_with_a_fresh_opening(description: str, changes: dict[str, Any], counts: bool) -> None:
    with_an_opening(**changes)
    record_figures(TODAY)
    assert DirectoryFigures.objects.get().accepting_fresh == int(counts)


@pytest.mark.django_db
def test_a_day_tells_lives_states_and_freshness() -> None:
    with_an_opening(licenses=[{"jurisdiction": "CA"}, {"jurisdiction": "NY"}], fees_as_of=TODAY - 46 * DAY)
    with_an_opening(accepting_clients="no", fees_as_of=TODAY)
    TherapistFactory(life="draft", slug=None)
    TherapistFactory(licenses=[])  # published, and not listed
    record_figures(TODAY)
    figures = DirectoryFigures.objects.get()
    assert (figures.day, figures.listed, figures.accepting_fresh) == (TODAY, 2, 1)
    assert (figures.appointable_rate, figures.appointable_of_100) == (0.5, 50)
    assert figures.by_life == {"draft": 1, "published": 3}
    assert figures.by_state == {"CA": 2, "NY": 1}
    assert (figures.fresh["fees"], figures.past["fees"]) == (1, 1)
    assert (figures.fresh["insurance"], figures.past["insurance"]) == (2, 0)
    assert (figures.fresh["attestation"], figures.fresh["consent"]) == (2, 2)


@pytest.mark.django_db
def test_counting_twice_a_day_keeps_the_newer_count_and_other_days_stay() -> None:
    record_figures(TODAY - DAY)
    with_an_opening()
    assert record_figures(TODAY) == 1
    with_an_opening()
    assert record_figures(TODAY) == 1
    assert list(DirectoryFigures.objects.order_by("day").values_list("day", "listed")) == [
        (TODAY - DAY, 0),
        (TODAY, 2),
    ]


@pytest.mark.usefixtures("committed")
def test_two_that_count_at_once_write_one_row() -> None:
    def count(_: int) -> int:
        try:
            return record_figures(TODAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert list(workers.map(count, range(8))) == [1] * 8
    assert DirectoryFigures.objects.count() == 1


@pytest.mark.django_db
def test_more_appointable_than_listed_is_refused() -> None:
    with pytest.raises(IntegrityError, match="appointable_listings_are_listed"):
        DirectoryFigures.objects.create(day=TODAY, listed=1, accepting_fresh=2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "age", "listed", "shown"),
    [
        ("today", 0, 200, True),
        ("three weeks ago", 21, 200, True),
        ("longer ago", 22, 200, False),
        ("none", 0, 0, False),
    ],
)
def test_the_home_page_says_one_number_as_long_as_it_counts(
    description: str, age: int, listed: int, shown: bool
) -> None:
    day = timezone.localdate() - age * DAY
    DirectoryFigures.objects.create(day=day, listed=listed, accepting_fresh=listed * 62 // 100)
    text = Client().get("/").content.decode()
    assert ("62 of 100 listed therapists" in text) is shown


@pytest.mark.django_db
def test_the_home_page_says_nothing_before_the_first_count() -> None:
    assert "of 100 listed therapists" not in Client().get("/").content.decode()


@pytest.mark.django_db
def test_the_desk_draws_the_figures_and_says_them_in_words() -> None:
    today = timezone.localdate()
    for weeks, appointable in ((2, 20), (1, 40), (0, 62)):
        DirectoryFigures.objects.create(
            day=today - dt.timedelta(weeks=weeks),
            listed=100,
            accepting_fresh=appointable,
            by_life={"published": 100},
            by_state={"CA": 60, "NY": 40},
            fresh={"fees": 70},
            past={"fees": 20},
        )
    response = signed_in(curator()).get("/admin/")
    text = response.content.decode()
    assert text.count('<svg class="chart"') == 4
    assert "62.0%" in text
    assert "style=" not in "".join(re.findall(r"<svg.*?</svg>", text, re.DOTALL))
    tables = {chart.title: chart.rows for chart in response.context["charts"]}
    assert ("Fees and sliding scale (45 days)", "70", "20", "10") in tables["Freshness"]
    assert tables["Listings by state"] == [("CA", "60"), ("NY", "40")]
    assert ("Published", "100") in tables["Profiles by life"]
    for chart in response.context["charts"]:
        assert "<title" in chart.drawing
        assert "<desc" in chart.drawing


@pytest.mark.django_db
def test_the_desk_says_when_nothing_was_counted() -> None:
    assert "Nothing was counted yet" in signed_in(curator()).get("/admin/").content.decode()
