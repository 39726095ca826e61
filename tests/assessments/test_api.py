"""Instruments and scoring for partners."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from tests.api.conftest import anonymous, key_with, partner  # noqa: F401
from tests.assessments.test_instruments import CODES, with_texts
from tests.assessments.test_scoring import CLOSENESS, keyed

pytestmark = pytest.mark.django_db

BASE = "/api/v1/instruments/"
SCORE = f"{BASE}closeness-12/score/"


def errors_of(response: Any) -> dict[str, str]:
    """Place (JSON pointer or ?parameter) -> code of each error of a 400."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "application/problem+json"
    return {
        error["pointer"] if "pointer" in error else f"?{error['parameter']}": error["code"]
        for error in response.json()["errors"]
    }


def test_list_has_every_instrument(partner: APIClient) -> None:  # noqa: F811
    document = partner.get(BASE).json()
    assert set(document) == {"results", "next", "previous", "total"}
    assert [instrument["code"] for instrument in document["results"]] == CODES
    assert document["total"] == 6
    assert document["next"] is None
    assert document["previous"] is None


def test_instrument_shows_items_keys_and_source(partner: APIClient) -> None:  # noqa: F811
    document = partner.get(f"{BASE}closeness-12/").json()
    items = document.pop("items")
    assert document == {
        "code": "closeness-12",
        "version": "1.0.0",
        "title": "Closeness, 12 statements",
        "wording": "included",
        "normed": False,
        "range": [1, 7],
        "anchors": {
            "1": "Strongly disagree",
            "2": "Disagree",
            "3": "Disagree a little",
            "4": "Neither agree nor disagree",
            "5": "Agree a little",
            "6": "Agree",
            "7": "Strongly agree",
        },
        "asked_about": [],
        "scales": [
            {"code": "anxiety", "items": 6, "minimum_answered": 5, "reliability": None},
            {"code": "avoidance", "items": 6, "minimum_answered": 5, "reliability": None},
        ],
        "citation": CLOSENESS.citation,
        "doi": None,
        "license": "Apache-2.0",
    }
    assert len(items) == 12
    assert items[3] == {
        "id": "4",
        "text": "I could let this person see me cry.",
        "scale": "avoidance",
        "reverse_keyed": True,
    }


def test_text_of_a_pack_is_null_until_it_is_imported(partner: APIClient, tmp_path: Any) -> None:  # noqa: F811
    before = partner.get(f"{BASE}ecr-s/").json()
    assert {item["text"] for item in before["items"]} == {None}
    path = tmp_path / "ecr-s.json"
    path.write_text(json.dumps(with_texts("ecr-s")))
    call_command("import_instrument", path, verbosity=0)
    after = partner.get(f"{BASE}ecr-s/").json()
    assert after["items"][0]["text"] == "Statement 1"
    assert after["wording"] == "import"


def test_unknown_instrument_is_404(partner: APIClient) -> None:  # noqa: F811
    assert partner.get(f"{BASE}nothing/").status_code == 404
    assert partner.post(f"{BASE}nothing/score/", {"responses": {}}, format="json").status_code == 404


def test_answers_are_scored_and_not_cached(partner: APIClient) -> None:  # noqa: F811
    response = partner.post(SCORE, {"responses": keyed(CLOSENESS, anxiety=6, avoidance=2)}, format="json")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response.json() == {
        "instrument": "closeness-12",
        "anxiety": {"score": 6.0, "standard_error": 0.244949, "answered": 6, "items": 6},
        "avoidance": {"score": 2.0, "standard_error": 0.244949, "answered": 6, "items": 6},
        "range": [1, 7],
        "styles": {"secure": 0.0, "anxious": 1.0, "avoidant": 0.0, "disorganized": 0.0},
        "style": "anxious",
        "normed": False,
        "percentiles": None,
        "notes": ["standard_error_from_own_answers", "not_normed"],
    }


def test_pack_is_scored_without_its_wording_and_on_another_range(partner: APIClient) -> None:  # noqa: F811
    responses = {str(n): 5 for n in range(1, 37)}
    document = partner.post(f"{BASE}ecr/score/?range=1,5", {"responses": responses}, format="json").json()
    assert document["range"] == [1, 5]
    assert document["anxiety"]["score"] == pytest.approx((17 * 5 + 1) / 18)
    assert "asked_on_another_range" in document["notes"]


@pytest.mark.parametrize(
    ("description", "body", "errors"),
    [
        ("text", {"responses": {"1": "x"}}, {"/responses/1": "not_a_number"}),
        ("a number as text", {"responses": {"1": "4"}}, {"/responses/1": "not_a_number"}),
        ("true", {"responses": {"1": True}}, {"/responses/1": "not_a_number"}),
        ("between two answers", {"responses": {"1": 3.5}}, {"/responses/1": "not_a_number"}),
        ("a list", {"responses": {"1": [4]}}, {"/responses/1": "not_a_number"}),
        (
            "out of range",
            {"responses": {"1": 8, "2": 0}},
            {"/responses/1": "out_of_range", "/responses/2": "out_of_range"},
        ),
        ("a huge number", {"responses": {"1": 10**400}}, {"/responses/1": "out_of_range"}),
        ("unknown item", {"responses": {"13": 4}}, {"/responses/13": "unknown_item"}),
        ("item with a slash", {"responses": {"a/b": 4}}, {"/responses/a~1b": "unknown_item"}),
        ("nothing", {}, {"/responses": "required"}),
        ("null", {"responses": None}, {"/responses": "null"}),
        ("list of responses", {"responses": [1, 2]}, {"/responses": "not_a_dict"}),
        ("unknown key", {"responses": {}, "answers": {}}, {"/answers": "unknown_key"}),
        ("unknown key beside another fault", {"answers": {}}, {"/answers": "unknown_key", "/responses": "required"}),
        ("a list as body", [], {"": "invalid"}),
    ],
)
def test_fault_in_the_body_is_named(partner: APIClient, description: str, body: Any, errors: Any) -> None:  # noqa: F811
    assert errors_of(partner.post(SCORE, body, format="json")) == errors


