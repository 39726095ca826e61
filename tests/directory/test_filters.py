"""The query string of the list: what is understood, and which parameter is named when it is not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict
from django_filters.utils import translate_validation

from directory.api.filters import TherapistFilter
from directory.models import Therapist
from directory.roster.requirements import FILTERS, Near, Requirements
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db


def filters(query: str, on: dt.date = TODAY) -> TherapistFilter:
    return TherapistFilter(QueryDict(query), queryset=Therapist.objects.all(), on=on)


def requirements(query: str) -> Requirements:
    asked = filters(query)
    assert asked.is_valid(), asked.errors
    return asked.to_requirements(TODAY)


@pytest.mark.parametrize(
    ("description", "query", "expected"),
    [
        ("nothing asked", "", {}),
        ("empty fields of a form ask nothing", "state=&gender=&q=&zip=&fee_max=&within=25&accepting=", {}),
        ("a code", "approach=gottman", {"approaches": ("gottman",)}),
        ("several codes, in any order, once each", "state=NY&state=CA&state=NY", {"jurisdictions": ("CA", "NY")}),
        ("a synonym", "approach=TF-CBT", {"approaches": ("trauma-focused-cbt",)}),
        ("a name in small letters", "state=new york", {"jurisdictions": ("NY",)}),
        ("genders", "gender=woman&gender=nonbinary", {"genders": ("woman", "nonbinary")}),
        ("a fee", "fee_max=0", {"fee_max": 0}),
        ("a sliding scale", "sliding_scale=true", {"sliding_scale": True}),
        ("no sliding scale", "sliding_scale=false", {"sliding_scale": False}),
        ("accepting", "accepting=true", {"accepting": True}),
        ("an opening", "opening_within_days=14", {"opening_within_days": 14}),
        (
            "a ZIP alone: 25 miles",
            "zip=90012",
            {"near": Near(latitude=34.065975, longitude=-118.238642, miles=25)},
        ),
        ("a distance", "zip=90012&within=7.5", {"near": Near(latitude=34.065975, longitude=-118.238642, miles=7.5)}),
        ("words that nobody says", "q=zymurgy", {"text_ids": frozenset()}),
    ],
)
def test_a_query_asks(description: str, query: str, expected: dict[str, Any]) -> None:
    assert requirements(query) == Requirements(on=TODAY, **expected)


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("approach=hypnosis-by-mail", "approach", "unknown_code"),
        ("approach=gottman&approach=100%25", "approach", "unknown_code"),
        ("concern=x", "concern", "unknown_code"),
        ("population=x", "population", "unknown_code"),
        ("session_format=x", "session_format", "unknown_code"),
        ("delivery=x", "delivery", "unknown_code"),
        ("state=XX", "state", "unknown_code"),
        ("insurance=x", "insurance", "unknown_code"),
        ("language=x", "language", "unknown_code"),
        ("license_type=x", "license_type", "unknown_code"),
        ("gender=x", "gender", "invalid_choice"),
        ("zip=00000", "zip", "unknown_zip"),
        ("zip=9001", "zip", "unknown_zip"),
        ("zip=900123", "zip", "max_length"),
        ("within=25", "zip", "zip_needed"),
        ("zip=90012&within=0", "within", "min_value"),
        ("zip=90012&within=501", "within", "max_value"),
        ("zip=90012&within=nan", "within", "invalid"),
        ("fee_max=-1", "fee_max", "min_value"),
        ("fee_max=cheap", "fee_max", "invalid"),
        ("sliding_scale=yes", "sliding_scale", "invalid_choice"),
        ("accepting=false", "accepting", "invalid_choice"),
        ("opening_within_days=-1", "opening_within_days", "min_value"),
        ("q=" + "x" * 201, "q", "max_length"),
        ("q=a%00b", "q", "null_characters_not_allowed"),
    ],
)
def test_what_makes_no_sense_is_named(query: str, parameter: str, code: str) -> None:
    asked = filters(query)
    assert not asked.is_valid()
    errors = translate_validation(asked.errors).detail
    assert {name: [error.code for error in found] for name, found in errors.items()} == {parameter: [code]}


def test_every_filter_of_the_roster_is_a_parameter() -> None:
    assert set(TherapistFilter.base_filters) == {*FILTERS, "zip"}


def test_only_listed_therapists_are_found() -> None:
    ada = TherapistFactory(bio="Sailing")
    TherapistFactory(bio="Sailing", life="suspended")
    asked = filters("q=sailing")
    assert asked.is_valid()
    assert list(asked.qs) == [ada]
    assert requirements("q=sailing").text_ids == {ada.pk}


def test_the_day_decides() -> None:
    TherapistFactory(licenses=[{"expires_on": TODAY}])
    tomorrow = filters("", on=TODAY + dt.timedelta(days=1))
    assert tomorrow.is_valid()
    assert not tomorrow.qs.exists()
