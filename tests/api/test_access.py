"""Every address of the API against every caller and method. An address that is missing here fails the test."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from tests.api.conftest import IssueKey, client_with
from tests.factories import TherapistFactory

READ, CREATE = "directory:read", "matches:create"
INTAKE = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual"}


class Address(NamedTuple):
    route: str
    example: str
    method: str  # the only one it takes, beside HEAD (of a GET) and OPTIONS
    open_to: frozenset[str]  # scopes, any one of them; empty: open to everyone
    body: Any = None


ADDRESSES = [
    Address("api/v1/taxonomy/", "/api/v1/taxonomy/", "GET", frozenset({READ, CREATE})),
    Address("api/v1/therapists/", "/api/v1/therapists/", "GET", frozenset({READ})),
    Address("api/v1/therapists/<slug:slug>/", "/api/v1/therapists/ada/", "GET", frozenset({READ})),
    Address("api/v1/instruments/", "/api/v1/instruments/", "GET", frozenset({READ, CREATE})),
    Address("api/v1/instruments/<slug:code>/", "/api/v1/instruments/closeness-12/", "GET", frozenset({READ, CREATE})),
    Address(
        "api/v1/instruments/<slug:code>/score/",
        "/api/v1/instruments/closeness-12/score/",
        "POST",
        frozenset({CREATE}),
        {"responses": {}},
    ),
    Address("api/v1/matches/", "/api/v1/matches/", "POST", frozenset({CREATE}), INTAKE),
    Address(
        "api/v1/matches/compare/",
        "/api/v1/matches/compare/",
        "POST",
        frozenset({CREATE}),
        {"intake": INTAKE, "therapists": ["ada", "ben"]},
    ),
    Address("api/v1/schema/", "/api/v1/schema/", "GET", frozenset()),
    Address("api/v1/docs/", "/api/v1/docs/", "GET", frozenset()),
]
CATCH_ALL = "^api/"  # answers 404 to all, tests/api/test_problems.py
CALLERS = {
    "anonymous": None,
    "garbage key": None,
    "expired key": None,
    "revoked key": None,
    "key to read": {READ},
    "key to match": {CREATE},
    "key to both": {READ, CREATE},
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@pytest.fixture
def callers(key_with: IssueKey) -> dict[str, APIClient]:
    past = timezone.now() - dt.timedelta(days=1)
    return {
        "anonymous": APIClient(),
        "garbage key": client_with("garbage"),
        "expired key": client_with(key_with(expires_at=past)),
        "revoked key": client_with(key_with(revoked_at=past)),
        "key to read": client_with(key_with(READ)),
        "key to match": client_with(key_with(CREATE)),
        "key to both": client_with(key_with(READ, CREATE)),
    }


def expected_status(address: Address, method: str, scopes: set[str] | None) -> int:
    if address.open_to and scopes is None:
        return 401
    if address.open_to and not scopes & address.open_to:  # type: ignore[operator]
        return 403
    takes = {address.method, "OPTIONS"} | ({"HEAD"} if address.method == "GET" else set())
    return 200 if method in takes else 405


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.route)
def test_address_is_open_to_whom_it_should_be(callers: dict[str, APIClient], address: Address, method: str) -> None:
    TherapistFactory(slug="ada")
    TherapistFactory(slug="ben")
    seen = {
        name: caller.generic(
            method,
            address.example,
            caller._encode_data(address.body, "json")[0]
            if method in {"POST", "PUT", "PATCH"} and address.body
            else b"",
            content_type="application/json",
        ).status_code
        for name, caller in callers.items()
    }
    assert seen == {name: expected_status(address, method, scopes) for name, scopes in CALLERS.items()}


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.route)
def test_method_cannot_be_overridden_by_a_header(callers: dict[str, APIClient], address: Address) -> None:
    other = "GET" if address.method == "POST" else "POST"
    response = callers["key to both"].generic(
        other, address.example, b"{}", content_type="application/json", HTTP_X_HTTP_METHOD_OVERRIDE=address.method
    )
    assert response.status_code == 405


def test_every_address_of_the_api_stands_in_the_table() -> None:
    served = {route for route in routes_of(get_resolver().url_patterns) if route.lstrip("^").startswith("api/")}
    assert served == {address.route for address in ADDRESSES} | {CATCH_ALL}


def routes_of(patterns: list[Any], before: str = "") -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += routes_of(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            found.append(before + str(pattern.pattern))
    return found
