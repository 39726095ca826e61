"""Errors of the API as RFC 9457 problem details: one shape for whatever goes wrong under /api/.

`exception_handler` serves REST framework; `bad_request`, `not_found` and `server_error` answer where no view was
reached. Every `type` is a stable address that explains itself (`explain`). docs/api.md lists the kinds for partners.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
NON_FIELD = "non_field_errors"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of problem: what `type` names."""

    code: str
    status: int
    title: str
    remedy: str

    @property
    def type(self) -> str:
        return f"/problems/{self.code}"


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            code="validation",
            status=400,
            title="The request has values that cannot be used",
            remedy="`errors` names each one by query parameter or JSON pointer. Correct them and ask again.",
        ),
        Kind(
            code="malformed",
            status=400,
            title="The request cannot be read",
            remedy="Send one JSON document in UTF-8, with each key once and finite numbers.",
        ),
        Kind(
            code="unauthenticated",
            status=401,
            title="A valid key is needed",
            remedy="Send your partner key in the header `Authorization: Bearer KEY`. Keys can expire or be revoked.",
        ),
        Kind(
            code="forbidden",
            status=403,
            title="The key does not open this",
            remedy="Ask us for a key with the scope that `detail` names.",
        ),
        Kind(
            code="not-found",
            status=404,
            title="Nothing is here",
            remedy="Check the address. All addresses of the API end with a slash.",
        ),
        Kind(
            code="method-not-allowed",
            status=405,
            title="This address does not take that method",
            remedy="The `Allow` header lists the methods it takes.",
        ),
        Kind(
            code="not-acceptable",
            status=406,
            title="There is no answer in that format",
            remedy="Accept `application/json`.",
        ),
        Kind(
            code="gone",
            status=410,
            title="This profile has left the directory",
            remedy="Remove it from your pages and caches.",
        ),
        Kind(
            code="too-large",
            status=413,
            title="The request is too large",
            remedy="A request body may have 64 kB.",
        ),
        Kind(
            code="unsupported-media-type",
            status=415,
            title="The body has a type that is not understood",
            remedy="Send JSON with the header `Content-Type: application/json`.",
        ),
        Kind(
            code="too-many-requests",
            status=429,
            title="Too many requests",
            remedy="Wait for the seconds in `Retry-After`.",
        ),
        Kind(
            code="server-error",
            status=500,
            title="Something went wrong on our side",
            remedy="Nothing was stored. Try again later, and tell us when it stays.",
        ),
        Kind(
            code="unavailable",
            status=503,
            title="The service cannot answer at the moment",
            remedy="Wait for the seconds in `Retry-After`, then try again.",
        ),
    )
}
# A 400 is a "validation" problem, unless the document could not be read at all.
KIND_OF_STATUS = {kind.status: kind for kind in KINDS.values() if kind.code != "malformed"}


def exception_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Answer what a view raised; None lets an unknown fault reach `server_error`."""
    request: HttpRequest = context["request"]
    headers: dict[str, str] = {}
    match exception:
        case Http404():
            exception = exceptions.NotFound()
        case PermissionDenied():
            exception = exceptions.PermissionDenied()
        case RequestDataTooBig():
            set_rollback()
            return problem(request, KINDS["too-large"], "The body of the request is larger than 64 kB.")
        case SuspiciousOperation():
            set_rollback()
            return problem(request, KINDS["malformed"], KINDS["malformed"].title + ".")
        case OperationalError() | InterfaceError():
            return unavailable(request)
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    kind = KINDS["malformed"] if isinstance(exception, exceptions.ParseError) else KIND_OF_STATUS[exception.status_code]
    if header := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        headers["Retry-After"] = str(wait)
    if isinstance(exception, exceptions.MethodNotAllowed):
        headers["Allow"] = ", ".join(context["view"].allowed_methods)
    errors = None
    detail: Any = exception.detail
    if not isinstance(detail, str):
        errors = list(_errors(exception, context))
        detail = " ".join(_sentence(error) for error in errors)
    return problem(request, kind, str(detail), errors=errors, headers=headers)


def problem(
    request: HttpRequest,
    kind: Kind,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Give the answer itself. `instance` is the path alone: a query may hold what nobody should log."""
    body: dict[str, Any] = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": escape_uri_path(request.path),
        "errors": errors or [],
    }
    return HttpResponse(json.dumps(body), status=kind.status, content_type=CONTENT_TYPE, headers=headers)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, KINDS["malformed"], KINDS["malformed"].title + ".")


@csrf_exempt  # answers to any method, from any caller
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = "There is nothing at this address."
    if not request.path.endswith("/"):
        try:
            resolve(request.path_info + "/")
        except Resolver404:
            pass
        else:
            detail = "Addresses of the API end with a slash: add one."
    return problem(request, KINDS["not-found"], detail)


def unavailable(request: HttpRequest) -> HttpResponse:
    return problem(request, KINDS["unavailable"], "The database cannot be reached.", headers={"Retry-After": "30"})


def server_error(request: HttpRequest) -> HttpResponse:
    # Django calls this inside its `except`, so the exception is still at hand.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return problem(request, KINDS["server-error"], "The fault is ours. Nothing was stored.")


def explain(request: HttpRequest, code: str) -> HttpResponse:
    """Show the page behind the `type` of a problem."""
    if code not in KINDS:
        raise Http404
    return render(request, "problem.html", {"kind": KINDS[code]})


def _errors(exception: exceptions.APIException, context: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Flatten nested details to `{pointer | parameter, code, detail}`.

    A name is a query parameter when the exception says so (`in_query`), when the request has no body (GET), or when
    the view declares it among its `query_parameters`; else it is a place in the JSON body.
    """
    declared = getattr(context["view"], "query_parameters", ())
    everything_in_query = getattr(exception, "in_query", context["request"].method in {"GET", "HEAD", "OPTIONS"})
    for path, error in _leaves(exception.detail):
        if path and (everything_in_query or path[0] in declared):
            place = {"parameter": path[0]}
        else:
            place = {"pointer": "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in path)}
        yield {**place, "code": str(error.code), "detail": str(error)}


def _leaves(detail: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], exceptions.ErrorDetail]]:
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _leaves(value, path if key == NON_FIELD else (*path, str(key)))
    elif isinstance(detail, list):
        for index, value in enumerate(detail):
            yield from _leaves(value, path if isinstance(value, str) else (*path, str(index)))
    else:
        yield path, detail


def _sentence(error: dict[str, str]) -> str:
    place = error.get("parameter") or error.get("pointer")
    return f"{place}: {error['detail']}" if place else error["detail"]
