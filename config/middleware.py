"""What every request passes: one private log line."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

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
            # Which page of the questions came next can tell what was answered: help is shown right after some answers.
            path = "/match/…" if request.path.startswith("/match/") else request.path
            log.info("request", method=request.method, path=path, status=response.status_code, ms=milliseconds)
        return response
