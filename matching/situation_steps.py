"""The pages about the situation: who would come, what brings them, and how it feels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget

from directory.models import Concern, SessionFormat
from matching.concern_groups import CONCERN_GROUPS
from matching.intake import IMPORTANCE, SIGNS
from matching.paths import TOGETHER, Comers, View, asked_anew
from matching.safety import CRISIS_CONCERNS, VIOLENCE
from matching.step import SomeOrNoneStep, Step, named

YES_NO = [("yes", "Yes"), ("no", "No"), ("", "I’m not sure, or I’d rather not say")]


def answer_to_bool(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


def bool_to_answer(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def format_words(view: View) -> dict[str, str]:
    """The kinds of session as the client reads them, in order."""
    if view == "child":
        return {
            "family": "My child and others in the family",
            "individual": "Just my child",
            "group": "A group of children or teens",
        }
    return {
        "individual": "Just me",
        "couple": "My partner and I",
        "family": "My family",
        "group": "A group of people with a similar concern",
    }


class FormatStep(Step):
    slug = "who"
    title = "Who would go to the sessions?"
    hint = "Not sure? Choose what comes closest. You can change it at any time."
    why = "Working with a couple or a family is a craft of its own. We look for people who trained for it."
    is_needed = True
    opens_others = True
    follow_ups = ("safe",)
    session_format = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who would go to the sessions."},
    )

    def prepare(self) -> None:
        known = dict(named(SessionFormat))
        self.fields["session_format"].choices = [  # type: ignore[attr-defined]
            (code, words) for code, words in format_words(self.comers.path.view).items() if code in known
        ]

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return "session_format" in intake

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"session_format": intake.get("session_format")}

    def answers(self) -> dict[str, Any]:
        return {"session_format": self.cleaned_data["session_format"]}

    def saved(self) -> dict[str, Any]:
        kept = super().saved()
        return {"intake": asked_anew(kept["intake"], before=self.intake)}


class SafetyStep(Step):
    slug = "safe"
    title = "Do you feel safe with your partner?"
    hint = "Your partner will not see this answer. You can leave it out."
    why = (
        "When someone is hurt or scared at home, seeing a therapist together can make things worse. "
        "Then help for you alone comes first."
    )
    safe_at_home = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, required=False)

    def prepare(self) -> None:
        if self.intake.get("session_format") != "couple":
            self.title = "Do you feel safe at home?"
            self.hint = "Nobody in your family will see this answer. You can leave it out."

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        # Who said that they are not safe and then comes alone keeps the answer, and the page to change it.
        return intake.get("session_format") in TOGETHER or intake.get("safe_at_home") is False

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return "safe_at_home" in intake

    @classmethod
    def urgent(cls, intake: Mapping[str, Any]) -> frozenset[str]:
        return frozenset({"unsafe"} if intake.get("safe_at_home") is False else ())

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"safe_at_home": bool_to_answer(intake.get("safe_at_home"))}

    def answers(self) -> dict[str, Any]:
        return {"safe_at_home": answer_to_bool(self.cleaned_data["safe_at_home"])}


class ConcernsStep(Step):
    slug = "concerns"
    title = "What brings you?"
    hint = "Choose as many as you like, or none. On the next page you say how much each one matters."
    why = "We rank people higher who say that this is part of their work, and highest when it is their focus."
    opens_others = True
    follow_ups = ("importance",)
    concerns = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def prepare(self) -> None:
        self.fields["concerns"].choices = named(Concern)  # type: ignore[attr-defined]
        if self.comers.given.concerns:
            self.hint = f"We ticked what you told us already. {self.hint}"

    def suggested(self) -> list[BoundWidget]:
        """The checkboxes that are shown first on this path."""
        boxes = {box.data["value"]: box for box in self["concerns"]}
        return [boxes[code] for code in self.comers.suggested if code in boxes]

    def has_chosen_others(self) -> bool:
        return any(box.data["selected"] for _, boxes in self.groups() for box in boxes)

    @classmethod
    def urgent(cls, intake: Mapping[str, Any]) -> frozenset[str]:
        return frozenset({*CRISIS_CONCERNS, VIOLENCE}) & intake.get("concerns", {}).keys()

    def groups(self) -> Iterator[tuple[str, list[BoundWidget]]]:
        """The other checkboxes under their headings; a concern that no heading names stands at the end."""
        suggested = self.comers.suggested
        boxes = {box.data["value"]: box for box in self["concerns"] if box.data["value"] not in suggested}
        for heading, codes in CONCERN_GROUPS:
            yield heading, [boxes.pop(code) for code in codes if code in boxes]
        yield "Other concerns", list(boxes.values())

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"concerns": list(intake.get("concerns", {}))}

    def answers(self) -> dict[str, Any]:
        before = self.intake.get("concerns", {})
        concerns = {code: before.get(code, 2) for code in self.cleaned_data["concerns"]}
        safe = self.intake.get("safe_at_home")
        if VIOLENCE in concerns and VIOLENCE not in before:
            safe = None if safe else safe  # what was said before this was named is not relied on
        return {"concerns": concerns, "safe_at_home": safe}


class ImportanceStep(Step):
    slug = "importance"
    title = "How much does each one matter?"
    why = "What matters a lot counts three times as much as what matters a little."

    def prepare(self) -> None:
        names = dict(named(Concern))
        choices = [(str(value), words.capitalize()) for value, words in IMPORTANCE.items()]
        for code in self.intake.get("concerns", {}):
            self.fields[code] = forms.ChoiceField(
                label=names.get(code, code), choices=choices, widget=forms.RadioSelect, required=False
            )

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
        return bool(intake.get("concerns"))

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {code: str(value) for code, value in intake.get("concerns", {}).items()}

    def answers(self) -> dict[str, Any]:
        before = self.intake.get("concerns", {})
        return {"concerns": {code: int(self.cleaned_data.get(code) or value) for code, value in before.items()}}


class TraumaStep(Step):
    slug = "trauma"
    title = "Did something happen that still feels too much?"
    hint = "For example violence, abuse, neglect, or a loss or fright that your body has not let go of."
    why = "If so, we look for therapists who work with trauma with care. You do not have to tell us what it was."
    trauma = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, required=False)

    def prepare(self) -> None:
        if self.comers.path.view == "child":
            self.title = "Did something happen to your child that still feels too much?"
            self.hint = "For example violence, abuse, neglect, or a loss or fright that the body has not let go of."
        elif self.comers.path.view == "family":
            self.title = "Did something happen in your family that still feels too much?"
            self.hint = "For example violence, abuse, neglect, or a loss or fright that someone has not let go of."

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"trauma": bool_to_answer(intake.get("trauma"))}

    def answers(self) -> dict[str, Any]:
        return {"trauma": answer_to_bool(self.cleaned_data["trauma"])}


class SignsStep(SomeOrNoneStep):
    slug = "signs"
    title = "Which of these sound like you?"
    hint = "Choose all that fit. None is fine, too."
    why = (
        "They help to see whether work that looks at relationships and where they began deserves a thought first, "
        "or whether a more general way of working is a good start."
    )
    some = "signs"
    signs = forms.MultipleChoiceField(
        choices=[(sign.code, sign.sentence) for sign in SIGNS], widget=forms.CheckboxSelectMultiple, required=False
    )

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"signs": intake.get("signs") or [], "none_of_these": intake.get("signs") == []}

    def answers(self) -> dict[str, Any]:
        return {"signs": self.chosen()}
