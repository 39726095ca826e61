"""How two partners meet, as a need of its own: the evidence about it, what a match says of it, what to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.guidance import INSECURE_PAIRINGS, PAIRINGS, pairing_of
from matching.intake import Intake
from matching.needs import Needs, needs_of
from matching.questions import ABOUT_PAIRING, BOTH_HEARD
from tests.factories import TODAY
from tests.matching.drawing import RULES
from tests.matching.test_explanation import match_of
from tests.matching.test_needs import ANXIOUS, AVOIDANT, DISORGANIZED, SECURE

COUPLE = Intake(state="CA", delivery=("telehealth",), session_format="couple", safe_at_home=True)
STYLES = {"anxious": ANXIOUS, "avoidant": AVOIDANT, "disorganized": DISORGANIZED, "secure": SECURE}
TWO_OF = {
    "pursue_withdraw": ("anxious", "avoidant"),
    "both_reach": ("anxious", "anxious"),
    "both_withdraw": ("avoidant", "avoidant"),
    "closeness_and_fear": ("disorganized", "anxious"),
    "steady_ground": ("secure", "avoidant"),
    "both_steady": ("secure", "secure"),
}


def needs_of_two(code: str, intake: Intake = COUPLE) -> Needs:
    one, other = TWO_OF[code]
    return needs_of(intake, on=TODAY, ruleset=RULES, profile=STYLES[one], partner_profile=STYLES[other])


def test_each_pairing_is_tried() -> None:
    assert list(TWO_OF) == [pairing.code for pairing in PAIRINGS]
    assert [pairing_of(*styles) for styles in TWO_OF.values()] == list(PAIRINGS)


@pytest.mark.parametrize("code", sorted(INSECURE_PAIRINGS))
def test_a_pairing_that_is_not_steady_is_a_situation_with_rows_of_its_own(code: str) -> None:
    found = needs_of_two(code)
    assert found.pairing is not None
    assert found.pairing.situation in found.situations
    assert {row.situation for row in found.pairing_evidence} == {found.pairing.situation}
    assert set(found.pairing_evidence) < set(found.evidence), "it ranks as any situation does"


@pytest.mark.parametrize("code", sorted(TWO_OF.keys() - INSECURE_PAIRINGS))
def test_a_steady_pairing_has_no_row_and_says_nothing_about_therapists(code: str) -> None:
    found = needs_of_two(code)
    assert found.pairing is not None
    assert found.pairing_evidence == ()
    assert found.situations == needs_of(COUPLE, on=TODAY, ruleset=RULES, profile=STYLES[TWO_OF[code][0]]).situations


def test_without_a_pairing_there_is_no_evidence_about_one() -> None:
    assert needs_of(COUPLE, on=TODAY, ruleset=RULES, profile=ANXIOUS).pairing_evidence == ()
    unsafe = needs_of_two("pursue_withdraw", replace(COUPLE, safe_at_home=False))
    assert (unsafe.pairing, unsafe.pairing_evidence) == (None, ())


REACH_AND_PULL = "couples in which one reaches out and one pulls back"


@pytest.mark.parametrize(
    ("description", "approach", "text"),
    [
        (
            "an approach with good studies of couples, one of this pairing, and a link that contradicts nothing",
            "emotionally-focused",
            "Lists emotionally focused therapy: good studies support it for couples in distress. "
            f"Research supports it for {REACH_AND_PULL}.",
        ),
        (
            "an approach whose studies of this pairing are as strong as others: named once",
            "integrative-behavioral-couple",
            f"Lists integrative-behavioral-couple: research supports it for {REACH_AND_PULL}.",
        ),
    ],
)
def test_the_reason_names_the_pairing_where_a_study_does(description: str, approach: str, text: str) -> None:
    match = match_of(needs_of_two("pursue_withdraw"), approaches=[approach])
    [reason] = [reason for finding, reason in match.findings if finding.criterion.code == "approach_evidence"]
    assert reason.text == text, description


def test_an_approach_that_nobody_studied_in_this_pairing_is_not_said_to_be() -> None:
    match = match_of(needs_of_two("pursue_withdraw"), approaches=["gottman"])
    assert not any(REACH_AND_PULL in reason.text for _, reason in match.findings)


@pytest.mark.parametrize("code", TWO_OF)
def test_each_pairing_that_is_not_steady_has_a_question_of_its_own(code: str) -> None:
    asked = match_of(needs_of_two(code)).explanation.questions
    own = ABOUT_PAIRING.get(code, BOTH_HEARD)
    assert own in asked
    assert not {BOTH_HEARD, *ABOUT_PAIRING.values()} - {own} & set(asked)
    assert ABOUT_PAIRING.keys() == INSECURE_PAIRINGS
    assert len(set(ABOUT_PAIRING.values())) == len(INSECURE_PAIRINGS)
