"""A family's page of results: danger first, then the two parts, and studies that found little among the others."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from matching import family
from matching.questions import IN_DANGER
from tests.factories import TherapistFactory
from tests.test_texts import shown, too_hard
from tests.texts import GENERAL

pytestmark = pytest.mark.django_db

HEADING = "For your family"


@pytest.fixture(autouse=True)
def _on_the_day_of_the_factories(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC), tick=False)
    TherapistFactory(
        name="Uma Umber",
        session_formats=["individual", "couple", "family"],
        approaches=["attachment-based-family", "dyadic-developmental", "circle-of-security"],
    )


def page_for(client: Client, **answers: dict[str, Any]) -> str:
    for slug, data in ({"place": {"state": "CA", "delivery": ["telehealth"]}} | answers).items():
        assert client.post(f"/match/needs/{slug}/", data).status_code == 302, slug
    page = client.get("/match/results/").content.decode()
    return re.sub(r"\s+", " ", page[page.index("<main") :])


def for_a_family(client: Client, *, whom: str, ages: tuple[str, ...] = (), **answers: dict[str, Any]) -> str:
    first: dict[str, dict[str, Any]] = {"for": {"reason": "family"}, "whom": {"whom": whom}}
    if ages:
        first["age"] = {"ages": ages}
    return page_for(client, **first, **answers)


def test_for_a_teen_in_danger_the_line_comes_first_and_then_what_studies_found_and_did_not(client: Client) -> None:
    page = for_a_family(client, whom="child", ages=("teen",), concerns={"concerns": ["suicidal-thoughts"]})
    assert page.index('href="tel:988"') < page.index("<h1") < page.index(HEADING) < page.index("Uma Umber")
    assert family.PLAN in page
    assert family.TEEN_IN_DANGER in page
    section = page[page.index(HEADING) :].split("</section>")[0]
    assert 'href="https://doi.org/10.1016/j.jad.2021.07.005"' in section
    assert "With 129 teens it did no better than supportive therapy" in section
    match = page[page.index('<article class="match"') :]
    assert "With 129 teens it did no better than supportive therapy" in match
    assert IN_DANGER in match
    assert not too_hard(shown(page), GENERAL)


def test_for_an_adopted_child_force_is_named_as_no_help_and_studies_as_thin(client: Client) -> None:
    page = for_a_family(client, whom="all", ages=("child",), family={"kinds": ["adoptive"]})
    assert family.NO_FORCE in page
    assert family.CAME_LATER in page
    assert "Studies of dyadic developmental psychotherapy are thin or mixed so far." in page
    assert not too_hard(shown(page), GENERAL)


def test_a_parent_who_comes_alone_reads_what_they_can_do_alone(client: Client) -> None:
    page = for_a_family(client, whom="parent")
    assert family.ALONE in page
    assert family.NOT_ABOUT_THE_CHILD.replace("'", "&#x27;") in page


def test_where_somebody_at_home_is_feared_nobody_is_told_to_come_together(client: Client) -> None:
    page = for_a_family(client, whom="all", who={"session_format": "family"}, safe={"safe_at_home": "no"})
    assert page.index('href="tel:+18007997233"') < page.index("<h1") < page.index(HEADING)
    assert family.APART in page
    assert family.TOGETHER not in page


def test_somebody_without_a_child_in_view_sees_no_such_part(client: Client) -> None:
    assert HEADING not in page_for(client, **{"for": {"reason": "closeness"}})
