"""The queue of sentences that the harmful-practice screen asks about. A curator decides, with a reason on record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from directory import actions
from directory.admin.life import staff
from directory.models import ScreeningFlag


class DecisionForm(forms.ModelForm):
    decision = forms.ChoiceField(
        choices=[
            (ScreeningFlag.Decision.CLEARED, "Clear: the sentence is harmless here"),
            (ScreeningFlag.Decision.UPHELD, "Uphold: the practice is offered, the profile stays unlisted"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Why, in a sentence that the next curator understands. It stays on record.",
    )

    class Meta:
        model = ScreeningFlag
        fields: list[str] = []  # the action writes, not the form


class DecisionFilter(admin.SimpleListFilter):
    """Open flags first: the page is a queue."""

    title = "decision"
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("cleared", "Cleared"), ("upheld", "Upheld"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Open",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        if self.value() in ("cleared", "upheld"):
            return queryset.filter(decision=self.value())
        return queryset.filter(decision=ScreeningFlag.Decision.OPEN)


@admin.register(ScreeningFlag)
class ScreeningFlagAdmin(admin.ModelAdmin):
    form = DecisionForm
    list_display = ["sentence", "term", "tier", "therapist", "field", "found_on", "decision"]
    list_filter = [DecisionFilter, "tier", "field"]
    list_select_related = ["therapist"]
    search_fields = ["therapist__name", "term", "sentence"]
    ordering = ["-tier", "found_on", "pk"]
    show_full_result_count = False
    readonly_fields = ["sentence", "term", "tier", "field", "profile", "found_on", "decided_by", "decided_at"]
    fieldsets = [
        ("What was found", {"fields": ["sentence", "term", "tier", "field", "profile", "found_on"]}),
        ("Your decision", {"fields": ["decision", "reason", "decided_by", "decided_at"]}),
    ]

    @admin.display(description="profile")
    def profile(self, flag: ScreeningFlag) -> str:
        url = reverse("admin:directory_therapist_change", args=[flag.therapist_id])
        return format_html('<a href="{}">{}</a>', url, flag.therapist)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ScreeningFlag, form: Any, change: bool) -> None:
        actions.decide_flag(
            flag=ScreeningFlag.objects.get(pk=obj.pk),  # as it is on record: the form has changed the one in hand
            by=staff(request),
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        if form.cleaned_data["decision"] == ScreeningFlag.Decision.UPHELD:
            self.message_user(
                request,
                f"{obj.therapist} stays out of the directory until the sentence is gone or the flag is cleared.",
                messages.WARNING,
            )
