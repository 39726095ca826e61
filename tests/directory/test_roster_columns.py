"""Columns never change: a change makes new ones at the cost of the change, and whoever holds the old keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.roster.columns import Columns
from directory.roster.facts import Facts
from directory.roster.records import facts_with_codes
from directory.roster.requirements import Near, Requirements

TODAY = dt.date(2026, 11, 24)
TOMORROW = TODAY + dt.timedelta(days=1)
CODES: dict[str, dict[str, int]] = {
    "approaches": {"emdr": 0, "cbt": 1},
    "concerns": {"grief": 0, "trust": 62, "sleep": 63, "anger": 64},
    "populations": {"adults": 0},
    "session_formats": {"couple": 0, "individual": 1},
    "delivery_methods": {"telehealth": 0},
    "languages": {"en": 0, "es": 1},
    "insurance_plans": {"aetna": 0, "cigna": 125},
    "jurisdictions": {"CA": 0, "NY": 1},
    "license_types": {"lmft": 0},
}
PLACES = [(34.0, -118.0), (34.3, -118.0), (35.0, -118.0), (40.7, -74.0)]
HERE = Near(latitude=34.0, longitude=-118.0, miles=30)
QUESTIONS = [
    Requirements(on=TODAY),
    Requirements(on=TOMORROW),
    Requirements(on=TODAY, jurisdictions=("CA",), concerns=("sleep", "anger")),
    Requirements(on=TOMORROW, jurisdictions=("NY",), insurance_plans=("cigna",), accepting=True),
    Requirements(on=TODAY, near=HERE),
    Requirements(on=TODAY, fee_max=150, opening_within_days=7),
    Requirements(on=TODAY, genders=("woman",), sliding_scale=True),
    Requirements(on=TODAY, text_ids=frozenset({1, 2, 5, 77})),
]


def some(vocabulary: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([*CODES[vocabulary]]), unique=True)


records = st.fixed_dictionaries(
    {
        "id": st.integers(1, 8),
        **{name: some(name) for name in CODES if name not in ("jurisdictions", "license_types")},
        "trained": some("approaches"),
        "focus": some("concerns"),
        "gender": st.sampled_from(["woman", "man", "nonbinary", None]),
        "accepting": st.sampled_from(["yes", "waitlist", "no", None]),
        "sliding_scale": st.sampled_from([True, False, None]),
        "years_in_practice": st.sampled_from([0, 9, None]),
        "fee_from": st.sampled_from([0, 150, 151, None]),
        "opening_on": st.sampled_from([TODAY, TODAY + dt.timedelta(days=7), TODAY - dt.timedelta(days=1), None]),
        "listed_until": st.sampled_from([TODAY, TOMORROW, None]),
        "rights": st.lists(
            st.tuples(
                st.sampled_from(["CA", "NY"]), st.sampled_from(["lmft", None]), st.sampled_from([TODAY, TOMORROW, None])
            ),
            max_size=3,
        ),
        "places": st.lists(st.sampled_from(PLACES), max_size=3),
    }
)
directories = st.lists(records, unique_by=lambda one: one["id"], max_size=6)
changes = st.lists(st.tuples(st.sets(st.integers(1, 9), min_size=1), directories), max_size=4)


def facts(people: list[dict[str, Any]]) -> Facts:
    return facts_with_codes(people, CODES)


def changed(people: list[dict[str, Any]], gone: set[int], fresh: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in people if one["id"] not in gone] + fresh


def apply(columns: Columns, gone: set[int], fresh: list[dict[str, Any]]) -> Columns:
    return columns.replacing(np.array(sorted(gone), dtype=np.int64), facts(fresh))


def answers(columns: Columns) -> list[Any]:
    """All that can be told from outside, in the order of ids."""
    told: list[Any] = [len(columns)]
    for question in QUESTIONS:
        selection = columns.select(question)
        order = np.argsort(selection.ids)
        told += [
            selection.ids[order].tolist(),
            selection.removed_by,
            selection.relaxations,
            selection.facets(),
            *(selection.has(name, code)[order].tolist() for name in CODES for code in CODES[name]),
            *(selection.stated(name)[order].tolist() for name in (*CODES, "trained", "focus")),
            selection.numbers("years_in_practice")[order].tolist(),
            np.nan_to_num(selection.miles(HERE), nan=-1)[order].tolist(),
        ]
    return told


@settings(deadline=None)
@given(directories, changes)
def test_columns_kept_current_answer_as_columns_made_anew(
    people: list[dict[str, Any]], edits: list[tuple[set[int], list[dict[str, Any]]]]
) -> None:
    columns = Columns(facts(people), order=facts(people).order_of_states())
    for gone, fresh in edits:
        gone |= {one["id"] for one in fresh}
        people = changed(people, gone, fresh)
        columns = apply(columns, gone, fresh)
        assert answers(columns) == answers(Columns(facts(people)))


@settings(deadline=None)
@given(directories, changes)
def test_whoever_holds_earlier_columns_still_gets_the_earlier_answers(
    people: list[dict[str, Any]], edits: list[tuple[set[int], list[dict[str, Any]]]]
) -> None:
    columns = Columns(facts(people))
    held = [(columns, answers(columns))]
    for gone, fresh in edits:
        columns = apply(columns, gone | {one["id"] for one in fresh}, fresh)
        held.append((columns, answers(columns)))
    # One of the earlier ones goes its own way, as a replay does.
    other = apply(held[0][0], {1}, [])
    assert [answers(columns) for columns, _ in held] == [told for _, told in held]
    assert answers(other) == answers(Columns(facts(changed(people, {1}, []))))


@given(directories)
def test_facts_come_out_as_they_went_in(people: list[dict[str, Any]]) -> None:
    given_, told = facts(people), Columns(facts(people), order=facts(people).order_of_states()).facts
    for name in ("ids", "listed_until"):
        assert np.array_equal(getattr(given_, name), getattr(told, name))
    for name in given_.masks:
        assert np.array_equal(given_.masks[name], told.masks[name]), name
    for name in given_.numbers:
        assert np.array_equal(given_.numbers[name], told.numbers[name]), name
    for part in ("licenses", "offices"):
        rows = [sorted(zip(*vars(getattr(one, part)).values(), strict=True)) for one in (given_, told)]
        assert rows[0] == rows[1]


def person(number: int, **others: Any) -> dict[str, Any]:
    return {"id": number, "rights": [("CA", "lmft", None)], **others}


def test_more_changes_than_there_is_room_for_move_everything_once() -> None:
    columns = Columns(facts([person(number) for number in range(1, 41)]))
    assert not columns.is_full
    full = []
    for _ in range(200):
        columns = apply(columns, {7}, [person(7, concerns=["grief"])])
        full.append(columns.is_full)
    assert any(full)
    assert not all(full[100:])
    assert len(columns) == 40
    assert columns.select(Requirements(on=TODAY, concerns=("grief",))).ids.tolist() == [7]


def test_a_term_with_a_place_of_its_own_is_counted_and_one_without_moves_everything_once() -> None:
    columns = Columns(facts([person(1), person(2)]))
    for code, bit in (("new", 2), ("much-later", 64)):
        codes = {**CODES, "languages": {**CODES["languages"], code: bit}}
        known = columns.with_codes(codes)
        assert known.select(Requirements(on=TODAY, languages=(code,))).total == 0
        assert known.select(Requirements(on=TODAY)).facets()["language"][code] == 0
        speaks = known.replacing(np.array([2]), facts_with_codes([person(2, languages=[code])], codes))
        selection = speaks.select(Requirements(on=TODAY, languages=(code,)))
        assert selection.ids.tolist() == [2]
        assert selection.facets()["language"] == {"en": 0, "es": 0, code: 1}
        assert selection.has("languages", code).tolist() == [True]
        assert columns.select(Requirements(on=TODAY)).facets()["language"] == {"en": 0, "es": 0}


def test_another_day_does_not_disturb_the_one_that_is_asked_at_the_same_time() -> None:
    columns = Columns(facts([person(1, listed_until=TODAY), person(2)]))
    today = columns.select(Requirements(on=TODAY))
    tomorrow = columns.select(Requirements(on=TOMORROW))
    assert today.facets()["state"] == {"CA": 2, "NY": 0}
    assert tomorrow.facets()["state"] == {"CA": 1, "NY": 0}
    grown = apply(columns, {3}, [person(3, listed_until=TODAY)])
    assert [grown.select(Requirements(on=day)).total for day in (TODAY, TOMORROW)] == [3, 1]
