"""All codes in one document."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.test import APIClient

from directory.models import Evidence
from tests.api.conftest import expected

TAXONOMY = "/api/v1/taxonomy/"
VOCABULARIES = {
    "approaches", "concerns", "populations", "session_formats", "delivery_methods", "languages", "insurance_plans",
    "license_types", "jurisdictions",
}  # fmt: skip


def test_small_vocabularies_are_the_promised_document(partner: APIClient) -> None:
    body = partner.get(TAXONOMY).json()
    small = {name: body[name] for name in ("session_formats", "delivery_methods")}
    ours = next(term for term in body["approaches"] if term["code"] == "attachment-based-family")
    part = {**small, "approaches": [ours]}
    assert part == expected("taxonomy", part)


def test_keys_are_those_of_the_contract_everywhere(partner: APIClient) -> None:
    body = partner.get(TAXONOMY).json()
    assert set(body) == VOCABULARIES
    for name, terms in body.items():
        keys = {"code", "name", "synonyms", "summary"} | ({"evidence"} if name == "approaches" else set())
        assert all(set(term) == keys for term in terms)
        assert [term["name"] for term in terms]
    rows = [row for term in body["approaches"] for row in term["evidence"]]
    assert len(rows) == Evidence.objects.count() > 0
    keys = {"situation", "grade", "kind", "finding", "population", "citation", "doi", "checked_on"}
    assert all(set(row) == keys for row in rows)


def test_taxonomy_runs_one_query_for_each_kind_of_row(partner: APIClient, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(11):  # the key, nine vocabularies, the evidence
        partner.get(TAXONOMY)
