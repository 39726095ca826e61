"""The queue of proposals from NPPES: what the public register says otherwise, accepted or declined by a curator."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from directory import actions
from directory.admin.life import staff
from directory.admin.nppes_in_bulk import BulkDecisions
from directory.admin.screening import DecisionFilter
from directory.curation.nppes_decisions import CannotAccept, what_it_changes
from directory.models import NppesProposal

Decision = NppesProposal.Decision
RIVALS = "Another row, or another profile, fits as well: only one can be right."


class ProposalForm(forms.ModelForm):
    verdict = forms.ChoiceField(
        label="Decision",
        choices=[(Decision.ACCEPTED, "Accept"), (Decision.DECLINED, "Decline: the profile stays as it is")],
        widget=forms.RadioSelect,
    )
    because = forms.CharField(
        label="Reason",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Needed to decline. It stays on record with your name.",
    )
    with_street = forms.BooleanField(
        label="With the street",
        required=False,
        help_text="Tick only if you know that it is an office: in NPPES it often is the home.",
    )

    class Meta:
        model = NppesProposal
        fields: list[str] = []  # the actions write, not the form

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("verdict") == Decision.DECLINED and not cleaned.get("because", "").strip():
            self.add_error("because", "Say why: the reason stays on record.")
        return cleaned


class ProposalDecisionFilter(DecisionFilter):
    """Open proposals first: the page is a queue."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("accepted", "Accepted"), ("declined", "Declined"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        match self.value():
            case "all":
                return queryset
            case "accepted" | "declined" as decision:
                return queryset.filter(decision=decision)
        return queryset.waiting()


class StateFilter(admin.AllValuesFieldListFilter):
    """By the state of the license or the office, or the state in which the therapist has the first license."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "state"


@admin.register(NppesProposal)
class NppesProposalAdmin(BulkDecisions):
    form = ProposalForm
    change_list_template = "directory/admin/nppes_list.html"
    list_display = ["what", "profile", "before", "after", "to_know", "row_updated_on"]
    list_filter = [ProposalDecisionFilter, "kind", "field", ("jurisdiction", StateFilter)]
    list_select_related = ["therapist"]
    list_per_page = 50
    search_fields = ["therapist__name", "npi__exact", "theirs"]
    search_help_text = "Part of a therapist's name or of their value, or a whole NPI"
    show_full_result_count = False
    readonly_fields = [
        "profile", "what", "before", "after", "to_know", "changes", "street", "npi", "row_updated_on", "file_name",
        "file_date", "decision", "reason", "decided_by", "decided_at",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[NppesProposal]:
        return NppesProposal.objects.with_rivals()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("therapist__name", "therapist_id", "field", "id")

    def get_fieldsets(self, request: HttpRequest, obj: NppesProposal | None = None) -> Any:
        said = ["profile", "what", "before", "after", "to_know"]
        source = ["npi", "row_updated_on", "file_name", "file_date"]
        decided = ["decision", "reason", "decided_by", "decided_at"]
        if obj is None or obj.decision != Decision.OPEN or not self.has_change_permission(request, obj):
            decision = {"fields": decided}
        else:
            street = (
                ["street", "with_street"]
                if obj.field == NppesProposal.Field.OFFICE and obj.values.get("street")
                else []
            )
            decision = {"fields": ["changes", "verdict", *street, "because"]}
        return [
            ("What NPPES says", {"fields": said}),
            ("Where it says so", {"fields": source}),
            ("Decision" if decision["fields"] == decided else "Your decision", decision),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Proposals from NPPES", **(extra_context or {})})

    # --- Columns ------------------------------------------------------------------------------------------------------
    @admin.display(description="proposal", ordering="kind")
    def what(self, proposal: NppesProposal) -> str:
        return proposal.what

    @admin.display(description="profile says")
    def before(self, proposal: NppesProposal) -> str:
        return proposal.ours or "nothing"

    @admin.display(description="NPPES says")
    def after(self, proposal: NppesProposal) -> SafeString:
        return format_html('<strong class="theirs">{}</strong>', proposal.theirs)

    @admin.display(description="street in NPPES")
    def street(self, proposal: NppesProposal) -> str:
        return str(proposal.values.get("street", ""))

    @admin.display(description="to know")
    def to_know(self, proposal: NppesProposal) -> str:
        return f"{RIVALS if getattr(proposal, 'has_rivals', False) else ''} {proposal.note}".strip()

    @admin.display(description="accepting")
    def changes(self, proposal: NppesProposal) -> str:
        return what_it_changes(proposal)

    @admin.display(description="profile")
    def profile(self, proposal: NppesProposal) -> SafeString:
        url = reverse("admin:directory_therapist_change", args=[proposal.therapist_id])
        therapist = proposal.therapist
        return format_html('<a href="{}">{}</a> ({})', url, therapist, therapist.get_life_display().lower())

    # --- Deciding -----------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        said = form.cleaned_data
        try:
            if said.get("verdict") == Decision.DECLINED:
                actions.decline_proposal(proposal=obj, by=staff(request), at=timezone.now(), reason=said["because"])
            else:
                actions.accept_proposal(
                    proposal=obj,
                    by=staff(request),
                    at=timezone.now(),
                    reason=said["because"],
                    with_street=said.get("with_street", False),
                )
        except CannotAccept as refusal:
            obj.refused = str(refusal)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if hasattr(obj, "refused"):
            return None
        return super().log_change(request, obj, f"{obj.get_decision_display()}. {obj.reason}".strip())

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if hasattr(obj, "refused"):
            self.message_user(request, f"Not done. {obj.refused}", messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.message_user(request, f"{obj.get_decision_display()}: {obj.therapist}, {obj.what}.", messages.SUCCESS)
        return self.response_post_save_change(request, obj)
