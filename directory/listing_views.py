"""The pages behind a therapist's link. Opening one changes nothing: programs that read mails open every link."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from directory import attesting
from directory.actions import CannotMove, CannotPublish
from directory.curation.links import LinkClosed, open_link
from directory.curation.reminders import ask_for_link
from directory.limits import is_allowed, stand_in_address
from directory.link_forms import ConfirmForm, NewLinkForm, PauseForm
from directory.listing_form import ListingForm
from directory.models import AttestationLink, Therapist
from directory.models.attestation import LINK_DAYS

#: What the page of thanks can be about; it needs no link, and tells nothing about anybody.
THANKS: Final = ("confirmed", "saved", "held", "paused", "back", "left", "asked")
NEW_LINKS_AN_HOUR: Final = 5  # asked for from one network
MOST_LISTINGS: Final = 5  # of one email address

page = require_http_methods(["GET", "HEAD", "POST"])
kept_nowhere = cache_control(no_store=True)


@kept_nowhere
@page
def listing(request: HttpRequest, secret: str) -> HttpResponse:
    """All facts of a listing, to confirm or to correct."""
    on, at = timezone.localdate(), timezone.now()
    link = open_link(secret, at=at)
    if link is None:
        return _closed(request)
    do = request.POST.get("do")
    form = ListingForm(request.POST if do == "save" else None, therapist=link.therapist, on=on)
    confirming = ConfirmForm(request.POST if do in ("confirm", "back") else None, prefix="all", label_suffix="")
    try:
        if do == "confirm" and confirming.is_valid():
            attesting.confirm(link=link, consents=confirming.cleaned_data["consents"], on=on, at=at)
            return _thanks("confirmed")
        if do == "back" and confirming.is_valid():
            attesting.put_back(link=link, consents=confirming.cleaned_data["consents"], on=on, at=at)
            return _thanks("back")
        if do == "save" and form.is_valid():
            held = attesting.correct(link=link, answer=form.to_answer(), on=on, at=at)
            return _thanks("held" if held else "saved")
    except LinkClosed:
        return _closed(request)
    except (CannotMove, CannotPublish) as refusal:
        lacking = refusal.reasons if isinstance(refusal, CannotPublish) else []
        return _listing(request, secret, link, form, confirming, on=on, status=409, lacking=lacking, refused=True)
    return _listing(request, secret, link, form, confirming, on=on, status=422 if form.errors else 200)


@kept_nowhere
@page
def pause(request: HttpRequest, secret: str) -> HttpResponse:
    """Take a listing out for a while."""
    at = timezone.now()
    link = open_link(secret, at=at)
    if link is None or link.therapist.life != Therapist.Life.PUBLISHED:
        return _closed(request)
    form = PauseForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_valid():
        try:
            attesting.pause(link=link, reason=form.cleaned_data["reason"], at=at)
        except (LinkClosed, CannotMove):
            return _closed(request)
        return _thanks("paused")
    context = {"form": form, "secret": secret, "link_days": LINK_DAYS}
    return render(request, "directory/listing_pause.html", context, status=422 if form.errors else 200)


@kept_nowhere
@page
def leave(request: HttpRequest, secret: str) -> HttpResponse:
    """Take a listing out for good: says what that means, and asks once more."""
    at = timezone.now()
    link = open_link(secret, at=at)
    if link is None or not _may_leave(link.therapist):
        return _closed(request)
    if request.method == "POST":
        try:
            attesting.leave(link=link, at=at)
        except (LinkClosed, CannotMove):
            return _closed(request)
        return _thanks("left")
    return render(request, "directory/listing_leave.html", {"secret": secret})


@kept_nowhere
@page
def new_link(request: HttpRequest) -> HttpResponse:
    """Ask for a link by the email address on record. The answer is the same whether we know it or not."""
    at = timezone.now()
    form = NewLinkForm(request.POST if request.method == "POST" else None, label_suffix="")
    if form.is_bound and not is_allowed(
        "new links", stand_in_address(request), most=NEW_LINKS_AN_HOUR, per=dt.timedelta(hours=1), at=at
    ):
        return render(request, "429.html", status=429)
    if form.is_valid():
        # The letter goes out with the next run of run_due: how long a mail server takes would tell who is known.
        for therapist in Therapist.objects.reached_by(form.cleaned_data["email"])[:MOST_LISTINGS]:
            ask_for_link(therapist=therapist, by=attesting.THERAPIST, at=at)
        return _thanks("asked")
    return render(request, "directory/listing_new.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def thanks(request: HttpRequest, what: str) -> HttpResponse:
    """What came of it. Needs no link."""
    if what not in THANKS:
        raise Http404("Nothing is said about that.")
    return render(request, "directory/listing_thanks.html", {"what": what, "link_days": LINK_DAYS})


def _listing(
    request: HttpRequest,
    secret: str,
    link: AttestationLink,
    form: ListingForm,
    confirming: ConfirmForm,
    *,
    on: dt.date,
    status: int,
    lacking: list[str] | None = None,
    refused: bool = False,
) -> HttpResponse:
    therapist = link.therapist
    context: dict[str, Any] = {
        "form": form,
        "confirming": confirming,
        "secret": secret,
        "therapist": therapist,
        "licenses": therapist.licenses.select_related("license_type", "jurisdiction").order_by("pk"),
        "is_listed": Therapist.objects.published(on=on).filter(pk=therapist.pk).exists(),
        "is_published": therapist.life == Therapist.Life.PUBLISHED,
        "is_paused": attesting.is_paused(therapist),
        "may_leave": _may_leave(therapist),
        "refused": refused,
        "lacking": lacking or [],
    }
    return render(request, "directory/listing.html", context, status=status)


def _may_leave(therapist: Therapist) -> bool:
    return therapist.life in (Therapist.Life.PUBLISHED, Therapist.Life.SUSPENDED)


def _closed(request: HttpRequest) -> HttpResponse:
    """The same page for a link that was used, has ended or never was."""
    context = {"form": NewLinkForm(label_suffix=""), "link_days": LINK_DAYS}
    return render(request, "directory/listing_closed.html", context, status=410)


def _thanks(what: str) -> HttpResponse:
    return redirect("directory:listing_thanks", what=what)
