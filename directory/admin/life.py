"""The life of a profile on the desk: bulk actions and buttons that call directory.actions and say what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
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

MAY_PUBLISH: Final = "directory.publish_therapist"
BATCH = 500
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
    `right` is the permission that it takes.
    """

    label: str
    done: str
    to: str | None
    do: Callable[[Therapist, Any, str], None]
    asks_reason: bool = False
    right: str = "directory.change_therapist"

    def is_open_to(self, therapist: Therapist) -> bool:
        if self.to is None:
            return therapist.life != Therapist.Life.ARCHIVED
        return self.to in actions.TRANSITIONS[therapist.life]

    def why_not(self, therapist: Therapist) -> list[str]:
        """What `do` would refuse with, found out without writing anything; empty when it would be done."""
        return [] if self.to is None else actions.why_not_moved(therapist, to=self.to, on=timezone.localdate())


STEPS: Final[dict[str, Step]] = {
    "publish": Step(
        label="Publish",
        done="Published",
        to=Therapist.Life.PUBLISHED,
        do=lambda therapist, by, reason: actions.publish(therapist=therapist, by=by, on=timezone.localdate()),
        right=MAY_PUBLISH,
    ),
    "submit": Step(
        label="Send to review",
        done="Sent to review",
        to=Therapist.Life.IN_REVIEW,
        do=lambda therapist, by, reason: actions.submit_for_review(therapist=therapist, by=by),
    ),
    "return": Step(
        label="Return for changes",
        done="Returned",
        to=Therapist.Life.DRAFT,
        do=lambda therapist, by, reason: actions.return_to_draft(therapist=therapist, by=by, reason=reason),
        asks_reason=True,
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
        right=MAY_PUBLISH,
    ),
}


def staff(request: HttpRequest) -> AbstractBaseUser:
    """Who acts: the admin lets nobody in who has not signed in."""
    assert isinstance(request.user, AbstractBaseUser)  # noqa: S101  for the types
    return request.user


@dataclass(kw_only=True)
class Preview:
    """What a step would do to many profiles: how many it would take, how many not and why; the first names of each."""

    will: int = 0
    will_not: int = 0
    names: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def add(self, therapist: Therapist, reasons: list[str]) -> None:
        if reasons:
            self.will_not += 1
            if len(self.refused) < MOST_NAMES:
                self.refused.append((therapist.name, " ".join(reasons)))
        else:
            self.will += 1
            if len(self.names) < MOST_NAMES:
                self.names.append(therapist.name)


