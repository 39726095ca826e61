"""The life of a profile on the desk: bulk actions and buttons that call directory.actions and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from directory import actions
from directory.models import Therapist

MOST_NAMES = 20  # in one message; the profiles themselves say the rest


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Goes on record with your name. The therapist may ask for it.",
    )


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something a curator may do with a profile. `to` is the life it leads to; None: it stays as it is.

    `do(therapist, by, reason)` raises CannotMove, CannotPublish, CannotReach or ReasonMissing when it is not possible.
    """

    label: str
    done: str
    to: str | None
    do: Callable[[Therapist, Any, str], None]
    asks_reason: bool = False

    def is_open_to(self, therapist: Therapist) -> bool:
        if self.to is None:
            return therapist.life != Therapist.Life.ARCHIVED
        return self.to in actions.TRANSITIONS[therapist.life]


STEPS: Final[dict[str, Step]] = {
    "publish": Step(
        label="Publish",
        done="Published",
        to=Therapist.Life.PUBLISHED,
        do=lambda therapist, by, reason: actions.publish(therapist=therapist, by=by, on=timezone.localdate()),
    ),
    "submit": Step(
        label="Send to review",
        done="Sent to review",
        to=Therapist.Life.IN_REVIEW,
        do=lambda therapist, by, reason: actions.submit_for_review(therapist=therapist, by=by),
    ),
    "attest": Step(
        label="Confirm all facts today",
        done="Confirmed",
        to=None,
        do=lambda therapist, by, reason: actions.attest(therapist=therapist, by=by, on=timezone.localdate()),
    ),
    "send-link": Step(
        label="Send a link",
        done="Sent a link to",
        to=None,
        do=lambda therapist, by, reason: actions.send_link(
            therapist=therapist, by=by, on=timezone.localdate(), at=timezone.now()
        ),
    ),
    "suspend": Step(
        label="Suspend",
        done="Suspended",
        to=Therapist.Life.SUSPENDED,
        do=lambda therapist, by, reason: actions.suspend(therapist=therapist, by=by, reason=reason),
        asks_reason=True,
    ),
    "archive": Step(
        label="Archive",
        done="Archived",
        to=Therapist.Life.ARCHIVED,
        do=lambda therapist, by, reason: actions.archive(therapist=therapist, by=by, reason=reason),
        asks_reason=True,
    ),
}


def staff(request: HttpRequest) -> AbstractBaseUser:
    """Who acts: the admin lets nobody in who has not signed in."""
    assert isinstance(request.user, AbstractBaseUser)  # noqa: S101  for the types
    return request.user


