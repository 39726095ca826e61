"""Search rows and cards say what the normal tables say, whoever wrote them, and a roster of another worker sees it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction

from directory.cards import cards_in_order_of
from directory.lifetimes import AGING
from directory.models import (
    Approach,
    CompactPrivilege,
    InsurancePlan,
    Jurisdiction,
    License,
    PracticeLocation,
    SearchCard,
    SearchRow,
    Therapist,
    TherapistApproach,
)
from directory.roster import current as roster
from directory.roster.requirements import Requirements, UnknownCode
from directory.roster.schema import CODES_PER_WORD, MASKS, NUMBERS, UNTIL, WORDS, day_number
from tests.directory.rosters import closing
from tests.factories import TODAY, TherapistFactory

COLUMNS = ["listed", "listed_until", *NUMBERS, *MASKS]


@pytest.mark.django_db
def test_columns_are_those_of_the_schema() -> None:
    stored = {field.name for field in SearchRow._meta.get_fields()}
    assert stored == {"therapist_id", "version", *COLUMNS}


@pytest.mark.django_db
@pytest.mark.parametrize("vocabulary", [name for name in WORDS if name not in ("trained", "focus")])
def test_a_vocabulary_takes_no_code_beyond_its_masks(vocabulary: str) -> None:
    from directory.models.taxonomy import VOCABULARIES

    terms = VOCABULARIES[vocabulary]
    room = WORDS[vocabulary] * CODES_PER_WORD
    extra = {"abbreviation": "X"} if vocabulary == "license_types" else {}
    terms.objects.create(code="last-one", name="Last one", bit=room - 1, **extra)
    with pytest.raises(Exception, match="_fits_its_masks"), transaction.atomic():
        terms.objects.create(code="one-too-many", name="One too many", bit=room, **extra)


@pytest.mark.django_db
def test_a_row_says_in_numbers_what_was_stated() -> None:
    plan = InsurancePlan.objects.create(code="plan-64", name="Plan 64", bit=64)
    ada = TherapistFactory(
        gender="nonbinary",
        accepting_clients="waitlist",
        sliding_scale=False,
        years_in_practice=12,
        fee_max=180,
        next_opening_on=TODAY,
        approaches=["gottman", "emdr"],
        trained_in=["emdr"],
        licenses=[{"expires_on": TODAY + dt.timedelta(days=3)}, {"expires_on": TODAY, "jurisdiction": "NY"}],
    )
    ada.insurance_plans.add(plan)
    row = SearchRow.objects.get(therapist_id=ada.pk)
    bits = dict(Approach.objects.values_list("code", "bit"))
    assert row.listed
    assert (row.gender, row.accepting, row.sliding_scale, row.years_in_practice, row.fee_from) == (2, 1, 0, 12, 180)
    assert row.opening_on == day_number(TODAY)
    assert row.listed_until == day_number(TODAY) + 3
    assert row.approaches_0 == (1 << bits["gottman"]) | (1 << bits["emdr"])
    assert row.trained_0 == 1 << bits["emdr"]
    assert (row.insurance_plans_0, row.insurance_plans_1) == (0, 0b10)


@pytest.mark.django_db
def test_what_is_not_stated_is_minus_one() -> None:
    ada = TherapistFactory(accepting_clients="")
    row = SearchRow.objects.get(therapist_id=ada.pk)
    assert {getattr(row, column) for column in NUMBERS if column not in UNTIL} == {-1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "days"),
    [
        ({"attested_on": TODAY - dt.timedelta(days=80)}, 10),
        ({"consented_on": TODAY - dt.timedelta(days=360)}, 5),
        ({"licenses": [{"expires_on": TODAY + dt.timedelta(days=3)}]}, 3),
    ],
)
def test_listed_until_is_the_earliest_of_confirmation_consent_and_license(facts: dict[str, Any], days: int) -> None:
    ada = TherapistFactory(**facts)
    assert SearchRow.objects.get(therapist_id=ada.pk).listed_until == day_number(TODAY) + days


@pytest.mark.django_db
def test_facts_count_for_their_lifetime_from_the_day_they_were_said() -> None:
    days = {lifetime.as_of: TODAY - dt.timedelta(days=place) for place, lifetime in enumerate(AGING)}
    row = SearchRow.objects.get(therapist_id=TherapistFactory(**days).pk)
    said = {lifetime: TODAY - dt.timedelta(days=place) for place, lifetime in enumerate(AGING)}
    assert {until: getattr(row, until) for until in UNTIL} == {
        f"{lifetime.code}_until": day_number(lifetime.counts_until(said[lifetime])) for lifetime in AGING
    }


@pytest.mark.django_db
def test_a_card_is_the_whole_public_summary() -> None:
    ada = TherapistFactory(
        name="Ada",
        slug="ada",
        headline="Couples, mostly",
        approaches=["gottman", "emdr"],
        trained_in=["emdr"],
        concerns=["anxiety"],
        licenses=[{"license_type": "lpc", "jurisdiction": "NY"}, {}],
        compact_privileges=["WY"],
        zips=["90012"],
        fee_min=0,
        sliding_scale=False,
    )
    TherapistFactory(slug="ben")
    expected = {
        "slug": "ada",
        "name": "Ada",
        "pronouns": None,
        "gender": None,
        "credentials": "LMFT, LPC",
        "headline": "Couples, mostly",
        "accepting_clients": "yes",
        "next_opening_on": None,
        "fee_min": 0,
        "fee_max": None,
        "sliding_scale": False,
        "years_in_practice": None,
        "approaches": ["emdr", "gottman"],
        "trained_in": ["emdr"],
        "concerns": ["anxiety"],
        "focus_concerns": [],
        "populations": [],
        "session_formats": ["individual"],
        "delivery_methods": ["telehealth"],
        "languages": [],
        "insurance_plans": [],
        "licenses": [
            {
                "license_type": license_type,
                "jurisdiction": jurisdiction,
                "expires_on": "2027-12-29",
                "verified_on": "2026-11-14",
                "source": "Board register",
            }
            for license_type, jurisdiction in [("lmft", "CA"), ("lpc", "NY")]
        ],
        "compact_privileges": [
            {"jurisdiction": "WY", "expires_on": None, "verified_on": "2026-11-24", "source": "Compact register"}
        ],
        "places": [{"city": None, "jurisdiction": None, "zip": "90012"}],
        "stale": [],
        "as_of": {
            "availability": None,
            "fees": None,
            "insurance": None,
            "specialties": None,
            "attested": "2026-11-19",
            "consented": "2026-10-25",
        },
    }
    assert SearchCard.objects.in_order_of([ada.pk]) == [expected]


@pytest.mark.django_db
def test_a_card_says_only_what_still_holds_on_the_day() -> None:
    ada = TherapistFactory(
        licenses=[
            {"license_type": "lpc", "expires_on": TODAY},
            {"license_type": "lmft", "jurisdiction": "NY", "expires_on": TODAY + dt.timedelta(days=300)},
        ]
    )
    CompactPrivilege.objects.create(
        therapist=ada,
        jurisdiction=Jurisdiction.objects.get(code="WY"),
        expires_on=TODAY,
        verified_on=TODAY,
        source="Compact",
    )
    [today] = cards_in_order_of([ada.pk], on=TODAY)
    assert today["credentials"] == "LMFT, LPC"
    assert [len(today["licenses"]), len(today["compact_privileges"])] == [2, 1]
    [tomorrow] = cards_in_order_of([ada.pk], on=TODAY + dt.timedelta(days=1))
    assert tomorrow["credentials"] == "LMFT"
    assert [held["jurisdiction"] for held in tomorrow["licenses"]] == ["NY"]
    assert tomorrow["compact_privileges"] == []


@pytest.mark.django_db
def test_cards_come_in_the_order_asked_by_one_query(django_assert_num_queries: Any) -> None:
    ada, ben = TherapistFactory(slug="ada"), TherapistFactory(slug="ben")
    with django_assert_num_queries(1):
        cards = SearchCard.objects.in_order_of([ben.pk, 10**9, ada.pk])
    assert [card["slug"] for card in cards] == ["ben", "ada"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "write", "new_version"),
    [
        ("saved as it was", lambda ada: ada.save(), False),
        ("a new fee", lambda ada: Therapist.objects.filter(pk=ada.pk).update(fee_min=50), True),
        ("an office moves, which no row or card shows", lambda ada: _move(ada), True),
        ("a license to practise elsewhere", lambda ada: License.objects.filter(therapist=ada).update(number="9"), True),
    ],
)
def test_a_row_is_written_again_when_a_roster_must_read_it(description: str, write: Any, new_version: bool) -> None:
    ada = TherapistFactory(zips=["90012"])
    before = _copy_of_row(ada)
    write(ada)
    assert (_copy_of_row(ada) != before) is new_version


def _move(ada: Therapist) -> None:
    PracticeLocation.objects.filter(therapist=ada).update(latitude=1.0)


def _copy_of_row(ada: Therapist) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, cmin FROM directory_searchrow WHERE therapist_id = %s", [ada.pk])
        return tuple(cursor.fetchone())


def anyone(on: dt.date = TODAY) -> list[int]:
    return sorted(roster.current().select(Requirements(on=on)).ids.tolist())


@pytest.mark.django_db
def test_nothing_new_costs_one_query(django_assert_num_queries: Any) -> None:
    TherapistFactory()
    anyone()
    anyone()
    with django_assert_num_queries(1):
        anyone()


@pytest.mark.django_db
def test_a_new_term_is_known_before_anyone_states_it() -> None:
    TherapistFactory()
    anyone()
    InsurancePlan.objects.create(code="brand-new", name="Brand new", bit=100)
    assert roster.current().select(Requirements(on=TODAY, insurance_plans=("brand-new",))).total == 0
    with pytest.raises(UnknownCode, match="never-heard-of"):
        roster.current().select(Requirements(on=TODAY, insurance_plans=("never-heard-of",)))


@pytest.mark.django_db
def test_a_license_that_ends_tonight_is_out_tomorrow_without_a_write() -> None:
    ada = TherapistFactory(licenses=[{"expires_on": TODAY}])
    assert anyone() == [ada.pk]
    assert anyone(TODAY + dt.timedelta(days=1)) == []


@pytest.mark.django_db
def test_many_changes_at_once_are_loaded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "MOST_CHANGES_AT_ONCE", 2)
    anyone()
    people = [TherapistFactory().pk for _ in range(5)]
    assert anyone() == people


@pytest.mark.usefixtures("committed")
class TestBetweenConnections:
    def test_a_committed_change_is_seen_by_the_next_call(self) -> None:
        assert anyone() == []
        ada = in_thread(lambda: TherapistFactory().pk)
        assert anyone() == [ada]
        in_thread(lambda: Therapist.objects.filter(pk=ada).update(life="suspended"))
        assert anyone() == []

    def test_a_transaction_that_commits_late_is_not_missed(self) -> None:
        """Its number is lower than that of changes already seen: a plain counter would pass it by."""
        begun, go_on = threading.Event(), threading.Event()
        late: list[int] = []

        def slow() -> None:
            with transaction.atomic():
                late.append(TherapistFactory(slug="late").pk)
                begun.set()
                assert go_on.wait(20)

        thread = threading.Thread(target=closing(slow))
        thread.start()
        assert begun.wait(20)
        early = TherapistFactory(slug="early").pk
        assert anyone() == [early]
        go_on.set()
        thread.join()
        assert anyone() == sorted([early, *late])

    def test_two_who_change_one_therapist_at_once_both_count(self) -> None:
        ada = TherapistFactory()
        with transaction.atomic():
            TherapistApproach.objects.create(therapist=ada, approach=Approach.objects.get(code="gottman"))

            def other() -> None:
                TherapistApproach.objects.create(therapist=ada, approach=Approach.objects.get(code="emdr"))

            thread = threading.Thread(target=closing(other))
            thread.start()
            wait_until_somebody_waits()
        thread.join()
        assert SearchCard.objects.in_order_of([ada.pk])[0]["approaches"] == ["emdr", "gottman"]

    def test_threads_of_one_worker_share_one_roster(self) -> None:
        TherapistFactory()
        # The first poll after a load may read a row again, when a transaction elsewhere was open meanwhile.
        roster.current()
        mine = roster.current().columns
        assert in_thread(lambda: roster.current().columns is mine)


def wait_until_somebody_waits() -> None:
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.05)
    raise AssertionError("the other transaction did not wait")


def in_thread(work: Any) -> Any:
    results: list[Any] = []
    thread = threading.Thread(target=closing(lambda: results.append(work())))
    thread.start()
    thread.join()
    return results[0]
