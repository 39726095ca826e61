"""Pairs of profiles that may be of one person: side by side, then merged, or called two people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from directory import actions
from directory.admin.life import staff
from directory.curation.listing import why_not_listed
from directory.curation.merge_choices import BOTH, FACTS, GONE, KEEP, Fact, sides_of, usual_choice, value_of
from directory.curation.merging import CannotMerge
from directory.models import DuplicateCandidate, Therapist

MERGE = "directory.merge_therapist"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact of both profiles. `field` chooses; None where there is nothing to choose."""

    label: str
    kept: list[str]
    gone: list[str]
    field: forms.BoundField | None = None

    @property
    def differs(self) -> bool:
        return self.kept != self.gone


class DecisionForm(forms.Form):
    """Which side wins each fact that differs, and why."""

    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="How you know. Goes on record with your name.",
    )

    def __init__(self, *args: Any, keep: Therapist, gone: Therapist, **options: Any) -> None:
        super().__init__(*args, **options)
        labels = {KEEP: "left", GONE: "right", BOTH: "both"}
        for fact in differing(keep, gone):
            self.fields[fact.code] = forms.ChoiceField(
                choices=[(side, labels[side]) for side in sides_of(fact)],
                initial=usual_choice(fact, keep, gone),
                required=False,  # left out: the usual choice
                widget=forms.RadioSelect,
                label=fact.label,
            )


def differing(keep: Therapist, gone: Therapist) -> list[Fact]:
    return [fact for fact in FACTS if value_of(fact, keep) != value_of(fact, gone)]


class StateFilter(admin.SimpleListFilter):
    """Open pairs first: the page is a queue."""

    title = "decision"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("merged", "Merged"), ("different", "Different people"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Open",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(state=self.value() or DuplicateCandidate.State.OPEN)


@admin.register(DuplicateCandidate)
class DuplicateCandidateAdmin(admin.ModelAdmin):
    list_display = ["__str__", "score", "why", "found_on", "state", "decided_by"]
    list_filter = [StateFilter]
    list_select_related = ["a", "b"]
    search_fields = ["a__name", "b__name"]
    search_help_text = "Part of one of the two names"
    ordering = ["-score", "pk"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a pair that was called different would be asked about again

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The two profiles side by side. `?keep=b` puts the newer one on the left, which is the side that stays."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pair = DuplicateCandidate.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        if pair is None:
            raise Http404
        profiles = Therapist.objects.with_profile().prefetch_related("screening_flags")
        a, b = profiles.get(pk=pair.a_id), profiles.get(pk=pair.b_id)
        swapped = request.GET.get("keep") == "b"
        keep, gone = (b, a) if swapped else (a, b)
        form = DecisionForm(request.POST if request.method == "POST" else None, keep=keep, gone=gone)
        if form.is_bound:
            if not self.has_change_permission(request, pair):
                raise PermissionDenied
            if form.is_valid() and self._decide(request, pair, keep, gone, form):
                return HttpResponseRedirect(reverse("admin:directory_duplicatecandidate_changelist"))
        is_open = pair.state == DuplicateCandidate.State.OPEN
        context = {
            **self.admin_site.each_context(request),
            "title": "One person, or two?",
            "opts": self.opts,
            "pair": pair,
            "sides": [_about(keep), _about(gone)],
            "rows": _rows(keep, gone, form if is_open else None),
            "form": form,
            "is_open": is_open,
            "may_merge": is_open and request.user.has_perm(MERGE),
            "may_decide": is_open and self.has_change_permission(request, pair),
            "other_side": "?keep=a" if swapped else "?keep=b",
        }
        return TemplateResponse(request, "directory/admin/duplicate.html", context)

    def _decide(
        self, request: HttpRequest, pair: DuplicateCandidate, keep: Therapist, gone: Therapist, form: DecisionForm
    ) -> bool:
        choices = {name: side for name, side in form.cleaned_data.items() if name != "reason" and side}
        how: dict[str, Any] = {"by": staff(request), "reason": form.cleaned_data["reason"], "at": timezone.now()}
        try:
            if "merge" in request.POST:
                if not request.user.has_perm(MERGE):
                    raise PermissionDenied
                actions.merge_therapists(keep=keep, gone=gone, choices=choices, **how)
                said = f"Merged: {keep.name} stays, the other profile is archived."
                for therapist in (keep, gone):
                    self.log_change(request, therapist, f"Merged. {how['reason']}")
            else:
                actions.call_different(pair=pair, **how)
                said = "Two people. Nobody will be asked about them again."
                self.log_change(request, pair, f"Different people. {how['reason']}")
        except (CannotMerge, actions.AlreadyDecided) as problem:
            self.message_user(request, str(problem), messages.WARNING)
            return False
        self.message_user(request, said, messages.SUCCESS)
        return True


def _about(therapist: Therapist) -> dict[str, Any]:
    today = timezone.localdate()
    reasons = why_not_listed(therapist, on=today)
    listed = therapist.life == Therapist.Life.PUBLISHED and not reasons
    return {
        "therapist": therapist,
        "listed": "Listed today" if listed else f"Not listed: {therapist.get_life_display().lower()}",
        "page": therapist.get_absolute_url() if listed else "",
        "change": reverse("admin:directory_therapist_change", args=[therapist.pk]),
        "history": reverse("admin:directory_therapist_history", args=[therapist.pk]),
    }


def _rows(keep: Therapist, gone: Therapist, form: DecisionForm | None) -> list[Row]:
    chosen = [
        Row(
            label=fact.label,
            kept=value_of(fact, keep),
            gone=value_of(fact, gone),
            field=form[fact.code] if form is not None and fact.code in form.fields else None,
        )
        for fact in FACTS
    ]
    moved = [
        Row(label=label, kept=sorted(map(str, one)), gone=sorted(map(str, other)))
        for label, one, other in (
            ("Licenses", keep.licenses.all(), gone.licenses.all()),
            ("Privileges in other states", keep.compact_privileges.all(), gone.compact_privileges.all()),
            ("Offices", keep.locations.all(), gone.locations.all()),
            ("Flags of the screen", keep.screening_flags.all(), gone.screening_flags.all()),
        )
    ]
    dates = [
        Row(label=label, kept=_day(getattr(keep, name)), gone=_day(getattr(gone, name)))
        for label, name in (
            ("All facts confirmed", "attested_on"),
            ("Availability as of", "availability_as_of"),
            ("Fees as of", "fees_as_of"),
            ("Insurance as of", "insurance_as_of"),
            ("Ways of working as of", "specialties_as_of"),
        )
    ]
    return chosen + moved + dates


def _day(day: Any) -> list[str]:
    return [] if day is None else [day.isoformat()]
