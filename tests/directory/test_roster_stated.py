"""Facts past their lifetime: the roster answers as if they had never been said, whichever way it counts."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from typing import Any

import numpy as np
import pytest

from directory.lifetimes import AGING
from directory.roster.columns import Columns
from directory.roster.requirements import Requirements
from directory.roster.schema import AGES, UNTIL
from directory.specialties import MOST_APPROACHES, MOST_CONCERNS
from tests.factories import TODAY

CODES = {
    "approaches": ["emdr", "gottman"],
    "concerns": ["grief", "anxiety", "trust"],
    "populations": ["adults"],
    "session_formats": ["individual", "couple"],
    "delivery_methods": ["telehealth", "in_person"],
    "languages": ["en", "es"],
    "insurance_plans": ["aetna", "cigna"],
    "jurisdictions": ["CA", "NY"],
    "license_types": ["lmft"],
}
QUESTIONS = [
    Requirements(on=TODAY),
    Requirements(on=TODAY, accepting=True),
    Requirements(on=TODAY, jurisdictions=("CA",), insurance_plans=("aetna",), fee_max=150),
    Requirements(on=TODAY, concerns=("grief",), sliding_scale=True, opening_within_days=30),
    Requirements(on=TODAY, session_formats=("couple",), delivery_methods=("telehealth",), languages=("es",)),
]


def people(count: int, *, stale: float) -> list[dict[str, Any]]:
    chance = random.Random(7)

    def some(vocabulary: str) -> list[str]:
        return [code for code in CODES[vocabulary] if chance.random() < 0.5]

    return [
        {
            "id": number,
            **{vocabulary: some(vocabulary) for vocabulary in CODES if vocabulary != "license_types"},
            "gender": chance.choice(["woman", None]),
            "accepting": chance.choice(["yes", "no", None]),
            "sliding_scale": chance.choice([True, False, None]),
            "fee_from": chance.choice([80, 160, None]),
            "opening_on": chance.choice([TODAY + dt.timedelta(days=9), None]),
            **{until: TODAY - dt.timedelta(days=int(chance.random() < stale)) for until in UNTIL},
        }
        for number in range(1, count + 1)
    ]


def as_if_never_said(record: dict[str, Any]) -> dict[str, Any]:
    stale = {until for until in UNTIL if record[until] < TODAY}
    kept = {name: value for name, value in record.items() if AGES.get(name) not in stale}
    return {name: value for name, value in kept.items() if name not in UNTIL}


@cache
def aging_and_cleaned(count: int, stale: float) -> tuple[Columns, Columns]:
    records = people(count, stale=stale)
    cleaned = [as_if_never_said(record) for record in records]
    return Columns.from_records(records, codes=CODES), Columns.from_records(cleaned, codes=CODES)


@pytest.mark.parametrize("count", [40, 6000])  # counted from rows, and from planes
@pytest.mark.parametrize("stale", [0.0, 0.02, 0.6])
@pytest.mark.parametrize("question", QUESTIONS)
def test_stale_facts_are_as_if_never_said(count: int, stale: float, question: Requirements) -> None:
    found, expected = (columns.select(question) for columns in aging_and_cleaned(count, stale))
    assert found.ids.tolist() == expected.ids.tolist()
    assert found.facets() == expected.facets()
    assert found.removed_by == expected.removed_by
    assert found.relaxations == expected.relaxations
    for column in ("accepting", "opening_on", "fee_from", "sliding_scale", "gender"):
        assert found.numbers(column).tolist() == expected.numbers(column).tolist(), column
    asked = [("concerns", ("grief", "trust")), ("languages", None), ("insurance_plans", ("aetna",))]
    for one, other in zip(found.answers(asked), expected.answers(asked), strict=True):
        np.testing.assert_array_equal(one[1], other[1])
    for order in ("next_opening", "fee", "rotation"):
        assert found.page(order, limit=50).tolist() == expected.page(order, limit=50).tolist()


def test_every_kind_of_fact_that_ages_is_kept_by_the_roster() -> None:
    assert {f"{lifetime.code}_until" for lifetime in AGING} == set(UNTIL) == set(AGES.values())


def test_who_comes_later_is_as_stale_as_who_was_there() -> None:
    records = people(200, stale=0.5)
    whole = Columns.from_records(records, codes=CODES)
    some = Columns.from_records(records[:190], codes=CODES)
    some.select(QUESTIONS[0])  # the day is known before they come
    ids = np.arange(191, 201, dtype=np.int64)
    grown = some.replacing(ids, whole.facts.taken(np.arange(190, 200)))
    for question in QUESTIONS:
        assert grown.select(question).facets() == whole.select(question).facets()


def test_who_ticks_everything_is_told_apart() -> None:
    codes = {
        "concerns": [f"c{n:02}" for n in range(MOST_CONCERNS + 1)],
        "approaches": [f"a{n:02}" for n in range(MOST_APPROACHES + 1)],
    }
    selection = Columns.from_records(
        [
            {"concerns": codes["concerns"], "approaches": codes["approaches"][:-1], "jurisdictions": ["CA"]},
            {"concerns": codes["concerns"][:-1], "approaches": codes["approaches"], "jurisdictions": ["CA"]},
            {"jurisdictions": ["CA"]},
        ]
    ).select(Requirements(on=TODAY))
    by_id = np.argsort(selection.ids)
    assert selection.sweeping("concerns")[by_id].tolist() == [True, False, False]
    assert selection.sweeping("approaches")[by_id].tolist() == [False, True, False]
