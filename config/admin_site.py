"""The stock admin as the curators' desk, with the second factor of staff in front of it."""

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django_otp.admin import OTPAdminSite


class DirectoryAdminSite(OTPAdminSite):
    site_title = site_header = "Therapist directory"
    index_title = "The curators' desk"
    site_url = "/"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        if not settings.STAFF_SECOND_FACTOR:
            # The demo signs in with a password alone; check --deploy warns when production does (config.W001).
            self.login_form = AdminAuthenticationForm
            self.login_template = "admin/login.html"

    def has_permission(self, request):  # type: ignore[no-untyped-def]
        if settings.STAFF_SECOND_FACTOR:
            return super().has_permission(request)
        return request.user.is_active and request.user.is_staff
