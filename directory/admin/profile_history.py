"""The history of a profile with everything that belongs to it: who, when, why, and what it was before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from directory.models import (
    CompactPrivilege,
    License,
    PracticeLocation,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)

ROWS: Final[tuple[type[Model], ...]] = (
    License,
    CompactPrivilege,
    PracticeLocation,
    TherapistApproach,
    TherapistConcern,
)
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


class ProfileHistory(SimpleHistoryAdmin):
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
        rows = self.history_of_rows(request, object_id)
        context = {"rows": rows, "most_rows": MOST_ENTRIES, **(extra_context or {})}
        return super().history_view(request, object_id, context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not (object_id.isdecimal() and version_id.isdecimal()):
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)

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
