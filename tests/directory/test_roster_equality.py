"""The roster and the QuerySets say the same: the licence to have two engines.

Random directories, random questions, random changes; each time the roster in memory and the QuerySets in SQL are asked
the same, and must agree to the last therapist and the last count.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.db.models import F
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.api.filters import TherapistFilter
from directory.lifetimes import AVAILABILITY, FEES
from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    ScreeningFlag,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.roster.columns import Columns
from directory.roster.current import current, forget
from directory.roster.facets import VOCABULARY_FACETS
from directory.roster.ordering import rotation, seed_of_day
from directory.roster.reading import one_snapshot, read_columns
from directory.roster.requirements import Requirements
from directory.roster.schema import GENDERS
from tests.directory import random_directories as drawn
from tests.factories import TODAY

pytestmark = pytest.mark.django_db

Question = Mapping[str, list[str]]
enough = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Whatever an example writes is gone afterwards, from the database and from the roster."""
    forget()
    with transaction.atomic():
        drawn.add_edges()
        yield
        transaction.set_rollback(True)
    forget()


def filters(question: Question, on: dt.date) -> TherapistFilter:
    parameters = QueryDict(mutable=True)
    for name, values in question.items():
        parameters.setlist(name, values)
    parsed = TherapistFilter(parameters, queryset=Therapist.objects.all(), on=on)
    assert parsed.is_valid(), parsed.errors
    return parsed


def without(question: Question, name: str) -> Question:
    gone = {"zip", "within"} if name == "within" else {name}
    return {other: values for other, values in question.items() if other not in gone}


def only(question: Question, name: str) -> Question:
    kept = {"zip", "within"} if name == "within" else {name}
    return {other: values for other, values in question.items() if other in kept}


def asked(question: Question) -> set[str]:
    return {"within" if name == "zip" else name for name, values in question.items() if values and name != "within"}


def ids(question: Question, on: dt.date) -> set[int]:
    return set(filters(question, on).qs.values_list("id", flat=True))


class BySql:
    """What the QuerySets say of the directory as it is: who is listed, and who of them has each code of each facet."""

    def __init__(self, on: dt.date) -> None:
        self.listed = ids({}, on)
        codes = {name: drawn.CODES[vocabulary] for name, vocabulary in VOCABULARY_FACETS.items()}
        codes |= {"gender": list(GENDERS), "accepting": ["true"], "sliding_scale": ["true"]}
        self.having = {name: {code: ids({name: [code]}, on) for code in codes[name]} for name in codes}


def hold_equal(question: Question, on: dt.date, by_sql: BySql) -> None:
    asks = filters(question, on)
    found = ids(question, on)
    others = {name: ids(without(question, name), on) for name in asked(question)}
    selection = current().select(asks.to_requirements(on))

    assert sorted(selection.ids.tolist()) == sorted(found)
    assert selection.total == len(selection) == len(found)
    assert selection.removed_by == {
        name: len(by_sql.listed - ids(only(question, name), on)) for name in asked(question)
    }
    assert selection.relaxations == {name: len(others[name]) - len(found) for name in asked(question)}

    facets = selection.facets()
    assert facets.keys() == by_sql.having.keys()
    for name, having in by_sql.having.items():
        counted = {code: count for code, count in facets[name].items() if count or code in having}
        assert counted == {code: len(others.get(name, found) & those) for code, those in having.items()}, name


@st.composite
def whole_questions(draw: st.DrawFn) -> Question:
    question = draw(drawn.questions)
    if "zip" in question and draw(st.booleans()):
        question["within"] = [draw(drawn.miles)]
    return question


@enough
@given(drawn.directories, st.lists(whole_questions(), min_size=1, max_size=3), drawn.asked_days)
def test_roster_and_querysets_agree(directory: list[Any], questions: list[Question], on: dt.date) -> None:
    with undone():
        drawn.write(directory, drawn.terms())
        by_sql = BySql(on)
        for question in questions:
            hold_equal(question, on, by_sql)
        all_requirements = [filters(question, on).to_requirements(on) for question in questions]
        for one, other in itertools.permutations(all_requirements, 2):
            assert current().select(one).total_with(other) == current().select(other).total


