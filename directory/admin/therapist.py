"""Profiles: the curators' main page. Finding one, reading where it stands, changing it, moving it through its life."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from directory import actions
from directory.admin.exporting import CsvExport
from directory.admin.importing import CsvImport
from directory.admin.life import CONDITIONS, LifeSteps
from directory.admin.picture import PictureOnTheDesk
from directory.admin.profile_history import ProfileHistory
from directory.admin.queues import LAPSING_DAYS, open_flags
from directory.admin.reviewing import ReviewPage
from directory.admin.therapist_filters import (
    ConfirmedFilter,
    EverythingFilter,
    LicensedInFilter,
    OpenFlagsFilter,
    QueueFilter,
)
from directory.admin.therapist_form import TherapistForm
from directory.admin.therapist_inlines import (
    CompactPrivilegeInline,
    LicenseInline,
    PracticeLocationInline,
    ScreeningFlagInline,
    TherapistConcernInline,
    VocabularyFields,
)
from directory.admin.training import TherapistApproachInline, TrainingConfirmation
from directory.admin.verifying import Verifying
from directory.curation.listing import why_not_listed
from directory.models import (
    License,
    PracticeLocation,
    ScreeningFlag,
    SearchCard,
    Therapist,
    TherapistApproach,
    TherapistConcern,
)
from directory.specialties import why_ticks_mean_nothing

NOT_STATED = "–"
WHY_OF_QUEUE = {"lapsed": ("why_now",), "to-review": ("why",), "lapsing": ("why_soon",)}


@admin.register(Therapist)
class TherapistAdmin(  # type: ignore[misc]
    VocabularyFields,
    CsvImport,
    CsvExport,
    ReviewPage,
    LifeSteps,
    Verifying,
    TrainingConfirmation,
    PictureOnTheDesk,
    ProfileHistory,
):
    form = TherapistForm
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    change_form_template = "directory/admin/therapist_form.html"
    import_export_change_list_template = "directory/admin/therapist_list.html"
    view_on_site = False  # a draft has no page; the form links to the page of those who have one

    list_display = [
        "name", "life", "licensed_in", "current_license", "accepting", "confirmed_on", "open_flags",
    ]  # fmt: skip
    list_filter = [
        QueueFilter, "life", "accepting_clients", ConfirmedFilter, OpenFlagsFilter, EverythingFilter, LicensedInFilter,
    ]  # fmt: skip
    search_fields = ["name", "email", "npi__exact", "external_id__exact", "licenses__number__exact"]
    search_help_text = "Part of a name or e-mail address, or a whole NPI, external id or license number"
    ordering = ["name", "pk"]
    list_per_page = 50
    show_full_result_count = False

    readonly_fields = [
        "life",
        "life_reason",
        "listed",
        "ticks",
        "public_page",
        "card",
        "picture_now",
        "created_at",
        "updated_at",
    ]
    autocomplete_fields = ["populations", "session_formats", "delivery_methods", "languages", "insurance_plans"]
    inlines = [
        LicenseInline,
        CompactPrivilegeInline,
        PracticeLocationInline,
        TherapistApproachInline,
        TherapistConcernInline,
        ScreeningFlagInline,
    ]
    fieldsets = [
        (
            "Where it stands",
            {
                "fields": ["life", "life_reason", "listed", "ticks", "public_page"],
                "description": "A profile is shown while it is published and every condition of being listed holds.",
            },
        ),
        (
            "Who they are",
            {"fields": [("name", "pronouns"), ("gender", "years_in_practice"), ("npi", "external_id"), "slug"]},
        ),
        ("How to reach them", {"fields": ["email", "phone", "website"]}),
        (
            "Consent and confirmation",
            {
                "fields": [("consented_on", "attested_on")],
                "description": "The day on which they agreed to be listed, and the day on which they last confirmed "
                "all facts. Without a fresh confirmation the profile leaves the directory by itself.",
            },
        ),
        (
            "In their own words",
            {
                "fields": ["headline", "bio"],
                "description": "Saving screens all texts of a profile for harmful practices.",
            },
        ),
        ("Picture", {"fields": ["picture_now", "new_picture", "remove_picture"]}),
        (
            "Whom they see, and how",
            {
                "fields": ["session_formats", "delivery_methods", "populations", "languages", "specialties_as_of"],
                "description": "Empty means not stated. A date is set to today when its facts change, "
                "unless you enter another one.",
            },
        ),
        ("Availability", {"fields": [("accepting_clients", "next_opening_on"), "availability_as_of"]}),
        ("Fees", {"fields": [("fee_min", "fee_max"), "sliding_scale", "fees_as_of"]}),
        ("Insurance", {"fields": ["insurance_plans", "insurance_as_of"]}),
        ("For the history", {"fields": ["change_reason", ("created_at", "updated_at")]}),
        ("Card, as partners and the list show it", {"fields": ["card"], "classes": ["collapse"]}),
    ]

    # --- The list -----------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Therapist]:
        """With what the columns of the list read: two more queries, however long the list; in a queue some more."""
        licenses = Prefetch("licenses", License.objects.select_related("jurisdiction"))
        waiting = Prefetch("screening_flags", open_flags(), to_attr="waiting_flags")
        why = CONDITIONS if request.GET.get("queue") in WHY_OF_QUEUE else ()
        return super().get_queryset(request).defer("search_document").prefetch_related(licenses, waiting, *why)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """In a queue of what is not listed, or soon will not be, also why."""
        return [*self.list_display, *WHY_OF_QUEUE.get(request.GET.get("queue", ""), ()), "review"]

    @admin.display(description="why")
    def why(self, therapist: Therapist) -> str:
        today = timezone.localdate()
        return " ".join(actions.why_not_published(therapist, on=today)) or "Nothing is missing."

    @admin.display(description="why")
    def why_now(self, therapist: Therapist) -> str:
        return " ".join(why_not_listed(therapist, on=timezone.localdate()))

    @admin.display(description=f"why, in {LAPSING_DAYS} days")
    def why_soon(self, therapist: Therapist) -> str:
        return " ".join(why_not_listed(therapist, on=timezone.localdate() + dt.timedelta(days=LAPSING_DAYS)))

    @admin.display(description="review")
    def review(self, therapist: Therapist) -> SafeString:
        url = reverse("admin:directory_therapist_review", args=[therapist.pk])
        return format_html('<a href="{}" aria-label="Review {}">Review</a>', url, therapist.name)

    @admin.display(description="licensed in")
    def licensed_in(self, therapist: Therapist) -> str:
        codes = sorted({license.jurisdiction.code for license in therapist.licenses.all()})
        return ", ".join(codes) or NOT_STATED

    @admin.display(description="accepting", ordering="accepting_clients")
    def accepting(self, therapist: Therapist) -> str:
        return therapist.accepting_clients or NOT_STATED

    @admin.display(description="confirmed", ordering="attested_on", empty_value="never")
    def confirmed_on(self, therapist: Therapist) -> dt.date | None:
        return therapist.attested_on

    @admin.display(description="license", boolean=True)
    def current_license(self, therapist: Therapist) -> bool:
        today = timezone.localdate()
        return any(license.is_current(today) for license in therapist.licenses.all())

    @admin.display(description="flags")
    def open_flags(self, therapist: Therapist) -> int | str:
        return len(therapist.waiting_flags) or NOT_STATED  # type: ignore[attr-defined]

    # --- The form -----------------------------------------------------------------------------------------------------
    def get_readonly_fields(self, request: HttpRequest, obj: Therapist | None = None) -> list[str]:
        beyond_review = obj is not None and obj.life not in (Therapist.Life.DRAFT, Therapist.Life.IN_REVIEW)
        return [*self.readonly_fields, *(["slug"] if beyond_review else [])]  # links to a published page keep working

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        therapist = kw.get("obj")
        if therapist is not None and context.get("has_change_permission", True):
            context["steps"] = self.steps_of(request, therapist)
        return super().render_change_form(request, context, *args, **kw)

    @admin.display(description="listed today")
    def listed(self, therapist: Therapist) -> str | SafeString:
        if therapist.pk is None:
            return NOT_STATED
        reasons = why_not_listed(therapist, on=timezone.localdate())
        published = therapist.life == Therapist.Life.PUBLISHED
        if published and not reasons:
            return "Yes."
        verdict = "No." if published else "No: it is not published."
        if not reasons:
            return f"{verdict} Nothing else is missing."
        items = format_html_join("", "<li>{}</li>", ((reason,) for reason in reasons))
        return format_html("{}<ul>{}</ul>", verdict, items)

    @admin.display(description="what the ticks say")
    def ticks(self, therapist: Therapist) -> str | SafeString:
        if therapist.pk is None:
            return NOT_STATED
        reasons = why_ticks_mean_nothing(therapist.stated_concerns.count(), therapist.stated_approaches.count())
        if not reasons:
            return "Enough to tell them from others."
        return format_html("They say everything.<ul>{}</ul>", format_html_join("", "<li>{}</li>", zip(reasons)))

    @admin.display(description="public page")
    def public_page(self, therapist: Therapist) -> str | SafeString:
        if therapist.life != Therapist.Life.PUBLISHED or not therapist.slug:
            return NOT_STATED
        try:
            return format_html('<a href="{0}">{0}</a>', therapist.get_absolute_url())
        except NoReverseMatch:
            return NOT_STATED

    @admin.display(description="card")
    def card(self, therapist: Therapist) -> str | SafeString:
        row = SearchCard.objects.filter(pk=therapist.pk).first()
        if row is None:
            return "There is none yet."
        rows = ((name.replace("_", " "), _readable(value)) for name, value in row.card.items())
        return format_html(
            '<table class="card-preview">{}</table>',
            format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', rows),
        )

    # --- Saving -------------------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Therapist, form: Any, change: bool) -> None:
        obj._change_reason = form.cleaned_data.get("change_reason") or ""  # type: ignore[attr-defined]  # simple_history reads it
        super().save_model(request, obj, form, change)
        self.change_picture(request, obj, form)
        self._screen(request, obj)  # always: an old version that is put back counts as unchanged

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        therapist, today = form.instance, timezone.localdate()
        if any(formset.has_changed() for formset in formsets if formset.model in (PracticeLocation, TherapistApproach)):
            self._screen(request, therapist)  # an address and the name of a training are texts of theirs, too
        specialties = [formset for formset in formsets if formset.model in (TherapistApproach, TherapistConcern)]
        changed = any(formset.has_changed() for formset in specialties)
        if changed and "specialties_as_of" not in form.changed_data and therapist.specialties_as_of != today:
            therapist.specialties_as_of = today
            therapist.save(update_fields=["specialties_as_of", "updated_at"])

    def _screen(self, request: HttpRequest, therapist: Therapist) -> None:
        found = actions.screen_texts(therapist=therapist, on=timezone.localdate())
        newest = therapist.screening_flags.order_by("-pk")[:found]
        for flag in reversed(newest):
            self.message_user(
                request,
                format_html(
                    "The screen asks about the {}: “{}” ({}). {}",
                    flag.field,
                    flag.sentence,
                    flag.term,
                    "The profile is not listed until this is decided." if flag.tier == ScreeningFlag.Tier.HOLD else "",
                ),
                messages.WARNING,
            )


def _readable(value: Any) -> str:
    match value:
        case None | [] | "":
            return "not stated"
        case list():
            return ", ".join(_readable(item) for item in value)
        case dict():
            return "; ".join(f"{name.replace('_', ' ')} {_readable(item)}" for name, item in value.items())
        case bool():
            return "yes" if value else "no"
    return str(value)
