"""Which of the people answered about counts for the matches: a table of cases, and what holds in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import parse
from assessments.people import PEOPLE
from matching.intake import Intake
from matching.relationship import (
    CHILDHOOD_CONCERNS,
    FAMILY_CONCERNS,
    PARTNER_CONCERNS,
    Answered,
    people_answered,
    relationship_that_fits,
)
from tests.assessments.test_instruments import shipped
from tests.assessments.test_scoring import keyed

INSTRUMENT = parse(shipped("closeness-12"))


def coming(session_format: str = "individual", concerns: Sequence[str] = (), **answers: Any) -> Intake:
    wishes = {"concerns": dict.fromkeys(concerns, 2), **answers}
    return Intake(state="CA", delivery=("telehealth",), session_format=session_format, **wishes)


def answered(*codes: str, scales: int = 2, **few: int) -> list[Answered]:
    """answered("partner", "mother", mother=0): both scores about the partner, none about the mother."""
    return [Answered(about=code, responses={}, scales=few.get(code, scales)) for code in codes]


CASES = [
    {
        "description": "a couple: the partner",
        "intake": coming("couple"),
        "people": answered("mother", "partner"),
        "chosen": "partner",
        "sentence": "You come as a couple, so we used what you said about your partner.",
    },
    {
        "description": "a couple with childhood trauma: still the partner, who comes along",
        "intake": coming("couple", ["childhood-trauma"]),
        "people": answered("mother", "partner"),
        "chosen": "partner",
    },
    {
        "description": "a couple without answers about the partner: the next rule that fits",
        "intake": coming("couple", ["childhood-trauma"]),
        "people": answered("friend", "father"),
        "chosen": "father",
    },
    {
        "description": "childhood trauma: the mother",
        "intake": coming(concerns=["childhood-trauma"]),
        "people": answered("partner", "mother"),
        "chosen": "mother",
        "sentence": "What happened when you were a child is part of what brings you, so we used what you said "
        "about your mother.",
    },
    {
        "description": "mother and father are equal: the one answered first",
        "intake": coming(concerns=["childhood-trauma"]),
        "people": answered("father", "mother"),
        "chosen": "father",
    },
    {
        "description": "lasting signs from childhood beside trust: childhood is the more particular",
        "intake": coming(concerns=["trust-and-abandonment", "adult-attachment-difficulties"]),
        "people": answered("partner", "mother"),
        "chosen": "mother",
    },
    {
        "description": "trust and intimacy: the partner",
        "intake": coming(concerns=["trust-and-abandonment", "intimacy"]),
        "people": answered("mother", "partner"),
        "chosen": "partner",
        "sentence": "A close relationship is part of what brings you, so we used what you said about your partner.",
    },
    {
        "description": "a family: a parent",
        "intake": coming("family"),
        "people": answered("partner", "mother"),
        "chosen": "mother",
        "sentence": "You come as a family, so we used what you said about your mother.",
    },
    {
        "description": "a parent who comes alone: their own parent",
        "intake": coming(concerns=["parenting"]),
        "people": answered("friend", "father"),
        "chosen": "father",
        "sentence": "Family life is part of what brings you, so we used what you said about your father.",
    },
    {
        "description": "a foster family in view, no concern named",
        "intake": coming(populations=("foster-families",)),
        "people": answered("partner", "mother"),
        "chosen": "mother",
    },
    {
        "description": "nothing that points to anyone: people in general",
        "intake": coming(concerns=["depression"]),
        "people": answered("friend", "general"),
        "chosen": "general",
        "sentence": "Nothing that brings you points to one person, so we used what you said about people close to you.",
    },
    {
        "description": "nothing that points to anyone: whoever came first",
        "intake": coming(concerns=["depression"]),
        "people": answered("friend", "mother"),
        "chosen": "friend",
        "sentence": "Nothing that brings you points to one of them more than the other, so we used what you said "
        "first, about your friend.",
    },
    {
        "description": "the one that fits has too few answers",
        "intake": coming("couple"),
        "people": answered("partner", "mother", partner=1),
        "chosen": "mother",
        "sentence": "There are too few answers about your partner. So we used what you said about your mother.",
    },
    {
        "description": "neither has enough: the one that fits, who has no score either",
        "intake": coming("couple"),
        "people": answered("mother", "partner", scales=0),
        "chosen": "partner",
    },
    {
        "description": "a partner who is not safe does not count",
        "intake": coming("couple", safe_at_home=False),
        "people": answered("partner", "friend"),
        "chosen": "friend",
        "sentence": "It makes sense to be on guard with someone who is not safe, so we used what you said about "
        "your friend.",
    },
    {
        "description": "violence is named and nobody said that it is safe",
        "intake": coming(concerns=["domestic-violence", "intimacy"]),
        "people": answered("partner", "mother"),
        "chosen": "mother",
    },
    {
        "description": "violence in the past and safe now",
        "intake": coming(concerns=["domestic-violence", "intimacy"], safe_at_home=True),
        "people": answered("mother", "partner"),
        "chosen": "partner",
    },
    {
        "description": "an unsafe partner is all there is",
        "intake": coming("couple", safe_at_home=False),
        "people": answered("partner"),
        "chosen": "partner",
        "sentence": "We used what you said about your partner.",
    },
    {
        "description": "one person leaves no choice",
        "intake": coming("couple"),
        "people": answered("friend"),
        "chosen": "friend",
        "sentence": "We used what you said about your friend.",
    },
]


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_profile_that_counts(case: dict[str, Any]) -> None:
    choice = relationship_that_fits(case["intake"], case["people"])
    assert choice.person.about == case["chosen"]
    assert choice.sentence == case.get("sentence", choice.sentence)


CONCERNS = [
    *sorted(CHILDHOOD_CONCERNS | FAMILY_CONCERNS | PARTNER_CONCERNS),
    "depression",
    "domestic-violence",
    "grief",
]
intakes = st.builds(
    coming,
    st.sampled_from(["individual", "couple", "family", "group"]),
    st.lists(st.sampled_from(CONCERNS), unique=True, max_size=5),
    populations=st.lists(st.sampled_from(["parents", "adults", "foster-families"]), max_size=2).map(tuple),
    safe_at_home=st.sampled_from([None, True, False]),
)
peoples = st.lists(
    st.builds(Answered, about=st.sampled_from([*PEOPLE, "unknown"]), responses=st.just({}), scales=st.integers(0, 2)),
    min_size=1,
    max_size=4,
    unique_by=lambda person: person.about,
)


@given(intakes, peoples)
def test_somebody_is_always_chosen_from_those_answered_about_and_the_sentence_names_them(
    intake: Intake, people: list[Answered]
) -> None:
    choice = relationship_that_fits(intake, people)
    assert choice.person in people
    assert choice.sentence.endswith(f"about {choice.person.addressed}.")
    assert choice == relationship_that_fits(intake, people)


@given(intakes, peoples)
def test_fewer_scores_never_come_before_more(intake: Intake, people: list[Answered]) -> None:
    assert relationship_that_fits(intake, people).person.scales == max(person.scales for person in people)


@given(
    st.sampled_from(["individual", "couple", "family", "group"]),
    st.lists(st.sampled_from(CONCERNS), unique=True),
    peoples,
)
def test_order_of_the_concerns_does_not_matter(
    session_format: str, concerns: list[str], people: list[Answered]
) -> None:
    there = relationship_that_fits(coming(session_format, concerns), people)
    back = relationship_that_fits(coming(session_format, concerns[::-1]), people)
    assert there == back


@given(intakes, peoples)
def test_somebody_who_was_not_chosen_could_as_well_be_missing(intake: Intake, people: list[Answered]) -> None:
    chosen = relationship_that_fits(intake, people).person
    for other in people:
        if other is not chosen:
            rest = [person for person in people if person is not other]
            assert relationship_that_fits(intake, rest).person is chosen


def test_people_of_a_draft_are_those_with_an_answer_that_counts() -> None:
    draft = {
        "people": [
            {"about": "partner", "responses": keyed(INSTRUMENT, anxiety=6, avoidance=2)},
            {"about": "mother", "responses": keyed(INSTRUMENT, anxiety=6, avoidance=None)},
            {"about": "friend", "responses": {"1": None}},
            {"about": "father", "responses": {}},
        ]
    }
    assert [(one.about, one.scales) for one in people_answered(draft, INSTRUMENT)] == [("partner", 2), ("mother", 1)]
    assert people_answered({}, INSTRUMENT) == []
