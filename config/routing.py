"""Where a query goes: requests that only read get the published directory from a replica, all else from the primary.

Only used when DATABASE_REPLICA_URLS is set. What must hold at once stays on the primary: partners' keys, staff,
sessions, drafts, everything a request reads after it wrote or within a transaction, and every command.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from config import replicas
from directory import models
from directory.models.taxonomy import VOCABULARIES

#: What may come from a replica. A model that is not named here is read from the primary.
PUBLISHED: Final[frozenset[type[Model]]] = frozenset(
    {
        models.Change,
        models.CompactPrivilege,
        models.Evidence,
        models.License,
        models.PastCard,
        models.PracticeLocation,
        models.SearchCard,
        models.SearchRow,
        models.Therapist,
        models.TherapistApproach,
        models.TherapistConcern,
        models.ZipCentroid,
        *VOCABULARIES.values(),
    }
)


@dataclass
class Reading:
    """A request that only reads: from one server, so that what it shows is of one piece."""

    server: str | None = None  # chosen when the directory is first read

    def has_lost_its_replica(self) -> bool:
        """Whether it was a replica that failed. Then it rests, and the request can be answered again from elsewhere."""
        if self.server in (None, DEFAULT_DB_ALIAS) or not connections[self.server].errors_occurred:
            return False
        replicas.replicas.leave(self.server)
        return True


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


@contextlib.contextmanager
def reading() -> Iterator[Reading]:
    """In here the directory may be read from a replica: until something is written."""
    now = Reading()
    token = _reading.set(now)
    try:
        yield now
    finally:
        _reading.reset(token)


class Router:
    """Django's database router (DATABASE_ROUTERS)."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        now = _reading.get()
        if now is None or model not in PUBLISHED or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return DEFAULT_DB_ALIAS
        if now.server is None:
            now.server = replicas.replicas.choose()
        return now.server

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        if (now := _reading.get()) is not None:
            now.server = DEFAULT_DB_ALIAS  # from here on the request sees what it wrote
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True  # whichever server they were read from, it is one database

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class ReadFromReplicas:
    """Answer requests that only read with the help of a replica; when it is lost on the way, answer them again.

    These are GET and HEAD, and POST where the view says `only_reads`. Staff are known by their session's cookie, which
    nobody else has: whoever may have changed something a moment ago always reads from the primary.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not _only_reads(request, view):
            return None
        if request.method == "POST":
            with contextlib.suppress(RequestDataTooBig):  # the view says so
                _ = request.body  # kept, so that it can be read twice
        while True:  # each time another replica has failed, until it is the primary's turn
            with reading() as its:
                try:
                    response = view(request, *args, **kwargs)
                except (OperationalError, InterfaceError):
                    if not its.has_lost_its_replica():
                        raise
                else:
                    # REST framework has made an answer of the exception.
                    if response.status_code != 503 or not its.has_lost_its_replica():
                        return response


def _only_reads(request: HttpRequest, view: Callable[..., HttpResponse]) -> bool:
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    return request.method in {"GET", "HEAD"} or (
        request.method == "POST" and getattr(getattr(view, "cls", None), "only_reads", False)
    )
