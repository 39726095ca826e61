"""The letters to therapists: which wait, which went out, which failed, and how to try again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from directory.models import Reminder


class OutcomeFilter(admin.SimpleListFilter):
    title = "what came of it"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waits", "Waits"), ("failed", "Failed, tried again"), ("sent", "Sent"), ("dropped", "Not needed")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "waits":
                return queryset.waiting()
            case "failed":
                return queryset.waiting().exclude(last_error="")
            case "sent":
                return queryset.filter(sent_at__isnull=False)
            case "dropped":
                return queryset.filter(dropped_at__isnull=False)
        return queryset


@admin.register(Reminder)
class ReminderAdmin(admin.ModelAdmin):
    list_display = ["therapist", "kind", "due_on", "outcome", "sent_at", "attempts", "next_try_at", "last_error"]
    list_filter = [OutcomeFilter, "kind"]
    list_select_related = ["therapist"]
    search_fields = ["therapist__name", "therapist__email"]
    ordering = ["-due_on", "-pk"]
    show_full_result_count = False
    fields = [
        "therapist", "kind", "due_on", "asked_by", "outcome", "sent_at", "dropped_at", "attempts", "next_try_at",
        "last_error",
    ]  # fmt: skip
    actions = ["try_again"]

    @admin.display(description="outcome")
    def outcome(self, reminder: Reminder) -> str:
        if reminder.sent_at:
            return "sent"
        if reminder.dropped_at:
            return "not needed any more"
        return "failed, is tried again" if reminder.last_error else "waits"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("directory.change_reminder")

    @admin.action(description="Try again with the next run", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> None:
        failed = Reminder.objects.waiting().exclude(last_error="").filter(pk__in=queryset.values("pk"))
        changed = failed.update(next_try_at=None)
        self.message_user(request, f"{changed} letters go out with the next run of run_due.", messages.SUCCESS)
