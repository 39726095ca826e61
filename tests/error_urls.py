"""The site's own map, and addresses where things go wrong on purpose."""

from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_POST

from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def broken(request: HttpRequest, exception: type[Exception] | Exception) -> NoReturn:
    raise exception


def answered(request: HttpRequest, status: int) -> HttpResponse:
    return render(request, f"{status}.html", status=status)


urlpatterns = [
    path("wrong/400/", broken, {"exception": BadRequest}),
    path("wrong/403/", broken, {"exception": PermissionDenied}),
    path("wrong/405/", require_POST(answered), {"status": 405}),
    path("wrong/410/", answered, {"status": 410}),
    path("wrong/429/", answered, {"status": 429}),
    path("wrong/500/", broken, {"exception": ZeroDivisionError}),
    path("wrong/words/", broken, {"exception": ValueError("canary of a visitor")}),
    path("wrong/answered-503/", answered, {"status": 503}),
    path("wrong/503/", broken, {"exception": OperationalError}),
    path("match/wrong/500/", broken, {"exception": ZeroDivisionError}),
    path("match/wrong/503/", broken, {"exception": OperationalError}),
    path("api/v1/wrong/500/", broken, {"exception": ZeroDivisionError}),
    path("api/v1/wrong/words/", broken, {"exception": ValueError("canary of a visitor")}),
    path("api/v1/wrong/503/", broken, {"exception": OperationalError}),
    *urlpatterns,
]