def test_whole_number_written_with_a_point_is_a_whole_number(partner: APIClient) -> None:  # noqa: F811
    assert partner.post(SCORE, {"responses": {"1": 4.0, "2": None}}, format="json").status_code == 200


def test_errors_do_not_repeat_the_answer(partner: APIClient) -> None:  # noqa: F811
    response = partner.post(SCORE, {"responses": {"1": "canary-51", "2": 987654}}, format="json")
    assert "canary-51" not in response.content.decode()
    assert "987654" not in response.content.decode()


@pytest.mark.parametrize("value", ["", "5", "5,1", "1,1", "1,5,7", "a,b", "1.5,5", "1,99999", "١,٥", "1, 5"])
def test_range_must_be_low_and_high(partner: APIClient, value: str) -> None:  # noqa: F811
    response = partner.post(f"{BASE}ecr/score/?{urlencode({'range': value})}", {"responses": {}}, format="json")
    assert list(errors_of(response)) == ["?range"]


def test_range_twice_is_ambiguous(partner: APIClient) -> None:  # noqa: F811
    response = partner.post(f"{BASE}ecr/score/?range=1,5&range=1,7", {"responses": {}}, format="json")
    assert list(errors_of(response)) == ["?range"]


def test_nonsense_gets_a_bounded_answer(partner: APIClient) -> None:  # noqa: F811
    body = {"responses": {f"x{n}": 1 for n in range(3000)}}
    assert len(errors_of(partner.post(SCORE, body, format="json"))) == 100


def test_percentiles_come_with_their_sample_or_not_at_all(partner: APIClient) -> None:  # noqa: F811
    responses = {str(n): 3 for n in range(1, 37)}
    document = partner.post(f"{BASE}ecr/score/?range=1,5", {"responses": responses}, format="json").json()
    assert document["percentiles"]["anxiety"] == 0.45  # 0.25 + 0.25 * (3 - 2.5) / (3.111 - 2.5)
    assert "46,610" in document["percentiles"]["sample"]
    assert partner.post(f"{BASE}ecr/score/", {"responses": responses}, format="json").json()["percentiles"] is None
    assert partner.get(f"{BASE}ecr/").json()["scales"][0]["reliability"]["quantiles"]["0.5"] == 3.111


RELATIONSHIPS = {
    "mother": {"7": 6, "8": 6, "9": 6, "1": 6, "2": 6, "3": 6, "4": 6, "5": 2, "6": 2},
    "friend": {"7": 2, "8": 2, "9": 2, "1": 6, "2": 6, "3": 6, "4": 6, "5": 2, "6": None},
}
ECR_RS = f"{BASE}ecr-rs/score/"


def test_instrument_says_about_whom_it_is_asked(partner: APIClient) -> None:  # noqa: F811
    assert partner.get(f"{BASE}ecr-rs/").json()["asked_about"] == ["mother", "father", "partner", "friend"]


def test_several_relationships_are_scored_each_and_together(partner: APIClient) -> None:  # noqa: F811
    response = partner.post(ECR_RS, {"relationships": RELATIONSHIPS}, format="json")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    document = response.json()
    assert set(document) == {"relationships", "global"}
    assert list(document["relationships"]) == ["mother", "friend"]
    alone = partner.post(ECR_RS, {"responses": RELATIONSHIPS["mother"]}, format="json").json()
    assert document["relationships"]["mother"] == alone
    together = document["global"]
    assert set(together) == set(alone)
    assert together["anxiety"] == {"score": 4.0, "standard_error": 0.244949, "answered": 6, "items": 6}
    assert together["avoidance"] == {"score": 2.0, "standard_error": 0.472582, "answered": 11, "items": 12}
    assert "anxiety_without_some_relationships" in together["notes"]


@pytest.mark.parametrize(
    ("description", "code", "body", "errors"),
    [
        ("nobody", "ecr-rs", {"relationships": {}}, {"/relationships": "empty"}),
        ("no object", "ecr-rs", {"relationships": [1]}, {"/relationships": "not_a_dict"}),
        ("unknown person", "ecr-rs", {"relationships": {"boss": {}}}, {"/relationships/boss": "unknown_relationship"}),
        (
            "every place is named",
            "ecr-rs",
            {"relationships": {"mother": {"7": 8, "10": 1}, "uncle": {}}},
            {
                "/relationships/mother/7": "out_of_range",
                "/relationships/mother/10": "unknown_item",
                "/relationships/uncle": "unknown_relationship",
            },
        ),
        ("text", "ecr-rs", {"relationships": {"mother": {"7": "x"}}}, {"/relationships/mother/7": "not_a_number"}),
        (
            "one or the other",
            "ecr-rs",
            {"relationships": {"mother": {}}, "responses": {}},
            {"/responses": "unknown_key"},
        ),
        (
            "an instrument that is asked once",
            "ecr",
            {"relationships": {"mother": {}}},
            {"/relationships": "unknown_key", "/responses": "required"},
        ),
    ],
)
def test_relationship_that_cannot_be_scored_is_named(
    partner: APIClient,  # noqa: F811
    description: str,
    code: str,
    body: dict[str, Any],
    errors: dict[str, str],
) -> None:
    assert errors_of(partner.post(f"{BASE}{code}/score/", body, format="json")) == errors
