"""What is kept of a failed sign-in: the name that was typed, and a stand-in for the address (directory/limits.py)."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest, QueryDict


class FailedSignIns(AxesDatabaseHandler):
    """Counts them as django-axes does, and stores neither the browser's name nor what else the request carried."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            return
        sent = request.GET, request.POST
        request.axes_user_agent = request.axes_http_accept = ""  # type: ignore[attr-defined]
        request.GET = request.POST = QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = sent
