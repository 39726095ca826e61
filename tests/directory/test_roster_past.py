"""The directory can be put together again as it was: random edits, and at each step the roster is written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory import actions
from directory.models import (
    CompactPrivilege,
    InsurancePlan,
    License,
    PastCard,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
    ZipCentroid,
)
from directory.models.change import PAST_CARDS_KEPT
from directory.roster import past
from directory.roster.columns import Columns
from directory.roster.current import Roster, current, forget
from directory.roster.facts import Facts
from directory.roster.past import PastNotKept, UnknownSequence, roster_at
from directory.roster.reading import one_snapshot, read_columns
from matching import rulebook
from matching.intake import Intake, Near
from matching.needs import needs_of
from matching.ranking import rank
from tests.conftest import empty_the_directory
from tests.directory import random_directories as drawn
from tests.factories import TherapistFactory

ZIPS = ["90012", "94103", "10001"]
ASKED = Intake(
    state="CA",
    delivery=("telehealth", "in_person"),
    session_format="individual",
    concerns={"relationship-difficulties": 3, "anxiety": 1},
    populations=("adults",),
    approaches=("gottman",),
    languages=("es",),
    genders=("woman",),
    insurance=("private-pay",),
    fee_max=120,
    opening_within_days=14,
    near=Near(zip="90012", within=25),
)


# --- Random edits -----------------------------------------------------------------------------------------------------
# One edit is one transaction, as in life.
def publish(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    write(data.draw(st.lists(drawn.therapists, min_size=1, max_size=2)), known, data)


def facts(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    for therapist in some:
        for name, value in drawn.fields(data.draw(drawn.facts)).items():
            if name != "slug":
                setattr(therapist, name, value)
        therapist.save()


def life(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    life = data.draw(st.sampled_from(["published", "suspended", "archived"]))
    Therapist.objects.filter(pk__in=[one.pk for one in some]).update(life=life)


def terms(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    relation = data.draw(st.sampled_from(drawn.MANY_TO_MANY))
    for therapist in some:
        getattr(therapist, relation).set([known[relation][code] for code in data.draw(drawn.some(relation))])


def approaches_and_concerns(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    TherapistApproach.objects.filter(therapist__in=some).update(trained=data.draw(st.booleans()))
    TherapistConcern.objects.filter(therapist__in=some).update(focus=data.draw(st.booleans()))
    if data.draw(st.booleans()):
        TherapistConcern.objects.filter(therapist__in=some[:1]).delete()


def licenses(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    for therapist in some:
        drawn.license(therapist, known, **data.draw(drawn.licenses)).save()
    License.objects.filter(therapist__in=some[1:]).update(expires_on=data.draw(drawn.days))


def privileges(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    CompactPrivilege.objects.filter(therapist__in=some).update(**data.draw(drawn.privileges))


def places(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    PracticeLocation.objects.filter(therapist__in=some[1:]).delete()
    for therapist in some:
        actions.place(therapist=therapist, zip=data.draw(st.sampled_from(ZIPS)))


def erase(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    some[0].delete()


def nothing_anybody_sees(some: list[Therapist], known: Any, data: st.DataObject) -> None:
    Therapist.objects.filter(pk__in=[one.pk for one in some]).update(life_reason="Checked")


EDITS: list[Callable[[list[Therapist], Any, st.DataObject], None]] = [
    publish, facts, life, terms, approaches_and_concerns, licenses, privileges, places, erase, nothing_anybody_sees,
]  # fmt: skip


def write(directory: list[Any], known: Any, data: st.DataObject) -> None:
    """The drawn people, with offices where curators' actions put them: in the middle of a ZIP area."""
    for therapist in drawn.write([one | {"places": []} for one in directory], known):
        for zip in data.draw(st.lists(st.sampled_from(ZIPS), unique=True, max_size=2)):
            actions.place(therapist=therapist, zip=zip)


# --- What must be the same --------------------------------------------------------------------------------------------
def same_columns(again: Columns, recorded: Columns) -> None:
    same_facts(again.facts, recorded.facts)


def same_facts(again: Facts, recorded: Facts) -> None:
    assert again.codes == recorded.codes
    np.testing.assert_array_equal(again.ids, recorded.ids)
    np.testing.assert_array_equal(again.listed_until, recorded.listed_until)
    for name, column in {**recorded.masks, **recorded.numbers}.items():
        found = {**again.masks, **again.numbers}[name]
        assert found.dtype == column.dtype
        np.testing.assert_array_equal(found, column, err_msg=name)
    for part in ("licenses", "offices"):
        assert rows_of(getattr(again, part)) == rows_of(getattr(recorded, part))


def rows_of(part: Any) -> list[tuple[Any, ...]]:
    assert (np.diff(part.rows) >= 0).all()
    return sorted(zip(*(column.tolist() for column in vars(part).values()), strict=True))


def ranked(columns: Columns, on: dt.date) -> Any:
    middle = ZipCentroid.objects.near(ASKED.near.zip, ASKED.near.within)
    needs = needs_of(ASKED, on=on, ruleset=rulebook.in_force(on), near=middle)
    return rank(columns.select(needs.requirements), needs, seed=7, limit=20)


def as_it_is_now() -> Roster:
    with one_snapshot() as cursor:
        return Roster(read_columns(cursor), current().sequence)