class LifeSteps(admin.ModelAdmin):
    """A ModelAdmin whose list has the steps as bulk actions and whose change page has them as buttons."""

    actions = ["publish", "submit", "attest", "send_links", "suspend", "archive"]

    @admin.action(description="Publish the selected profiles", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "publish")

    @admin.action(description="Send the selected profiles to review", permissions=["change"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "submit")

    @admin.action(description="Confirm all facts of the selected profiles today", permissions=["change"])
    def attest(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "attest")

    @admin.action(description="Send the selected profiles a link", permissions=["change"])
    def send_links(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> None:
        """Queued, unlike the button: a mail server may take its time over many."""
        reachable = list(queryset.exclude(life=Therapist.Life.ARCHIVED).exclude(email=""))
        for therapist in reachable:
            actions.queue_link(therapist=therapist, by=staff(request), at=timezone.now())
        if reachable:
            told = f"Links for {len(reachable)} go out with the next run of run_due."
            self.message_user(request, told, messages.SUCCESS)
        if without := queryset.count() - len(reachable):
            told = f"{without} get none: no email address is on record, or they left for good."
            self.message_user(request, told, messages.WARNING)

    @admin.action(description="Suspend the selected profiles…", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "suspend")

    @admin.action(description="Archive the selected profiles…", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "archive")

    def get_urls(self) -> list[URLPattern]:
        step = path(
            "<path:object_id>/step/<slug:verb>/",
            self.admin_site.admin_view(self.step_view),
            name="directory_therapist_step",
        )
        return [step, *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """One step of one profile: POST takes it, GET asks for the reason where there has to be one."""
        therapist = self.get_object(request, unquote(object_id))
        if therapist is None or verb not in STEPS:
            raise Http404
        if not self.has_change_permission(request, therapist):
            raise PermissionDenied
        step = STEPS[verb]
        back = reverse("admin:directory_therapist_change", args=[therapist.pk])
        if not step.asks_reason:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            self._take(request, [therapist], step, reason="")
            return HttpResponseRedirect(back)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._take(request, [therapist], step, reason=form.cleaned_data["reason"])
            return HttpResponseRedirect(back)
        return self._ask_reason(request, step, form, [therapist], hidden=[], back=back)

    def steps_of(self, therapist: Therapist) -> list[dict[str, Any]]:
        """The buttons of a profile: only steps that its life allows."""
        return [
            {
                "label": step.label + ("…" if step.asks_reason else ""),
                "asks_reason": step.asks_reason,
                "main": verb == "publish",
                "url": reverse("admin:directory_therapist_step", args=[therapist.pk, verb]),
            }
            for verb, step in STEPS.items()
            if step.is_open_to(therapist)
        ]

    def _in_bulk(self, request: HttpRequest, queryset: QuerySet[Therapist], verb: str) -> HttpResponse | None:
        step = STEPS[verb]
        therapists = queryset.order_by("name", "pk")
        if not step.asks_reason:
            self._take(request, therapists, step, reason="")
            return None
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_bound and form.is_valid():
            self._take(request, therapists, step, reason=form.cleaned_data["reason"])
            return None
        hidden = [
            ("action", verb),
            ("confirmed", "1"),
            ("select_across", request.POST.get("select_across", "0")),
            *((ACTION_CHECKBOX_NAME, pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)),
        ]
        return self._ask_reason(request, step, form, therapists, hidden=hidden, back="")

    def _ask_reason(
        self,
        request: HttpRequest,
        step: Step,
        form: ReasonForm,
        therapists: Iterable[Therapist],
        *,
        hidden: list[tuple[str, str]],
        back: str,
    ) -> HttpResponse:
        names = [therapist.name for therapist in therapists]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}: why?",
            "opts": self.opts,
            "step": step,
            "form": form,
            "names": names[:MOST_NAMES],
            "more": max(0, len(names) - MOST_NAMES),
            "hidden": hidden,
            "back": back or reverse("admin:directory_therapist_changelist"),
        }
        return TemplateResponse(request, "directory/admin/reason.html", context)

    def _take(self, request: HttpRequest, therapists: Iterable[Therapist], step: Step, *, reason: str) -> None:
        taken, refused = 0, []
        for therapist in therapists:
            try:
                step.do(therapist, staff(request), reason)
            except actions.CannotPublish as refusal:
                refused.append((therapist.name, " ".join(refusal.reasons)))
            except (actions.CannotMove, actions.CannotReach, actions.ReasonMissing) as refusal:
                refused.append((therapist.name, str(refusal)))
            else:
                self.log_change(request, therapist, f"{step.done}. {reason}".strip())
                taken += 1
        if taken:
            self.message_user(request, f"{step.done} {taken}.", messages.SUCCESS)
        if refused:
            self.message_user(request, _not_done(step, refused), messages.WARNING)


def _not_done(step: Step, refused: list[tuple[str, str]]) -> SafeString:
    lines = format_html_join("", "<li>{}: {}</li>", refused[:MOST_NAMES])
    more = f"and {len(refused) - MOST_NAMES} more" if len(refused) > MOST_NAMES else ""
    return format_html("Not {}: <ul>{}</ul>{}", step.done.lower(), lines, more)
