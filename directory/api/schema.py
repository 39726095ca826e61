"""The OpenAPI description of the API: what the views declare, plus what holds for every one of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from django import forms
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from directory.models.taxonomy import VOCABULARIES
from directory.roster.requirements import FILTERS
from directory.vocabulary import names

SLUG = "^[-a-zA-Z0-9_]+$"
PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. `errors` names every value that cannot be used.",
    "required": ["type", "title", "status", "detail", "instance", "errors"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "The kind of problem; open it to read more.",
        },
        "title": {"type": "string", "description": "The kind of problem in words; always the same for one type."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What went wrong this time."},
        "instance": {
            "type": "string",
            "format": "uri-reference",
            "description": "The path that was asked, without query.",
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "detail"],
                "properties": {
                    "parameter": {"type": "string", "description": "The query parameter."},
                    "pointer": {"type": "string", "description": "The place in the JSON body (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "example": {
        "type": "/problems/validation",
        "title": "The request has values that cannot be used",
        "status": 400,
        "detail": "zip: We do not know this ZIP code.",
        "instance": "/api/v1/therapists/",
        "errors": [{"parameter": "zip", "code": "unknown_zip", "detail": "We do not know this ZIP code."}],
    },
}
RESPONSES = {
    "400": ("Invalid", "A value, parameter or JSON key that cannot be used; `errors` names each."),
    "401": ("Unauthenticated", "No key, or one that is mistyped, expired or revoked."),
    "403": ("Forbidden", "The key lacks the scope."),
    "404": ("NotFound", "Nothing is at this address."),
    "406": ("NotAcceptable", "The Accept header leaves no format."),
    "410": ("Gone", "It was here and has left the directory. Remove it from your pages."),
    "413": ("TooLarge", "The body is larger than 64 kB."),
    "415": ("UnsupportedMediaType", "The body is not application/json."),
    "503": ("Unavailable", "The service cannot answer at the moment; see Retry-After."),
}
#: Filter → the vocabulary of its codes.
CODES_OF_FILTER = {name: field for name, field in FILTERS.items() if field in VOCABULARIES}


class PartnerKeyScheme(OpenApiAuthenticationExtension):
    target_class = "directory.api.authentication.PartnerKeyAuthentication"
    name = "partnerKey"

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:
        """Any one of the view's scopes opens it."""
        return [{self.name: [scope]} for scope in getattr(auto_schema.view, "required_scopes", ())]

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Your partner key. It belongs on a server: never in a page, an app or an address.",
        }


class Schema(AutoSchema):
    """Describes query parameters from the form fields that check them, so that both cannot drift."""

    def get_override_parameters(self) -> list[Any]:
        fields = getattr(self.view, "parameter_fields", None)
        declared = super().get_override_parameters()
        return [*(_parameter(name, field) for name, field in fields().items()), *declared] if fields else declared

    def get_summary(self) -> str | None:
        """The summary a view declares, else the first sentence of its description."""
        declared: str | None = super().get_summary()
        return declared or self.get_description().partition("\n")[0].partition(". ")[0].rstrip(".") or None


def with_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add to every operation the problems it can answer with."""
    components = result["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {
        name: {
            "description": description,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for name, description in RESPONSES.values()
    }
    components["responses"]["Unauthenticated"]["headers"] = {
        "WWW-Authenticate": {"schema": {"type": "string"}, "description": "The scheme to use: Bearer."}
    }
    components["responses"]["Unavailable"]["headers"] = {
        "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
    }
    for operation in _operations(result):
        statuses = ["400", "406", "503"]
        if operation.get("security"):
            statuses += ["401", "403"]
        if any(parameter["in"] == "path" for parameter in operation.get("parameters", [])):
            statuses += ["404"]
        if "requestBody" in operation:
            statuses += ["413", "415"]
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                parameter["schema"] = {"type": "string", "pattern": SLUG}
        declared = operation["responses"]
        for status in [*statuses, *declared]:
            if status in RESPONSES:
                declared[status] = {"$ref": f"#/components/responses/{RESPONSES[status][0]}"}
        declared["200"]["description"] = declared["200"]["description"] or "The answer."
        operation["responses"] = dict(sorted(declared.items()))
    return result


def with_closed_requests(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say in the schema that a body is needed and takes only the keys named. Answers stay open: adding is free."""
    schemas = result["components"]["schemas"]
    waiting = [operation["requestBody"] for operation in _operations(result) if "requestBody" in operation]
    for body in waiting:
        body["required"] = True  # the generator forgets it where a body has one of two shapes
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                node.setdefault("additionalProperties", False)
            name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
            if name and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
            waiting += node.values()
    return result


def document() -> dict[str, Any]:
    """The OpenAPI document, with the codes of today. Built once, until a vocabulary gets a new code."""
    return _document(tuple((vocabulary, code) for vocabulary, terms in names().items() for code in sorted(terms)))


@functools.lru_cache(maxsize=1)
def _document(codes: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    generator: Any = SchemaGenerator
    generated: dict[str, Any] = generator().get_schema(request=None, public=True)
    return generated


def _operations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in result["paths"].values():
        yield from (operation for method, operation in path.items() if method != "parameters")


def with_codes(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Name the codes of each vocabulary once, and point the filters to them."""
    codes = {vocabulary: sorted(terms) for vocabulary, terms in names().items() if terms}
    for vocabulary, known in codes.items():
        result["components"]["schemas"][_component(vocabulary)] = {
            "type": "string",
            "enum": known,
            "description": f"Codes of {vocabulary.replace('_', ' ')} today; `/api/v1/taxonomy/` has their names.",
        }
    for operation in _operations(result):
        for parameter in operation.get("parameters", []):
            asked = CODES_OF_FILTER.get(parameter["name"])
            if parameter["in"] == "query" and asked is not None and asked in codes:
                reference = {"$ref": f"#/components/schemas/{_component(asked)}"}
                parameter["schema"] = {"type": "array", "items": reference}
    return result


def _component(vocabulary: str) -> str:
    return VOCABULARIES[vocabulary].__name__ + "Code"


def _parameter(name: str, field: forms.Field) -> OpenApiParameter:
    """A form field as a query parameter."""
    kind: dict[str, Any]
    choices = [str(code) for code, _ in getattr(field, "choices", ()) if code != ""]
    many = isinstance(field, forms.MultipleChoiceField) or getattr(field, "many", False)
    if choices == ["true", "false"]:
        kind = {"type": "boolean"}
    elif choices == ["true"]:
        kind = {"type": "boolean", "enum": [True]}
    elif choices:
        kind = {"type": "string", "enum": choices}
    elif isinstance(field, forms.FloatField | forms.DecimalField):
        kind = {"type": "number"}
    elif isinstance(field, forms.IntegerField):
        kind = {"type": "integer"}
    else:
        kind = {"type": "string", "minLength": 1}
    for key, attribute in (("minimum", "min_value"), ("maximum", "max_value"), ("maxLength", "max_length")):
        if (limit := getattr(field, attribute, None)) is not None:
            kind[key] = limit
    return OpenApiParameter(
        name,
        {"type": "array", "items": kind} if many else kind,
        description=str(field.help_text),
        explode=True if many else None,
        style="form" if many else None,
    )
