"""The order of names without all names: right for few and for many, and current after every change."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Therapist
from directory.roster import by_name
from directory.roster.columns import Columns
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

NAMES = ["Ada", "ada", "ADA", "Béla", "bela", "O'Neil", "Zoë", "zoe", "Çelik", "  spaced", "Ada"]


@pytest.fixture
def people() -> list[int]:
    drafts = Therapist.objects.bulk_create(Therapist(name=name) for name in NAMES * 3)
    return [therapist.pk for therapist in drafts]


def in_order(ids: list[int]) -> list[int]:
    return list(Therapist.objects.filter(pk__in=ids).in_order_of_name().values_list("pk", flat=True))


@pytest.mark.parametrize("names_at_once", [1, 2, 5, 1000])
@pytest.mark.parametrize("every", [1, 2, 7, 30])
@pytest.mark.parametrize("count", [0, 1, 5, 33, 100])
def test_it_is_the_order_of_the_querysets(
    people: list[int], names_at_once: int, every: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_name, "NAMES_AT_ONCE", names_at_once)
    some = people[::every]
    with connection.cursor() as cursor:
        found = by_name.first_by_name(cursor, np.array(some[::-1], dtype=np.int64), count)
    assert found.tolist() == in_order(some)[:count]


@pytest.mark.parametrize("names_at_once", [1, 1000])
def test_who_was_deleted_since_has_no_place(
    people: list[int], names_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_name, "NAMES_AT_ONCE", names_at_once)
    Therapist.objects.filter(pk__in=people[:5]).delete()
    with connection.cursor() as cursor:
        found = by_name.first_by_name(cursor, np.array(people, dtype=np.int64), 100)
    assert found.tolist() == in_order(people[5:])


@pytest.mark.parametrize("names_at_once", [1, 1000])
def test_of_many_only_the_names_of_a_page_are_read(names_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the first ten costs a few short statements, however many are selected."""
    monkeypatch.setattr(by_name, "NAMES_AT_ONCE", names_at_once)
    ids = [therapist.pk for therapist in Therapist.objects.bulk_create(Therapist(name=name) for name in NAMES * 100)]
    limits: list[int] = []

    def listening(execute: object, sql: str, params: dict[str, int], many: bool, context: object) -> object:
        limits.append(params["limit"])
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(listening), connection.cursor() as cursor:
        by_name.first_by_name(cursor, np.array(ids, dtype=np.int64), 10)
    assert limits == ([1, 2, 4, 8] if names_at_once == 1 else [1000])


def test_a_page_by_name_follows_every_new_name() -> None:
    ada, ben = TherapistFactory(name="Ada"), TherapistFactory(name="Ben")
    assert page() == [ada.pk, ben.pk]
    Therapist.objects.filter(pk=ada.pk).update(name="Zoë")
    assert page() == [ben.pk, ada.pk]
    Therapist.objects.filter(pk=ben.pk).update(life="suspended")
    assert page() == [ada.pk]


def page() -> list[int]:
    return current().select(Requirements(on=TODAY)).page("name", limit=10).tolist()


@given(st.lists(st.sampled_from(["Ada", "ada", "Ben", "Zoë"]), max_size=8), st.integers(0, 9), st.integers(0, 9))
def test_pages_of_invented_therapists_are_parts_of_one_list(names: list[str], offset: int, limit: int) -> None:
    selection = Columns.from_records([{"name": name} for name in names]).select(Requirements(on=TODAY))
    everyone = sorted(range(1, len(names) + 1), key=lambda number: (names[number - 1].casefold(), number))
    assert selection.page("name", offset=offset, limit=limit).tolist() == everyone[offset : offset + limit]


def test_the_directory_of_an_earlier_day_knows_no_names() -> None:
    nameless = Columns.from_records([{}]).without_names()
    with pytest.raises(LookupError, match="no names"):
        nameless.select(Requirements(on=TODAY + dt.timedelta(days=1))).page("name", limit=1)
