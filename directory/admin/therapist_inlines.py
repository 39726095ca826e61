"""The rows of a profile: licenses, privileges, offices, approaches, concerns, and the flags of the screen."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from directory.admin.therapist_form import CheckedFormSet, ConcernFormSet, LicenseForm, LocationForm, PrivilegeForm
from directory.admin.verifying import log_of
from directory.curation.licenses import license_doubt
from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    ScreeningFlag,
    TherapistConcern,
)


class VocabularyFields:
    """Fields of vocabularies without the icons that add and change terms: terms have pages of their own."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class Rows(VocabularyFields):
    """Rows with a blank one to begin with on a new profile, none on an old one."""

    may_change = False

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1 if obj is None else 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Django makes an inline for each request; what its columns show is not told who looks.
        self.may_change = self.has_change_permission(request)  # type: ignore[attr-defined]
        related = self.autocomplete_fields  # type: ignore[attr-defined]
        return super().get_queryset(request).select_related(*related).order_by("pk")  # type: ignore[misc]


class RowInline(Rows, admin.TabularInline):
    """Rows of few columns, as a table."""


class LicenseInline(Rows, admin.StackedInline):
    model = License
    form, formset = LicenseForm, CheckedFormSet
    fields = [
        ("license_type", "number", "jurisdiction"),
        ("status", "expires_on", "is_current"),
        ("supervisor_name", "supervisor_license"),
        ("verified_on", "source", "number_check"),
        "checks",
    ]
    readonly_fields = ["is_current", "verified_on", "source", "number_check", "checks"]
    autocomplete_fields = ["license_type", "jurisdiction"]
    verbose_name_plural = (
        "licenses: to be listed takes one that is active, verified in a named source, not expired. "
        "A changed number, type, state or last day has to be verified again"
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[License]:
        return super().get_queryset(request).prefetch_related("verifications")

    @admin.display(description="number")
    def number_check(self, license: License) -> str:
        return "–" if license.pk is None else license_doubt(license) or "–"

    @admin.display(description="checks")
    def checks(self, license: License) -> str:
        return log_of(license, link=self.may_change)

    @admin.display(description="current today", boolean=True)
    def is_current(self, license: License) -> bool | None:
        return None if license.pk is None else license.is_current(timezone.localdate())


class CompactPrivilegeInline(RowInline):
    model = CompactPrivilege
    form, formset = PrivilegeForm, CheckedFormSet
    fields = ["jurisdiction", "compact", "credential_number", "expires_on", "checks"]
    readonly_fields = ["checks"]
    autocomplete_fields = ["jurisdiction"]
    verbose_name_plural = "compact privileges: personal rights to see clients in other states, not just membership"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CompactPrivilege]:
        return super().get_queryset(request).prefetch_related("verifications")

    @admin.display(description="checks")
    def checks(self, privilege: CompactPrivilege) -> str:
        return log_of(privilege, link=self.may_change)


class PracticeLocationInline(RowInline):
    model = PracticeLocation
    form = LocationForm
    fields = ["street", "city", "jurisdiction", "zip"]
    autocomplete_fields = ["jurisdiction"]
    verbose_name_plural = "offices: distances are measured from the middle of the ZIP area"


class TherapistConcernInline(RowInline):
    model = TherapistConcern
    formset = ConcernFormSet
    fields = ["concern", "focus"]
    autocomplete_fields = ["concern"]
    verbose_name_plural = "concerns: mark at most five as focus, what they are best at"


class ScreeningFlagInline(admin.TabularInline):
    model = ScreeningFlag
    fields = readonly_fields = ("found", "tier", "field", "found_on", "decision", "reason", "decided_by")
    extra = 0
    can_delete = False
    verbose_name_plural = "flags of the harmful-practice screen"

    @admin.display(description="sentence")
    def found(self, flag: ScreeningFlag) -> str:
        url = reverse("admin:directory_screeningflag_change", args=[flag.pk])
        return format_html('<a href="{}">{}</a>', url, flag.sentence)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScreeningFlag]:
        return super().get_queryset(request).order_by("-found_on", "pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
