"""The still pages, the pages of errors, and the two addresses a load balancer asks."""

from __future__ import annotations

import datetime as dt
import functools
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from assessments import drafts
from config import problems
from config.crisis_lines import CRISIS_LINES
from config.leaving import forget_visit, is_sensitive
from directory import shortlist
from directory.models import DirectoryFigures
from directory.models.report import REPORT_KEPT, TEXT_KEPT

YOUTH_LINES = {"988", "988-spanish", "crisis-text-line", "childhelp", "trevor"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page. Says what share of the listings leads to somebody, as it was last counted."""
    try:
        figures = DirectoryFigures.objects.for_public(on=timezone.localdate())
    except (OperationalError, InterfaceError):  # the way to help needs no database, and neither does this page
        figures = None
    return render(request, "home.html", {"figures": figures})


@require_safe
def learn(request: HttpRequest) -> HttpResponse:
    return render(request, "learn.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    day = dt.timedelta(days=1)
    periods = {
        "idle_hours": drafts.IDLE // dt.timedelta(hours=1),
        "hard_days": drafts.HARD // day,
        "shortlist_days": dt.timedelta(seconds=shortlist.MONTH) // day,
        "report_text_days": TEXT_KEPT // day,
        "report_days": REPORT_KEPT // day,
        "form_days": dt.timedelta(seconds=settings.CSRF_COOKIE_AGE) // day,
    }
    return render(request, "privacy.html", periods)


@require_safe
def crisis(request: HttpRequest) -> HttpResponse:
    return render(request, "crisis.html", {"lines": CRISIS_LINES})


@csrf_exempt  # as for leaving: a token would need a cookie, and forget_visit keeps other sites out
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def under_18(request: HttpRequest) -> HttpResponse:
    """Help for young people. Whoever comes by the button on the start page leaves nothing behind."""
    if request.method == "POST":
        response = redirect("under_18")
        forget_visit(request, response)
        response["Clear-Site-Data"] = drafts.CLEAR_SITE_DATA  # nobody waits for this page in fear
        return response
    return render(request, "under_18.html", {"lines": [line for line in CRISIS_LINES if line["code"] in YOUTH_LINES]})


# --- When something went wrong ----------------------------------------------------------------------------------------
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.bad_request(request, exception) if _is_api(request) else _error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problems.not_found(request, exception) if _is_api(request) else _error_page(request, 404)


def method_not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """A page in the place of Django's empty answer, such as for a form's address that was opened as a page."""
    if _is_api(request) or refused.content:
        return refused
    response = _error_page(request, 405)
    response["Allow"] = refused["Allow"]
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the database cannot be reached, else 500, wherever it was raised.

    Django calls this inside its `except`, for views and middleware alike, so the exception is still at hand.
    """
    if _is_api(request):
        return problems.server_error(request)
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _error_page(request, 503)
        response["Retry-After"] = "30"
        return response
    return _error_page(request, 500)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _error_page(request: HttpRequest, status: int) -> HttpResponse:
    # Rendered without the request: no context processor, session or user can fail a second time.
    page = render_to_string(f"{status}.html", {"is_sensitive": is_sensitive(request.path)})
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


# --- For the load balancer --------------------------------------------------------------------------------------------
@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """The process answers. Says nothing about the database: a restart would not help it."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """The database answers and has every migration of this release; else 503."""
    try:
        missing = _last_migrations() - MigrationRecorder(connection).applied_migrations().keys()
    except (OperationalError, InterfaceError):
        return JsonResponse({"status": "database unreachable"}, status=503)
    if missing:
        return JsonResponse({"status": "migrations missing"}, status=503)
    return JsonResponse({"status": "ok"})


@functools.cache
def _last_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
