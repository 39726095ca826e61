"""Ways to narrow the list of profiles that answer a curator's questions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from directory.admin.queues import OF_THERAPISTS, flagged
from directory.lifetimes import ATTESTATION
from directory.models import Jurisdiction, License

Choices = list[tuple[str, str]]


class QueueFilter(admin.SimpleListFilter):
    title = "what waits"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(code, row.label) for code, row in OF_THERAPISTS.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        row = OF_THERAPISTS.get(self.value() or "")
        return queryset if row is None else queryset.filter(pk__in=row.rows(timezone.localdate()).values("pk"))


class LicensedInFilter(admin.SimpleListFilter):
    """By a license that is on the profile, whatever its state: a curator looks for lapsed ones too."""

    title = "license in"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(term.code, term.name) for term in Jurisdiction.objects.in_order()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value():
            held = License.objects.filter(jurisdiction__code=self.value())
            return queryset.filter(pk__in=held.values("therapist"))
        return queryset


class ConfirmedFilter(admin.SimpleListFilter):
    title = "facts confirmed"
    parameter_name = "confirmed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [
            ("fresh", f"within {ATTESTATION.days} days"),
            ("stale", f"longer than {ATTESTATION.days} days ago"),
            ("never", "never"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        oldest = ATTESTATION.counts_from(timezone.localdate())
        match self.value():
            case "fresh":
                return queryset.filter(attested_on__gte=oldest)
            case "stale":
                return queryset.filter(attested_on__lt=oldest)
            case "never":
                return queryset.filter(attested_on__isnull=True)
        return queryset


class OpenFlagsFilter(admin.SimpleListFilter):
    title = "open flags"
    parameter_name = "flags"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("open", "with open flags"), ("none", "without")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        with_flags = flagged(timezone.localdate()).values("pk")
        match self.value():
            case "open":
                return queryset.filter(pk__in=with_flags)
            case "none":
                return queryset.exclude(pk__in=with_flags)
        return queryset


class EverythingFilter(admin.SimpleListFilter):
    title = "what the ticks say"
    parameter_name = "ticks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("everything", "says everything")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.ticking_everything() if self.value() == "everything" else queryset
