"""What goes wrong on the server of the sweep: accidents in the middle of a request, and planted leaks.

An accident happens to a real request at its real address: the header X-Accident names it. It has all that the request
carries in its local variables, as a careless view would. A planted leak writes the body of its request into one sink.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import structlog
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.mail import send_mail
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from assessments.drafts import start_draft
from assessments.models import Draft
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from directory.models import Therapist

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

LOCK = 7  # the test holds it while "a lock that stays held" waits for it


# --- Accidents --------------------------------------------------------------------------------------------------------
def raised(kind: type[BaseException]) -> Callable[[str], NoReturn]:
    def accident(words: str) -> NoReturn:
        raise kind(words)

    return accident


def end_of_the_worker(words: str) -> NoReturn:
    raise SystemExit(1)


def broken_constraint(words: str) -> None:
    Draft.objects.create(digest=words.encode()[:32], ciphertext=words.encode(), hard_until="2026-01-01T00:00Z")


def value_of_the_wrong_type(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [words])


def statement_that_takes_too_long(words: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '50ms'")
        cursor.execute("SELECT pg_sleep(30), %s", [words])


def lock_that_stays_held(words: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '50ms'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s), %s", [LOCK, words])


def warning(words: str) -> None:
    warnings.warn(words, RuntimeWarning, stacklevel=1)


def library_that_logs(words: str) -> None:
    logging.getLogger("a.library").error("Cannot handle %s", words)
    logging.getLogger("django.request").warning("Cannot handle %s", words)


def thread_that_breaks(words: str) -> None:
    thread = threading.Thread(target=raised(ValueError), args=[words])
    thread.start()
    thread.join()


ACCIDENTS: dict[str, Callable[[str], object]] = {
    "a bug": raised(ValueError),
    "nothing here": raised(Http404),
    "not allowed": raised(PermissionDenied),
    "a bad request": raised(BadRequest),
    "a suspicion": raised(SuspiciousOperation),
    "a broken constraint": broken_constraint,
    "a value of the wrong type": value_of_the_wrong_type,
    "a statement that takes too long": statement_that_takes_too_long,
    "a lock that stays held": lock_that_stays_held,
    "a warning": warning,
    "a library that logs": library_that_logs,
    "a thread that breaks": thread_that_breaks,
    "the end of the worker": end_of_the_worker,
}


class Accidents:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if accident := request.headers.get("X-Accident"):
            body, sent, headers = request.body, dict(request.POST), dict(request.headers)
            ACCIDENTS[accident](f"{request.get_full_path()} {body.decode(errors='replace')} {sent} {headers}")


# --- Planted leaks: one for each sink of the server -------------------------------------------------------------------
def into_the_access_log(word: str) -> None:
    with (settings.SINKS / "access.log").open("a") as file:
        file.write(f'127.0.0.1 - - "GET /match/?{word} HTTP/1.1" 200\n')


def into_the_log_of_postgresql(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE LOG '{word}'; END $$")


def into_the_files_of_the_database(word: str) -> None:
    with connection.cursor() as cursor:  # gone from the tables at once, but not from the disk
        cursor.execute("CREATE TABLE passing AS SELECT %s AS word", [word])
        cursor.execute("DROP TABLE passing")


def into_the_history(word: str) -> None:
    therapist = Therapist.objects.order_by("pk")[0]
    therapist._change_reason = word  # type: ignore[attr-defined]
    therapist.save()


def into_the_admin_log(word: str) -> None:
    LogEntry.objects.create(user=User.objects.get(), action_flag=2, object_repr="-", change_message=word)


def into_a_draft_that_is_not_sealed(word: str) -> None:
    now = "2026-01-01T00:00Z"
    Draft.objects.create(digest=b"planted", ciphertext=word.encode(), idle_until=now, hard_until=now)


def into_a_temporary_file(word: str) -> None:
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(word)


LEAKS: dict[str, Callable[[str], object]] = {
    "application log": lambda word: structlog.get_logger().info("answers", body=word),
    "error output": lambda word: print(word, file=sys.stderr, flush=True),  # noqa: T201
    "access log": into_the_access_log,
    "log of PostgreSQL": into_the_log_of_postgresql,
    "dump of the database": lambda word: User.objects.update(first_name=word),
    "files of the database": into_the_files_of_the_database,
    "history": into_the_history,
    "admin log": into_the_admin_log,
    "failed sign-ins": lambda word: AccessAttempt.objects.create(username=word, failures_since_start=1),
    "drafts": into_a_draft_that_is_not_sealed,
    "mail": lambda word: send_mail("A question", word, None, ["curator@example.org"]),
    "cache": lambda word: cache.set("answers", {"words": word * 100}),
    "temporary files": into_a_temporary_file,
    "working directory": lambda word: Path(os.environ["SWEEP"], "work", "notes.txt").write_text(word),
}


@csrf_exempt
def plant(request: HttpRequest) -> HttpResponse:
    sink, _, word = request.body.decode().partition(":")
    response = HttpResponse()
    match sink:
        case "sessions":
            request.session["answers"] = word
        case "headers of answers":
            response["Location"] = f"/match/?{word}"
        case "error pages":
            return HttpResponse(word, status=500)
        case _:
            LEAKS[sink](word)
    return response


@csrf_exempt
def seal(request: HttpRequest) -> HttpResponse:
    """Keep what was sent where answers belong: in a draft."""
    draft = start_draft(request)
    draft.data["responses"] = {"words": request.body.decode()}
    response = HttpResponse()
    draft.save(response)
    return response


def cacheable(request: HttpRequest) -> HttpResponse:
    """A page that says in its text what stands in a header, and lets the browser keep it."""
    return HttpResponse(
        f"<title>{request.headers['X-Word']}</title><p>planted", headers={"Cache-Control": "max-age=600"}
    )


def worker(request: HttpRequest) -> HttpResponse:
    return HttpResponse("", content_type="text/javascript")


urlpatterns = [
    path("sweep/plant/", plant),
    path("sweep/worker.js", worker),
    path("sweep/seal/", seal),
    path("sweep/cacheable/", cacheable),
    *urlpatterns,
]
