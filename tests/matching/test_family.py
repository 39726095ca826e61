"""The family view: what it says to whom, on which studies, and what it never says."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.conf import settings

from matching import family
from matching.family import Family, family_of
from matching.intake import Intake
from matching.questions import ABOUT_AGE, IN_DANGER, IN_THE_ROOM, LATER_BOND, STEPPARENT
from matching.wording import Wording
from tests.matching.drawing import RULES, needs
from tests.matching.test_explanation import match_of
from tests.reading import grade

ALONE = Intake(state="CA", delivery=("telehealth",), session_format="individual")
TOGETHER = replace(ALONE, session_format="family")
COUPLE = replace(ALONE, session_format="couple")
NAMES = {
    "approaches": {
        row["code"]: row["name"] for row in json.loads((settings.FIXTURES / "taxonomy" / "approaches.json").read_text())
    }
}
TEEN_IN_DANGER = replace(TOGETHER, populations=("adolescents", "parents"), concerns={"suicidal-thoughts": 3})
ADOPTED = replace(TOGETHER, populations=("children", "adoptive-families"), concerns={"adoption-foster": 3})


def family_for(intake: Intake) -> Family:
    found = family_of(needs(intake), Wording(NAMES))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("description", "intake", "is_about_family"),
    [
        ("one person", ALONE, False),
        ("one person in conflict with their own family", replace(ALONE, concerns={"family-conflict": 3}), False),
        ("an adult who was adopted", replace(ALONE, populations=("adults",), concerns={"adoption-foster": 2}), False),
        ("a couple", COUPLE, False),
        ("a family", TOGETHER, True),
        ("a parent alone", replace(ALONE, populations=("parents",)), True),
        ("somebody worried about a child's behavior", replace(ALONE, concerns={"child-behavior": 1}), True),
        ("a teen alone", replace(ALONE, populations=("adolescents",)), True),
        ("a couple with a new family", replace(COUPLE, concerns={"blended-family": 2}), True),
    ],
)
def test_who_is_shown_the_two_parts(description: str, intake: Intake, is_about_family: bool) -> None:
    assert (family_of(needs(intake), Wording(NAMES)) is not None) is is_about_family, description


@pytest.mark.parametrize(
    ("description", "intake", "parent", "child", "absent"),
    [
        ("together, no age said", TOGETHER, [family.TOGETHER], [family.NO_AGE], [family.ALONE, family.PLAN]),
        ("a parent alone", replace(ALONE, populations=("parents",)), [family.ALONE], [family.NO_AGE], []),
        (
            "a parent alone who names adults speaks of themselves",
            replace(ALONE, populations=("parents", "adults")),
            [family.ALONE],
            [family.NO_AGE],
            [family.OF_AGE["adults"]],
        ),
        (
            "two parents",
            replace(COUPLE, safe_at_home=True, concerns={"parenting": 2}),
            [family.TWO_PARENTS],
            [family.NO_AGE],
            [family.TOGETHER],
        ),
        (
            "a child who comes alone",
            replace(ALONE, populations=("children",)),
            [family.CHILD_ALONE],
            [family.OF_AGE["children"]],
            [family.ALONE],
        ),
        (
            "a small child",
            replace(TOGETHER, populations=("children",), concerns={"child-behavior": 2}),
            [family.TOGETHER],
            [
                family.OF_AGE["children"],
                "Made for this age: parent-child interaction therapy, Circle of Security and play therapy.",
                "Good studies support parent-child interaction therapy for what you bring.",
                "Studies of Circle of Security are thin or mixed so far.",
                "No study listed here has looked at play therapy for what you bring.",
            ],
            [family.NO_AGE, family.OF_AGE["adolescents"]],
        ),
        (
            "a teen",
            replace(TOGETHER, populations=("adolescents",)),
            [family.TOGETHER],
            [family.OF_AGE["adolescents"], "Made for this age: attachment-based family therapy."],
            [family.OF_AGE["children"], family.TEEN_IN_DANGER, family.TEEN_LOW],
        ),
        (
            "a teen with low mood",
            replace(TOGETHER, populations=("adolescents",), concerns={"depression": 2}),
            [family.TOGETHER],
            [family.TEEN_LOW],
            [family.PLAN, family.TEEN_IN_DANGER],
        ),
        (
            "a teen in danger",
            TEEN_IN_DANGER,
            [family.PLAN],
            [family.TEEN_IN_DANGER, "Good studies support dialectical behavior therapy for what you bring."],
            [family.TEEN_LOW],
        ),
        (
            "a teen who hurts themselves",
            replace(TOGETHER, populations=("adolescents",), concerns={"self-harm": 1}),
            [family.PLAN],
            [family.TEEN_IN_DANGER],
            [],
        ),
        (
            "a grown child",
            replace(TOGETHER, populations=("adults", "parents")),
            [family.TOGETHER],
            [family.OF_AGE["adults"]],
            [family.NO_AGE, "Made for this age"],
        ),
        (
            "a small child and a teen",
            replace(TOGETHER, populations=("children", "adolescents")),
            [family.TOGETHER],
            [family.OF_AGE["children"], family.OF_AGE["adolescents"]],
            [family.NO_AGE],
        ),
        (
            "adoption",
            ADOPTED,
            [family.NO_FORCE],
            [
                family.CAME_LATER,
                "Made for a hard start in life: dyadic developmental psychotherapy and Theraplay.",
                "Studies of dyadic developmental psychotherapy are thin or mixed so far.",
            ],
            [family.FOSTER, family.BLENDED],
        ),
        (
            "a foster child",
            replace(TOGETHER, populations=("foster-families",)),
            [family.NO_FORCE, family.FOSTER],
            [family.CAME_LATER],
            [family.BLENDED],
        ),
        (
            "a blended family",
            replace(TOGETHER, populations=("blended-families",)),
            [family.BLENDED],
            [family.NO_AGE],
            [family.NO_FORCE, family.CAME_LATER],
        ),
        (
            "a family that is not safe",
            replace(TOGETHER, safe_at_home=False),
            [family.APART],
            [family.NO_AGE],
            [family.TOGETHER],
        ),
        (
            "a family that names violence and was not asked",
            replace(TOGETHER, concerns={"domestic-violence": 2}),
            [family.APART],
            [],
            [family.TOGETHER],
        ),
    ],
)
def test_what_is_said(description: str, intake: Intake, parent: list[str], child: list[str], absent: list[str]) -> None:
    found = family_for(intake)
    for sentence in parent:
        assert sentence in found.parent, description
    for sentence in (family.NOT_ABOUT_THE_CHILD, *child):
        assert sentence in " ".join(found.child), description
    everything = " ".join((*found.parent, *found.child))
    assert [sentence for sentence in absent if sentence in everything] == [], description


@pytest.mark.parametrize(
    ("description", "intake", "situations", "dois"),
    [
        (
            "a teen in danger: the review of the founders, and the studies that found no clear gain",
            TEEN_IN_DANGER,
            {"adolescent-suicidal", "adolescent-low-mood"},
            {"10.1016/j.jad.2021.07.005", "10.32872/cpe.13717"},
        ),
        ("adoption", ADOPTED, {"adoption-foster"}, {"10.3310/IVCN8847"}),
        (
            "a small child",
            replace(TOGETHER, populations=("children",), concerns={"child-behavior": 1}),
            {"parenting-young-child", "child-behavior"},
            {"10.1017/S0954579417000244"},
        ),
        ("a parent alone, without more", replace(ALONE, populations=("parents",)), set(), set()),
    ],
)
def test_studies(description: str, intake: Intake, situations: set[str], dois: set[str]) -> None:
    found = family_for(intake)
    assert {row.situation for row in found.evidence} == situations, description
    assert dois <= {row.doi for row in found.evidence}, description
    assert set(found.evidence) == {
        row for row in needs(intake).evidence if row.situation in family.FAMILY_SITUATIONS
    }, "none is left out"


def test_what_is_said_of_trials_with_teens_stands_in_rows() -> None:
    """The two sentences are ours; what they say must be in the edition of the evidence that is in force."""

    def findings(situation: str) -> str:
        [approach] = family.MADE_FOR["adolescents"]
        rows = [row for row in RULES.evidence if (row.situation, row.approach) == (situation, approach)]
        assert {row.grade for row in rows} == {"B", "C"}
        return " ".join(row.finding for row in rows)

    danger = findings("adolescent-suicidal")
    assert "fewer thoughts of suicide" in danger
    assert "With 129 teens it did no better than supportive therapy. Both helped" in danger
    low = findings("adolescent-low-mood")
    assert "less depressed" in low
    assert "4 trials show no clear gain over other care" in low


def test_no_study_with_teens_speaks_for_a_small_child_and_none_with_small_children_for_older_ones() -> None:
    small = replace(TOGETHER, populations=("children",), concerns={"family-conflict": 2, "parenting": 2})
    assert {row.situation for row in family_for(small).evidence} == {"parenting-young-child"}
    for older in ("adolescents", "adults"):
        intake = replace(small, populations=(older,))
        assert {row.situation for row in family_for(intake).evidence} == {"family-conflict"}


def test_json_has_the_three_parts_as_texts_and_rows() -> None:
    document = family_for(TEEN_IN_DANGER).to_json()
    assert set(document) == {"parent", "child", "evidence"}
    assert document["parent"].startswith(family.TOGETHER)
    assert document["child"].startswith(family.NOT_ABOUT_THE_CHILD)
    assert {row["grade"] for row in document["evidence"]} == {"A", "B", "C"}


COMING = ("family", "individual", "couple")
AGES: tuple[tuple[str, ...], ...] = ((), ("children",), ("adolescents",), ("adults",), ("children", "adolescents"))
KINDS = ("parents", "blended-families", "adoptive-families", "foster-families")
TROUBLES: tuple[dict[str, int], ...] = ({}, {"depression": 2}, {"suicidal-thoughts": 3}, {"child-behavior": 2})


@pytest.mark.parametrize("coming", COMING)
def test_every_family_reads_easily_and_has_both_parts(coming: str) -> None:
    for ages, kind, troubles in product(AGES, KINDS, TROUBLES):
        found = family_for(replace(ALONE, session_format=coming, populations=(*ages, kind), concerns=troubles))
        assert found.parent
        assert found.child[0] == family.NOT_ABOUT_THE_CHILD
        assert grade(found.parent) <= 8, found.parent
        assert grade(found.child) <= 8, found.child


# --- Matches of a family ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("description", "facts"),
    [
        ("the only approach", {"approaches": ["attachment-based-family"]}),
        (
            "beside another one that is better supported",
            {"approaches": ["attachment-based-family", "dialectical-behavior"], "trained": ["dialectical-behavior"]},
        ),
    ],
)
def test_who_offers_the_family_therapy_for_teens_shows_what_was_found_of_it(
    description: str, facts: dict[str, Any]
) -> None:
    match = match_of(needs(TEEN_IN_DANGER), **facts)
    shown = [row for _, reason in match.findings for row in reason.evidence]
    rows = [row for row in shown if row.approach == "attachment-based-family"]
    assert {row.situation for row in rows} == {"adolescent-suicidal"}, "the most pressing of what each study says"
    assert {row.grade for row in rows} == {"B", "C"}
    assert "10.1016/j.jad.2021.07.005" in {row.doi for row in rows}
    assert any("no better than supportive therapy" in row.finding for row in rows)
    assert len(shown) == len(set(shown)), "no study stands with two findings"


def test_the_reason_says_that_other_research_found_less() -> None:
    match = match_of(needs(TEEN_IN_DANGER), approaches=["attachment-based-family"])
    [text] = [reason.text for _, reason in match.findings if reason.code == "evidence_b"]
    assert text.endswith(
        "research supports it for teens with thoughts of suicide. Other research on it is thin or mixed."
    )


@pytest.mark.parametrize(
    ("description", "intake", "questions"),
    [
        ("no age said", TOGETHER, [IN_THE_ROOM]),
        ("a small child", replace(TOGETHER, populations=("children",)), [ABOUT_AGE["children"]]),
        ("a teen in danger", TEEN_IN_DANGER, [IN_DANGER, ABOUT_AGE["adolescents"]]),
        ("a grown child", replace(TOGETHER, populations=("adults",)), [ABOUT_AGE["adults"]]),
        ("adoption", ADOPTED, [LATER_BOND, ABOUT_AGE["children"]]),
        ("a foster parent alone", replace(ALONE, populations=("parents", "foster-families")), [LATER_BOND]),
        ("a blended family", replace(TOGETHER, populations=("blended-families",)), [IN_THE_ROOM, STEPPARENT]),
    ],
)
def test_questions_for_a_family(description: str, intake: Intake, questions: list[str]) -> None:
    asked = match_of(needs(intake), approaches=["family-systems"]).explanation.questions
    assert set(questions) <= set(asked), description
    assert len(asked) <= 5


def test_a_family_without_a_child_in_view_is_asked_nothing_about_one() -> None:
    asked = match_of(needs(replace(ALONE, concerns={"family-conflict": 2}))).explanation.questions
    assert not {IN_THE_ROOM, LATER_BOND, STEPPARENT, *ABOUT_AGE.values()} & set(asked)
