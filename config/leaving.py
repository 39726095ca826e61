"""The way out: all that a visit left behind is deleted, and a page that gives nothing away takes its place.

Why it is made like this, and what it cannot do: docs/decisions/0006-exit.md.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from assessments import drafts
from directory import shortlist

# Where a glance over the shoulder could hurt: these pages have the button.
SENSITIVE: Final = ("/match/", "/shortlist/", "/crisis/", "/therapists/")


def is_sensitive(path: str) -> bool:
    return path.startswith(SENSITIVE)


def sensitive_page(request: HttpRequest) -> dict[str, bool]:
    """Tell every template whether its page has the button (a context processor)."""
    return {"is_sensitive": is_sensitive(request.path)}


# Without a token: one that expired with an old page must not hold up somebody who has to leave. Other sites are kept
# out by `is_from_elsewhere`, and without the visitor's cookies, which are SameSite=Lax, they could delete nothing here.
@csrf_exempt
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the visit, and go where nothing shows what it was about."""
    response = redirect("soup")
    response.status_code = 303
    forget_visit(request, response)
    return response


@cache_control(no_store=True)
@require_POST
@transaction.atomic
def put_away(request: HttpRequest) -> HttpResponse:
    """Make this browser forget the answers, which wait for their return code, and the shortlist, which does not."""
    response = redirect("assessments:left")
    draft = drafts.open_draft(request)
    if draft is not None:
        draft.leave(response)
    response.delete_cookie(shortlist.COOKIE, samesite="Lax")
    return response


@require_safe
def soup(request: HttpRequest) -> HttpResponse:
    """A recipe. Somebody looks over the visitor's shoulder."""
    return render(request, "soup.html")


@cache_control(no_store=True)
@require_safe
def pot(request: HttpRequest) -> HttpResponse:
    """The picture above the recipe. While it loads, the browser forgets the pages of ours that it could show again.

    That can take Chromium seconds, and whatever carries the header waits for it: the picture may, leaving may not.
    """
    response = render(request, "pot.svg", content_type="image/svg+xml")
    response["Clear-Site-Data"] = '"cache"'
    return response


def forget_visit(request: HttpRequest, response: HttpResponse) -> None:
    """Delete the draft and the cookies by which a visitor could be recognized or a form sent again.

    Raises PermissionDenied when another site asks.
    """
    if is_from_elsewhere(request):
        raise PermissionDenied("Another site may not end a visit.")
    drafts.forget(request, response)
    # By name, not `Clear-Site-Data: "cookies"`, which would also empty the cookies of every other site under the same
    # domain and sign staff out. Without the token's cookie the browser cannot send an old form again.
    for name in (shortlist.COOKIE, settings.CSRF_COOKIE_NAME):
        response.delete_cookie(name, samesite="Lax")
    response["Clear-Site-Data"] = '"storage"'  # "cache" follows with the recipe's picture: see `pot`


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether the browser says that another site sent this. Old browsers say nothing, and send no Lax cookie either."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
