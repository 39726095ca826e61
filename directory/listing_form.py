"""The page on which a therapist confirms or corrects a listing: its fields, by how long each of them counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from directory.attesting import Answer, Office
from directory.curation.csv_cells import COLUMNS, BadCell, Lookup
from directory.lifetimes import AGING, ATTESTATION, Lifetime
from directory.link_forms import ConfirmForm
from directory.listing_fields import MARKED, NOT_STATED, OFFICE, SETS, TEXTS, YES_OR_NO, boxes, dollars, stated, text
from directory.models import PracticeLocation, Therapist, TherapistConcern, ZipCentroid
from directory.vocabulary import names


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part of the page. `said_on` and `until` are those of its facts; None: not said, or they do not age."""

    code: str
    title: str
    fields: list[Any]
    said_on: dt.date | None = None
    until: dt.date | None = None


class ListingForm(ConfirmForm):
    accepting_clients = forms.ChoiceField(
        label="Do you take new clients?", choices=[*NOT_STATED, *Therapist.Accepting.choices], required=False
    )
    next_opening_on = forms.DateField(
        label="Your next opening",
        required=False,
        help_text="Month, day and year, such as 11/24/2026.",
        input_formats=["%m/%d/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"autocomplete": "off", "size": 10}, format="%m/%d/%Y"),
        error_messages={"invalid": "Write the day as month, day and year, such as 11/24/2026."},
    )
    fee_min = dollars("Your lowest fee for a session, in dollars")
    fee_max = dollars("Your highest fee for a session, in dollars")
    sliding_scale = forms.ChoiceField(label="Do you offer a sliding scale?", choices=YES_OR_NO, required=False)
    insurance_plans = boxes("Insurance plans you take")
    session_formats = boxes("Whom you see together")
    delivery_methods = boxes("Where you see people")
    approaches = boxes("How you work", "Mark “trained” where you completed training.")
    trained_in = boxes("Trained in")
    concerns = boxes("What you work with", "Mark at most five as what you are best at.")
    focus_concerns = boxes("Best at")
    populations = boxes("Groups of people you know well")
    languages = boxes("Languages you speak with clients")
    headline = text("headline", "One line about your work")
    bio = text("bio", "In your own words", help_text="Plain text, up to 4,000 characters.", rows=8)
    pronouns = text("pronouns", "Pronouns")
    gender = forms.ChoiceField(label="Gender", choices=[*NOT_STATED, *Therapist.Gender.choices], required=False)
    years_in_practice = forms.IntegerField(
        label="Years in practice",
        min_value=0,
        max_value=80,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
        error_messages={"invalid": "Enter whole years, such as 12."},
    )
    phone = text("phone", "Phone for clients", inputmode="tel", autocomplete="tel")
    website = text("website", "Website", inputmode="url", autocomplete="url")
    name = text("name", "Your name", help_text="A curator looks at a new name first.")
    email = text(
        "email",
        "Your email",
        help_text="A curator looks at a new email first.",
        inputmode="email",
        autocomplete="email",
    )
    license_note = forms.CharField(
        label="Something about my license is different",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Tell us what, such as a new number or last day. We look it up with the board.",
    )

    PLACES: Final = (
        ("openings", "New clients", ("accepting_clients", "next_opening_on")),
        ("fees", "Fees", ("fee_min", "fee_max", "sliding_scale")),
        ("insurance", "Insurance", ("insurance_plans",)),
        (
            "specialties",
            "How you work, and with whom",
            ("session_formats", "delivery_methods", "approaches", "concerns", "populations", "languages"),
        ),
        ("texts", "Your texts", ("headline", "bio")),
        ("reach", "How people reach you", ("phone", "website")),
        ("you", "About you", ("name", "email", "pronouns", "gender", "years_in_practice")),
    )

    def __init__(self, data: Any = None, *, therapist: Therapist, on: dt.date) -> None:
        self.therapist, self.on = therapist, on
        self.offices: list[PracticeLocation | None] = [*therapist.locations.order_by("zip", "pk"), None]
        super().__init__(data, initial=stated(therapist, self.offices), label_suffix="")
        known = names()
        for vocabulary in (*SETS, *MARKED):
            chosen: Any = self.fields[vocabulary]
            chosen.choices = list(known[vocabulary].items())
            if vocabulary in MARKED:
                mark: Any = self.fields[MARKED[vocabulary]]
                mark.choices = chosen.choices
        states = [*NOT_STATED, *known["jurisdictions"].items()]
        for number, office in enumerate(self.offices):
            start = "New office: " if office is None else ""
            self.fields |= {
                f"office_{number}_street": text("street", f"{start}Street", autocomplete="off"),
                f"office_{number}_city": text("city", f"{start}City", autocomplete="off"),
                f"office_{number}_state": forms.ChoiceField(label=f"{start}State", choices=states, required=False),
                f"office_{number}_zip": forms.CharField(
                    label=f"{start}ZIP", max_length=10, required=False, widget=forms.TextInput(attrs={"size": 10})
                ),
            }
            if office is not None:
                self.fields[f"office_{number}_closed"] = forms.BooleanField(
                    label=f"I do not see people at {office} any more", required=False
                )

    # --- What the page shows ------------------------------------------------------------------------------------------
    @property
    def sections(self) -> Iterator[Section]:
        lifetimes = dict(zip(("openings", "fees", "insurance", "specialties"), AGING, strict=True))
        for code, title, fields in self.PLACES:
            lifetime = lifetimes.get(code, ATTESTATION)
            said_on = self._said_on(lifetime)
            yield Section(
                code=code,
                title=title,
                fields=[self._shown(name) for name in fields],
                said_on=said_on,
                until=said_on and said_on + dt.timedelta(days=lifetime.days),
            )

    @property
    def office_sections(self) -> Iterator[list[Any]]:
        for number, office in enumerate(self.offices):
            yield [self[f"office_{number}_{part}"] for part in (*OFFICE, *([] if office is None else ["closed"]))]

    @property
    def new_office_is_begun(self) -> bool:
        """Whether something is typed, or wrong, in the fields of a new office: then they are not folded away."""
        number = len(self.offices) - 1
        return any(self[f"office_{number}_{part}"].value() for part in OFFICE)

    def _said_on(self, lifetime: Lifetime) -> dt.date | None:
        return self.therapist.said_on(lifetime)

    def _shown(self, name: str) -> Any:
        field: Any = self[name]
        if name in (*SETS, *MARKED):
            chosen = {str(value) for value in field.value() or ()}
            field.is_long = len(field.field.choices) > 6
            field.chosen = [label for code, label in field.field.choices if code in chosen]
            field.pairs = list(zip(field, self[MARKED[name]], strict=True)) if name in MARKED else []
            field.mark = {"approaches": "trained", "concerns": "best at"}.get(name, "")
        return field

    # --- What comes back ----------------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for column in TEXTS:
            if cleaned.get(column):
                self._read(column, column)
        if not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "Enter your name.")
        if not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", "Enter an email address, so that we can reach you.")
        if (opening := cleaned.get("next_opening_on")) and opening < self.on:
            self.add_error("next_opening_on", "This day has passed. Enter a day from today on, or leave it empty.")
        low, high = cleaned.get("fee_min"), cleaned.get("fee_max")
        if low is not None and high is not None and low > high:
            self.add_error("fee_min", "The lowest fee is above the highest fee.")
        for name, what in (("session_formats", "whom you see"), ("delivery_methods", "where you see people")):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"Choose {what}: without it nobody can find you.")
        for name, marked in MARKED.items():  # whoever marks something states it
            extra = [code for code in cleaned.get(marked, ()) if code not in cleaned.get(name, ())]
            cleaned[name] = [*cleaned.get(name, ()), *extra]
        most = TherapistConcern.MOST_FOCUS_CONCERNS
        if len(cleaned.get("focus_concerns", ())) > most:
            self.add_error("concerns", f"Mark at most {most} concerns as what you are best at.")
        self._clean_offices(cleaned)
        return cleaned

    def _clean_offices(self, cleaned: dict[str, Any]) -> None:
        seen = set()
        for number, office in enumerate(self.offices):
            start = f"office_{number}_"
            if cleaned.get(f"{start}closed"):
                continue
            for part in ("street", "city", "zip"):
                if cleaned.get(start + part):
                    self._read(start + part, part)
            if office is None and not any(cleaned.get(start + part) for part in OFFICE):
                continue
            if not cleaned.get(f"{start}zip") and f"{start}zip" not in self.errors:
                self.add_error(f"{start}zip", "Enter the ZIP of this office, or say that you left it.")
            address = cleaned.get(f"{start}street"), cleaned.get(f"{start}zip")
            if address in seen:
                self.add_error(f"{start}street", "This office is here twice.")
            seen.add(address)

    def _read(self, name: str, column: str) -> None:
        """Read a text as the import does: the same cleaning, the same rules."""
        zips = {}
        typed = self.cleaned_data[name].strip()
        if column == "zip":
            found = ZipCentroid.objects.filter(zip=typed[:5]).first()
            zips = {} if found is None else {found.zip: (found.latitude, found.longitude)}
        try:
            self.cleaned_data[name] = COLUMNS[column].read(typed, Lookup(words={}, zips=zips, on=self.on))
        except BadCell as problem:
            self.add_error(name, ValidationError(str(problem)))

    def to_answer(self) -> Answer:
        """What was said, for directory.attesting. Only of a valid form."""
        said = self.cleaned_data
        kept = {name: said[name] for name in TEXTS if name not in ("name", "email")}
        kept |= {name: tuple(said[name]) for name in (*SETS, *MARKED, *MARKED.values())}
        kept |= {name: said[name] for name in ("accepting_clients", "next_opening_on", "gender", "fee_min", "fee_max")}
        kept |= {
            "years_in_practice": said["years_in_practice"],
            "sliding_scale": {"yes": True, "no": False}.get(said["sliding_scale"]),
        }
        offices = [
            Office(
                id=None if office is None else office.pk,
                **{part: said[f"office_{number}_{part}"] for part in OFFICE},
            )
            for number, office in enumerate(self.offices)
            if said[f"office_{number}_zip"] and not said.get(f"office_{number}_closed")
        ]
        return Answer(
            values=kept,
            offices=offices,
            name=said["name"],
            email=said["email"],
            license_note=" ".join(said["license_note"].split()),
            consents=said["consents"],
        )
