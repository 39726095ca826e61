"""The questions about what a client needs: one form a page, each reading and writing its part of the intake.

A form edits a plain dict in the intake's JSON shape (the draft keeps it); `intake_from` turns the finished dict into
an Intake, as the API's serializer does with a request's body. After that there is one path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundWidget
from django.http import QueryDict

from directory.models import (
    Approach,
    Concern,
    InsurancePlan,
    Jurisdiction,
    Language,
    Population,
    SessionFormat,
    ZipCentroid,
)
from directory.models.taxonomy import UnknownZip
from matching.concern_groups import CONCERN_GROUPS
from matching.intake import IMPORTANCE, SIGNS, Answers, Intake
from matching.long_list import LongListField

Choices = list[tuple[str, str]]

TRAUMA = [("yes", "Yes"), ("no", "No"), ("", "I'm not sure, or I'd rather not say")]
YES_NO = [("yes", "Yes"), ("no", "No"), ("", "I'd rather not say")]
DISTANCES = [(5, "5 miles"), (10, "10 miles"), (25, "25 miles"), (50, "50 miles"), (100, "100 miles")]
OPENINGS = [("", "It does not matter"), ("7", "Within a week"), ("14", "Within two weeks"), ("30", "Within a month")]
DELIVERIES = [("telehealth", "Online, by video or phone"), ("in_person", "In person, in an office")]
GENDERS = [("woman", "A woman"), ("man", "A man"), ("nonbinary", "A nonbinary person")]


def named(terms: Any) -> Choices:
    return [(term.code, term.name) for term in terms.objects.in_order()]


def answer_to_bool(answer: str) -> bool | None:
    return {"yes": True, "no": False}.get(answer)


def bool_to_answer(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


class Step(forms.Form):
    """One page of questions. `intake` is the dict so far; `saved()` returns it with this page's answers."""

    slug: ClassVar[str]
    title: ClassVar[str]  # the page's heading: a question
    hint: ClassVar[str] = ""
    why: ClassVar[str] = ""  # "why we ask"

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        self.intake = dict(intake)
        super().__init__(data, initial=self.initial_from(self.intake), label_suffix="")

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any]) -> bool:
        """Whether this page matters, given the answers so far."""
        return True

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any]) -> bool:
        """Whether the required part of this page is there."""
        return True

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def answers(self) -> dict[str, Any]:
        """This page's part of the intake; a value of None removes the name."""
        raise NotImplementedError

    def saved(self) -> dict[str, Any]:
        merged = self.intake | self.answers()
        return {name: value for name, value in merged.items() if value not in (None, [], {}, "") or name == "signs"}

    def musts(self, names: Iterable[str]) -> list[str]:
        """`must` with this page's names set anew: those ticked and given."""
        names = set(names)
        kept = [name for name in self.intake.get("must", []) if name not in names]
        ticked = [name for name in names if self.cleaned_data.get(f"must_{name}") and self.cleaned_data.get(name)]
        return sorted([*kept, *ticked])

    def initial_musts(self, *names: str) -> dict[str, bool]:
        return {f"must_{name}": name in self.intake.get("must", []) for name in names}


class FormatStep(Step):
    slug = "who"
    title = "Who would go to the sessions?"
    why = "Working with a couple or a family is a craft of its own. We look for people who trained for it."
    session_format = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who would go to the sessions."},
    )
    WORDS: ClassVar[dict[str, str]] = {
        "individual": "Just me",
        "couple": "My partner and I",
        "family": "My family",
        "group": "A group of people with a similar concern",
    }

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        known = dict(named(SessionFormat))
        self.fields["session_format"].choices = [  # type: ignore[attr-defined]
            (code, words) for code, words in self.WORDS.items() if code in known
        ]

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any]) -> bool:
        return "session_format" in intake

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"session_format": intake.get("session_format")}

    def answers(self) -> dict[str, Any]:
        chosen = self.cleaned_data["session_format"]
        safe = self.intake.get("safe_at_home") if chosen == "couple" else None
        return {"session_format": chosen, "safe_at_home": safe}


class SafetyStep(Step):
    slug = "safe"
    title = "Do you feel safe with your partner?"
    hint = "Your partner will not see this answer. You can leave it out."
    why = (
        "When someone is hurt or scared at home, seeing a therapist together can make things worse. "
        "Then help for you alone comes first."
    )
    safe_at_home = forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, required=False)

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any]) -> bool:
        return intake.get("session_format") == "couple"

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"safe_at_home": bool_to_answer(intake.get("safe_at_home"))}

    def answers(self) -> dict[str, Any]:
        return {"safe_at_home": answer_to_bool(self.cleaned_data["safe_at_home"])}


