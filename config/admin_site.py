"""The stock admin as the curators' desk: its queues on the first page, the second factor of staff in front of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_otp import devices_for_user
from django_otp.admin import OTPAdminAuthenticationForm, OTPAdminSite
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice

from assessments.drafts import CLEAR_SITE_DATA


class TwoFactorLoginForm(OTPAdminAuthenticationForm):
    """Name, password and one-time code in one step.

    django-otp asks which device the code is from. We read it off the code: six digits come from an authenticator app,
    anything else is a printed code. Only that device is tried, so no other one is slowed down by a miss.
    """

    otp_token = forms.CharField(
        label="One-time code",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )
    otp_error_messages = {
        **OTPAdminAuthenticationForm.otp_error_messages,
        "token_required": "Please enter the one-time code from your authenticator app, or a printed code.",
        "invalid_token": "This one-time code does not work. Please wait for the next one, and enter it.",
        "device_required": "No device fits this code. Ask an administrator to set one up for you.",
    }

    def _chosen_device(self, user: AbstractBaseUser) -> Device | None:
        chosen = super()._chosen_device(user)
        token = self.cleaned_data.get("otp_token") or ""
        if chosen is not None or not token:
            return chosen
        from_an_app = len(token) == 6 and token.isdecimal()
        fitting = [device for device in devices_for_user(user) if isinstance(device, StaticDevice) != from_an_app]
        return fitting[0] if len(fitting) == 1 else None

    def _update_form(self, user: AbstractBaseUser) -> None:
        super()._update_form(user)
        self.fields["password"].widget.render_value = False  # a page is no place for it


class DirectoryAdminSite(OTPAdminSite):
    site_title = site_header = "Therapist directory"
    index_title = "The curators' desk"
    site_url = "/"
    index_template = "admin/desk.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)

    # Without the second factor (the demo) staff sign in with a password alone; check --deploy warns (config.W001).
    @property
    def login_form(self) -> type[AdminAuthenticationForm]:
        return TwoFactorLoginForm if settings.STAFF_SECOND_FACTOR else AdminAuthenticationForm

    @property
    def login_template(self) -> str:
        return "admin/two_factor_login.html" if settings.STAFF_SECOND_FACTOR else "admin/login.html"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Keep every page of the desk out of caches: the ones that Django would let into them name who is signed in."""
        return super().admin_view(view)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = CLEAR_SITE_DATA
        return response

    def has_permission(self, request: HttpRequest) -> bool:
        if settings.STAFF_SECOND_FACTOR:
            return bool(super().has_permission(request))
        return request.user.is_active and request.user.is_staff

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The directory first: it is what curators come for. Then the rest in the order of Django."""
        return sorted(super().get_app_list(request, app_label), key=lambda app: app["app_label"] != "directory")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from directory.admin.overview import charts  # the models are not there yet when this module is read
        from directory.admin.queues import queues

        context: dict[str, Any] = {}
        if request.user.has_perm("directory.view_therapist"):
            on = timezone.localdate()
            context = {"queues": queues(on=on, user=request.user), "charts": charts(on=on), "shows_figures": True}
        return super().index(request, {**context, **(extra_context or {})})
