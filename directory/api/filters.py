"""The filters of the therapist list, from a query string into QuerySet methods or into requirements of the roster."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EMPTY_VALUES
from django.http import QueryDict
from django.utils import timezone

from directory.models import Therapist, ZipCentroid
from directory.models.taxonomy import VOCABULARIES, UnknownZip, folded
from directory.models.therapist import TherapistQuerySet
from directory.roster.requirements import FILTERS, Requirements

DEFAULT_MILES: Final = 25.0


class CodesField(forms.Field):
    """Any number of codes of one vocabulary; names and synonyms resolve to codes. Cleaned: a sorted tuple of codes."""

    widget = forms.MultipleHiddenInput
    many = True
    default_error_messages = {"unknown_code": "“%(word)s” is not one of the %(vocabulary)s."}

    def __init__(self, *, vocabulary: str, **options: Any) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary

    def clean(self, value: list[str] | None) -> tuple[str, ...]:
        words = [word for word in value or () if word]
        if not words:
            return ()  # and no query
        codes_by_word = VOCABULARIES[self.vocabulary].objects.codes_by_word()
        return tuple(sorted({self._code(word, codes_by_word) for word in words}))

    def _code(self, word: str, codes_by_word: Mapping[str, str]) -> str:
        code = codes_by_word.get(folded(word))
        if code is None:
            raise ValidationError(
                self.error_messages["unknown_code"],
                code="unknown_code",
                params={"word": word, "vocabulary": self.vocabulary.replace("_", " ")},
            )
        return code


class CodesFilter(django_filters.Filter):
    field_class = CodesField


class GendersField(forms.MultipleChoiceField):
    def to_python(self, value: Any) -> list[str]:
        return [word for word in super().to_python(value) if word]


class GendersFilter(django_filters.Filter):
    field_class = GendersField


class MilesFilter(django_filters.Filter):
    field_class = forms.FloatField


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


class WordFilter(django_filters.Filter):
    """One of a few words, exactly as the contract spells them (`true`, `false`)."""

    field_class = forms.ChoiceField


class TherapistFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "zip" in self.errors or "within" in self.errors:
            return cleaned
        zip, miles = cleaned.get("zip"), cleaned.get("within")
        if zip:
            try:
                cleaned["near"] = ZipCentroid.objects.near(zip, miles or DEFAULT_MILES)
            except UnknownZip as unknown:
                self.add_error("zip", ValidationError("%(message)s", code="unknown_zip", params={"message": unknown}))
        elif miles is not None and "zip" not in self.data:
            # A page's form sends an empty ZIP with its preset distance: that asks nothing.
            self.add_error("zip", ValidationError("`within` needs a `zip`: miles from where?", code="zip_needed"))
        return cleaned


def codes(vocabulary: str, help_text: str) -> CodesFilter:
    return CodesFilter(vocabulary=vocabulary, help_text=help_text)


class TherapistFilter(django_filters.FilterSet):
    """What may be asked of the list of therapists on one day (`on`, default today).

    A parameter that is repeated means *or*, different parameters mean *and*. What a therapist does not state meets no
    filter. Errors name the parameter. `qs` asks the database, `to_requirements` the roster; both mean the same.
    """

    approach = codes("approaches", "States one of these approaches.")
    concern = codes("concerns", "Works with one of these concerns.")
    population = codes("populations", "Works with one of these groups of people.")
    session_format = codes("session_formats", "Offers one of these session formats.")
    delivery = codes("delivery_methods", "Meets in person or by telehealth.")
    state = codes("jurisdictions", "May see clients who sit in one of these states.")
    zip = django_filters.CharFilter(max_length=5, help_text="Five digits. Has an office near the middle of this ZIP.")
    within = MilesFilter(min_value=1, max_value=500, help_text="Miles from `zip`, as the crow flies. Default: 25.")
    insurance = codes("insurance_plans", "Takes one of these insurance plans.")
    language = codes("languages", "Holds sessions in one of these languages.")
    gender = GendersFilter(choices=Therapist.Gender.choices, help_text="Is of one of these genders.")
    fee_max = WholeNumberFilter(min_value=0, max_value=1_000_000, help_text="Lowest fee is at most this, US dollars.")
    sliding_scale = WordFilter(
        choices=[("true", "Yes"), ("false", "No")], help_text="Says that fees can be lowered, or that they cannot."
    )
    accepting = WordFilter(choices=[("true", "Yes")], help_text="Takes new clients now.")
    opening_within_days = WholeNumberFilter(
        min_value=0, max_value=366, help_text="States a next opening from today to this many days ahead."
    )
    license_type = codes("license_types", "Holds a current license of one of these types.")
    q = django_filters.CharFilter(max_length=200, help_text="Words in name, headline or bio.")

    class Meta:
        model = Therapist
        fields: list[str] = []
        form = TherapistFilterForm

    def __init__(self, *args: Any, on: dt.date | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on or timezone.localdate()

    def filter_queryset(self, queryset: TherapistQuerySet) -> TherapistQuerySet:
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in EMPTY_VALUES}
        found = queryset.published(on=self.on)
        for name, method in METHODS.items():
            if name in asked:
                found = method(found, asked[name], self.on)
        return found

    def to_requirements(self, on: dt.date) -> Requirements:
        """The same question for the roster. Only when valid."""
        asked = self.form.cleaned_data
        codes = {field: tuple(asked[name]) for name, field in FILTERS.items() if name in BY_CODES}
        return Requirements(
            on=on,
            **codes,
            near=asked.get("near"),
            fee_max=asked["fee_max"],
            sliding_scale=asked["sliding_scale"] == "true" if asked["sliding_scale"] else None,
            accepting=asked["accepting"] == "true",
            opening_within_days=asked["opening_within_days"],
            text_ids=self._text_ids(asked["q"], on) if asked["q"] else None,
        )

    def in_codes(self, query: QueryDict) -> QueryDict:
        """The query with each filter that is valid in the codes of today: as the page shows and links it."""
        query = query.copy()
        for name in BY_CODES & query.keys() & self.form.cleaned_data.keys():
            query.setlist(name, list(self.form.cleaned_data[name]))
        return query

    @staticmethod
    def _text_ids(words: str, on: dt.date) -> frozenset[int]:
        return frozenset(Therapist.objects.published(on=on).matching_text(words).values_list("id", flat=True))


#: Each filter as a question to the database.
METHODS: Final[Mapping[str, Callable[[TherapistQuerySet, Any, dt.date], TherapistQuerySet]]] = {
    "approach": lambda therapists, codes, on: therapists.using_approach(codes, on=on),
    "concern": lambda therapists, codes, on: therapists.treating_concern(codes, on=on),
    "population": lambda therapists, codes, on: therapists.serving_population(codes, on=on),
    "session_format": lambda therapists, codes, on: therapists.offering_format(codes, on=on),
    "delivery": lambda therapists, codes, on: therapists.delivering_by(codes, on=on),
    "state": lambda therapists, codes, on: therapists.licensed_in(codes, on=on),
    "near": lambda therapists, near, on: therapists.within(
        near.miles, latitude=near.latitude, longitude=near.longitude
    ),
    "insurance": lambda therapists, codes, on: therapists.taking_insurance(codes, on=on),
    "language": lambda therapists, codes, on: therapists.speaking(codes, on=on),
    "gender": lambda therapists, codes, on: therapists.of_gender(codes),
    "fee_max": lambda therapists, dollars, on: therapists.charging_at_most(dollars, on=on),
    "sliding_scale": lambda therapists, word, on: therapists.with_sliding_scale(word == "true", on=on),
    "accepting": lambda therapists, word, on: therapists.accepting_clients(on=on),
    "opening_within_days": lambda therapists, days, on: therapists.opening_within(days, on=on),
    "license_type": lambda therapists, codes, on: therapists.holding_license_type(codes, on=on),
    "q": lambda therapists, words, on: therapists.matching_text(words),
}
BY_CODES: Final = frozenset(
    name for name, filter in TherapistFilter.base_filters.items() if isinstance(filter, CodesFilter | GendersFilter)
)