class ConcernsStep(Step):
    slug = "concerns"
    title = "What brings you?"
    hint = "Choose as many as you like, or none. On the next page you say how much each one matters."
    why = "We rank people higher who say that this is part of their work, and highest when it is their focus."
    concerns = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        self.fields["concerns"].choices = named(Concern)  # type: ignore[attr-defined]

    def groups(self) -> Iterator[tuple[str, list[BoundWidget]]]:
        """The checkboxes under their headings; a concern that no heading names stands at the end."""
        boxes = {box.data["value"]: box for box in self["concerns"]}
        for heading, codes in CONCERN_GROUPS:
            yield heading, [boxes.pop(code) for code in codes if code in boxes]
        yield "Other concerns", list(boxes.values())

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"concerns": list(intake.get("concerns", {}))}

    def answers(self) -> dict[str, Any]:
        before = self.intake.get("concerns", {})
        return {"concerns": {code: before.get(code, 2) for code in self.cleaned_data["concerns"]}}


class ImportanceStep(Step):
    slug = "importance"
    title = "How much does each one matter?"
    why = "What matters a lot counts three times as much as what matters a little."

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        names = dict(named(Concern))
        choices = [(str(value), words.capitalize()) for value, words in IMPORTANCE.items()]
        for code in self.intake.get("concerns", {}):
            self.fields[code] = forms.ChoiceField(
                label=names.get(code, code), choices=choices, widget=forms.RadioSelect, required=False
            )

    @classmethod
    def is_asked(cls, intake: Mapping[str, Any]) -> bool:
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
    trauma = forms.ChoiceField(choices=TRAUMA, widget=forms.RadioSelect, required=False)

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"trauma": bool_to_answer(intake.get("trauma"))}

    def answers(self) -> dict[str, Any]:
        return {"trauma": answer_to_bool(self.cleaned_data["trauma"])}


class SignsStep(Step):
    slug = "signs"
    title = "Which of these sound like you?"
    hint = "Choose all that fit. None is fine, too."
    why = (
        "They help to see whether work that looks at relationships and where they began deserves a thought first, "
        "or whether a more general way of working is a good start."
    )
    signs = forms.MultipleChoiceField(
        choices=[(sign.code, sign.sentence) for sign in SIGNS], widget=forms.CheckboxSelectMultiple, required=False
    )
    none_of_these = forms.BooleanField(label="None of these", required=False)

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        return {"signs": intake.get("signs") or [], "none_of_these": intake.get("signs") == []}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("none_of_these") and cleaned.get("signs"):
            self.add_error("signs", "Choose the ones that fit, or “None of these”, but not both.")
        return cleaned

    def answers(self) -> dict[str, Any]:
        signs = self.cleaned_data["signs"]
        return {"signs": signs if signs or self.cleaned_data["none_of_these"] else None}

    def saved(self) -> dict[str, Any]:
        intake = super().saved()
        if intake.get("signs") is None:
            intake.pop("signs", None)
        return intake


class PlaceStep(Step):
    slug = "place"
    title = "Where and how would you like to meet?"
    why = (
        "A therapist must be licensed in the state where you are during the session, online too. "
        "The ZIP code is only used to measure distance, from the middle of its area."
    )
    state = forms.ChoiceField(
        label="State you will be in during sessions", error_messages={"required": "Choose the state you will be in."}
    )
    delivery = forms.MultipleChoiceField(
        label="How would you like to meet?",
        choices=DELIVERIES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose online, in person, or both."},
    )
    zip = forms.RegexField(
        label="ZIP code, if distance matters",
        regex=r"^\d{5}$",
        required=False,
        error_messages={"invalid": "Enter a ZIP code of five digits, such as 90012."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )
    within = forms.TypedChoiceField(label="At most this far", choices=DISTANCES, coerce=int, required=False)

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        self.fields["state"].choices = [("", "Choose a state"), *named(Jurisdiction)]  # type: ignore[attr-defined]

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any]) -> bool:
        return bool(intake.get("state") and intake.get("delivery"))

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        near = intake.get("near", {})
        return {
            "state": intake.get("state"),
            "delivery": intake.get("delivery", []),
            "zip": near.get("zip"),
            "within": near.get("within", 25),
        }

    def clean_zip(self) -> str:
        zip_code: str = self.cleaned_data["zip"]
        if zip_code:
            try:
                ZipCentroid.objects.near(zip_code, 25)
            except UnknownZip:
                raise forms.ValidationError(
                    "We do not know this ZIP code. Try one near it, or leave it empty.", code="unknown_zip"
                ) from None
        return zip_code

    def answers(self) -> dict[str, Any]:
        zip_code = self.cleaned_data["zip"]
        near = {"zip": zip_code, "within": self.cleaned_data["within"] or 25} if zip_code else None
        must = [name for name in self.intake.get("must", []) if name != "near" or near]
        return {
            "state": self.cleaned_data["state"],
            "delivery": self.cleaned_data["delivery"],
            "near": near,
            "must": must,
        }


