"""What every request passes: one private log line, headers that keep a visit to this site, help on each page."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from config import pages

log = structlog.get_logger("requests")

Respond = Callable[[HttpRequest], HttpResponse]


class RequestLog:
    """Write method, path, status and time of each request: nothing a person typed or is known by."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        if settings.REQUEST_LOG:
            milliseconds = round((time.perf_counter() - start) * 1000, 1)
            path = _path_of_ours(request, response)
            log.info("request", method=request.method, path=path, status=response.status_code, ms=milliseconds)
        return response


def _path_of_ours(request: HttpRequest, response: HttpResponse) -> str:
    if request.path.startswith("/match/"):
        # Which page of the questions came next can tell what was answered.
        return "/match/…"
    # As the map of the site has it, without who or what was looked at: that part is somebody's choice, or was typed.
    if (match := request.resolver_match) is not None:
        return f"/{match.route}"
    is_file = request.path.startswith(settings.STATIC_URL) and response.status_code < 400
    return request.path if is_file else "unknown"


class PrivateHeaders:
    """Give every answer the headers of Django's SecurityMiddleware and two more: also those that never get that far.

    Static files, redirects to HTTPS and refused hosts are answered before or inside that middleware.
    """

    HEADERS = (
        ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
        ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("X-Content-Type-Options", "nosniff"),
    )

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.HEADERS:
            response.headers.setdefault(name, value)
        if response.status_code >= 400:  # an error may tell what was asked
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class NotAllowedPage:
    """Answer with a page, the crisis numbers on top, where a view takes no GET or no POST: Django has no handler405."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return pages.method_not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) else response
