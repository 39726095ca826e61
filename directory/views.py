"""The directory's pages: browse, a therapist, the visitor's shortlist."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from directory.api.filters import TherapistFilter
from directory.api.paging import PageForm
from directory.browse import BrowsePage, in_words
from directory.cards import cards_in_order_of
from directory.curation.pictures import CONTENT_TYPE
from directory.models import Change, DuplicateCandidate, Picture, Therapist
from directory.profile import ProfilePage
from directory.roster.current import current
from directory.roster.requirements import Requirements
from directory.shortlist import keep, slugs_of

PICTURE_KEPT = 7 * 24 * 3600  # seconds in a browser; longer would outlive a profile that left


class HtmxRequest(HttpRequest):
    """A request as django_htmx's middleware hands it on."""

    htmx: HtmxDetails


@require_safe
def browse(request: HtmxRequest) -> HttpResponse:
    """The listed therapists that meet the filters in the URL. A filter that makes no sense is named and left out."""
    on = localdate()
    filters = TherapistFilter(request.GET, queryset=Therapist.objects.all())
    paging = PageForm(request.GET)
    requirements = filters.to_requirements(on) if filters.is_valid() else Requirements(on=on)
    ordering = paging.order if paging.is_valid() else "rotation"
    page = BrowsePage(
        filters.in_codes(request.GET),
        requirements,
        current().select(requirements),
        ordering="rotation" if ordering == "distance" and requirements.near is None else ordering,
        number=paging.number if paging.is_valid() else 1,
    )
    response = render(
        request,
        "directory/browse.html",
        {"page": page, "filter_form": filters.form},
        status=200 if filters.is_valid() else 422,
    )
    return push_url(response, page.url) if request.htmx else response


@require_safe
def therapist(request: HttpRequest, slug: str) -> HttpResponse:
    """One profile; 410 for someone who was listed and is not any more, unless another profile of them is."""
    on = localdate()
    found = Therapist.objects.published(on=on).with_profile().with_evidence().with_slug(slug)
    if found is None:
        return not_listed(request, slug)
    return render(
        request,
        "directory/therapist.html",
        {"therapist": found, "profile": ProfilePage(found, on=on), "kept": slug in slugs_of(request)},
    )


def not_listed(request: HttpRequest, slug: str) -> HttpResponse:
    """What is at the address of who is not listed: the profile it was merged into, or 410 for who was listed once.

    Raises Http404 for an address that nobody ever had.
    """
    kept = DuplicateCandidate.objects.kept_instead_of(slug)
    if kept is not None and Therapist.objects.published(on=localdate()).with_slug(kept.slug or ""):
        return redirect(kept, permanent=True)
    if Therapist.objects.once_listed().with_slug(slug) or Change.objects.about(slug).exists():
        return render(request, "410.html", status=410)
    raise Http404("No therapist has this address.")


@cache_control(private=True, max_age=PICTURE_KEPT, immutable=True)  # its address changes when the picture does
@require_safe
def picture(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture of a listed therapist."""
    shown = Picture.objects.filter(therapist__in=Therapist.objects.published(on=localdate()).filter(slug=slug)).first()
    if shown is None:
        raise Http404("No picture has this address.")
    response = HttpResponse(bytes(shown.content), content_type=CONTENT_TYPE)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # partners show it on their own pages
    return response


@cache_control(no_store=True)  # "Leave this site now" empties it: Back asks again
@require_safe
def shortlist(request: HttpRequest) -> HttpResponse:
    """The therapists a visitor kept, as far as they are still listed."""
    slugs = slugs_of(request)
    on = localdate()
    ids = Therapist.objects.published(on=on).ids_of_slugs(slugs)
    cards = [in_words(card) | {"kept": True} for card in cards_in_order_of(ids, on=on)]
    return render(request, "directory/shortlist.html", {"cards": cards, "gone": len(slugs) - len(cards)})


@require_POST
def change_shortlist(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a therapist, or take one off, and go back to where that was asked."""
    slugs = [kept for kept in slugs_of(request) if kept != slug]
    keeping = request.POST.get("keep") == "yes"
    if keeping:
        if not Therapist.objects.published(on=localdate()).with_slug(slug):
            raise Http404("No therapist has this address.")
        slugs.append(slug)
    response = redirect("directory:therapist", slug=slug) if keeping else redirect("directory:shortlist")
    keep(request, response, slugs)
    return response