def _take_away(codes: Iterable[str]) -> None:
    """Delete terms, which nobody may do outside of a test."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that is waiting for a check cannot be altered
        cursor.execute("ALTER TABLE directory_insuranceplan DISABLE TRIGGER term_is_deleted")
        InsurancePlan.objects.filter(code__in=codes).delete()
        cursor.execute("ALTER TABLE directory_insuranceplan ENABLE TRIGGER term_is_deleted")


@pytest.fixture
def committed_edges(committed: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        drawn.add_edges()
        yield
        empty_the_directory()
        _take_away(drawn.EDGES)


@pytest.mark.usefixtures("committed_edges")
@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(drawn.directories, st.data())
def test_each_earlier_state_is_put_together_again(directory: list[Any], data: st.DataObject) -> None:
    empty_the_directory()
    forget()
    known = drawn.terms()
    with transaction.atomic():
        write(directory, known, data)
    recorded = [as_it_is_now()]
    for _ in range(data.draw(st.integers(1, 6))):
        everyone = list(Therapist.objects.order_by("id"))
        if not everyone:
            break
        some = data.draw(st.lists(st.sampled_from(everyone), unique_by=lambda one: one.pk, min_size=1, max_size=4))
        edit = data.draw(st.sampled_from(EDITS))
        with transaction.atomic():
            if data.draw(st.booleans()):
                facts(some, known, data)
            edit(some, known, data)
        recorded.append(as_it_is_now())
    on = data.draw(drawn.asked_days)
    there = set(Therapist.objects.values_list("id", flat=True))
    for then in recorded:
        if erased := set(then.columns.facts.ids.tolist()) - there:
            with pytest.raises(PastNotKept) as gone:
                roster_at(then.sequence)
            assert gone.value.profiles == len(erased)
            continue
        again = roster_at(then.sequence)
        assert again.sequence == then.sequence
        same_columns(again.columns, then.columns)
        assert ranked(again.columns, on) == ranked(then.columns, on)


# --- What is gone -----------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("committed")
class TestWhatIsNoLongerKept:
    @pytest.fixture
    def people(self) -> list[Therapist]:
        return [TherapistFactory(fee_min=100) for _ in range(3)]

    def test_the_present_state_needs_nothing_kept(self, people: list[Therapist]) -> None:
        assert roster_at(current().sequence).columns.facts.ids.tolist() == [one.pk for one in people]

    def test_before_the_first_change_there_is_nobody(self, people: list[Therapist]) -> None:
        assert len(roster_at(0).columns) == 0

    def test_the_erased_cannot_be_put_back_and_nobody_pretends(self, people: list[Therapist]) -> None:
        then = current().sequence
        people[0].delete()
        with pytest.raises(PastNotKept, match="what 1 profile said then is no longer kept") as gone:
            roster_at(then)
        assert gone.value.profiles == 1
        assert len(roster_at(current().sequence).columns) == 2

    def test_who_came_and_was_erased_since_is_not_missed(self, people: list[Therapist]) -> None:
        then = current().sequence
        TherapistFactory().delete()
        assert len(roster_at(then).columns) == 3

    def test_after_ninety_days_past_cards_are_gone(self, people: list[Therapist]) -> None:
        then = current().sequence
        for one in people[:2]:
            Therapist.objects.filter(pk=one.pk).update(fee_min=110)
        PastCard.objects.update(at=timezone.now() - PAST_CARDS_KEPT - dt.timedelta(minutes=1))
        call_command("purge", verbosity=0)
        with pytest.raises(PastNotKept, match="what 2 profiles said then is no longer kept"):
            roster_at(then)

    def test_a_code_that_left_its_list_is_no_longer_kept(self, people: list[Therapist]) -> None:
        plan = InsurancePlan.objects.create(code="old-plan", name="Old Plan")
        people[0].insurance_plans.add(plan)
        then = current().sequence
        people[0].insurance_plans.clear()
        _take_away([plan.code])
        with pytest.raises(PastNotKept, match="what 1 profile said then is no longer kept"):
            roster_at(then)

    def test_an_office_whose_zip_left_the_gazetteer_has_no_place(self, people: list[Therapist]) -> None:
        PracticeLocation.objects.create(therapist=people[0], zip="00000", latitude=1, longitude=1)
        then = current().sequence
        Therapist.objects.filter(pk=people[0].pk).update(fee_min=110)
        with pytest.raises(PastNotKept, match="1 profile"):
            roster_at(then)

    @pytest.mark.parametrize("ahead", [1, -4])
    def test_a_state_that_never_was_is_refused(self, people: list[Therapist], ahead: int) -> None:
        with pytest.raises(UnknownSequence, match=r"There is no change .*: the directory stands at 3"):
            roster_at(current().sequence + ahead)


@pytest.mark.usefixtures("committed")
def test_more_changes_than_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [TherapistFactory(fee_min=100) for _ in range(5)]
    then = as_it_is_now()
    Therapist.objects.filter(pk__in=[one.pk for one in people[1:]]).update(fee_min=110)
    people[2].licenses.all().delete()
    monkeypatch.setattr(past, "CARDS_AT_ONCE", 2)
    same_columns(roster_at(then.sequence).columns, then.columns)
