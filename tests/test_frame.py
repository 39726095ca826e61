"""The frame around every page: still pages, errors, health, headers, and words that a tired person can read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.template.loader import render_to_string
from django.test import Client

STILL = ["/", "/learn/", "/crisis/", "/privacy/"]
STATUSES = [400, 403, 404, 405, 410, 429, 500, 503]
STRIP = render_to_string("_crisis_strip.html").strip()


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.error_urls"
    return Client(raise_request_exception=False)


@pytest.fixture
def broken_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)


@pytest.mark.parametrize("path", STILL)
def test_still_page_needs_no_database(visitor: Client, path: str, broken_database: None) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    assert STRIP in response.content.decode()


MUST_REACH = [
    *("tel:988", "sms:988", "sms:741741?body=HOME", "sms:838255", "sms:988?body=AYUDA", "tel:911"),
    *("tel:+18007997233", "sms:88788?body=START"),
]


def test_crisis_page_reaches_whom_it_must_by_plain_links(visitor: Client) -> None:
    page = visitor.get("/crisis/").content.decode()
    for way in MUST_REACH:
        assert f'href="{way}"' in page, way
    for words in ("Call 988, then press 1", "Call 988, then press 2"):
        assert words in page, words


def test_crisis_page_leads_to_the_questions_below_the_lines(visitor: Client) -> None:
    main = visitor.get("/crisis/").content.decode().split("<main")[1].split("</main>")[0]
    assert main.rindex('href="tel:') < main.index('href="/match/"')


@pytest.mark.parametrize("status", STATUSES)
def test_error_page_says_so_in_plain_words_below_the_crisis_strip(visitor: Client, status: int) -> None:
    response = visitor.get(f"/wrong/{status}/")
    page = response.content.decode()
    assert response.status_code == status
    assert re.sub(r"\s+", " ", STRIP) in re.sub(r"\s+", " ", page)
    assert page.index("crisis-strip") < page.index("<h1>")
    assert "Steady Ground" in page


FORMS_ONLY = [
    *("/match/exit/", "/match/questions/delete/", "/match/questions/remove/", "/match/return/leave/"),
    *("/match/couple/invite/", "/match/couple/withdraw/"),
]


@pytest.mark.parametrize(("method", "path"), [*(("get", path) for path in FORMS_ONLY), ("post", "/crisis/")])
def test_address_that_takes_no_such_request_answers_with_a_page_as_well(
    visitor: Client, method: str, path: str
) -> None:
    # Without the fixture `db`, any query would raise.
    response = getattr(visitor, method)(path)
    page = response.content.decode()
    assert response.status_code == 405
    assert response.headers["Allow"] == ("POST" if method == "get" else "GET, HEAD")
    assert "no-store" in response.headers["Cache-Control"]
    assert page.index("crisis-strip") < page.index('action="/match/exit/"') < page.index("<h1>")


@pytest.mark.parametrize("status", [500, 503])
def test_page_of_last_resort_leans_on_nothing(status: int, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    settings.DEBUG = False
    page = render_to_string(f"{status}.html")
    assert 'href="/static/site.css"' in page
    assert "741741" in page


def test_no_template_of_ours_has_inline_style_or_script() -> None:
    for app in ("config", "directory", "assessments", "matching"):
        for template in (django_settings.BASE_DIR / app / "templates").rglob("*.html"):
            text = template.read_text()
            assert " style=" not in text, template
            assert not re.search(r"<style|<script(?![^>]*(src=|application/ld\+json))|\son[a-z]+=", text), template


# --- Errors of the API, and a database that is down -------------------------------------------------------------------
@pytest.mark.parametrize(("path", "status"), [("wrong/500/", 500), ("wrong/503/", 503), ("nothing-here/", 404)])
def test_errors_under_the_api_are_problem_documents(visitor: Client, path: str, status: int) -> None:
    response = visitor.get(f"/api/v1/{path}")
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status


def test_crisis_numbers_are_shown_when_the_database_fails_in_a_view(visitor: Client) -> None:
    response = visitor.get("/wrong/503/")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert response.headers["Cache-Control"] == "no-store"
    assert 'href="tel:988"' in response.content.decode()


def test_crisis_numbers_are_shown_when_the_database_fails_in_middleware(visitor: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.test_frame.middleware_without_database"]
    response = visitor.get("/learn/")
    assert response.status_code == 503
    assert 'href="tel:988"' in response.content.decode()


def middleware_without_database(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        raise OperationalError("connection refused")

    return middleware


@pytest.mark.django_db
def test_signed_in_page_answers_503_when_the_database_is_down(visitor: Client, broken_database: None) -> None:
    visitor.cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    assert visitor.get("/admin/").status_code == 503
    assert visitor.get("/crisis/").status_code == 200


# --- For the load balancer --------------------------------------------------------------------------------------------
def test_livez_answers_without_a_database(visitor: Client) -> None:
    response = visitor.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_ready_with_every_migration(visitor: Client) -> None:
    response = visitor.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_readyz_is_not_ready_while_a_migration_is_missing(visitor: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="assessments").delete()
    response = visitor.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "migrations missing"})


@pytest.mark.django_db
def test_readyz_is_not_ready_while_the_database_is_away(visitor: Client, broken_database: None) -> None:
    response = visitor.get("/readyz")
    assert (response.status_code, response.json()) == (503, {"status": "database unreachable"})