def test_a_selection_knows_no_totals_of_another_day() -> None:
    today = Requirements(on=TODAY)
    nobody = Columns.from_records([])
    with pytest.raises(ValueError, match="one day"):
        nobody.select(today).total_with(replace(today, on=TODAY + dt.timedelta(days=1)))


# --- After changes, with nothing but the poll in between -------------------------------------------------------------


def change(data: st.DataObject) -> None:
    """One change to some therapists, in one of the ways in which curators, imports and scripts make them."""
    everyone = list(Therapist.objects.order_by("id"))
    some = data.draw(st.lists(st.sampled_from(everyone), unique_by=lambda t: t.pk, max_size=3)) if everyone else []
    known = drawn.terms()
    some_rows = Therapist.objects.filter(pk__in=[t.pk for t in some])
    match data.draw(st.sampled_from(CHANGES)):
        case "bulk update":
            some_rows.update(**drawn.fields(data.draw(drawn.facts)) | {"slug": F("slug")})
        case "save":
            for therapist in some:
                for name, value in drawn.fields(data.draw(drawn.facts)).items():
                    setattr(therapist, name, value)
                therapist.save()
        case "delete":
            some_rows.delete()
        case "more therapists":
            drawn.write(data.draw(st.lists(drawn.therapists, max_size=2)), known)
        case "set terms":
            relation = data.draw(st.sampled_from(drawn.MANY_TO_MANY))
            for therapist in some:
                getattr(therapist, relation).set([known[relation][code] for code in data.draw(drawn.some(relation))])
        case "clear terms":
            for therapist in some:
                getattr(therapist, data.draw(st.sampled_from(drawn.MANY_TO_MANY))).clear()
        case "approaches":
            TherapistApproach.objects.filter(therapist__in=some).update(trained=data.draw(st.booleans()))
        case "no concerns":
            TherapistConcern.objects.filter(therapist__in=some).delete()
        case "licenses end":
            License.objects.filter(therapist__in=some).update(expires_on=data.draw(drawn.days))
        case "licenses suspended":
            License.objects.filter(therapist__in=some).update(
                status=data.draw(st.sampled_from(["active", "suspended"]))
            )
        case "license moves":  # to another therapist: both change
            License.objects.filter(therapist__in=some[1:]).update(therapist=some[0] if some else None)
        case "another license":
            for therapist in some:
                drawn.license(therapist, known, **data.draw(drawn.licenses)).save()
        case "privileges":
            CompactPrivilege.objects.filter(therapist__in=some).update(**data.draw(drawn.privileges))
        case "no privileges":
            CompactPrivilege.objects.filter(therapist__in=some).delete()
        case "offices move":
            latitude, longitude = data.draw(st.sampled_from(drawn.PLACES))
            PracticeLocation.objects.filter(therapist__in=some).update(latitude=latitude, longitude=longitude)
        case "another office":
            for therapist in some:
                drawn.office(therapist, data.draw(st.sampled_from(drawn.PLACES))).save()
        case "flagged":
            for therapist in some:
                drawn.flag(therapist, "hold", "open").save()
        case "flags decided":
            ScreeningFlag.objects.filter(therapist__in=some).update(
                decision=data.draw(st.sampled_from(["cleared", "upheld"]))
            )


CHANGES = [
    "bulk update", "save", "delete", "more therapists", "set terms", "clear terms", "approaches", "no concerns",
    "licenses end", "licenses suspended", "license moves", "another license", "privileges", "no privileges",
    "offices move", "another office", "flagged", "flags decided",
]  # fmt: skip


