"""The pages of questions in their order, and the Intake that their answers end in.

`intake_from` turns a finished draft into an Intake, as the API's serializer does with a request's body. After that
there is one path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from assessments import catalogue
from matching.codes_of_today import in_codes_of_today
from matching.comer_steps import AgeStep, FamilyStep, ReasonStep, WhomStep
from matching.intake import Answers, Intake
from matching.paths import Comers
from matching.relationship import people_answered, relationship_that_fits
from matching.situation_steps import ConcernsStep, FormatStep, ImportanceStep, SafetyStep, SignsStep, TraumaStep
from matching.step import Step
from matching.wish_steps import CostStep, PlaceStep, WishesStep

STEPS: tuple[type[Step], ...] = (
    ReasonStep,
    FamilyStep,
    WhomStep,
    AgeStep,
    FormatStep,
    SafetyStep,
    ConcernsStep,
    ImportanceStep,
    TraumaStep,
    SignsStep,
    PlaceStep,
    CostStep,
    WishesStep,
)


def comers_of(draft: Mapping[str, Any]) -> Comers:
    """Who comes, as the first pages asked. It decides what is asked, and never enters the intake."""
    return Comers.from_json(draft.get("comers") or {})


def asked_steps(draft: Mapping[str, Any]) -> list[type[Step]]:
    """The pages that matter for these answers, in order."""
    intake, comers = draft.get("intake", {}), comers_of(draft)
    return [step for step in STEPS if step.is_asked(intake, comers)]


def first_unanswered(draft: Mapping[str, Any]) -> type[Step] | None:
    """The first page whose needed answer is missing; None when matches can be found."""
    intake, comers = draft.get("intake", {}), comers_of(draft)
    return next((step for step in asked_steps(draft) if step.is_needed and not step.is_answered(intake, comers)), None)


def step_after(page: type[Step], draft: Mapping[str, Any], *, changing: bool) -> type[Step] | None:
    """The page that follows; None when it is time to check the answers.

    A change leads back to the check, unless it opens a page that has no answer yet: how much a new concern matters,
    safety for a couple, the age of a child.
    """
    intake, comers = draft.get("intake", {}), comers_of(draft)
    following = [step for step in asked_steps(draft) if STEPS.index(step) > STEPS.index(page)]
    if changing:
        opened = (step for step in following if step.slug in page.follow_ups)
        following = [step for step in opened if not step.is_answered(intake, comers)]
    return next(iter(following), None)


def intake_from(draft: Mapping[str, Any]) -> Intake:
    """The Intake of a finished draft: what the pages asked, and the questionnaire if it was answered.

    Of two people answered about, the one that fits the reason for coming counts; none when the help is for a child.
    """
    intake = Intake.from_json(in_codes_of_today(draft.get("intake", {})))
    people = people_answered(draft, catalogue.get(catalogue.QUESTIONNAIRE))
    if not people or not comers_of(draft).is_about_client:
        return intake
    responses = relationship_that_fits(intake, people).person.responses
    return dataclasses.replace(intake, attachment=Answers(instrument=catalogue.QUESTIONNAIRE, responses=responses))
