"""The first pages: who this is for, and for a family which one, for whom of it and how old the children are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from matching.paths import Comers, walk
from matching.step import SomeOrNoneStep, Step

REASONS = {
    "closeness": "Me. It keeps getting hard when I am close to someone.",
    "early-harm": "Me. Something from early in my life still hurts.",
    "lasting-signs": "Me. I often feel numb, expect to be left, or tell strangers too much.",
    "couple": "My partner and me",
    "family": "My family or my child",
    "other": "Something else, or I’m not sure",
}
KINDS = {
    "blended": "A blended family, with children from before",
    "adoptive": "An adoptive family",
    "foster": "A foster family",
}
WHOM = {
    "parent": "Me, as a parent",
    "child": "My child: how they feel, or what they do",
    "all": "All of us: how we get along",
    "unsure": "I’m not sure",
}
AGES = {"child": "Up to 12", "teen": "13 to 17", "adult": "18 or older"}


class ComerStep(Step):
    """A page whose answers are about who comes: they lie beside the intake, and preset parts of it."""

    follow_ups: ClassVar[tuple[str, ...]] = ("family", "whom", "age", "who", "safe")

    def saved(self) -> dict[str, Any]:
        intake, comers = walk(self.intake, self.comers, **self.answers())
        return {"intake": intake, "comers": comers.to_json()}


class ReasonStep(ComerStep):
    slug = "for"
    title = "Who is this for?"
    hint = "Choose what comes closest. You can change it at any time."
    why = (
        "Your answer decides what we ask next, so that you only see what matters. It also fills in a few answers for "
        "you. You see them all before you see any therapist, and you can change each one."
    )
    is_needed = True
    opens_others = True
    reason = forms.ChoiceField(
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who this is for. If you are not sure, choose the last answer."},
    )

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return comers.reason is not None or "session_format" in intake

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"reason": self.comers.reason}

    def answers(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class FamilyStep(ComerStep, SomeOrNoneStep):
    slug = "family"
    title = "What kind of family are you?"
    hint = "Choose all that fit."
    why = "Some therapists know these families well. We look for them first."
    some = "kinds"
    kinds = forms.MultipleChoiceField(choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple, required=False)

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return comers.kinds is not None

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"kinds": self.comers.kinds or [], "none_of_these": self.comers.kinds == ()}

    def answers(self) -> dict[str, Any]:
        chosen = self.chosen()
        return {"kinds": None if chosen is None else tuple(chosen)}


class WhomStep(ComerStep):
    slug = "whom"
    title = "Who needs help most?"
    why = "Help for a parent, for a child and for a whole family are different kinds of work, by different people."
    opens_others = True
    whom = forms.ChoiceField(choices=list(WHOM.items()), widget=forms.RadioSelect, required=False)

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return comers.whom is not None

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"whom": self.comers.whom}

    def answers(self) -> dict[str, Any]:
        return {"whom": self.cleaned_data["whom"] or None}


class AgeStep(ComerStep):
    slug = "age"
    title = "How old are the children?"
    hint = "Choose all that fit."
    why = "Many therapists see only some ages. What helps a small child is not the same as what helps a teen."
    ages = forms.MultipleChoiceField(choices=list(AGES.items()), widget=forms.CheckboxSelectMultiple, required=False)

    def prepare(self) -> None:
        if self.comers.path.view == "child":
            self.title = "How old is your child?"
            self.hint = "If it is about more than one, choose all that fit."

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return comers.ages is not None

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"ages": self.comers.ages or []}

    def answers(self) -> dict[str, Any]:
        return {"ages": tuple(self.cleaned_data["ages"]) or None}
