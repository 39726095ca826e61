"""The pages about how a client wants to meet, pay and be met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from directory.models import Approach, InsurancePlan, Jurisdiction, Language, Population, ZipCentroid
from directory.models.taxonomy import UnknownZip
from matching.long_list import LongListField
from matching.paths import Comers
from matching.relaxations import MILES
from matching.step import Step, named

DISTANCES = [(miles, f"{miles} miles") for miles in MILES]
OPENINGS = [("", "It does not matter"), ("7", "Within a week"), ("14", "Within two weeks"), ("30", "Within a month")]
DELIVERIES = [("telehealth", "Online, by video or phone"), ("in_person", "In person, in an office")]
GENDERS = [("woman", "A woman"), ("man", "A man"), ("nonbinary", "A nonbinary person")]


class PlaceStep(Step):
    slug = "place"
    title = "Where and how would you like to meet?"
    why = (
        "A therapist must be licensed in the state where you are during the session, online too. "
        "The ZIP code is only used to measure distance, from the middle of its area."
    )
    is_needed = True
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

    def prepare(self) -> None:
        self.fields["state"].choices = [("", "Choose a state"), *named(Jurisdiction)]  # type: ignore[attr-defined]

    @classmethod
    def is_answered(cls, intake: Mapping[str, Any], comers: Comers) -> bool:
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

    def prepare(self) -> None:
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

    def prepare(self) -> None:
        for name, terms in (("populations", Population), ("languages", Language), ("approaches", Approach)):
            self.fields[name].choices = named(terms)  # type: ignore[attr-defined]
        groups: Any = self.fields["populations"]
        groups.common = tuple(dict.fromkeys((*self.comers.presets.populations, *groups.common)))

    def initial_from(self, intake: Mapping[str, Any]) -> dict[str, Any]:
        lists = {name: intake.get(name, []) for name in ("populations", "languages", "genders", "approaches")}
        days = intake.get("opening_within_days")
        return (
            lists | {"opening_within_days": "" if days is None else days} | self.initial_musts("languages", "genders")
        )

    def answers(self) -> dict[str, Any]:
        names = ("populations", "languages", "genders", "approaches", "opening_within_days")
        return {name: self.cleaned_data[name] for name in names} | {"must": self.musts({"languages", "genders"})}
