"""Questions to ask in a first consultation: chosen from what is unknown and what matters most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from matching.family import ages_of, came_later, is_about_family, is_blended
from matching.needs import Needs
from matching.reasons import Case
from matching.safety import CRISIS_CONCERNS

FEWEST, MOST = 3, 5
MOST_ABOUT_UNKNOWNS: Final = 2

PATTERNS: Final = "How have you helped people change patterns that keep coming back in their relationships?"
ATTACHMENT: Final = "How do you work with attachment, and what does that look like in an ordinary session?"
APPROACH: Final = "What does your way of working usually look like in the first weeks?"
PROGRESS: Final = "How will we notice whether it helps, and what do we do if it does not?"
FIRST: Final = "What would you like to find out about me before we begin?"

BOTH_HEARD: Final = "How do you make sure that both of us are heard?"
ABOUT_PAIRING: Final[Mapping[str, str]] = {
    "pursue_withdraw": "What do you do when one of us wants to talk at once and the other needs distance?",
    "both_reach": "What do you do when both of us need comfort at the same moment?",
    "both_withdraw": "What do you do when we both go quiet?",
    "closeness_and_fear": "How do you notice that closeness gets too much for one of us?",
}

IN_DANGER: Final = "What do we do, and whom do we call, if it gets worse between two sessions?"
LATER_BOND: Final = "How do you work with a child who came to us later, and do you ever use force or holding?"
STEPPARENT: Final = "How do you help a stepparent find their place?"
IN_THE_ROOM: Final = "Who would be in the room, and how do you include a child or a teenager?"
ABOUT_AGE: Final[Mapping[str, str]] = {
    "children": "What would you do with my child in a session, and what would be my part?",
    "adolescents": "Would you see my teenager alone too, and what stays between the two of you?",
    "adults": "What if my grown child does not want to come?",
}


def questions_for(case: Case, reason_codes: frozenset[str]) -> tuple[str, ...]:
    """Three to five questions: at most two about facts that are missing or do not fit, then what matters most."""
    chosen = list(islice(_about_unknowns(case, reason_codes), MOST_ABOUT_UNKNOWNS))
    for question in _about_what_matters(case.needs):
        if len(chosen) < MOST and question not in chosen:
            chosen.append(question)
    for question in (PROGRESS, FIRST):
        if len(chosen) < FEWEST:
            chosen.append(question)
    return tuple(chosen)


def _about_unknowns(case: Case, codes: frozenset[str]) -> Iterator[str]:
    """Most telling first."""
    if codes & {"not_stated_concerns", "sweeping_concerns", "concerns_in_part", "concerns_not_listed"}:
        missing = [code for code in case.needs.concerns_by_importance if code not in case.card["concerns"]]
        if missing:
            yield f"How much have you worked with {case.say.name('concerns', missing[0])}?"
    if codes & {"trauma_listed", "trauma_not_listed"} or (
        case.needs.trauma and codes & {"not_stated_approaches", "sweeping_approaches"}
    ):
        yield "What training do you have in work with trauma?"
    if codes & {"format_listed", "format_not_listed"}:
        work = "couples" if case.needs.session_format == "couple" else "families"
        yield f"What training do you have in work with {work}?"
    if codes & {"not_stated_insurance", "too_old_insurance", "insurance_not_listed"}:
        plans = case.say.names("insurance_plans", case.needs.insurance, joined_by="or")
        yield f"Do you take {plans}, and what would I pay myself?"
    if codes & {"not_stated_fee", "too_old_fees", "fee_above_budget", "sliding_scale"}:
        yield "What would a session cost me, and is there room below your usual fee?"
    if codes & {"not_stated_languages", "language_not_listed"}:
        languages = case.say.names("languages", case.needs.languages, joined_by="or")
        yield f"Can we hold our sessions in {languages}?"
    if codes & {"not_stated_opening", "too_old_availability", "opening_later"}:
        yield "When is your next free appointment?"
    if codes & {"not_stated_populations", "populations_not_listed"}:
        groups = case.say.names("populations", case.needs.populations)
        yield f"What is your experience with {groups}?"


def _about_what_matters(needs: Needs) -> Iterator[str]:
    if needs.trauma:
        yield "How do you keep the work safe, and slow enough, when something from the past comes up?"
    if needs.session_format == "couple":
        yield ABOUT_PAIRING.get(needs.pairing.code, BOTH_HEARD) if needs.pairing is not None else BOTH_HEARD
    if is_about_family(needs):
        yield from _about_a_family(needs)
    if needs.guidance.attachment_focused == "worth_considering" or needs.insecurity is not None:
        yield ATTACHMENT
        yield PATTERNS
    elif {"trust-and-abandonment", "relationship-difficulties", "intimacy"} & needs.concerns.keys():
        yield PATTERNS
    yield APPROACH


def _about_a_family(needs: Needs) -> Iterator[str]:
    if CRISIS_CONCERNS & needs.concerns.keys():
        yield IN_DANGER
    if came_later(needs):
        yield LATER_BOND
    ages = ages_of(needs)
    for age in ages:
        yield ABOUT_AGE[age]
    if needs.session_format == "family" and not ages:
        yield IN_THE_ROOM
    if is_blended(needs):
        yield STEPPARENT
