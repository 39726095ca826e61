"""Partners and their keys: issue one (shown once), see when it was used, revoke it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from directory import actions
from directory.models import Partner, PartnerKey, Scope


class IssueKeyForm(forms.Form):
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices,
        initial=list(Scope.values),
        widget=forms.CheckboxSelectMultiple,
        help_text="What the key opens. Give no more than the partner needs.",
    )
    expires_in_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3650,
        label="Expires in (days)",
        help_text="Empty: never. A key that ends is the safer one.",
    )

    def expires_at(self) -> dt.datetime | None:
        days = self.cleaned_data["expires_in_days"]
        return None if days is None else timezone.now() + dt.timedelta(days=days)


class PartnerKeyInline(admin.TabularInline):
    model = PartnerKey
    fields = readonly_fields = ("prefix", "opens", "state", "created_at", "expires_at", "revoked_at", "last_used_on")
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = "keys: the first characters only, the rest is known to the partner alone"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PartnerKey]:
        return super().get_queryset(request).order_by("-created_at", "-pk")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="opens")
    def opens(self, key: PartnerKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="works now", boolean=True)
    def state(self, key: PartnerKey) -> bool:
        return key.is_live(timezone.now())


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ["name", "contact_email", "live_keys", "created_at"]
    search_fields = ["name", "contact_email", "keys__prefix"]
    readonly_fields = ["created_at"]
    ordering = ["name"]
    inlines = [PartnerKeyInline]
    change_form_template = "directory/admin/partner_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partner]:
        now = timezone.now()
        live = Q(keys__isnull=False, keys__revoked_at__isnull=True) & (
            Q(keys__expires_at__isnull=True) | Q(keys__expires_at__gt=now)
        )
        return super().get_queryset(request).annotate(_live_keys=Count("keys", filter=live, distinct=True))

    @admin.display(description="keys that work", ordering="_live_keys")
    def live_keys(self, partner: Partner) -> int:
        return partner._live_keys  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        issue = path(
            "<path:object_id>/issue-key/",
            self.admin_site.admin_view(self.issue_key_view),
            name="directory_partner_issue_key",
        )
        return [issue, *super().get_urls()]

    # The key is in the answer to the POST and nowhere else: no session, no message, no log, no cache, no error report.
    @method_decorator(never_cache)
    @method_decorator(sensitive_variables("key", "context"))
    def issue_key_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        partner = self.get_object(request, unquote(object_id))
        if partner is None:
            raise Http404
        if not (self.has_change_permission(request, partner) and request.user.has_perm("directory.add_partnerkey")):
            raise PermissionDenied
        form = IssueKeyForm(request.POST if request.method == "POST" else None)
        key = None
        if request.method == "POST" and form.is_valid():
            key = actions.issue_key(partner=partner, scopes=form.cleaned_data["scopes"], expires_at=form.expires_at())
            self.log_change(request, partner, f"Issued the key {key.partition('.')[0]}….")
        context = {
            **self.admin_site.each_context(request),
            "title": f"Issue a key to {partner}",
            "opts": self.opts,
            "partner": partner,
            "form": form,
            "key": key,
        }
        return TemplateResponse(request, "directory/admin/issue_key.html", context)


@admin.register(PartnerKey)
class PartnerKeyAdmin(admin.ModelAdmin):
    list_display = ["prefix", "partner", "opens", "works_now", "created_at", "expires_at", "revoked_at", "last_used_on"]
    list_filter = ["partner", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["partner"]
    search_fields = ["prefix", "partner__name"]
    ordering = ["-created_at", "-pk"]
    fields = ["partner", "prefix", "opens", "works_now", "created_at", "expires_at", "revoked_at", "last_used_on"]
    actions = ["revoke"]

    @admin.display(description="opens")
    def opens(self, key: PartnerKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description="works now", boolean=True)
    def works_now(self, key: PartnerKey) -> bool:
        return key.is_live(timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a key is issued from its partner's page

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a revoked key stays on record

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("directory.change_partnerkey")

    @admin.action(description="Revoke: the keys stop working at once", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[PartnerKey]) -> None:
        at, revoked = timezone.now(), 0
        for key in queryset:
            if key.revoked_at is None:
                actions.revoke_key(key=key, at=at)
                self.log_change(request, key, "Revoked.")
                revoked += 1
        self.message_user(request, f"Revoked {revoked} of {len(queryset)} keys.", messages.SUCCESS)
