"""The rules of being listed, said in sentences; and that they are the rules of the QuerySet."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from directory.actions import decide_flag
from directory.curation.listing import why_not_listed
from directory.curation.npi import check_digit, is_npi
from directory.models import ScreeningFlag, Therapist
from tests.factories import TODAY, TherapistFactory

SCREEN = "A term of the harmful-practice screen"
YESTERDAY = TODAY - dt.timedelta(days=1)


def flag(therapist: Therapist, tier: str = "hold", **values: Any) -> ScreeningFlag:
    return ScreeningFlag.objects.create(
        therapist=therapist, tier=tier, term="rebirthing", field="bio", sentence="Rebirthing.", found_on=TODAY, **values
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "facts", "reasons"),
    [
        ("all is there", {}, []),
        (
            "no consent",
            {"life": "in_review", "consented_on": None},
            ["The consent to be listed is not on record."],
        ),
        ("no license", {"licenses": []}, ["No license is on record."]),
        (
            "license not verified",
            {"licenses": [{"verified_on": None, "source": ""}]},
            ["No current license was verified against a named source."],
        ),
        (
            "license expired",
            {"licenses": [{"expires_on": YESTERDAY}]},
            ["The verified license expired on 2026-11-23."],
        ),
        ("license on its last day", {"licenses": [{"expires_on": TODAY}]}, []),
        (
            "license without a last day",
            {"licenses": [{"expires_on": None}]},
            ["The verified license has no last day on record."],
        ),
        ("license revoked", {"licenses": [{"status": "revoked"}]}, ["No license is active."]),
        ("one of two licenses is current", {"licenses": [{"expires_on": YESTERDAY}, {"jurisdiction": "NY"}]}, []),
        ("never attested", {"life": "in_review", "attested_on": None}, ["The facts were never confirmed."]),
        (
            "consented 366 days ago",
            {"consented_on": TODAY - dt.timedelta(days=366)},
            ["The consent to be listed was given more than 365 days ago."],
        ),
        ("consented 365 days ago", {"consented_on": TODAY - dt.timedelta(days=365)}, []),
        (
            "no format and no way of meeting",
            {"session_formats": [], "delivery_methods": []},
            [
                "No session format is stated (individual, couple, family or group).",
                "No delivery method is stated (in person or telehealth).",
            ],
        ),
        (
            "attested 91 days ago",
            {"attested_on": TODAY - dt.timedelta(days=91)},
            ["The facts were last confirmed more than 90 days ago."],
        ),
        ("attested 90 days ago", {"attested_on": TODAY - dt.timedelta(days=90)}, []),
    ],
)  # fmt: skip
def test_what_keeps_a_profile_out(description: str, facts: dict[str, Any], reasons: list[str]) -> None:
    therapist = TherapistFactory(**facts)
    assert why_not_listed(therapist, on=TODAY) == reasons, description
    if therapist.life == "published":
        assert Therapist.objects.published(on=TODAY).exists() is (not reasons), description


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "tier", "decision", "reasons"),
    [
        ("an open hold", "hold", "open", [f"{SCREEN} waits for a decision: “rebirthing” in bio."]),
        ("an upheld hold", "hold", "upheld", [f"{SCREEN} was upheld: “rebirthing” in bio."]),
        ("a cleared hold", "hold", "cleared", []),
        ("a term in context", "context", "open", []),
        ("a question", "ask", "open", []),
    ],
)  # fmt: skip
def test_what_the_screen_keeps_out(description: str, tier: str, decision: str, reasons: list[str]) -> None:
    therapist = TherapistFactory()
    raised = flag(therapist, tier)
    if decision != "open":
        decide_flag(flag=raised, by="Cora", decision=decision, reason="Looked at it", at=timezone.now())
    assert why_not_listed(therapist, on=TODAY) == reasons, description
    assert Therapist.objects.published(on=TODAY).exists() is (not reasons), description


@given(st.text("0123456789", min_size=9, max_size=9))
def test_one_check_digit_in_ten_is_right(first_nine: str) -> None:
    assert [d for d in "0123456789" if is_npi(first_nine + d)] == [check_digit(first_nine)]


@given(st.text("0123456789", min_size=9, max_size=9), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(first_nine: str, place: int, step: int) -> None:
    npi = first_nine + check_digit(first_nine)
    wrong = npi[:place] + str((int(npi[place]) + step) % 10) + npi[place + 1 :]
    assert not is_npi(wrong)


@pytest.mark.parametrize(
    ("description", "npi", "sound"),
    [
        ("the example of the standard", "1234567893", True),
        ("another check digit", "1234567890", False),
        ("nine digits", "123456789", False),
        ("letters", "12345678AB", False),
        ("digits of another script", "１２３４５６７８９３", False),
    ],
)
def test_is_npi(description: str, npi: str, sound: bool) -> None:
    assert is_npi(npi) is sound, description


@pytest.mark.django_db
def test_the_database_computes_the_same_check_digit() -> None:
    drawn = random.Random(6)
    texts = [f"{drawn.randrange(10**10):010d}" for _ in range(3000)]
    texts += ["1234567893", "", "123456789", "12345678933", "12345678AB", "１２３４５６７８９３", "1234567893\n"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT npi FROM unnest(%s::text[]) npi WHERE directory_npi_is_valid(npi)", [texts])
        sound = {npi for (npi,) in cursor.fetchall()}
    assert sound == {text for text in texts if is_npi(text)}
    assert len(sound) > 200
