"""The OpenAPI document: valid, whole, reviewed in diffs, and true for what is served."""

from __future__ import annotations

import copy
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from django.urls import get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.test import APIClient

from config.problems import KINDS
from directory.api.schema import document
from matching import safety
from matching.guidance import PAIRINGS, SENTENCES
from matching.intake import SIGNS
from tests.api.test_access import ADDRESSES, INTAKE, routes_of
from tests.factories import TherapistFactory

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
pytestmark = pytest.mark.django_db

OPEN = {"api/v1/schema/", "api/v1/docs/"}  # describe the API, and are no part of it


@pytest.fixture
def schema() -> dict[str, Any]:
    return json.loads(json.dumps(document()))


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, operation) for path, item in schema["paths"].items() for method, operation in item.items()]


def test_document_is_valid_openapi(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(schema).validate()


def test_generator_has_nothing_to_warn_of() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO())


def test_document_is_the_reviewed_one(schema: dict[str, Any]) -> None:
    """WRITE_RESPONSES=1 writes docs/openapi.yaml anew: read the diff as a partner would."""
    if os.environ.get("WRITE_RESPONSES"):
        SNAPSHOT.write_text(yaml.safe_dump(schema, sort_keys=False, allow_unicode=True, width=120))
    assert schema == yaml.safe_load(SNAPSHOT.read_text())


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", "*/*", "application/yaml"),
        ("", "application/json", "application/json"),
        ("", "application/yaml", "application/yaml"),
        ("?format=json", "*/*", "application/json"),
        ("?format=yaml", "text/html,*/*", "application/yaml"),
    ],
)
def test_document_is_open_to_everyone_as_json_and_yaml(
    anonymous: APIClient, schema: dict[str, Any], query: str, accept: str, content_type: str
) -> None:
    response = anonymous.get(f"/api/v1/schema/{query}", HTTP_ACCEPT=accept)
    assert response.status_code == 200
    assert response["Content-Type"].partition(";")[0] == content_type
    assert yaml.safe_load(response.content) == schema


def test_format_that_is_not_known_is_refused(anonymous: APIClient) -> None:
    response = anonymous.get("/api/v1/schema/?format=xml")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == "format"


def test_served_addresses_are_the_documented_ones(schema: dict[str, Any]) -> None:
    served = {route for route in routes_of(get_resolver().url_patterns) if route.startswith("api/")} - OPEN
    documented = {path.lstrip("/") for path in schema["paths"]}
    assert documented == {route.replace("<slug:", "{").replace(">", "}") for route in served}
    methods = {(address.route.replace("<slug:", "{").replace(">", "}"), address.method) for address in ADDRESSES}
    assert {(path.lstrip("/"), method.upper()) for path, method, _ in operations(schema)} == {
        (route, method) for route, method in methods if route not in OPEN
    }


def test_parameters_that_are_served_are_the_documented_ones(schema: dict[str, Any]) -> None:
    views = {
        f"/{route}".replace("<slug:", "{").replace(">", "}"): pattern.callback.cls
        for route, pattern in patterns_of(get_resolver().url_patterns)
        if route.startswith("api/v1/") and route not in OPEN
    }
    for path, _, operation in operations(schema):
        documented = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
        assert documented == set(getattr(views[path], "query_parameters", ())), path


def patterns_of(patterns: list[Any], before: str = "") -> list[tuple[str, Any]]:
    found = []
    for pattern in patterns:
        route = before + str(pattern.pattern)
        found += patterns_of(pattern.url_patterns, route) if hasattr(pattern, "url_patterns") else [(route, pattern)]
    return found


def test_every_operation_says_what_it_is_who_may_and_how_it_fails(schema: dict[str, Any]) -> None:
    scopes = {address.route: address.open_to for address in ADDRESSES}
    for path, _, operation in operations(schema):
        assert operation["summary"], path
        assert operation["description"], path
        route = path.lstrip("/").replace("{", "<slug:").replace("}", ">")
        assert {scope for one in operation["security"] for scope in one["partnerKey"]} == scopes[route], path
        statuses = {"400", "401", "403", "406", "503"}
        statuses |= {"404"} if "{" in path else set()
        statuses |= {"413", "415"} if "requestBody" in operation else set()
        assert statuses <= set(operation["responses"]), path
        for one in operation.get("parameters", []):
            assert one["in"] == "path" or one["description"], (path, one["name"])


def test_request_bodies_take_no_further_keys(schema: dict[str, Any]) -> None:
    body = {**INTAKE, "responses": {}, "intake": INTAKE, "therapists": ["ada", "ben"], "stray": 1}
    for _, _, operation in operations(schema):
        if "requestBody" in operation:
            validator = validator_of(schema, operation["requestBody"]["content"]["application/json"]["schema"])
            with pytest.raises(jsonschema.ValidationError, match=r"Additional properties|not valid under any"):
                validator.validate(body)


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one.open_to], ids=lambda address: address.route)
def test_answers_hold_what_the_document_says_and_nothing_else(
    partner: APIClient, schema: dict[str, Any], address: Any
) -> None:
    TherapistFactory(slug="ada", fee_min=100, concerns=["grief"], compact_privileges=["AZ"], zips=["90012"])
    TherapistFactory(slug="ben", accepting_clients="")
    path = "/" + address.route.replace("<slug:", "{").replace(">", "}")
    operation = schema["paths"][path][address.method.lower()]
    queries = ["", "?facets=true&page_size=1"] if address.route == "api/v1/therapists/" else [""]
    for query in queries:
        response = partner.generic(
            address.method,
            address.example + query,
            json.dumps(address.body) if address.body else "",
            content_type="application/json",
        )
        assert response.status_code == 200, response.content
        validator_of(closed(schema), operation["responses"]["200"]["content"]["application/json"]["schema"]).validate(
            response.json()
        )
    refused = partner.generic(address.method, address.example + "?stray=1", content_type="application/json")
    validator_of(closed(schema), {"$ref": "#/components/schemas/Problem"}).validate(refused.json())


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The document with every object closed: the test for keys that nobody declared. Partners get it open."""
    schema = copy.deepcopy(schema)
    waiting: list[Any] = [schema["components"]["schemas"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("type") == "object" and isinstance(node.get("properties"), dict):
                node.setdefault("additionalProperties", False)
            waiting += node.values()
    return schema


def validator_of(schema: dict[str, Any], part: dict[str, Any]) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        {**part, "components": schema["components"]}, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def test_guide_names_every_kind_of_problem_every_address_and_every_parameter(schema: dict[str, Any]) -> None:
    guide = (SNAPSHOT.parent / "api.md").read_text()
    for kind in KINDS.values():
        assert f"| `{kind.type}` | {kind.status} |" in guide
    for path, method, operation in operations(schema):
        assert f"{method.upper()} {path}`" in guide
        for one in operation.get("parameters", []):
            assert one["in"] == "path" or one["name"] == "range" or f"`{one['name']}`" in guide


def test_guide_names_every_sign_answer_of_guidance_pairing_and_safety_note() -> None:
    guide = (SNAPSHOT.parent / "api.md").read_text()
    notes = [note for note in vars(safety).values() if isinstance(note, safety.SafetyNote)]
    assert len(notes) == 4
    for sign in SIGNS:
        assert f"| `{sign.code}` | {sign.sentence} |" in guide
    for note in notes:
        assert f"| `{note.code}` |" in guide
    for code in (*SENTENCES, *(pairing.code for pairing in PAIRINGS)):
        assert f"`{code}`" in guide
