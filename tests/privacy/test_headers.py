"""The headers of every answer: each address, each way in which it can answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.urls import URLPattern, URLResolver

from config.urls import urlpatterns
from tests.factories import TherapistFactory

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
# Swagger UI draws its arrows so.
POLICY_OF_DOCS = POLICY - {"img-src 'self'"} | {"img-src 'self' data:"}
ON_EVERY_ANSWER = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# What stands in an address where its route has a name: of a slug, and of anything else.
A_SLUG, A_NUMBER = "ada", "1"
STATIC = ["/static/site.css", "/static/favicon.svg", "/static/nothing-here.css"]
MET_ON_THE_WAY = [
    *(f"/wrong/{status}/" for status in (400, 403, 405, 410, 429, 500, 503)),
    "/nothing-here/",
    "/therapists",
]
MET_ON_THE_WAY += ["/api/v1/wrong/500/", "/api/v1/wrong/503/", "/api/v1/nothing-here/", "/api/v1/therapists"]
# Answers, sign-in, errors: never in a cache. The rest is the same for everyone.
PRIVATE = ("/match/", "/admin/")


def addresses() -> list[str]:
    """One address for every route of the site: a new one is here by itself."""
    return sorted({f"/{address}" for address in _addresses(urlpatterns)})


def _addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern) and "(?P<" not in text and not text.startswith("^"):
            yield _filled(text)


def _filled(route: str) -> str:
    return re.sub(r"<(\w+:)?\w+>", lambda name: A_SLUG if name[1] == "slug:" else A_NUMBER, route)


@pytest.fixture
def visitor(settings: Any, db: None) -> Client:
    settings.ROOT_URLCONF = "tests.error_urls"
    TherapistFactory(slug="ada")
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.fixture
def curator(visitor: Client) -> Client:
    visitor.force_login(User.objects.create_superuser("cora"))
    return visitor


def faults(response: Any, path: str) -> Iterator[str]:
    if response.streaming:
        response.getvalue()  # reads a static file to its end, which closes it
    headers = response.headers
    told = f"{response.status_code} from {path}"
    policy = POLICY_OF_DOCS if path == "/api/v1/docs/" else POLICY
    if {part.strip() for part in headers.get("Content-Security-Policy", "").split(";")} != policy:
        yield f"{told}: Content-Security-Policy is {headers.get('Content-Security-Policy')}"
    for name, value in ON_EVERY_ANSWER.items():
        if headers.get(name) != value:
            yield f"{told}: {name} is {headers.get(name)}"
    if (path.startswith(PRIVATE) or response.status_code >= 400) and "no-store" not in headers.get("Cache-Control", ""):
        yield f"{told}: may be kept in a cache"


def test_every_answer_of_every_address_carries_the_headers(visitor: Client) -> None:
    found: list[str] = []
    for path in [*addresses(), *STATIC, *MET_ON_THE_WAY]:
        found += faults(visitor.get(path), path)
        found += faults(visitor.post(path, {"answer": "7"}), path)  # 403 for want of a token, 405, 401, 404
    assert found == []


def test_every_page_of_the_desk_carries_the_headers(curator: Client) -> None:
    desk = [path for path in addresses() if path.startswith("/admin/") and path != "/admin/logout/"]
    assert [fault for path in desk for fault in faults(curator.get(path), path)] == []


def test_the_table_of_addresses_is_whole() -> None:
    assert {"/", "/match/results/", "/match/questions/1/", "/admin/login/", "/api/v1/docs/", "/livez"} <= {*addresses()}
    assert len(addresses()) > 100


def test_answers_without_a_database_carry_the_headers(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    cookies = f"draft={'A' * 43}; sessionid={'a' * 32}"
    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", refuse)
        for path in ("/therapists/", "/match/results/", "/admin/", "/readyz"):
            response = visitor.get(path, headers={"cookie": cookies})
            assert response.status_code == 503
            assert [*faults(response, path)] == []


def test_a_request_that_is_refused_at_the_door_carries_the_headers(visitor: Client, settings: Any) -> None:
    refused = visitor.get("/match/", headers={"host": "elsewhere.example"})
    settings.SECURE_SSL_REDIRECT = True
    sent_to_https, refused_before = (
        Client(raise_request_exception=False).get("/learn/", headers={"host": host})
        for host in ("testserver", "elsewhere.example")
    )
    assert (refused.status_code, sent_to_https.status_code, refused_before.status_code) == (400, 301, 400)
    assert [fault for response in (refused, sent_to_https, refused_before) for fault in faults(response, "/")] == []


def test_a_static_file_that_did_not_change_carries_the_headers(visitor: Client) -> None:
    first = visitor.get("/static/site.css")
    assert [*faults(first, "/static/site.css")] == []
    again = visitor.get("/static/site.css", headers={"if-modified-since": first.headers["Last-Modified"]})
    assert again.status_code == 304
    assert [*faults(again, "/static/site.css")] == []


# --- Clear-Site-Data --------------------------------------------------------------------------------------------------
def test_deleting_answers_empties_cache_and_storage_and_leaves_other_cookies(visitor: Client) -> None:
    client = Client()
    client.post("/match/questions/about/", {"about": "partner"})
    client.post("/shortlist/ada/", {"keep": "yes"})
    response = client.post("/match/questions/delete/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert response.headers["Cache-Control"] == "no-store"
    assert client.cookies["draft"].value == ""
    assert client.cookies["shortlist"].value != ""


def test_a_cookie_whose_draft_is_gone_is_deleted_as_well(visitor: Client) -> None:
    response = Client().post("/match/questions/delete/", headers={"cookie": f"draft={'A' * 43}; sessionid={'a' * 32}"})
    assert response.cookies["draft"]["max-age"] == 0
    assert "Clear-Site-Data" in response.headers


def test_signing_out_empties_cache_and_storage(visitor: Client) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("cora"))
    response = client.post("/admin/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.cookies["sessionid"].value == ""
