"""The shortlist: slugs in a signed cookie of the visitor's browser. Nothing about it is stored here."""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "shortlist"
SALT = "directory.shortlist"
MOST = 20
MONTH = 30 * 24 * 3600


def slugs_of(request: HttpRequest) -> list[str]:
    """The slugs a visitor kept, oldest first. A cookie that was tampered with counts as empty."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=MONTH)
    except signing.BadSignature:
        return []
    return [str(slug) for slug in kept][:MOST]


def keep(request: HttpRequest, response: HttpResponse, slugs: list[str]) -> None:
    """Set the visitor's shortlist on this response: the newest twenty, without repeats."""
    kept = list(dict.fromkeys(slugs))[-MOST:]
    if not kept:
        response.delete_cookie(COOKIE)
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=SALT),
        max_age=MONTH,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
