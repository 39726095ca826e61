"""The page of an earlier version, from simple_history: only who may change the thing may put it back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin


class EarlierVersions(SimpleHistoryAdmin):
    """simple_history's admin without its two slips: it saves for whoever may look, and breaks over odd addresses."""

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not (object_id.isdecimal() and version_id.isdecimal()):
            raise Http404
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)
