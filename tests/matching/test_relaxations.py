"""What would bring more when few match: the nearest changes, with numbers that a search with the change confirms."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from directory.roster.columns import Columns
from directory.roster.selection import Selection
from matching.intake import MUSTS, Intake, Near
from matching.relaxations import DAYS, DOLLARS_MORE, FEW_MATCHES, MILES, Relaxation, relaxations_of
from tests.factories import TODAY
from tests.matching.drawing import CENTER, CODES, intakes, needs, therapists

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
HERE, TWENTY_MILES_AWAY, TWO_THOUSAND_AWAY = CENTER, (34.3, -118.2), (40.7, -74.0)


def select(intake: Intake, directory: Columns) -> Selection:
    return directory.select(needs(intake).requirements)


def relaxations(intake: Intake, directory: Columns) -> tuple[Relaxation, ...]:
    found = select(intake, directory)
    return relaxations_of(
        intake,
        session_format=needs(intake).session_format,
        total=found.total,
        total_of=lambda changed: found.total_with(needs(changed).requirements),
    )


def changed(intake: Intake, change: Mapping[str, Any]) -> Intake:
    """As a partner site would: the same JSON with some fields replaced."""
    return Intake.from_json(intake.to_json() | dict(change))


def therapist(**facts: Any) -> dict[str, Any]:
    """Somebody whom the plain intake finds."""
    return {
        "jurisdictions": ["CA"],
        "delivery_methods": ["telehealth"],
        "session_formats": ["individual"],
        "license_types": ["lmft"],
        "accepting": "yes",
    } | facts


def in_days(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


CASES: list[dict[str, Any]] = [
    {
        "description": "the other way to meet",
        "intake": {"delivery": ("in_person",)},
        "directory": [therapist(), therapist()],
        "found": [(("delivery",), {"delivery": ["in_person", "telehealth"]}, "2 more if you also meet by telehealth")],
    },
    {
        "description": "the other way to meet, in person",
        "directory": [therapist(delivery_methods=["in_person"])],
        "found": [(("delivery",), {"delivery": ["in_person", "telehealth"]}, "1 more if you also meet in person")],
    },
    {
        "description": "the nearest distance that brings anybody, not the next one and not the last one",
        "intake": {"delivery": ("in_person",), "near": Near(zip="90012", within=5)},
        "directory": [
            therapist(delivery_methods=["in_person"], places=[place])
            for place in (TWENTY_MILES_AWAY, TWO_THOUSAND_AWAY)
        ],
        "found": [(("within",), {"near": {"zip": "90012", "within": 25}}, "1 more if you go up to 25 miles")],
    },
    {
        "description": "a distance that is a must, where all are too far away to go",
        "intake": {"near": Near(zip="90012", within=5), "must": ("near",)},
        "directory": [therapist(places=[TWO_THOUSAND_AWAY]), therapist()],
        "found": [(("within",), {"must": []}, "2 more if the distance is not a must")],
    },
    {
        "description": "a little more money",
        "intake": {"fee_max": 100, "must": ("fee_max",)},
        "directory": [therapist(fee_from=fee) for fee in (126, 150, 151, 1000)],
        "found": [(("fee_max",), {"fee_max": 150}, "2 more if you can pay up to $150")],
    },
    {
        "description": "so much more money that the limit had better be a wish",
        "intake": {"fee_max": 100, "must": ("fee_max",)},
        "directory": [therapist(fee_from=301), therapist()],
        "found": [(("fee_max",), {"must": []}, "2 more if your price limit is not a must")],
    },
    {
        "description": "a longer wait",
        "intake": {"opening_within_days": 14, "must": ("opening_within_days",)},
        "directory": [therapist(opening_on=in_days(days)) for days in (31, 60, 61)],
        "found": [
            (("opening_within_days",), {"opening_within_days": 60}, "2 more if you can wait up to 60 days"),
        ],
    },
    {
        "description": "a day that nobody states",
        "intake": {"opening_within_days": 90, "must": ("opening_within_days",)},
        "directory": [therapist()],
        "found": [(("opening_within_days",), {"must": []}, "1 more if the time to wait is not a must")],
    },
    {
        "description": "one must, while the other stays",
        "intake": {"languages": ("es",), "insurance": ("aetna",), "must": ("languages", "insurance")},
        "directory": [therapist(insurance_plans=["aetna"]), therapist(languages=["en"])],
        "found": [(("language",), {"must": ["insurance"]}, "1 more if the language is not a must")],
    },
    {
        "description": "small changes before a must that is given up, and in each the most first",
        "intake": {
            "delivery": ("in_person",),
            "languages": ("es",),
            "genders": ("woman",),
            "fee_max": 100,
            "must": ("fee_max", "genders", "languages"),
        },
        "directory": [
            therapist(
                **{"delivery_methods": ["in_person"], "languages": ["es"], "gender": "woman", "fee_from": 90} | lack
            )
            for lack, count in (
                ({"delivery_methods": ["telehealth"]}, 1),
                ({"fee_from": 120}, 2),
                ({"languages": ["en"]}, 3),
                ({"gender": "man"}, 4),
            )
            for _ in range(count)
        ],
        "found": [
            (("fee_max",), {"fee_max": 125}, "2 more if you can pay up to $125"),
            (("delivery",), {"delivery": ["in_person", "telehealth"]}, "1 more if you also meet by telehealth"),
            (("gender",), {"must": ["fee_max", "languages"]}, "4 more if the gender is not a must"),
            (("language",), {"must": ["fee_max", "genders"]}, "3 more if the language is not a must"),
        ],
    },
    {
        "description": "two changes, when no single one is enough: those that bring most, each as small as can be",
        "intake": {
            "languages": ("es",),
            "insurance": ("aetna",),
            "fee_max": 100,
            "must": ("fee_max", "insurance", "languages"),
        },
        "directory": [
            therapist(fee_from=120, languages=["es"]),
            therapist(fee_from=240, languages=["es"]),
            therapist(fee_from=90),
        ],
        "found": [
            (
                ("fee_max", "insurance"),
                {"fee_max": 125, "must": ["fee_max", "languages"]},
                "1 more if you can pay up to $125 and your insurance is not a must",
            )
        ],
    },
    {
        "description": "two musts together",
        "intake": {"languages": ("es",), "genders": ("woman",), "must": ("genders", "languages")},
        "directory": [therapist(gender="man")],
        "found": [
            (
                ("language", "gender"),
                {"must": []},
                "1 more if the language is not a must and the gender is not a must",
            )
        ],
    },
    {
        "description": "to come alone, when no other change brings anybody",
        "intake": {"session_format": "couple"},
        "directory": [therapist(), therapist(session_formats=["family"])],
        "found": [(("session_format",), {"session_format": "individual"}, "1 in all if one person comes alone")],
    },
    {
        "description": "a group, for somebody who comes alone",
        "directory": [therapist(session_formats=["group", "couple"])],
        "found": [(("session_format",), {"session_format": "group"}, "1 in all if the sessions are in a group")],
    },
    {
        "description": "other sessions find other people: the number of all is said",
        "intake": {"session_format": "couple"},
        "directory": [therapist(session_formats=["couple"]), therapist(), therapist()],
        "found": [(("session_format",), {"session_format": "individual"}, "2 in all if one person comes alone")],
    },
    {
        "description": "neither the state nor a place for new clients is the client's to change",
        "directory": [therapist(jurisdictions=["NY"]), therapist(accepting="waitlist"), therapist(accepting=None)],
        "found": [],
    },
    {
        "description": "three changes would be too many",
        "intake": {
            "languages": ("es",),
            "genders": ("woman",),
            "insurance": ("aetna",),
            "must": ("genders", "insurance", "languages"),
        },
        "directory": [therapist()],
        "found": [],
    },
    {
        "description": "nothing while enough match",
        "directory": [therapist() for _ in range(FEW_MATCHES)] + [therapist(delivery_methods=["in_person"])],
        "found": [],
    },
]


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_the_nearest_changes(case: dict[str, Any]) -> None:
    directory = Columns.from_records(case["directory"], codes=CODES)
    found = relaxations(replace(PLAIN, **case.get("intake", {})), directory)
    assert [(its.requirements, dict(its.change), its.text) for its in found] == case["found"]


# --- Laws -------------------------------------------------------------------------------------------------------------
directories = st.lists(therapists(), min_size=1, max_size=8).map(lambda some: Columns.from_records(some, codes=CODES))
many = settings(max_examples=60, deadline=None)
a_lot = settings(max_examples=200, deadline=None)


@st.composite
def demanding(draw: st.DrawFn) -> Intake:
    """An intake with many musts."""
    intake = draw(intakes(musts=False))
    return replace(intake, must=tuple(name for name in MUSTS if getattr(intake, name) and draw(st.booleans())))


@a_lot
@given(demanding(), directories)
def test_a_search_with_the_change_finds_as_many_more_as_was_said(intake: Intake, directory: Columns) -> None:
    before = select(intake, directory).total
    for relaxation in relaxations(intake, directory):
        after = select(changed(intake, relaxation.change), directory).total
        assert after == before + relaxation.more
        assert relaxation.more > 0
        said = after if relaxation.requirements == ("session_format",) else relaxation.more
        assert relaxation.text.startswith(f"{said} ")


@many
@given(demanding(), directories)
def test_a_change_keeps_whom_the_search_found_unless_it_is_to_other_sessions(
    intake: Intake, directory: Columns
) -> None:
    before = set(select(intake, directory).ids.tolist())
    for relaxation in relaxations(intake, directory):
        after = set(select(changed(intake, relaxation.change), directory).ids.tolist())
        assert before < after or relaxation.requirements == ("session_format",)


@many
@given(demanding(), directories)
def test_no_change_leads_to_sessions_with_others_or_makes_a_new_must(intake: Intake, directory: Columns) -> None:
    may_change = {"delivery", "near", "fee_max", "opening_within_days", "must", "session_format"}
    for relaxation in relaxations(intake, directory):
        assert relaxation.change.keys() <= may_change
        assert relaxation.change.get("session_format") in (None, "individual", "group")
        assert set(relaxation.change.get("must", ())) <= set(intake.must)


@many
@given(demanding(), directories)
def test_a_smaller_step_would_bring_nobody(intake: Intake, directory: Columns) -> None:
    before = select(intake, directory).total
    for relaxation in relaxations(intake, directory):
        with_it = changed(intake, relaxation.change)
        for name, steps in (
            ("near", [intake.near and replace(intake.near, within=miles) for miles in MILES]),
            ("fee_max", [(intake.fee_max or 0) + dollars for dollars in DOLLARS_MORE]),
            ("opening_within_days", list(DAYS)),
        ):
            if name in relaxation.change:
                for smaller in steps[: steps.index(getattr(with_it, name))]:
                    assert select(replace(with_it, **{name: smaller}), directory).total <= before


@many
@given(demanding(), directories)
def test_nothing_is_left_unsaid_that_one_or_two_musts_would_bring(intake: Intake, directory: Columns) -> None:
    found = relaxations(intake, directory)
    before = select(intake, directory).total
    assume(before < FEW_MATCHES)
    together = max((len(relaxation.requirements) for relaxation in found), default=0)
    for given_up in itertools.chain.from_iterable(itertools.combinations(intake.must, size) for size in (1, 2)):
        more = select(replace(intake, must=tuple(set(intake.must) - set(given_up))), directory).total - before
        assert not more or 0 < together <= len(given_up)


@many
@given(demanding(), directories)
def test_two_changes_together_and_other_sessions_are_the_last_resort(intake: Intake, directory: Columns) -> None:
    found = relaxations(intake, directory)
    kinds = [
        "sessions" if relaxation.requirements == ("session_format",) else len(relaxation.requirements)
        for relaxation in found
    ]
    assert set(kinds) == {1} or kinds in ([], [2], ["sessions"], [2, "sessions"])


@pytest.mark.parametrize("session_format", ["couple", "family"])
@pytest.mark.parametrize(("safe", "led"), [(True, True), (False, False)])
def test_nobody_who_is_not_safe_is_led_to_sessions_at_home(session_format: str, safe: bool, led: bool) -> None:
    intake = Intake(state="CA", delivery=("in_person",), session_format=session_format, safe_at_home=safe)
    found = relaxations_of(
        intake, session_format=session_format, total=0, total_of=lambda changed: 5 if len(changed.delivery) > 1 else 0
    )
    assert [relaxation.change.get("delivery") for relaxation in found] == [["in_person", "telehealth"]] * led
