"""The form of one profile and of its rows: what a curator may enter, and which day a changed fact gets."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from directory.admin.picture import PictureFields
from directory.curation.csv_cells import BadCell, read_text
from directory.curation.npi import is_npi
from directory.curation.plain_texts import plain_line
from directory.models import License, Therapist, TherapistConcern, ZipCentroid

#: Which facts a date stands for. A fact that changes gets today's date, unless the curator enters another one.
FACTS_BY_DATE: Final[dict[str, frozenset[str]]] = {
    "availability_as_of": frozenset({"accepting_clients", "next_opening_on"}),
    "fees_as_of": frozenset({"fee_min", "fee_max", "sliding_scale"}),
    "insurance_as_of": frozenset({"insurance_plans"}),
    "specialties_as_of": frozenset({"populations", "session_formats", "delivery_methods", "languages"}),
}
PAST_DATES: Final = (*FACTS_BY_DATE, "consented_on", "attested_on")


def _as_imported(column: str, text: str) -> str:
    """What is entered by hand follows the rule of the import for the same fact."""
    if not text:
        return text
    try:
        return read_text(column, text)
    except BadCell as problem:
        raise ValidationError(str(problem)) from None


class TherapistForm(PictureFields, forms.ModelForm):
    """A profile. The day of a group of facts is set by the change itself, unless the curator enters another one."""

    change_reason = forms.CharField(
        label="Reason for this change",
        required=False,
        max_length=100,
        help_text="Goes into the history beside your name, e.g. “phone call on Monday”.",
    )

    def clean_name(self) -> str:
        return _as_imported("name", self.cleaned_data["name"])

    def clean_pronouns(self) -> str:
        return _as_imported("pronouns", self.cleaned_data["pronouns"])

    def clean_phone(self) -> str:
        return _as_imported("phone", self.cleaned_data["phone"])

    def clean_headline(self) -> str:
        return _as_imported("headline", self.cleaned_data["headline"])

    def clean_bio(self) -> str:
        return _as_imported("bio", self.cleaned_data["bio"])

    def clean_npi(self) -> str | None:
        npi: str | None = self.cleaned_data["npi"]
        if npi and not is_npi(npi):
            raise ValidationError("This is no NPI: its check digit is wrong. Please compare it with the register.")
        return npi

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        today = timezone.localdate()
        for name in PAST_DATES:
            if cleaned.get(name) and cleaned[name] > today:
                self.add_error(name, "This day is in the future.")
        for date, facts in FACTS_BY_DATE.items():
            if date in self.fields and facts & set(self.changed_data) and date not in self.changed_data:
                cleaned[date] = today
        if self.instance.life == Therapist.Life.PUBLISHED:
            for name, lacking in (("consented_on", "the day of their consent"), ("slug", "an address")):
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, f"A published profile needs {lacking}. Suspend it first, then change this.")
        return cleaned

    def _post_clean(self) -> None:
        # Django leaves out constraints that name a field which is not in the form, such as `life`: the database would
        # answer with an error page.
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)  # type: ignore[attr-defined]


class VerifiedForm(forms.ModelForm):
    """A verification is of what stood there: it does not survive a change of one of these fields."""

    VERIFIED: frozenset[str]

    def clean_number(self) -> str:
        return _as_imported("license_number", self.cleaned_data["number"])

    def clean_source(self) -> str:
        return plain_line(self.cleaned_data["source"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and (self.VERIFIED & set(self.changed_data) or self._counts_again(cleaned)):
            self.instance.verified_on, self.instance.source, self.instance.method = None, "", ""
        return cleaned

    def _counts_again(self, cleaned: dict[str, Any]) -> bool:
        """Whether it was out of force and is put back by hand: no check said so."""
        return "status" in self.changed_data and cleaned.get("status") == License.Status.ACTIVE


class LicenseForm(VerifiedForm):
    VERIFIED = frozenset({"license_type", "number", "jurisdiction", "expires_on"})


class PrivilegeForm(VerifiedForm):
    VERIFIED = frozenset({"jurisdiction", "compact", "credential_number", "expires_on"})


class CheckedFormSet(forms.BaseInlineFormSet):
    """Rights that were checked stay on the profile: with the row its log would be out of sight."""

    def clean(self) -> None:
        super().clean()
        checked = [form.instance for form in self.deleted_forms if form.instance.verifications.exists()]
        if checked:
            names = ", ".join(map(str, checked))
            raise ValidationError(
                f"{names}: it was checked, and the log is part of it. It can be made inactive or ended."
            )


class ApproachForm(forms.ModelForm):
    """A stated approach. A confirmation is of the training that was named: another name goes without one."""

    def clean_training(self) -> str:
        return plain_line(self.cleaned_data["training"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("training") and not cleaned.get("trained"):
            self.add_error("trained", "Who names a training has completed it: tick this, or take the name out.")
        if self.instance.pk and "training" in self.changed_data:
            self.instance.training_confirmed_on, self.instance.training_source = None, ""
        return cleaned


class LocationForm(forms.ModelForm):
    """An office. Its coordinates are those of its ZIP area."""

    def clean_street(self) -> str:
        return _as_imported("street", self.cleaned_data["street"])

    def clean_city(self) -> str:
        return _as_imported("city", self.cleaned_data["city"])

    def clean_zip(self) -> str:
        zip: str = self.cleaned_data["zip"]
        centroid = ZipCentroid.objects.filter(zip=zip).first()
        if centroid is None:
            raise ValidationError(f"We do not know the ZIP {zip}. Enter five digits of a ZIP area with residents.")
        self.instance.latitude, self.instance.longitude = centroid.latitude, centroid.longitude
        return zip


class ConcernFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        focus = sum(
            bool(form.cleaned_data.get("focus"))
            for form in self.forms
            if form.is_valid() and not self._should_delete_form(form)  # type: ignore[attr-defined]
        )
        most = TherapistConcern.MOST_FOCUS_CONCERNS
        if focus > most:
            raise ValidationError(
                f"{focus} concerns are marked as focus. At most {most} can be what somebody is best at."
            )
