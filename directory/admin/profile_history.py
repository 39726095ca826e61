"""The history of a profile with everything that belongs to it: who, when, why, and what it was before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from simple_history.template_utils import HistoricalRecordContextHelper

from directory import actions
from directory.admin.earlier_versions import EarlierVersions
from directory.admin.life import ReasonForm, staff
from directory.curation.reverting import version_put_back
from directory.curation.versions import ROWS, differences, version_of, version_today
from directory.models import Therapist

MOST_ENTRIES = 200
#: Only actions write these, so the form's diff leaves them out; they are what a reader of the history looks for.
WRITTEN_BY_ACTIONS = ("life", "life_reason")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change of one row of a profile."""

    at: Any
    by: Any
    reason: str
    what: str
    how: str
    changes: list[dict[str, Any]]


class ProfileHistory(EarlierVersions):
    """simple_history's admin, which also tells the life of a profile and the history of its rows."""

    history_list_display = ["life"]
    object_history_template = "directory/admin/therapist_history.html"
    object_history_list_template = "directory/admin/history_list.html"

    def life(self, record: Any) -> str:
        return str(record.get_life_display())

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **options: Any) -> Any:
        """The form of a profile. An old version is edited as it was, with the life and the address of today."""
        if getattr(obj, "_history", None) is not None:
            _keep_todays_life(obj)
        return super().get_form(request, obj, *args, **options)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        there = Therapist.objects.filter(pk=object_id).first()
        context = {
            "rows": self.history_of_rows(request, object_id),
            "most_rows": MOST_ENTRIES,
            "may_revert": there is not None and self.has_change_permission(request, there),
            **(extra_context or {}),
        }
        return super().history_view(request, object_id, context)

    def get_urls(self) -> list[URLPattern]:
        revert = path(
            "<int:object_id>/revert/<int:version_id>/",
            self.admin_site.admin_view(self.revert_view),
            name="directory_therapist_revert",
        )
        return [revert, *super().get_urls()]

    def revert_view(self, request: HttpRequest, object_id: int, version_id: int) -> HttpResponse:
        """What putting a version back would change; POST with a reason puts it back."""
        therapist = get_object_or_404(Therapist, pk=object_id)
        if not self.has_change_permission(request, therapist):
            raise PermissionDenied
        record = get_object_or_404(Therapist.history.filter(id=therapist.pk), pk=version_id)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._revert(request, therapist, record, form):
            return HttpResponseRedirect(reverse("admin:directory_therapist_history", args=[therapist.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Revert {therapist} to {record.history_date:%Y-%m-%d %H:%M}",
            "opts": self.opts,
            "therapist": therapist,
            "changes": differences(version_today(therapist), version_put_back(therapist, version_of(record))),
            "form": form,
        }
        return TemplateResponse(request, "directory/admin/revert.html", context)

    def _revert(self, request: HttpRequest, therapist: Therapist, record: Any, form: ReasonForm) -> bool:
        reason, on = form.cleaned_data["reason"], timezone.localdate()
        try:
            changes = actions.revert_therapist(therapist=therapist, to=record, by=staff(request), reason=reason, on=on)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
            therapist.refresh_from_db()
            return False
        done = f"Put back the version of {record.history_date:%Y-%m-%d %H:%M}"
        self.log_change(request, therapist, f"{done}. {reason}")
        self.message_user(request, f"{done}: {len(changes)} changes.", messages.SUCCESS)
        return True

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, *args: Any, **kw: Any) -> None:
        super().set_history_delta_changes(request, historical_records, *args, **kw)
        records = list(historical_records)
        for newer, older in pairwise(records):
            for name in WRITTEN_BY_ACTIONS:
                new, old = getattr(newer, name), getattr(older, name)
                if new != old:
                    label = name.replace("_", " ").capitalize()
                    newer.history_delta_changes.append({"field": label, "old": old or "–", "new": new or "–"})

    def history_of_rows(self, request: HttpRequest, therapist_id: str) -> list[Entry]:
        """Changes of licenses, offices, approaches … of a profile, the newest first, at most MOST_ENTRIES."""
        entries: list[Entry] = []
        for model in ROWS:
            records: QuerySet[Any] = (
                model.history.filter(therapist_id=therapist_id)  # type: ignore[attr-defined]
                .select_related("history_user")
                ._select_related_history_tracked_objs()
                .order_by("-history_date", "-history_id")[:MOST_ENTRIES]
            )
            by_row = defaultdict(list)
            for record in records:
                by_row[record.id].append(record)
            for versions in by_row.values():
                self._describe(model, versions, entries)
        entries.sort(key=lambda entry: entry.at, reverse=True)
        return entries[:MOST_ENTRIES]

    def _describe(self, model: type[Model], versions: list[Any], entries: list[Entry]) -> None:
        for newer, older in zip(versions, [*versions[1:], None], strict=True):
            changes: list[dict[str, Any]] = []
            if older is not None and newer.history_type == "~":
                delta = newer.diff_against(older, foreign_keys_are_objs=True)
                helper = HistoricalRecordContextHelper(model, newer)
                changes = helper.context_for_delta_changes(delta)
            entries.append(
                Entry(
                    at=newer.history_date,
                    by=newer.history_user,
                    reason=newer.history_change_reason or "",
                    # A historical record has the fields of its row, so it can be named the same way, without a query.
                    what=f"{model._meta.verbose_name}: {model.__str__(newer)}",
                    how=newer.get_history_type_display(),
                    changes=changes,
                )
            )


def _keep_todays_life(old: Therapist) -> None:
    """Only actions move a life or give an address: putting an old text back must not publish a profile again."""
    today = Therapist.objects.filter(pk=old.pk).first()
    if today is None:  # it was deleted since, and starts anew
        old.life, old.life_reason, old.slug = Therapist.Life.DRAFT, "", None
    else:
        old.life, old.life_reason, old.slug = today.life, today.life_reason, today.slug
