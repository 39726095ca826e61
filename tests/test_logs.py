"""What the logs say of a request and of a fault, and what they never say."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from structlog.testing import capture_logs


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.error_urls"
    settings.REQUEST_LOG = True
    return Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="canary-agent")


def test_a_request_is_one_line_without_query_address_or_body(visitor: Client) -> None:
    with capture_logs() as lines:
        visitor.post("/learn/?about=canary-query", {"answer": "canary-body"}, HTTP_REFERER="https://canary.example/")
    (line,) = lines
    assert line.keys() == {"event", "log_level", "method", "path", "status", "ms"}
    assert (line["method"], line["path"], line["status"]) == ("POST", "/learn/", 405)
    assert "canary" not in str(line)


@pytest.mark.parametrize("path", ["/match/needs/concerns/next/", "/match/needs/safe/", "/match/under-18/"])
def test_no_line_tells_which_page_of_the_questions_it_was(visitor: Client, path: str, db: None) -> None:
    with capture_logs() as lines:
        visitor.get(path)
    (line,) = lines
    assert line["path"] == "/match/…"


@pytest.mark.parametrize("path", ["/wrong/words/?canary-query", "/api/v1/wrong/words/?canary-query"])
def test_a_fault_is_told_by_kind_and_place_and_never_by_its_words(visitor: Client, path: str) -> None:
    with capture_logs() as lines:
        visitor.get(path)
    fault, request = lines
    assert fault["logger"] == "django.request"
    assert (fault["event"], fault["exception"]) == ("fault", "builtins.ValueError")
    assert Path(__file__).with_name("error_urls.py").as_posix() in fault["at"][-1]
    assert fault["at"][-1].endswith(" broken")
    assert request["status"] == 500
    assert "canary" not in str(lines)


def test_an_answer_of_5xx_that_was_meant_is_no_fault(visitor: Client) -> None:
    with capture_logs() as lines:
        assert visitor.get("/wrong/answered-503/").status_code == 503
    assert [line["event"] for line in lines] == ["request"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/canary-typed-by-mistake/", "unknown"),
        ("/therapists/canary-typed-by-mistake/", "/therapists/<slug:slug>/"),
        ("/problems/canary-typed-by-mistake", "/problems/<slug:code>"),
        ("/static/canary-typed-by-mistake.css", "unknown"),
        ("/static/site.css", "/static/site.css"),
    ],
)
@pytest.mark.django_db
def test_of_a_path_only_what_is_ours_is_told(visitor: Client, path: str, told: str) -> None:
    with capture_logs() as lines:
        response = visitor.get(path)
        assert response.streaming is False or response.getvalue()
    assert [line["path"] for line in lines] == [told]


def test_a_refused_request_is_told_by_its_kind(visitor: Client) -> None:
    with capture_logs() as lines:
        visitor.get("/learn/", headers={"host": "canary.example"})
    refused, _ = lines
    assert (refused["logger"], refused["exception"]) == (
        "django.security.DisallowedHost",
        "django.core.exceptions.DisallowedHost",
    )
    assert "canary" not in str(lines)


def test_a_form_from_elsewhere_is_told_by_its_kind(visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    with capture_logs() as lines:
        strict.post("/match/questions/about/", {"about": "canary"}, headers={"origin": "https://canary.example"})
    refused, request = lines
    assert (refused["logger"], refused["log_level"], request["status"]) == ("django.security.csrf", "warning", 403)
    assert "canary" not in str(lines)


@pytest.mark.parametrize("name", ["gunicorn.error", "gunicorn.access", "a.library", "django.template", "py.warnings"])
def test_no_words_of_any_library_reach_the_log(name: str) -> None:
    logger = logging.getLogger(name)
    with capture_logs() as lines:
        logger.warning("Invalid request from ip=canary")
        logger.error("Error handling request %s", "/match/?canary", exc_info=ValueError("canary"))
    assert [line["logger"] for line in lines] == ([] if name == "gunicorn.access" else [name, name])
    assert "canary" not in str(lines)


def test_the_server_tells_what_nobody_caught_by_kind_and_place() -> None:
    program = (
        "import sys, threading, warnings, logging\n"
        "from config.wsgi import application\n"
        "warnings.warn('canary', RuntimeWarning)\n"
        "def broken(): raise ValueError('canary')\n"
        "thread = threading.Thread(target=broken); thread.start(); thread.join()\n"
        "class Heir:\n"
        "    def __del__(self): raise KeyError('canary')\n"
        "heir = Heir(); del heir\n"
        "logging.getLogger('x').addHandler(logging.StreamHandler())\n"
        "logging.getLogger('x').warning('%d', 'canary')\n"
        "raise LookupError('canary')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    # The database of this machine may be empty; then the server also says that it has no roster yet.
    told = [(line["logger"], line["exception"]) for line in lines if line["logger"] != "directory.roster.current"]
    assert told == [
        ("py.warnings", None),
        ("threading", "builtins.ValueError"),
        ("python", "builtins.KeyError"),
        ("x", None),
        ("python", "builtins.LookupError"),
    ]
    assert "canary" not in ended.stdout + ended.stderr
