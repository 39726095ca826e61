"""The pages of questions in their order, and the Intake that their answers end in.

`intake_from` turns a finished draft into an Intake, as the API's serializer does with a request's body. After that
there is one path.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from assessments import catalogue
from matching.intake import Answers, Intake
from matching.relationship import people_answered, relationship_that_fits
from matching.situation_steps import ConcernsStep, FormatStep, ImportanceStep, SafetyStep, SignsStep, TraumaStep
from matching.step import Step
from matching.wish_steps import CostStep, PlaceStep, WishesStep

STEPS: tuple[type[Step], ...] = (
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


def asked_steps(intake: Mapping[str, Any]) -> list[type[Step]]:
    """The pages that matter for these answers, in order."""
    return [step for step in STEPS if step.is_asked(intake)]


def first_unanswered(intake: Mapping[str, Any]) -> type[Step] | None:
    """The first page whose required answer is missing; None when matches can be found."""
    return next((step for step in asked_steps(intake) if not step.is_answered(intake)), None)


def intake_from(draft: Mapping[str, Any]) -> Intake:
    """The Intake of a finished draft: what the pages asked, and the questionnaire if it was answered.

    Of two people answered about, the one that fits the reason for coming counts.
    """
    intake = Intake.from_json(draft.get("intake", {}))
    people = people_answered(draft, catalogue.get(catalogue.QUESTIONNAIRE))
    if not people:
        return intake
    responses = relationship_that_fits(intake, people).person.responses
    return dataclasses.replace(intake, attachment=Answers(instrument=catalogue.QUESTIONNAIRE, responses=responses))
