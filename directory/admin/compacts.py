"""Compacts and their members: dated facts with a source, kept by leads."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from directory import actions
from directory.admin.life import staff
from directory.models import Compact, CompactMembership


@admin.register(Compact)
class CompactAdmin(admin.ModelAdmin):
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    list_display = ["name", "code", "credential", "as_of"]
    search_fields = ["name", "code"]
    ordering = ["name"]
    fields = ["code", "name", "meaning", "license_types", "credential", "register_url", "source", "as_of"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a new compact takes rules of its own

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # privileges name it

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"]


@admin.register(CompactMembership)
class CompactMembershipAdmin(admin.ModelAdmin):
    """What is changed here stays: load_taxonomy leaves a row alone that somebody edited."""

    list_display = ["jurisdiction", "compact", "open_today", "enacted_on", "operational_on", "left_on", "as_of"]
    list_filter = ["compact", ("operational_on", admin.EmptyFieldListFilter)]
    list_select_related = ["compact", "jurisdiction"]
    search_fields = ["jurisdiction__name", "jurisdiction__code__iexact"]
    autocomplete_fields = ["jurisdiction"]
    ordering = ["compact__name", "jurisdiction__name", "pk"]
    fields = ["compact", "jurisdiction", "enacted_on", "operational_on", "left_on", "note", "source", "as_of"]

    @admin.display(description="in operation today", boolean=True)
    def open_today(self, membership: CompactMembership) -> bool:
        return membership.is_operational(timezone.localdate())

    def get_readonly_fields(self, request: HttpRequest, obj: CompactMembership | None = None) -> list[str]:
        return [] if obj is None else ["compact", "jurisdiction"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a state that leaves has a day on which it left

    def save_model(self, request: HttpRequest, obj: CompactMembership, form: Any, change: bool) -> None:
        obj.curated = True
        super().save_model(request, obj, form, change)
        if "left_on" in form.changed_data and obj.left_on is not None:
            ended = actions.leave_compact(membership=obj, by=staff(request), on=obj.left_on)
            self.message_user(request, f"Privileges that end with it: {ended}.", messages.WARNING)
