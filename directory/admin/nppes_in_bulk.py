"""Many proposals from NPPES at once: shown before they are decided, then taken one by one, with what was refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from directory import actions
from directory.admin.life import MOST_NAMES, staff
from directory.curation.nppes_decisions import CannotAccept, what_it_changes
from directory.models import NppesProposal

ROWS_SHOWN = 200
MOST_AT_ONCE = 1_000  # decided in one request


class DeclineForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Goes on record with your name. The same values are not proposed again.",
    )


class AcceptForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="May stay empty.",
    )


class BulkDecisions(admin.ModelAdmin):
    """A ModelAdmin whose list accepts or declines many proposals, after a page that shows what each would change."""

    actions = ["accept", "decline"]

    @admin.action(description="Accept the selected proposals…", permissions=["change"])
    def accept(self, request: HttpRequest, queryset: QuerySet[NppesProposal]) -> HttpResponse | None:
        return self._decide(request, queryset, "accept", AcceptForm)

    @admin.action(description="Decline the selected proposals…", permissions=["change"])
    def decline(self, request: HttpRequest, queryset: QuerySet[NppesProposal]) -> HttpResponse | None:
        return self._decide(request, queryset, "decline", DeclineForm)

    def _decide(
        self, request: HttpRequest, queryset: Any, verb: str, form_class: type[forms.Form]
    ) -> HttpResponse | None:
        chosen = queryset.waiting().with_rivals().in_order().select_related("therapist")
        form = form_class(request.POST if "confirmed" in request.POST else None)
        if form.is_bound and form.is_valid():
            self._take(request, chosen, verb, form.cleaned_data["reason"])
            return None
        context = self._preview(chosen, accepting=verb == "accept") | {
            **self.admin_site.each_context(request),
            "title": f"{verb.capitalize()} proposals from NPPES",
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "back": reverse("admin:directory_nppesproposal_changelist"),
            "hidden": [
                ("action", verb),
                ("confirmed", "1"),
                ("select_across", request.POST.get("select_across", "0")),
                *((ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)),
            ],
        }
        return TemplateResponse(request, "directory/admin/nppes_preview.html", context)

    def _preview(self, chosen: Any, *, accepting: bool) -> dict[str, Any]:
        count = chosen.count()
        left_out = chosen.filter(has_rivals=True).count() if accepting else 0
        taken = chosen.filter(has_rivals=False) if accepting else chosen
        rows = [{"proposal": proposal, "changes": what_it_changes(proposal)} for proposal in taken[:ROWS_SHOWN]]
        return {
            "rows": rows,
            "more": count - left_out - len(rows),
            "count": count - left_out,
            "left_out": left_out,
            "most_at_once": MOST_AT_ONCE,
        }

    def _take(self, request: HttpRequest, chosen: Any, verb: str, reason: str) -> None:
        by, at, taken, refused = staff(request), timezone.now(), 0, []
        # Those with rivals are passed by: whoever takes a heap of them has not looked at each.
        proposals = list((chosen.filter(has_rivals=False) if verb == "accept" else chosen)[: MOST_AT_ONCE + 1])
        for proposal in proposals[:MOST_AT_ONCE]:
            try:
                if verb == "accept":
                    actions.accept_proposal(proposal=proposal, by=by, at=at, reason=reason)
                else:
                    actions.decline_proposal(proposal=proposal, by=by, at=at, reason=reason)
            except CannotAccept as refusal:
                refused.append((f"{proposal.therapist}, {proposal.what}", str(refusal)))
            else:
                self.log_change(request, proposal, f"{proposal.get_decision_display()}. {reason}".strip())
                taken += 1
        self.message_user(
            request,
            f"{verb.capitalize()}{'d' if verb.endswith('e') else 'ed'} {taken}.",
            messages.SUCCESS if taken else messages.WARNING,
        )
        if refused:
            lines = format_html_join("", "<li>{}: {}</li>", refused[:MOST_NAMES])
            more = f"and {len(refused) - MOST_NAMES} more" if len(refused) > MOST_NAMES else ""
            self.message_user(request, format_html("Not done: <ul>{}</ul>{}", lines, more), messages.WARNING)
        if len(proposals) > MOST_AT_ONCE:
            self.message_user(
                request, f"These were the first {MOST_AT_ONCE:,}. Choose the rest and go on.", messages.WARNING
            )