class CostStep(Step):
    slug = "cost"
    title = "How would you pay?"
    hint = "Leave out what does not matter."
    why = "A wish moves people up the list. If you mark it as a must, the others are left out."
    fee_max = forms.IntegerField(
        label="The most you can pay for a session, in dollars",
        min_value=0,
        max_value=10_000,
        required=False,
        error_messages={"invalid": "Enter whole dollars, such as 120."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )
    must_fee_max = forms.BooleanField(label="Only show people whose lowest fee is this or less", required=False)
    insurance = LongListField(
        label="Insurance plans you have",
        more="More plans",
        common=(
            "aetna",
            "blue-cross-blue-shield",
            "cigna",
            "united-healthcare",
            "optum",
            "humana",
            "kaiser",
            "medicaid",
            "medicare",
            "tricare",
        ),
    )
    must_insurance = forms.BooleanField(label="They must take one of these plans", required=False)

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        plans = [(code, name) for code, name in named(InsurancePlan) if code != "private-pay"]
        self.fields["insurance"].choices = plans  # type: ignore[attr-defined]

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        given = {"insurance": intake.get("insurance", []), "fee_max": intake.get("fee_max")}
        return given | self.initial_musts("insurance", "fee_max")

    def answers(self) -> dict[str, Any]:
        return {
            "insurance": self.cleaned_data["insurance"],
            "fee_max": self.cleaned_data["fee_max"],
            "must": self.musts({"insurance", "fee_max"}),
        }


class WishesStep(Step):
    slug = "wishes"
    title = "What else would help you?"
    hint = "All of this is optional."
    why = (
        "People leave therapy early less often when their wishes count (Swift and others, 2018, "
        "Journal of Clinical Psychology, 53 studies)."
    )
    populations = LongListField(
        label="It would help if they know the life of",
        more="More groups",
        common=(
            "adolescents",
            "older-adults",
            "parents",
            "lgbtq",
            "veterans",
            "immigrants",
            "neurodivergent",
            "students",
        ),
    )
    languages = LongListField(
        label="Languages you want to speak",
        more="More languages",
        common=("en", "es", "zh", "yue", "vi", "tl", "ko", "ar", "fr", "ase"),
    )
    must_languages = forms.BooleanField(label="They must speak one of these", required=False)
    genders = forms.MultipleChoiceField(
        label="I would rather talk with", choices=GENDERS, widget=forms.CheckboxSelectMultiple, required=False
    )
    must_genders = forms.BooleanField(label="This is a must for me", required=False)
    approaches = LongListField(
        label="Ways of working you would like",
        more="More ways of working",
        common=(
            "attachment-based",
            "emotionally-focused",
            "gottman",
            "family-systems",
            "trauma-informed",
            "emdr",
            "cognitive-behavioral",
            "mindfulness-based",
        ),
    )
    opening_within_days = forms.TypedChoiceField(
        label="How soon?", choices=OPENINGS, coerce=int, empty_value=None, widget=forms.RadioSelect, required=False
    )

    def __init__(self, intake: Mapping[str, Any], data: QueryDict | None = None) -> None:
        super().__init__(intake, data)
        for name, terms in (("populations", Population), ("languages", Language), ("approaches", Approach)):
            self.fields[name].choices = named(terms)  # type: ignore[attr-defined]

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        lists = {name: intake.get(name, []) for name in ("populations", "languages", "genders", "approaches")}
        days = intake.get("opening_within_days")
        return (
            lists | {"opening_within_days": "" if days is None else days} | self.initial_musts("languages", "genders")
        )

    def answers(self) -> dict[str, Any]:
        names = ("populations", "languages", "genders", "approaches", "opening_within_days")
        return {name: self.cleaned_data[name] for name in names} | {"must": self.musts({"languages", "genders"})}


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
    answers = Answers(instrument=draft.get("instrument", "closeness-12"), responses=responses)
    return Intake.from_json(intake.to_json() | {"attachment": answers.to_json()})
