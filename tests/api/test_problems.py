"""Errors under /api/: one shape, a status that fits, and never a 500 for what a caller sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from config import problems
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401  this module is a URLconf too
from config.urls import urlpatterns as site
from tests.api.conftest import expected

ECHO = "/api/test/echo/"


class Concern(serializers.Serializer[Any]):
    code = serializers.CharField()


class EchoSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    weights = serializers.DictField(child=serializers.IntegerField(), required=False)
    range = serializers.ListField(child=serializers.FloatField(), required=False)
    concerns = Concern(many=True, required=False)

    def validate(self, attrs: Any) -> Any:
        if attrs["name"] == "nobody":
            raise serializers.ValidationError("Nobody has this name.")
        return attrs


class Echo(APIView):
    required_scopes = ("matches:create",)
    query_parameters = ("scale",)

    def post(self, request: Request) -> Response:
        if request.query_params.get("scale") == "0":
            raise serializers.ValidationError({"scale": "Must not be 0."})
        serializer = EchoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(serializer.validated_data)


class Throttling(APIView):
    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        raise Throttled(wait=7)


class Broken(Throttling):
    def get(self, request: Request) -> Response:
        raise ZeroDivisionError("a secret")


class WithoutDatabase(Throttling):
    def get(self, request: Request) -> Response:
        raise OperationalError("connection to 10.0.0.7 refused")


class Closed(APIView):
    def get(self, request: Request) -> Response:
        return Response("never")


urlpatterns = [
    path("api/test/echo/", Echo.as_view()),
    path("api/test/throttled/", Throttling.as_view()),
    path("api/test/broken/", Broken.as_view()),
    path("api/test/without-database/", WithoutDatabase.as_view()),
    path("api/test/closed/", Closed.as_view()),
    *site,
]
pytestmark = pytest.mark.urls(__name__)


def assert_problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"type", "title", "status", "detail", "instance", "errors"}
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    return body


def test_nested_values_are_named_by_json_pointer(partner: APIClient) -> None:
    response = partner.post(
        ECHO,
        {
            "name": "x" * 41,
            "weights": {"a/b~c": "many"},
            "range": [1, "wide"],
            "concerns": [{"code": "grief"}, {}],
        },
    )
    assert_problem(response, 400, "validation")
    assert response.json() == expected("problem_validation", response.json())


def test_whole_document_is_named_by_the_empty_pointer(partner: APIClient) -> None:
    body = assert_problem(partner.post(ECHO, {"name": "nobody"}), 400, "validation")
    assert body["errors"] == [{"pointer": "", "code": "invalid", "detail": "Nobody has this name."}]
    body = assert_problem(partner.post(ECHO, ["name"]), 400, "validation")
    assert body["errors"][0]["pointer"] == ""


def test_declared_parameter_of_a_post_is_named_as_parameter(partner: APIClient) -> None:
    body = assert_problem(partner.post(ECHO + "?scale=0", {"name": "Ada"}), 400, "validation")
    assert body["errors"] == [{"parameter": "scale", "code": "invalid", "detail": "Must not be 0."}]
    assert body["instance"] == ECHO


@pytest.mark.parametrize("query", ["stray=1", "Scale=1", "scale=1&stray"])
def test_unknown_parameter_of_a_post_is_named(partner: APIClient, query: str) -> None:
    body = assert_problem(partner.post(f"{ECHO}?{query}", {"name": "Ada"}), 400, "validation")
    assert [error["code"] for error in body["errors"]] == ["unknown_parameter"]
    assert body["errors"][0]["parameter"] in {"stray", "Scale"}


@pytest.mark.parametrize(
    ("query", "code"), [("scale=", "blank"), ("scale=1&scale=2", "repeated"), ("scale=%00", "null_character")]
)
def test_parameter_that_says_nothing_clear_is_refused(partner: APIClient, query: str, code: str) -> None:
    body = assert_problem(partner.post(f"{ECHO}?{query}", {"name": "Ada"}), 400, "validation")
    assert [(error["parameter"], error["code"]) for error in body["errors"]] == [("scale", code)]


UNREADABLE: list[tuple[str, bytes]] = [
    ("not JSON", b"name=Ada"),
    ("cut off", b'{"name": "Ada"'),
    ("two documents", b'{"name": "Ada"}{"name": "Ada"}'),
    ("only white space", b"  "),
    ("NaN", b'{"name": NaN}'),
    ("Infinity", b'{"name": -Infinity}'),
    ("infinity by exponent", b'{"weights": {"a": 1e999}, "name": "Ada"}'),
    ("Latin-1", '{"name": "Zoë"}'.encode("latin-1")),
    ("UTF-16", '{"name": "Ada"}'.encode("utf-16")),
    ("byte order mark", b'\xef\xbb\xbf{"name": "Ada"}'),
    ("NUL in a value", b'{"name": "A\\u0000da"}'),
    ("NUL in a key", b'{"name": "Ada", "weights": {"\\u0000": 1}}'),
    ("NUL in a list", b'["\\u0000"]'),
    ("raw NUL", b'{"name": "A\x00da"}'),
    ("half a surrogate pair", b'{"name": "\\ud800"}'),
    ("key given twice", b'{"name": "Ada", "name": "Eve"}'),
    ("lists in lists", b'{"name": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"),
    ("objects in objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
    ("just too deep", b"[" * 21 + b"]" * 21),
    ("a number of 5,000 digits", b'{"weights": {"a": ' + b"9" * 5000 + b'}, "name": "Ada"}'),
]


@pytest.mark.parametrize(("description", "body"), UNREADABLE, ids=[row[0] for row in UNREADABLE])
def test_body_that_cannot_be_read_is_a_400(partner: APIClient, description: str, body: bytes) -> None:
    assert_problem(partner.generic("POST", ECHO, body, content_type="application/json"), 400, "malformed")


def test_odd_but_readable_texts_pass(partner: APIClient) -> None:
    for name in ("Zoë 🙂", "a\\u0000 spelled out", "\u202eright to left"):
        assert partner.post(ECHO, {"name": name}).json() == {"name": name}


def test_body_without_content_is_an_empty_document(partner: APIClient) -> None:
    body = assert_problem(partner.generic("POST", ECHO, b"", content_type="application/json"), 400, "validation")
    assert body["errors"] == [{"pointer": "/name", "code": "required", "detail": "This field is required."}]


@pytest.mark.parametrize("size", [64 * 1024 + 1, 6 * 1024 * 1024])
def test_body_over_64_kb_is_too_large(partner: APIClient, size: int) -> None:
    body = json.dumps({"name": "x" * (size - len('{"name": ""}'))})
    assert len(body) == size
    assert_problem(partner.generic("POST", ECHO, body, content_type="application/json"), 413, "too-large")


def test_body_of_64_kb_is_read(partner: APIClient) -> None:
    body = json.dumps({"name": "x" * (64 * 1024 - len('{"name": ""}'))})
    problem = assert_problem(partner.generic("POST", ECHO, body, content_type="application/json"), 400, "validation")
    assert problem["errors"][0]["code"] == "max_length"


def test_other_media_type_is_unsupported(partner: APIClient) -> None:
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert_problem(
            partner.generic("POST", ECHO, b"name=Ada", content_type=content_type), 415, "unsupported-media-type"
        )


def test_other_format_is_not_acceptable(partner: APIClient) -> None:
    assert_problem(partner.post(ECHO, {"name": "Ada"}, HTTP_ACCEPT="application/xml"), 406, "not-acceptable")


def test_other_method_names_those_allowed(partner: APIClient) -> None:
    response = partner.delete(ECHO)
    assert_problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("method", ["get", "post", "put"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/therapists/a.b/", "/api/%00/"])
def test_unknown_address_is_a_404(anonymous: APIClient, method: str, address: str) -> None:
    body = assert_problem(getattr(anonymous, method)(address + "?q=secret"), 404, "not-found")
    assert body["instance"] == address
    assert "secret" not in json.dumps(body)


def test_unknown_address_is_a_404_for_a_post_without_csrf_token() -> None:
    assert_problem(Client(enforce_csrf_checks=True).post("/api/v1/nothing/"), 404, "not-found")


@pytest.mark.parametrize("method", ["get", "post"])
@override_settings(DEBUG=True)
def test_address_without_its_slash_is_told_so_and_nothing_is_redirected(anonymous: APIClient, method: str) -> None:
    body = assert_problem(getattr(anonymous, method)("/api/v1/therapists"), 404, "not-found")
    assert "slash" in body["detail"]


def test_view_that_names_no_scope_is_closed(partner: APIClient, anonymous: APIClient) -> None:
    assert_problem(partner.get("/api/test/closed/"), 403, "forbidden")
    assert_problem(anonymous.get("/api/test/closed/"), 401, "unauthenticated")


def test_throttled_caller_learns_when_to_return(anonymous: APIClient) -> None:
    response = anonymous.get("/api/test/throttled/")
    assert_problem(response, 429, "too-many-requests")
    assert response["Retry-After"] == "7"


def test_fault_of_ours_says_nothing_about_itself() -> None:
    response = Client(raise_request_exception=False).get("/api/test/broken/?q=private")
    assert_problem(response, 500, "server-error")
    assert b"secret" not in response.content
    assert b"private" not in response.content


def test_database_that_is_down_is_a_503(anonymous: APIClient) -> None:
    response = anonymous.get("/api/test/without-database/")
    assert_problem(response, 503, "unavailable")
    assert response["Retry-After"] == "30"
    assert b"10.0.0.7" not in response.content


def test_database_that_is_down_before_any_view_is_a_503_too() -> None:
    try:
        raise OperationalError
    except OperationalError:
        response = problems.server_error(RequestFactory().get("/api/v1/taxonomy/"))
    assert response.status_code == 503


def test_request_for_a_foreign_host_is_a_400(anonymous: APIClient) -> None:
    assert_problem(anonymous.get("/api/v1/therapists", HTTP_HOST="evil.example"), 400, "malformed")


def test_every_kind_of_problem_has_a_page(client: Client) -> None:
    for kind in problems.KINDS.values():
        page = client.get(kind.type)
        assert page.status_code == 200
        assert kind.title in page.content.decode()
    assert client.get("/problems/unheard-of").status_code == 404
