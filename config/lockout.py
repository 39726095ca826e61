"""What is kept of a failed sign-in: the name that was typed, and a stand-in for the caller's address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest, QueryDict


def stand_in_address(request: HttpRequest) -> str:
    """A private IPv6 address that stands for the caller's own: the same caller gives the same one.

    django-axes stores it with a failed sign-in. Only who holds SECRET_KEY can test a guess. Behind an HTTPS proxy the
    caller is the last entry of X-Forwarded-For, the one which our own proxy wrote.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rsplit(",", 1)[-1].strip()
    digest = hmac.new(settings.SECRET_KEY.encode(), f"address of {address}".encode(), hashlib.sha256).digest()
    return str(ipaddress.IPv6Address(b"\xfd" + digest[:15]))


class FailedSignIns(AxesDatabaseHandler):
    """Counts them as django-axes does, and stores neither the browser's name nor what else the request carried."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        sent = request.GET, request.POST
        request.axes_user_agent = request.axes_http_accept = ""  # type: ignore[attr-defined]
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = sent