def hold_fresh_equal_to_kept() -> None:
    with one_snapshot() as cursor:
        fresh = read_columns(cursor).facts
    kept = current().columns.facts
    assert kept.codes == fresh.codes
    np.testing.assert_array_equal(kept.ids, fresh.ids)
    np.testing.assert_array_equal(kept.listed_until, fresh.listed_until)
    for name, column in {**fresh.masks, **fresh.numbers}.items():
        np.testing.assert_array_equal({**kept.masks, **kept.numbers}[name], column, err_msg=name)
    for part in ("licenses", "offices"):
        assert rows_of(getattr(kept, part)) == rows_of(getattr(fresh, part))


def rows_of(part: Any) -> list[tuple[Any, ...]]:
    assert (np.diff(part.rows) >= 0).all()
    return sorted(zip(*(column.tolist() for column in vars(part).values()), strict=True))


@enough
@given(drawn.directories, st.lists(whole_questions(), min_size=1, max_size=2), drawn.asked_days, st.data())
def test_roster_kept_current_agrees(
    directory: list[Any], questions: list[Question], on: dt.date, data: st.DataObject
) -> None:
    with undone():
        drawn.write(directory, drawn.terms())
        current()
        for question in questions:
            for _ in range(data.draw(st.integers(1, 4))):
                change(data)
                if data.draw(st.booleans()):
                    current()
            hold_equal(question, on, BySql(on))
            hold_fresh_equal_to_kept()


@settings(enough, max_examples=20)
@given(drawn.directories, whole_questions(), drawn.asked_days, st.data())
def test_roster_agrees_after_a_change_was_rolled_back(
    directory: list[Any], question: Question, on: dt.date, data: st.DataObject
) -> None:
    with undone():
        drawn.write(directory, drawn.terms())
        current()
        with transaction.atomic():
            change(data)
            current()
            transaction.set_rollback(True)
        hold_equal(question, on, BySql(on))
        hold_fresh_equal_to_kept()


# --- Orders -----------------------------------------------------------------------------------------------------------


@settings(enough, max_examples=20)
@given(drawn.directories, whole_questions(), drawn.asked_days)
def test_every_order_is_total_and_the_same_for_every_page(
    directory: list[Any], question: Question, on: dt.date
) -> None:
    with undone():
        drawn.write(directory, drawn.terms())
        asks = filters(question, on)
        requirements = asks.to_requirements(on)
        selection = current().select(requirements)
        people = {therapist.pk: therapist for therapist in asks.qs}
        turns = dict(zip(selection.ids.tolist(), rotation(selection.ids, seed_of_day(on)).tolist(), strict=True))

        def expected(key: Any) -> list[int]:
            return sorted(people, key=lambda pk: (key(people[pk]), turns[pk]))

        def opening(therapist: Therapist) -> tuple[bool, dt.date]:
            counts = AVAILABILITY.counts(therapist.said_on(AVAILABILITY), on=on)
            day = therapist.next_opening_on if counts else None
            return (True, on) if day is None or day < on else (False, day)

        def fee(therapist: Therapist) -> tuple[bool, int]:
            lowest = therapist.fee_max if therapist.fee_min is None else therapist.fee_min
            unknown = lowest is None or not FEES.counts(therapist.said_on(FEES), on=on)
            return (unknown, 0 if unknown else lowest or 0)

        orders = {
            "rotation": expected(lambda _: 0),
            "name": list(asks.qs.in_order_of_name().values_list("id", flat=True)),
            "next_opening": expected(opening),
            "fee": expected(fee),
        }
        if requirements.near is not None:
            miles = dict(zip(selection.ids.tolist(), selection.miles(requirements.near).tolist(), strict=True))
            orders["distance"] = sorted(people, key=lambda pk: (miles[pk], turns[pk]))
        for order, ids in orders.items():
            assert selection.page(order, limit=100).tolist() == ids, order
            pages = [selection.page(order, offset=offset, limit=3).tolist() for offset in range(0, 12, 3)]
            assert [pk for page in pages for pk in page] == ids, order
