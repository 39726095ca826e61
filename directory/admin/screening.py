"""The queue of sentences that the harmful-practice screen asks about. A curator decides, with a reason on record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from directory import actions
from directory.admin.life import MAY_PUBLISH, staff
from directory.admin.queues import waiting_flags
from directory.models import ScreeningFlag


class DecisionForm(forms.ModelForm):
    decision = forms.ChoiceField(
        choices=[
            (ScreeningFlag.Decision.CLEARED, "Clear: the sentence is harmless here"),
            (ScreeningFlag.Decision.UPHELD, "Uphold: the practice is offered, the profile stays unlisted"),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text="Why, in a sentence that the next curator understands. It stays on record.",
    )

    class Meta:
        model = ScreeningFlag
        fields: list[str] = []  # the action writes, not the form


class DecisionFilter(admin.SimpleListFilter):
    """Open flags first: the page is a queue."""

    title = "decision"
    parameter_name = "decision"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("cleared", "Cleared"), ("upheld", "Upheld"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "Open",
        }
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        if self.value() in ("cleared", "upheld"):
            return queryset.filter(decision=self.value())
        return queryset.filter(pk__in=waiting_flags(timezone.localdate()).values("pk"))


@admin.register(ScreeningFlag)
class ScreeningFlagAdmin(admin.ModelAdmin):
    form = DecisionForm
    list_display = ["sentence", "term", "tier", "therapist", "field", "found_on", "decision"]
    list_filter = [DecisionFilter, "tier", "field"]
    list_select_related = ["therapist"]
    search_fields = ["therapist__name", "term", "sentence"]
    ordering = ["-tier", "found_on", "pk"]
    show_full_result_count = False
    readonly_fields = ["sentence", "term", "tier", "field", "profile", "found_on", "decided_by", "decided_at"]
    change_form_template = "directory/admin/screening_flag.html"
    fieldsets = [
        ("What was found", {"fields": ["sentence", "term", "tier", "field", "profile", "found_on"]}),
        ("Your decision", {"fields": ["decision", "reason", "decided_by", "decided_at"]}),
    ]

    @admin.display(description="profile")
    def profile(self, flag: ScreeningFlag) -> str:
        url = reverse("admin:directory_therapist_change", args=[flag.therapist_id])
        return format_html('<a href="{}">{}</a>', url, flag.therapist)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of a flag. One that asks which EFT is meant has an answer for each of the two, one click away."""
        if request.method == "POST" and "eft" in request.POST and object_id is not None:
            return self._answer_eft(request, object_id)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kw: Any) -> HttpResponse:
        flag = kw.get("obj")
        if flag is not None and flag.asks_which_eft() and self.has_change_permission(request, flag):
            context["asks_which_eft"] = True
        return super().render_change_form(request, context, *args, **kw)

    def _answer_eft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        flag = self.get_object(request, unquote(object_id))
        if flag is None:
            raise Http404
        if not self.has_change_permission(request, flag):
            raise PermissionDenied
        try:
            actions.answer_eft(flag=flag, by=staff(request), meant=request.POST["eft"], at=timezone.now())
        except actions.NotAsked as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.log_change(request, flag, flag.reason)
            self.message_user(request, f"{flag.therapist}: {flag.reason}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:directory_screeningflag_changelist"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ScreeningFlag | None = None) -> bool:
        """What was upheld is changed only by who may publish: see actions.decide_flag."""
        allowed = super().has_change_permission(request, obj)
        upheld = obj is not None and obj.decision == ScreeningFlag.Decision.UPHELD
        return allowed and (not upheld or request.user.has_perm(MAY_PUBLISH))

    def save_model(self, request: HttpRequest, obj: ScreeningFlag, form: Any, change: bool) -> None:
        try:
            actions.decide_flag(
                flag=ScreeningFlag.objects.get(pk=obj.pk),  # as it is on record: the form has changed the one in hand
                by=staff(request),
                decision=form.cleaned_data["decision"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except actions.AlreadyDecided as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        if form.cleaned_data["decision"] == ScreeningFlag.Decision.UPHELD:
            self.message_user(
                request,
                f"{obj.therapist} stays out of the directory. Once the sentence is gone, clear the flag and say so.",
                messages.WARNING,
            )
