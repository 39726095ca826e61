"""How often one caller may do what needs no account. Nothing here can be traced to a person afterwards."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import ipaddress

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from directory.models import Allowance


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


def is_allowed(what: str, who: str, *, most: int, per: dt.timedelta, at: dt.datetime) -> bool:
    """Count one more of `what` by or about `who`, and say whether that is within `most` in this span of time.

    Spans are whole ones (this hour, this day, in UTC), the same for all. Safe when many ask at once.
    """
    span = int(at.timestamp() // per.total_seconds())
    told = f"{what} of {who} in {per.total_seconds():.0f}:{span}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).digest()
    ends_at = dt.datetime.fromtimestamp((span + 1) * per.total_seconds(), dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Allowance._meta.db_table} AS old (digest, count, ends_at) VALUES (%s, 1, %s)"  # noqa: S608
            " ON CONFLICT (digest) DO UPDATE SET count = old.count + 1 RETURNING count",
            [digest, ends_at],
        )
        return bool(cursor.fetchone()[0] <= most)
