"""Export of a filtered list as the therapist CSV: who sees the list may take it along, and that is on record."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from directory.admin.life import staff
from directory.curation.csv_cells import COLUMNS
from directory.curation.csv_export import CONTACT, export_therapists


class CsvExport(admin.ModelAdmin):
    """A page that says what would be exported, and streams it. Its address takes the filters and search of the list."""

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export_view), name="directory_therapist_export")
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            chosen: Any = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{reverse('admin:directory_therapist_export')}?e=1")
        chosen = chosen.prefetch_related(None)
        with_contact = request.user.has_perm("directory.change_therapist")
        if request.method == "POST":
            return self._stream(request, chosen, with_contact=with_contact)
        return self._say_what(request, chosen.count(), with_contact=with_contact)

    def _say_what(self, request: HttpRequest, count: int, *, with_contact: bool) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "Export therapists",
            "opts": self.opts,
            "count": count,
            "columns": [name for name in COLUMNS if with_contact or name not in CONTACT],
            "with_contact": with_contact,
            "back": f"{reverse('admin:directory_therapist_changelist')}?{request.GET.urlencode()}",
        }
        return TemplateResponse(request, "directory/admin/export.html", context)

    def _stream(self, request: HttpRequest, chosen: Any, *, with_contact: bool) -> StreamingHttpResponse:
        LogEntry.objects.create(
            user_id=staff(request).pk,
            content_type=ContentType.objects.get_for_model(self.model),
            object_repr=f"{chosen.count():,} profiles",
            action_flag=CHANGE,
            change_message=f"Exported as CSV, {'with' if with_contact else 'without'} contact data: "
            f"{request.GET.urlencode() or 'the whole list'}",
        )
        ids = chosen.values_list("pk", flat=True).iterator(chunk_size=2000)
        on = timezone.localdate()
        response = StreamingHttpResponse(
            export_therapists(ids, on=on, with_contact=with_contact), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="therapists-{on.isoformat()}.csv"'
        return response
