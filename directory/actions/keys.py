"""Keys of partners."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable

from django.db import transaction

from directory.models import (
    Partner,
    PartnerKey,
    Scope,
)


class UnknownScope(ValueError):
    """A scope that no view asks for; `scope` is what was named."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"{scope!r} is not a scope. The scopes are: {', '.join(Scope.values)}.")
        self.scope = scope


@transaction.atomic
def issue_key(*, partner: Partner, scopes: Iterable[str] = (), expires_at: dt.datetime | None = None) -> str:
    """Make a key for a partner and return it: this once, only its digest is kept. No scope named: all of them.

    Raises UnknownScope.
    """
    wanted = list(dict.fromkeys(scopes)) or list(Scope.values)
    for scope in wanted:
        if scope not in Scope.values:
            raise UnknownScope(scope)
    prefix = f"tmd_{secrets.token_urlsafe(6)}"
    key = f"{prefix}.{secrets.token_urlsafe(32)}"
    PartnerKey.objects.create(
        partner=partner,
        prefix=prefix,
        digest=hashlib.sha256(key.encode()).digest(),
        scopes=wanted,
        expires_at=expires_at,
    )
    return key


@transaction.atomic
def revoke_key(*, key: PartnerKey, at: dt.datetime) -> None:
    """Close a key from that moment on. A key that is already revoked keeps its first moment."""
    if key.revoked_at is None:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
