"""Queues in which a curator decides once, with a reason on record: corrections by therapists, reports by visitors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from directory import actions
from directory.admin.life import staff
from directory.models import Correction, ProblemReport


class ReasonedForm(forms.ModelForm):
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="What you compared it with, or what came of it. It stays on record.",
    )


class CorrectionForm(ReasonedForm):
    decision = forms.ChoiceField(
        choices=[
            ("accept", "Accept: a name or email address is written to the profile at once"),
            ("decline", "Decline: the profile stays as it is"),
        ],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Correction
        fields: list[str] = []  # the action writes, not the form


class ReportForm(ReasonedForm):
    class Meta:
        model = ProblemReport
        fields: list[str] = []


class OpenFirst(admin.SimpleListFilter):
    """What is open, unless somebody asks for the rest: the page is a queue."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("decided", "Decided"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Open",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "all":
                return queryset
            case "decided":
                return queryset.exclude(state="open")
        return queryset.filter(state="open")


class DecidedOnce(admin.ModelAdmin):
    """A queue: rows come from elsewhere, are decided on once, and stay on record."""

    list_select_related = ["therapist"]
    show_full_result_count = False

    @admin.display(description="profile")
    def profile(self, row: Any) -> str:
        url = reverse("admin:directory_therapist_change", args=[row.therapist_id])
        return format_html('<a href="{}">{}</a>', url, row.therapist)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_decided = obj is not None and obj.decided_at is not None
        return not is_decided and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        asked, decide = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return [asked, decide]
        return [asked, ("Decision", {"fields": ["state", "reason", "decided_by", "decided_at"]})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        try:
            self.decide(request, self.model._default_manager.get(pk=obj.pk), form.cleaned_data)
        except actions.AlreadyDecided as refusal:
            self.message_user(request, str(refusal), messages.WARNING)

    def decide(self, request: HttpRequest, row: Any, said: dict[str, Any]) -> None:
        raise NotImplementedError


@admin.register(Correction)
class CorrectionAdmin(DecidedOnce):
    form = CorrectionForm
    list_display = ["therapist", "field", "old", "new", "note", "asked_on", "state"]
    list_filter = [OpenFirst, "field"]
    search_fields = ["therapist__name", "old", "new"]
    ordering = ["asked_on", "pk"]
    readonly_fields = ["profile", "field", "old", "new", "note", "asked_on"]
    fieldsets = [
        ("What the therapist asks for", {"fields": ["profile", "field", "old", "new", "note", "asked_on"]}),
        (
            "Your decision",
            {
                "fields": ["decision", "reason"],
                "description": "Compare it with a source first: a new email address receives the next link. A license "
                "is corrected on the profile itself, and verified again.",
            },
        ),
    ]

    def decide(self, request: HttpRequest, row: Correction, said: dict[str, Any]) -> None:
        actions.decide_correction(
            correction=row,
            by=staff(request),
            accept=said["decision"] == "accept",
            reason=said["reason"],
            at=timezone.now(),
        )


@admin.register(ProblemReport)
class ProblemReportAdmin(DecidedOnce):
    form = ReportForm
    list_display = ["kind", "therapist", "text", "received_on", "state"]
    list_filter = [OpenFirst, "kind"]
    search_fields = ["therapist__name", "text"]
    readonly_fields = ["profile", "kind", "text", "received_on"]
    fieldsets = [
        (
            "What a visitor says",
            {
                "fields": ["profile", "kind", "text", "received_on"],
                "description": "Nobody knows who wrote this, and it may be wrong or meant to harm. Check it; the "
                "listing changes only by what you do on the profile.",
            },
        ),
        ("Close it", {"fields": ["reason"]}),
    ]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return []  # the queryset's own: what harms people is on top

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProblemReport]:
        return ProblemReport.objects.gravest_first().select_related("therapist")

    def decide(self, request: HttpRequest, row: ProblemReport, said: dict[str, Any]) -> None:
        actions.resolve_report(report=row, by=staff(request), reason=said["reason"], at=timezone.now())
