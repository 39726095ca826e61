"""Which of the people that a client answered about counts for their matches, and why. Pure.

No study says whose profile should count. These are plain rules about the reason for coming; the page says which one
was used. docs/assessments.md has them as a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assessments.instruments import Instrument
from assessments.people import PEOPLE, people_in
from matching.intake import Intake
from matching.safety import is_unsafe_together

PARTNER: Final = frozenset({"partner"})
PARENTS: Final = frozenset({"mother", "father"})

CHILDHOOD_CONCERNS: Final = frozenset({"childhood-trauma", "adult-attachment-difficulties"})
FAMILY_CONCERNS: Final = frozenset(
    {"family-conflict", "parenting", "adoption-foster", "blended-family", "child-behavior"}
)
FAMILY_POPULATIONS: Final = frozenset({"parents", "blended-families", "adoptive-families", "foster-families"})
PARTNER_CONCERNS: Final = frozenset(
    {
        "relationship-difficulties",
        "trust-and-abandonment",
        "intimacy",
        "communication",
        "infidelity",
        "separation-divorce",
        "premarital",
    }
)


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A person whom the client answered about. `scales` says how many of the two scores the answers suffice for."""

    about: str
    responses: Mapping[str, int | None]
    scales: int

    @property
    def addressed(self) -> str:
        return PEOPLE[self.about].addressed if self.about in PEOPLE else "this person"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The person whose profile counts, and the sentence that tells the client so."""

    person: Answered
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """For a reason to come, the people whose profile is closest to it."""

    reason: str
    people: frozenset[str]
    applies: Callable[[Intake], bool]


#: The first that applies and finds somebody decides. Who comes is said plainly, so it goes before one concern of many.
RULES: Final = (
    Rule(
        reason="You come as a couple",
        people=PARTNER,
        applies=lambda intake: intake.session_format == "couple",
    ),
    Rule(
        reason="You come as a family",
        people=PARENTS,
        applies=lambda intake: intake.session_format == "family",
    ),
    Rule(
        reason="What happened when you were a child is part of what brings you",
        people=PARENTS,
        applies=lambda intake: bool(CHILDHOOD_CONCERNS & intake.concerns.keys()),
    ),
    Rule(
        reason="A close relationship is part of what brings you",
        people=PARTNER,
        applies=lambda intake: bool(PARTNER_CONCERNS & intake.concerns.keys()),
    ),
    Rule(
        reason="Family life is part of what brings you",
        people=PARENTS,
        applies=lambda intake: bool(
            FAMILY_CONCERNS & intake.concerns.keys() or FAMILY_POPULATIONS & set(intake.populations)
        ),
    ),
)


def people_answered(draft: Mapping[str, Any], instrument: Instrument) -> list[Answered]:
    """The people of a draft who have at least one answer that counts, in the order of answering."""
    return [
        Answered(
            about=person.about,
            responses=person.responses,
            scales=sum(scale.has_enough(person.responses) for scale in instrument.scales),
        )
        for person in people_in(draft)
        if person.is_answered
    ]


def relationship_that_fits(intake: Intake, people: Sequence[Answered]) -> Choice:
    """Choose among one or more people. A person with fewer scores never comes before one with more."""
    most = max(person.scales for person in people)
    chosen, sentence = _pick(intake, [person for person in people if person.scales == most])
    wished, _ = _pick(intake, people)
    if len(people) == 1:
        sentence = f"We used what you said about {chosen.addressed}."
    elif wished is not chosen:
        sentence = (
            f"There are too few answers about {wished.addressed}. So we used what you said about {chosen.addressed}."
        )
    return Choice(person=chosen, sentence=sentence)


def _pick(intake: Intake, people: Sequence[Answered]) -> tuple[Answered, str]:
    others = [person for person in people if person.about not in PARTNER]
    if is_unsafe_together(intake) and 0 < len(others) < len(people):
        # Wariness of somebody who does harm is good sense and no pattern; the questionnaire cannot tell the two apart.
        chosen, _ = _by_rule(intake, others)
        reason = "It makes sense to be on guard with someone who is not safe"
        return chosen, f"{reason}, so we used what you said about {chosen.addressed}."
    return _by_rule(intake, people)


def _by_rule(intake: Intake, people: Sequence[Answered]) -> tuple[Answered, str]:
    for rule in RULES:
        fitting = [person for person in people if person.about in rule.people]
        if fitting and rule.applies(intake):
            return fitting[0], f"{rule.reason}, so we used what you said about {fitting[0].addressed}."
    for person in people:
        if person.about == "general":
            return (
                person,
                f"Nothing that brings you points to one person, so we used what you said about {person.addressed}.",
            )
    reason = "Nothing that brings you points to one of them more than the other"
    return people[0], f"{reason}, so we used what you said first, about {people[0].addressed}."
