"""Which caller a failed sign-in counts against, without keeping the caller's address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest


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
