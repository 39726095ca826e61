"""The pages of questions in their order, and the Intake that their answers end in.

`intake_from` turns a finished draft into an Intake, as the API's serializer does with a request's body. After that
there is one path.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.catalogue import QUESTIONNAIRE
from matching.intake import Answers, Intake
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
    """The Intake of a finished draft: what the pages asked, and the questionnaire if it was answered."""
    intake = Intake.from_json(draft.get("intake", {}))
    responses = draft.get("responses") or {}
    if not any(value is not None for value in responses.values()):
        return intake
    answers = Answers(instrument=QUESTIONNAIRE, responses=responses)
    return Intake.from_json(intake.to_json() | {"attachment": answers.to_json()})
