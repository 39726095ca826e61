"""Who calls the API: a partner, known by a key in the Authorization header."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from directory.models import Partner, PartnerKey

# prefix.secret, as actions.issue_key makes them. Scanners for leaked secrets look for the first four characters.
KEY = re.compile(r"(tmd_[A-Za-z0-9_-]{8})\.[A-Za-z0-9_-]{43}")
REFUSED = "This key is not valid. It may be mistyped, expired or revoked."


@dataclass(frozen=True)
class PartnerPrincipal:
    """The caller, as REST framework expects a user to be."""

    key: PartnerKey
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def partner(self) -> Partner:
        """Read from the database when asked for: no answer depends on it."""
        return self.key.partner

    @property
    def pk(self) -> int:
        return self.key.partner_id

    def __str__(self) -> str:
        return self.partner.name


class PartnerKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer prefix.secret`: `request.user` is the partner, `request.auth` the key.

    Unknown, malformed, expired and revoked keys get one and the same 401: nobody learns which keys exist.
    """

    def authenticate(self, request: Request) -> tuple[PartnerPrincipal, PartnerKey] | None:
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        key = find_key(text.strip(), at=timezone.now())
        if key is None:
            raise AuthenticationFailed(REFUSED)
        return PartnerPrincipal(key), key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def find_key(text: str, *, at: dt.datetime) -> PartnerKey | None:
    """The live key with this text, or None. Remembers the day of its use, with one write a day."""
    written = KEY.fullmatch(text)
    if written is None:
        return None
    key = PartnerKey.with_prefix(written[1])
    if key is None or not hmac.compare_digest(hashlib.sha256(text.encode()).digest(), bytes(key.digest)):
        return None
    if not key.is_live(at):
        return None
    if key.last_used_on != at.date():
        PartnerKey.objects.filter(pk=key.pk).update(last_used_on=at.date())
    return key
