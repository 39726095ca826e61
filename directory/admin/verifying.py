"""The form by which a check of one license or privilege goes into the log, and the log beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from directory import actions
from directory.admin.life import staff
from directory.boards import board_of
from directory.curation.licenses import license_doubt, why_not_verifiable
from directory.models import CompactPrivilege, License, Method, Result

CHOOSE = ("", "Choose…")
#: What a person at the desk can have done; the others are written by programs, and NPPES verifies nothing.
METHODS = [CHOOSE, *((m.value, m.label) for m in (Method.REGISTER, Method.LETTER, Method.DOCUMENT))]


class VerificationForm(forms.Form):
    """One check. `checked_on` defaults to today."""

    method = forms.ChoiceField(label="How you checked", choices=METHODS)
    source = forms.CharField(
        label="Source",
        max_length=200,
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
        help_text="Where exactly, e.g. “California Board of Behavioral Sciences”.",
    )
    checked_on = forms.DateField(label="On", widget=AdminDateWidget)
    result = forms.ChoiceField(
        choices=[CHOOSE, *Result.choices],
        help_text="Anything but “Confirmed” takes the verification away, and the profile leaves the directory today "
        "unless another license counts.",
    )
    expires_on = forms.DateField(
        label="Valid until",
        required=False,
        widget=AdminDateWidget,
        help_text="The last day that the source shows; it replaces what is on record. Empty: the source shows none.",
    )
    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "cols": 80}))

    def clean_checked_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day is in the future.")
        return day


class Verifying(admin.ModelAdmin):
    """A ModelAdmin of therapists with a page that verifies one of their licenses or privileges."""

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"{word}/<int:pk>/verify/",
                self.admin_site.admin_view(view),
                name=f"directory_{model._meta.model_name}_verify",
            )
            for word, view, model in (
                ("license", self.verify_license_view, License),
                ("privilege", self.verify_privilege_view, CompactPrivilege),
            )
        ]
        return [*pages, *super().get_urls()]

    def verify_license_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may_verify(request, License)
        license = License.objects.select_related("therapist", "license_type", "jurisdiction").filter(pk=pk).first()
        if license is None:
            raise Http404
        board = board_of(license.jurisdiction.code, license.license_type.code)
        facts = [
            ("Name", license.therapist.name),
            ("Type", license.license_type.name),
            ("Number", license.number),
            ("State", license.jurisdiction.name),
            ("Status", license.get_status_display()),
            ("Valid until", license.expires_on),
            ("Supervisor", _supervisor(license) if license.is_supervised else None),
        ]
        context = {
            "register_url": board.register_url if board else "",
            "board": board.board if board else "",
            "doubts": [license_doubt(license)],
        }
        return self._verify_page(request, license, actions.verify_license, "license", facts, context)

    def verify_privilege_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._may_verify(request, CompactPrivilege)
        rows = CompactPrivilege.objects.select_related("therapist", "compact", "jurisdiction")
        privilege = rows.filter(pk=pk).first()
        if privilege is None:
            raise Http404
        compact = privilege.compact
        facts = [
            ("Name", privilege.therapist.name),
            ("Compact", compact.name if compact else "not stated"),
            ("State", privilege.jurisdiction.name),
            ("Personal number", privilege.credential_number),
            ("Valid until", privilege.expires_on or "as long as the license at home"),
        ]
        context = {
            "register_url": compact.register_url if compact else "",
            "board": compact.name if compact else "",
            "doubts": why_not_verifiable(privilege, on=timezone.localdate()),
        }
        return self._verify_page(request, privilege, actions.verify_privilege, "privilege", facts, context)

    def _may_verify(self, request: HttpRequest, model: type[License] | type[CompactPrivilege]) -> None:
        if not (
            request.user.has_perm(f"directory.change_{model._meta.model_name}") and self.has_change_permission(request)
        ):
            raise PermissionDenied

    def _verify_page(
        self,
        request: HttpRequest,
        right: License | CompactPrivilege,
        verify: Any,
        keyword: str,
        facts: list[tuple[str, Any]],
        context: dict[str, Any],
    ) -> HttpResponse:
        today = timezone.localdate()
        # The last day is not filled in: the log holds what somebody saw, not what we had already.
        initial = {"checked_on": today, "source": context["board"]}
        form = VerificationForm(request.POST if request.method == "POST" else None, initial=initial)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                verify(
                    **{keyword: right},
                    by=staff(request),
                    source=given["source"],
                    on=given["checked_on"],
                    method=given["method"],
                    result=given["result"],
                    expires_on=given["expires_on"],
                    note=given["note"],
                )
            except actions.CannotVerify as error:
                form.add_error(None, str(error))
            else:
                result = Result(given["result"]).label
                self.log_change(request, right.therapist, f"Checked {right}: {result.lower()} ({given['source']}).")
                self.message_user(request, f"Written down: {right}: {result.lower()}.", messages.SUCCESS)
                page = "review" if request.GET.get("back") == "review" else "change"
                return HttpResponseRedirect(reverse(f"admin:directory_therapist_{page}", args=[right.therapist_id]))
        context |= {
            **self.admin_site.each_context(request),
            "title": f"Verify {right}",
            "opts": self.opts,
            "therapist": right.therapist,
            "facts": [(name, value) for name, value in facts if value not in (None, "")],
            "doubts": [doubt for doubt in context["doubts"] if doubt],
            "form": form,
            "media": self.media + form.media,
            "entries": right.verifications.order_by("-checked_on", "-pk"),
        }
        return TemplateResponse(request, "directory/admin/verify.html", context)


def log_of(right: License | CompactPrivilege, *, link: bool) -> str | SafeString:
    """The log of a license or privilege, the newest entry first, with the link to add one. Reads `verifications`."""
    if right.pk is None:
        return "Save first, then verify."
    url = reverse(f"admin:directory_{right._meta.model_name}_verify", args=[right.pk])
    verify = format_html('<a href="{}">Verify…</a>', url) if link else ""
    entries = sorted(right.verifications.all(), key=lambda entry: (entry.checked_on, entry.pk), reverse=True)
    rows = format_html_join(
        "",
        "<li>{}: <strong>{}</strong>, {}: {} ({}){}</li>",
        (
            (
                entry.checked_on.isoformat(),
                entry.get_result_display(),
                entry.get_method_display(),
                entry.source,
                entry.by,
                f". {entry.note}" if entry.note else "",
            )
            for entry in entries
        ),
    )
    nothing = "" if entries else "Nobody has checked it yet."
    return format_html('{}<ul class="check-log">{}</ul>{}', nothing, rows, verify)


def _supervisor(license: License) -> str:
    parts = (license.supervisor_name or "not stated", license.supervisor_license)
    return ", ".join(part for part in parts if part)