class LifeSteps(admin.ModelAdmin):
    """A ModelAdmin whose list has the steps as bulk actions and whose change page has them as buttons."""

    actions = ["publish", "submit", "return_to_draft", "attest", "send_links", "suspend", "archive"]

    @admin.action(description="Publish the selected profiles…", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "publish")

    @admin.action(description="Send the selected profiles to review…", permissions=["change"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "submit")

    @admin.action(description="Return the selected profiles for changes…", permissions=["change"])
    def return_to_draft(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "return")

    @admin.action(description="Confirm all facts of the selected profiles today…", permissions=["change"])
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

    @admin.action(description="Archive the selected profiles…", permissions=["publish"])
    def archive(self, request: HttpRequest, queryset: QuerySet[Therapist]) -> HttpResponse | None:
        return self._in_bulk(request, queryset, "archive")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_PUBLISH)

    def get_urls(self) -> list[URLPattern]:
        step = path(
            "<path:object_id>/step/<slug:verb>/",
            self.admin_site.admin_view(self.step_view),
            name="directory_therapist_step",
        )
        return [step, *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """One step of one profile: POST takes it, GET asks for the reason where there has to be one.

        `back=review` leads back to the page for reviewing, else to the form.
        """
        therapist = self.get_object(request, unquote(object_id))
        if therapist is None or verb not in STEPS:
            raise Http404
        step = STEPS[verb]
        if not (self.has_change_permission(request, therapist) and request.user.has_perm(step.right)):
            raise PermissionDenied
        page = "review" if request.GET.get("back") == "review" else "change"
        back = reverse(f"admin:directory_therapist_{page}", args=[therapist.pk])
        if not step.asks_reason:
            if request.method != "POST":
                return HttpResponseNotAllowed(["POST"])
            self._take(request, [therapist], step, reason="")
            return HttpResponseRedirect(back)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            self._take(request, [therapist], step, reason=form.cleaned_data["reason"])
            return HttpResponseRedirect(back)
        context = {"step": step, "title": f"{step.label}: why?", "form": form, "names": [therapist.name], "back": back}
        return self._step_page(request, "directory/admin/reason.html", context)

    def steps_of(self, request: HttpRequest, therapist: Therapist, *, back: str = "") -> list[dict[str, Any]]:
        """The buttons of a profile: only steps that its life allows, and who asks."""
        if not self.has_change_permission(request, therapist):
            return []
        return [
            {
                "label": step.label + ("…" if step.asks_reason else ""),
                "asks_reason": step.asks_reason,
                "main": verb == "publish",
                "url": reverse("admin:directory_therapist_step", args=[therapist.pk, verb])
                + (f"?back={back}" if back else ""),
            }
            for verb, step in STEPS.items()
            if step.is_open_to(therapist) and request.user.has_perm(step.right)
        ]

    def _in_bulk(self, request: HttpRequest, queryset: QuerySet[Therapist], verb: str) -> HttpResponse | None:
        """First what would change and what would not, then, confirmed, each profile in a transaction of its own."""
        step = STEPS[verb]
        confirmed = "confirmed" in request.POST
        form = ReasonForm(request.POST if confirmed else None) if step.asks_reason else None
        # The ids first: a step can take a profile out of the very list that it was chosen from.
        ids = list(queryset.order_by("name", "pk").values_list("pk", flat=True))
        if confirmed and (form is None or form.is_valid()):
            reason = "" if form is None else form.cleaned_data["reason"]
            self._take(request, _each(ids), step, reason=reason)
            return None
        preview = Preview()
        for therapist in _each(ids, *CONDITIONS):
            preview.add(therapist, step.why_not(therapist))
        across = request.POST.get("select_across", "0")
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            "title": f"{step.label}: what would change",
            "step": step,
            "form": form,
            "preview": preview,
            "more": preview.will - len(preview.names),
            "more_refused": preview.will_not - len(preview.refused),
            # All that the filters of the address find are found again by them: one id stands for the list.
            "hidden": [
                ("action", request.POST.get("action", "")),
                ("confirmed", "1"),
                ("select_across", across),
                *((ACTION_CHECKBOX_NAME, pk) for pk in (chosen[:1] if across == "1" else chosen)),
            ],
            "back": f"{reverse('admin:directory_therapist_changelist')}?{request.GET.urlencode()}",
        }
        return self._step_page(request, "directory/admin/bulk_step.html", context)

    def _step_page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        return TemplateResponse(
            request, template, {**self.admin_site.each_context(request), "opts": self.opts, **context}
        )

    def _take(self, request: HttpRequest, therapists: Iterable[Therapist], step: Step, *, reason: str) -> None:
        taken, not_taken = 0, 0
        refused: list[tuple[str, str]] = []
        for therapist in therapists:
            try:
                step.do(therapist, staff(request), reason)
            except actions.CannotPublish as refusal:
                why = " ".join(refusal.reasons)
            except (actions.CannotMove, actions.CannotReach, actions.ReasonMissing) as refusal:
                why = str(refusal)
            else:
                self.log_change(request, therapist, f"{step.done}. {reason}".strip())
                taken += 1
                continue
            not_taken += 1
            if len(refused) < MOST_NAMES:
                refused.append((therapist.name, why))
        if taken:
            self.message_user(request, f"{step.done} {taken}.", messages.SUCCESS)
        if refused:
            self.message_user(request, _not_done(step, refused, not_taken - len(refused)), messages.WARNING)


#: What the conditions of being listed and published read.
CONDITIONS: Final = ("licenses", "screening_flags", "session_formats", "delivery_methods")


def _each(ids: list[int], *related: str) -> Iterator[Therapist]:
    """These profiles in this order, a batch at a time."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found = Therapist.objects.defer("search_document").prefetch_related(*related).in_bulk(batch)
        yield from (found[pk] for pk in batch if pk in found)


def _not_done(step: Step, refused: list[tuple[str, str]], more: int) -> SafeString:
    lines = format_html_join("", "<li>{}: {}</li>", refused)
    return format_html("Not {}: <ul>{}</ul>{}", step.done.lower(), lines, f"and {more} more" if more else "")
