"""A training that a therapist named, confirmed by a curator who asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from directory import actions
from directory.admin.life import staff
from directory.admin.therapist_form import ApproachForm
from directory.admin.therapist_inlines import RowInline
from directory.models import TherapistApproach


class SourceForm(forms.Form):
    source = forms.CharField(
        label="Confirmed with",
        max_length=200,
        help_text="Who or what you asked, e.g. “ICEEFT, list of certified therapists”. It stands on the public page.",
    )


class TherapistApproachInline(RowInline):
    model = TherapistApproach
    form = ApproachForm
    fields = ["approach", "trained", "training", "confirmed"]
    readonly_fields = ["confirmed"]
    autocomplete_fields = ["approach"]
    verbose_name_plural = (
        "approaches: “trained” means a completed training or certification. Give its name, save, then confirm it. "
        "Another name wants a new confirmation"
    )

    @admin.display(description="confirmed")
    def confirmed(self, stated: TherapistApproach) -> str:
        if stated.pk is None or not stated.training:
            return "–"
        day, source = stated.training_confirmed_on, stated.training_source
        said, verb = ("no", "confirm…") if day is None else (f"on {day.isoformat()} with {source}", "again…")
        if not self.may_change:
            return said
        url = reverse("admin:directory_therapist_confirm_training", args=[stated.therapist_id, stated.pk])
        return format_html('{} – <a href="{}">{}</a>', said, url, verb)


class TrainingConfirmation(admin.ModelAdmin):
    """A ModelAdmin of profiles with the page that confirms one training."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.confirm_training_view)
        page = path(
            "<int:therapist_id>/training/<int:stated_id>/confirm/", view, name="directory_therapist_confirm_training"
        )
        return [page, *super().get_urls()]

    def confirm_training_view(self, request: HttpRequest, therapist_id: int, stated_id: int) -> HttpResponse:
        """Ask for the source, then confirm."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        found = TherapistApproach.objects.select_related("therapist", "approach")
        stated = found.filter(pk=stated_id, therapist=therapist_id).first()
        if stated is None:
            raise Http404
        back = reverse("admin:directory_therapist_change", args=[therapist_id])
        form = SourceForm(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                actions.confirm_training(
                    stated=stated, by=staff(request), source=form.cleaned_data["source"], on=timezone.localdate()
                )
            except actions.CannotConfirm as problem:
                self.message_user(request, str(problem), messages.WARNING)
            else:
                self.log_change(request, stated.therapist, f"Training confirmed: {stated.training}")
                self.message_user(request, f"Confirmed: {stated.training}.", messages.SUCCESS)
            return HttpResponseRedirect(back)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"Confirm the training of {stated.therapist.name}",
            "opts": self.opts,
            "stated": stated,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "directory/admin/confirm_training.html", context)
