"""What the page of a listing asks: kinds of fields, and what a therapist states already."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet

from directory.curation.csv_cells import COLUMNS
from directory.models import PracticeLocation, Therapist

NOT_STATED: Final = [("", "Not stated")]
YES_OR_NO: Final = [*NOT_STATED, ("yes", "Yes"), ("no", "No")]
#: Texts that are read as a cell of the CSV is.
TEXTS: Final = ("name", "pronouns", "email", "phone", "website", "headline", "bio")
SETS: Final = ("populations", "session_formats", "delivery_methods", "languages", "insurance_plans")
MARKED: Final = {"approaches": "trained_in", "concerns": "focus_concerns"}
OFFICE: Final = ("street", "city", "state", "zip")


def text(column: str, label: str, *, help_text: str = "", rows: int = 0, **attributes: str) -> forms.CharField:
    longest = COLUMNS[column].longest
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs=attributes)
    errors = {"max_length": "This is too long: at most %(limit_value)d characters."}
    return forms.CharField(
        label=label, max_length=longest, required=False, help_text=help_text, widget=widget, error_messages=errors
    )


def boxes(label: str, help_text: str = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def dollars(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10_000,
        required=False,
        error_messages={"invalid": "Enter whole dollars, such as 120."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 6}),
    )


def stated(therapist: Therapist, offices: list[PracticeLocation | None]) -> dict[str, Any]:
    """Everything that is on record, by the names of the fields of the page. `offices` ends in None, for a new one."""
    said: dict[str, Any] = {
        name: getattr(therapist, name)
        for name in (
            *TEXTS, "gender", "years_in_practice", "accepting_clients", "next_opening_on", "fee_min", "fee_max",
        )
    }  # fmt: skip
    said["sliding_scale"] = {True: "yes", False: "no", None: ""}[therapist.sliding_scale]
    for vocabulary in SETS:
        terms: QuerySet[Any] = getattr(therapist, vocabulary).all()
        said[vocabulary] = [term.code for term in terms]
    approaches = list(therapist.stated_approaches.select_related("approach"))
    said["approaches"] = [row.approach.code for row in approaches]
    said["trained_in"] = [row.approach.code for row in approaches if row.trained]
    concerns = list(therapist.stated_concerns.select_related("concern"))
    said["concerns"] = [row.concern.code for row in concerns]
    said["focus_concerns"] = [row.concern.code for row in concerns if row.focus]
    for number, office in enumerate(offices):
        if office is not None:
            state = office.jurisdiction.code if office.jurisdiction else ""
            said |= {
                f"office_{number}_street": office.street,
                f"office_{number}_city": office.city,
                f"office_{number}_state": state,
                f"office_{number}_zip": office.zip,
            }
    return said
