"""The page on which one profile is reviewed: facts with source and date, what changed, what is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from directory import actions
from directory.curation.facts import stated_facts
from directory.curation.versions import differences, last_published, version_of, version_today
from directory.models import CompactPrivilege, License, ScreeningFlag, Therapist
from directory.profile import ProfilePage


@dataclass(frozen=True, kw_only=True)
class LicenseLine:
    """A license or privilege, whether it counts today, and where it is verified."""

    right: License | CompactPrivilege
    counts: bool
    verify_url: str


class ReviewPage(admin.ModelAdmin):
    """A ModelAdmin of profiles with a page for reviewing one, and a preview of its public page."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/review/", wrap(self.review_view), name="directory_therapist_review"),
            path("<path:object_id>/preview/", wrap(self.preview_view), name="directory_therapist_preview"),
            *super().get_urls(),
        ]

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        therapist = self._visible(request, object_id)
        on = timezone.localdate()
        published = last_published(therapist)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Review: {therapist}",
            "opts": self.opts,
            "therapist": therapist,
            "missing": actions.why_not_published(therapist, on=on),
            "facts": stated_facts(therapist, on=on),
            "licenses": [_line(license, on) for license in therapist.licenses.all()],
            "privileges": [_line(privilege, on) for privilege in therapist.compact_privileges.all()],
            "flags": therapist.screening_flags.order_by("-decision", "-found_on", "pk"),
            "open": ScreeningFlag.Decision.OPEN,
            "published": published,
            "changes": differences(version_of(published), version_today(therapist)) if published else [],
            "may_change": self.has_change_permission(request, therapist),
            "steps": self.steps_of(request, therapist, back="review"),  # type: ignore[attr-defined]
        }
        return TemplateResponse(request, "directory/admin/review.html", context)

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The public page as it would look today, whatever the life of the profile."""
        therapist = self._visible(request, object_id)
        context = {"therapist": therapist, "profile": ProfilePage(therapist, on=timezone.localdate()), "preview": True}
        return TemplateResponse(request, "directory/therapist.html", context)

    def _visible(self, request: HttpRequest, object_id: str) -> Therapist:
        key = unquote(object_id)
        found = Therapist.objects.with_profile().with_evidence().filter(pk=key).first() if key.isdecimal() else None
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        if found is None:
            raise Http404("No profile has this number.")
        return found


def _line(right: License | CompactPrivilege, on: dt.date) -> LicenseLine:
    url = reverse(f"admin:directory_{right._meta.model_name}_verify", args=[right.pk])
    return LicenseLine(right=right, counts=right.is_current(on), verify_url=url)
