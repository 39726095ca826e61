"""JSON as REST framework writes it, only faster; and fields that serve all bodies and keep none."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from rest_framework import renderers
from rest_framework.test import APIClient

from directory.api.renderers import JSONRenderer
from matching.api.serializers import IntakeSerializer

DOCUMENTS: list[tuple[str, Any]] = [
    ("nothing", None),
    ("texts of all kinds", {"name": "Zoë “Z” O'Hara", "path": "a/b", "separators": "one\u2028two\u2029three"}),
    ("numbers", [0, -1, 83.4, 0.1 + 0.2, 12.25, True, None]),
    ("what has a form of its own", {"on": dt.date(2026, 11, 24), "id": uuid.UUID(int=7)}),
    ("moments", dt.datetime(2026, 11, 24, 8, 30, 15, 123456, tzinfo=dt.UTC)),
    ("a text that is translated late", gettext_lazy("Therapist")),
    ("tuples and nested lists", ({"a": [(1, 2), []]},)),
]


@pytest.mark.parametrize(("description", "document"), DOCUMENTS)
def test_every_document_is_written_as_rest_framework_writes_it(description: str, document: Any) -> None:
    assert JSONRenderer().render(document) == renderers.JSONRenderer().render(document), description


def test_who_asks_for_an_indent_gets_it() -> None:
    assert JSONRenderer().render({"a": 1}, "application/json; indent=2") == b'{\n  "a": 1\n}'


def test_an_answer_lets_go_of_what_it_was_written_from(partner: APIClient) -> None:
    answer = partner.get("/api/v1/taxonomy/")
    assert answer.json()["approaches"]
    assert answer.data is None  # else it stays, in a circle of response, view and request


def test_fields_serve_all_bodies_and_keep_none_of_them() -> None:
    one, other = IntakeSerializer(data={"state": "CA"}), IntakeSerializer(data={"state": "NY"})
    assert one.fields is other.fields
    parents = {field.parent for field in one.fields.values()}
    assert len(parents) == 1
    assert not any(hasattr(parent, "initial_data") for parent in parents)
