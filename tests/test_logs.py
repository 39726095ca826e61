"""What the logs say of a request and of a fault, and what they never say."""

from __future__ import annotations

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
    assert (fault["event"], fault["exception"]) == ("fault", "builtins.ValueError")
    assert Path(__file__).with_name("error_urls.py").as_posix() in fault["at"][-1]
    assert fault["at"][-1].endswith(" broken")
    assert request["status"] == 500
    assert "canary" not in str(lines)


def test_an_answer_of_5xx_that_was_meant_is_no_fault(visitor: Client) -> None:
    with capture_logs() as lines:
        assert visitor.get("/wrong/answered-503/").status_code == 503
    assert [line["event"] for line in lines] == ["request"]
