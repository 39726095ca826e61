"""What is counted of an answer with fewer than five matches: combinations, by week, once, at no answer's cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from assessments.models import Draft
from directory import actions
from directory.models import DemandCell
from matching import unmet
from matching.demand import combinations_of
from matching.intake import Intake
from tests.factories import TODAY, PartnerFactory, TherapistFactory

MONDAY = dt.date(2026, 11, 23)
INTAKE = {"state": "CA", "delivery": ["telehealth"], "session_format": "couple"}


def intake(**given: Any) -> Intake:
    return Intake.from_json(INTAKE | given)


# --- Which combinations -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("description", "given", "counted"),
    [
        ("neither concern nor plan", {}, [("", "")]),
        ("a concern that matters a little is none", {"concerns": {"grief": 1}}, [("", "")]),
        ("each concern with each plan", {"concerns": {"grief": 2, "ptsd": 3}, "insurance": ["aetna", "cigna"]}, [
            ("grief", "aetna"), ("grief", "cigna"), ("ptsd", "aetna"), ("ptsd", "cigna"),
        ]),
        ("five concerns, those that matter most", {"concerns": {**dict.fromkeys("abcde", 2), "z": 3}}, [
            ("a", ""), ("b", ""), ("c", ""), ("d", ""), ("z", ""),
        ]),
        ("five plans", {"insurance": list("fedcba")}, [("", plan) for plan in "abcde"]),
    ],
)  # fmt: skip
def test_concerns_that_matter_are_combined_with_plans(
    description: str, given: dict[str, Any], counted: list[tuple[str, str]]
) -> None:
    assert combinations_of(intake(**given)) == tuple(("CA", "couple", *pair) for pair in counted), description


@given(
    concerns=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3)),
    plans=st.lists(st.sampled_from("pqrstuvw")),
    rest=st.fixed_dictionaries({"trauma": st.booleans(), "safe_at_home": st.booleans(), "fee_max": st.integers(0, 99)}),
)
def test_nothing_else_of_an_intake_is_counted(concerns: Any, plans: Any, rest: Any) -> None:
    counted = combinations_of(intake(concerns=concerns, insurance=plans, **rest))
    assert counted == combinations_of(intake(concerns=dict(reversed(concerns.items())), insurance=plans[::-1]))
    assert 1 <= len(counted) <= 25
    assert list(counted) == sorted(set(counted))


# --- The counts -------------------------------------------------------------------------------------------------------
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=True):
        yield


def cells() -> dict[tuple[str, ...], int]:
    rows = DemandCell.objects.values_list("jurisdiction", "session_format", "concern", "insurance_plan", "asked")
    return {row[:4]: row[4] for row in rows}


def test_a_combination_is_one_row_a_week_whatever_day_it_is_asked() -> None:
    for day in range(7):
        DemandCell.objects.add([("CA", "couple", "grief", "")], on=MONDAY + dt.timedelta(days=day))
    [cell] = DemandCell.objects.all()
    assert (cell.week, cell.asked) == (MONDAY, 7)
    DemandCell.objects.add([("CA", "couple", "grief", "")], on=MONDAY + dt.timedelta(days=7))
    assert DemandCell.objects.count() == 2


def test_a_cell_has_no_finer_time_than_a_week() -> None:
    assert {field.name for field in DemandCell._meta.get_fields()} == {
        "id", "week", "jurisdiction", "session_format", "concern", "insurance_plan", "asked",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="demand_is_counted_by_week"), transaction.atomic():
        DemandCell.objects.create(week=TODAY, jurisdiction="CA", session_format="couple", asked=1)


@pytest.fixture
def partner() -> APIClient:
    return APIClient(headers={"Authorization": f"Bearer {actions.issue_key(partner=PartnerFactory())}"})


def ask(partner: APIClient, **given: Any) -> Any:
    return partner.post("/api/v1/matches/", INTAKE | given, format="json")


@pytest.mark.parametrize(("found", "counted"), [(0, True), (4, True), (5, False), (6, False)])
def test_an_answer_of_the_api_with_fewer_than_five_is_counted(partner: APIClient, found: int, counted: bool) -> None:
    for _ in range(found):
        TherapistFactory(session_formats=["couple"])
    assert ask(partner, concerns={"grief": 3}).json()["total"] == found
    assert cells() == ({("CA", "couple", "grief", ""): 1} if counted else {})


def test_an_intake_that_is_refused_is_not_counted(partner: APIClient) -> None:
    assert ask(partner, insurance=["no-such-plan"]).status_code == 400
    assert cells() == {}


def test_a_comparison_is_not_counted(partner: APIClient) -> None:
    slugs = [TherapistFactory(session_formats=["couple"]).slug for _ in range(2)]
    answer = partner.post("/api/v1/matches/compare/", {"intake": INTAKE, "therapists": slugs}, format="json")
    assert answer.status_code in (200, 400)
    assert cells() == {}


@pytest.fixture
def answered(client: Client) -> Client:
    for slug, answers in {
        "for": {"reason": "other"},
        "who": {"session_format": "individual"},
        "place": {"state": "CA", "delivery": ["telehealth"]},
        "cost": {"insurance": ["aetna"]},
    }.items():
        client.post(f"/match/needs/{slug}/", answers)
    return client


def test_the_page_of_results_is_counted_once_a_week_however_often_it_is_loaded(answered: Client) -> None:
    for _ in range(3):
        assert answered.get("/match/results/").status_code == 200
    assert cells() == {("CA", "individual", "", "aetna"): 1}
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC) + dt.timedelta(hours=20)):
        answered.get("/match/results/")
    assert sum(cells().values()) == 1


def test_an_answer_that_is_changed_counts_what_is_new(answered: Client) -> None:
    answered.get("/match/results/")
    answered.post("/match/needs/cost/?change", {"insurance": ["aetna", "cigna"]})
    answered.get("/match/results/")
    assert cells() == {("CA", "individual", "", "aetna"): 1, ("CA", "individual", "", "cigna"): 1}


def test_that_it_was_counted_is_noted_where_only_the_visitor_can_read_it(answered: Client) -> None:
    answered.get("/match/results/")
    [draft] = Draft.objects.all()
    assert b"aetna" not in bytes(draft.ciphertext)
    assert b"counted" not in bytes(draft.ciphertext)


def test_a_page_with_enough_matches_writes_nothing(answered: Client) -> None:
    for _ in range(5):
        TherapistFactory()
    [before] = Draft.objects.values_list("ciphertext", flat=True)
    answered.get("/match/results/")
    assert cells() == {}
    assert Draft.objects.values_list("ciphertext", flat=True)[0] == before


@pytest.mark.parametrize("page", [True, False])
def test_a_count_that_fails_costs_no_answer(
    page: bool, answered: Client, partner: APIClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'grief' FROM no_such_table")

    monkeypatch.setattr(type(DemandCell.objects.all()), "add", fail)
    response = answered.get("/match/results/") if page else ask(partner)
    assert response.status_code == 200
    assert cells() == {}
    [record] = [record for record in caplog.records if record.name == unmet.__name__]
    assert record.getMessage() == "What was asked was not counted."
    assert record.exc_info is not None
    assert issubclass(record.exc_info[0], DatabaseError)  # type: ignore[arg-type]
