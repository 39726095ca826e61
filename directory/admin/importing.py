"""Import of a therapist CSV: upload, preview, confirm; read and written by the command's own code."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV
from import_export.tmp_storages import BaseStorage

from directory.admin.life import staff
from directory.curation.csv_cells import COLUMNS
from directory.curation.csv_import import Problems
from directory.curation.imports import ImportRejected, News, Report, import_therapists
from directory.curation.profile_writes import Difference

ROWS_SHOWN = 200
LARGEST_FILE = 10 * 1024 * 1024
LARGEST_SEALED = 4 * 1024 * 1024  # below DATA_UPLOAD_MAX_MEMORY_SIZE
TOO_LARGE = "The file is too large for this page. Use the command: manage.py import_therapists FILE.csv"
KEPT_FOR = 60 * 60  # seconds between preview and confirmation


class SealedInForm(BaseStorage):
    """Keeps the file between preview and confirmation in the form itself, signed.

    So what was previewed is what is imported, on whichever machine, and no copy is left behind.
    """

    signer = signing.TimestampSigner(salt="directory.admin.importing")

    def save(self, data: bytes) -> None:
        self.name = self.signer.sign_object(data.decode("latin-1"), compress=True)

    def read(self) -> bytes:
        text: str = self.signer.unsign_object(self.name, max_age=KEPT_FOR)
        return text.encode("latin-1")


class CsvImport(ImportMixin):
    """import-export's import (button, forms, pages) over directory.curation.imports."""

    tmp_storage_class = SealedInForm
    import_template_name = "directory/admin/import.html"
    import_formats = [CSV]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    @method_decorator(never_cache)
    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Show the form; for an upload, what it would change or what is wrong with it. Writes nothing."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = self.create_import_form(request)
        context: dict[str, Any] = {"form": form}
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data["import_file"]
            sealed = None if upload.size > LARGEST_FILE else self.write_to_tmp_storage(upload, CSV())
            if sealed is None or len(sealed.name) > LARGEST_SEALED:
                form.add_error("import_file", TOO_LARGE)
            else:
                context |= self._preview(request, form, upload, sealed)
        return self._page(request, context)

    @method_decorator(require_POST)
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import what was previewed, all of it or nothing."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        confirmed = self.create_confirm_form(request)
        form = self.get_import_form_class(request)([CSV], self.get_import_resource_classes(request))
        try:
            if not confirmed.is_valid():
                raise signing.BadSignature
            file = BytesIO(SealedInForm(name=confirmed.cleaned_data["import_file_name"]).read())
            report = import_therapists(file, by=staff(request), on=timezone.localdate())
        except signing.BadSignature:
            messages.error(request, "The preview is older than an hour, or was changed. Please upload the file again.")
            return HttpResponseRedirect(reverse("admin:directory_therapist_import"))
        except ImportRejected as rejected:
            return self._page(request, {"form": form, "problems": rejected.problems})
        messages.success(request, f"Imported: {_in_words(report)}.")
        if report.flagged:
            messages.warning(
                request, f"The screen asks about {report.flagged} sentences. They are among the open flags."
            )
        if report.to_verify:
            messages.warning(request, f"{report.to_verify} licenses say something new and wait for a new verification.")
        return HttpResponseRedirect(reverse("admin:directory_therapist_changelist"))

    def _preview(self, request: HttpRequest, form: Any, upload: Any, sealed: BaseStorage) -> dict[str, Any]:
        shown: list[Difference] = []

        def tell(news: News) -> None:
            if isinstance(news, Difference) and len(shown) < ROWS_SHOWN:
                shown.append(news)

        try:
            file = BytesIO(sealed.read())
            report = import_therapists(file, by=staff(request), on=timezone.localdate(), dry_run=True, tell=tell)
        except ImportRejected as rejected:
            return {"problems": rejected.problems}
        context: dict[str, Any] = {
            "report": report,
            "in_words": _in_words(report),
            "rows": [_row(difference) for difference in shown],
            "more_rows": report.created + report.changed - len(shown),
        }
        if report.created or report.changed:
            upload.tmp_storage_name = sealed.name
            context["confirm_form"] = self.create_confirm_form(request, import_form=form)
        return context

    def _page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        problems: Problems | None = context.get("problems")
        return TemplateResponse(
            request,
            self.import_template_name,
            {
                **self.admin_site.each_context(request),
                "title": "Import therapists",
                "opts": self.opts,
                "media": self.media + context["form"].media,
                "fields_list": [("therapist", list(COLUMNS))],
                "more_problems": problems.count - len(problems.shown) if problems else 0,
                **context,
            },
        )


def _row(difference: Difference) -> dict[str, Any]:
    is_new = difference.profile.is_new
    return {
        "line": difference.row.line,
        "kind": "New" if is_new else "Changed",
        "name": difference.row.values["name"] if is_new else difference.profile.therapist.name,
        "external_id": difference.row.values["external_id"],
        "changes": [
            {"column": change.column, "old": "" if is_new else _shown(change.old), "new": _shown(change.new)}
            for change in difference.changes.values()
        ],
    }


def _shown(value: Any) -> str:
    match value:
        case None | "" | ():
            return "not stated"
        case True | False:
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value)
    text = str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"


def _in_words(report: Report) -> str:
    return f"{report.created} new, {report.changed} changed, {report.unchanged} unchanged"
