"""POST /matches/compare/: the whole document, agreement with the matches, and errors that name their place."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.conftest import expected
from tests.api.test_matches import FULL, SMALL, ask, small_directory
from tests.factories import TherapistFactory

__all__ = ["small_directory"]

pytestmark = pytest.mark.django_db

COMPARE = "/api/v1/matches/compare/"
ADA_AND_BEN = ["ada-okafor", "ben-silver"]


def compared(partner: APIClient, intake: dict[str, Any], *therapists: str) -> dict[str, Any]:
    response = partner.post(COMPARE, {"intake": intake, "therapists": therapists}, format="json")
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def test_the_whole_document(partner: APIClient, small_directory: None) -> None:
    seen = compared(partner, FULL, *ADA_AND_BEN)
    seen["sequence"] = 0  # the database counts on from test to test
    assert seen == expected("compare", seen)


def test_who_is_no_match_has_no_rank_and_says_what_is_not_met(partner: APIClient, small_directory: None) -> None:
    seen = compared(partner, FULL, "dora-bell", "ada-okafor")
    assert (seen["decided_by"], seen["above"]) == ("requirement", "ada-okafor")
    assert (seen["a"]["rank"], seen["a"]["not_met"]) == (None, ["state"])
    assert (seen["b"]["rank"], seen["b"]["not_met"]) == (1, [])


def test_any_two_of_the_matches_are_compared_as_they_are_shown(partner: APIClient, small_directory: None) -> None:
    for number in range(3):
        TherapistFactory(slug=f"twin-{number}", session_formats=["couple"], insurance_plans=["aetna"], fee_min=100)
    matches = ask(partner, FULL)["matches"]
    assert len(matches) == 5
    for higher, lower in itertools.combinations(matches, 2):
        seen = compared(partner, FULL, lower["therapist"]["slug"], higher["therapist"]["slug"])
        assert seen["above"] == higher["therapist"]["slug"]
        for letter, match in (("a", lower), ("b", higher)):
            assert [row[letter] for row in seen["findings"]] == match["findings"]
            for name in ("rank", "score", "confidence", "therapist", "cautions"):
                assert seen[letter][name] == match[name]
        in_hundredths = [round(100 * row["difference"]) for row in seen["findings"]]
        assert sum(in_hundredths) == round(100 * seen["difference"])
        assert round(100 * seen["difference"]) == round(100 * lower["score"]) - round(100 * higher["score"])


def test_the_same_question_gives_the_same_bytes(partner: APIClient, small_directory: None) -> None:
    body = {"intake": FULL, "therapists": ADA_AND_BEN}
    one, other = (partner.post(COMPARE, body, format="json") for _ in range(2))
    assert one.content == other.content
    assert one["Cache-Control"] == "no-store"


def test_the_partners_answers_stay_private(partner: APIClient, small_directory: None) -> None:
    scores = {"anxiety": 2.1357, "avoidance": 5.8765, "range": [1, 7]}
    seen = json.dumps(compared(partner, {**FULL, "partner_attachment": scores}, *ADA_AND_BEN))
    assert "2.1357" not in seen
    assert "5.8765" not in seen
    assert "pairing" not in seen


ERRORS = [
    ("no intake", {"intake": None}, [("/intake", "null")]),
    ("an intake that is none", {"intake": []}, [("/intake", "invalid")]),
    ("an unknown key", {"limit": 5}, [("/limit", "unknown_key")]),
    ("an unknown key of the intake", {"intake": {**SMALL, "budget": 5}}, [("/intake/budget", "unknown_key")]),
    ("a budget below nothing", {"intake": {**SMALL, "fee_max": -1}}, [("/intake/fee_max", "min_value")]),
    ("a must without its wish", {"intake": {**SMALL, "must": ["fee_max"]}}, [("/intake/must", "not_given")]),
    ("an unknown concern", {"intake": {**SMALL, "concerns": {"x": 1}}}, [("/intake/concerns/x", "unknown_code")]),
    (
        "a ZIP that does not exist",
        {"intake": {**SMALL, "near": {"zip": "00000", "within": 5}}},
        [("/intake/near/zip", "unknown_zip")],
    ),
    ("no therapists", {"therapists": None}, [("/therapists", "null")]),
    ("one therapist", {"therapists": ["ada-okafor"]}, [("/therapists", "min_length")]),
    ("three therapists", {"therapists": [*ADA_AND_BEN, "cleo-marsh"]}, [("/therapists", "max_length")]),
    ("one therapist twice", {"therapists": ["ada-okafor"] * 2}, [("/therapists/1", "same_therapist")]),
    ("somebody unknown", {"therapists": ["ada-okafor", "no-one"]}, [("/therapists/1", "not_listed")]),
    ("somebody who left", {"therapists": ["gone-demo", "ada-okafor"]}, [("/therapists/0", "not_listed")]),
    (
        "two who are not listed",
        {"therapists": ["gone-demo", "no-one"]},
        [("/therapists/0", "not_listed"), ("/therapists/1", "not_listed")],
    ),
    ("a number", {"therapists": [7, "ada-okafor"]}, [("/therapists/0", "invalid")]),
]


@pytest.mark.parametrize(("description", "change", "errors"), ERRORS, ids=[error[0] for error in ERRORS])
def test_errors_name_their_place(
    partner: APIClient,
    small_directory: None,
    description: str,
    change: dict[str, Any],
    errors: list[tuple[str, str]],
) -> None:
    TherapistFactory(slug="gone-demo", life="suspended")
    response = partner.post(COMPARE, {"intake": SMALL, "therapists": ADA_AND_BEN, **change}, format="json")
    assert response.status_code == 400, description
    assert response["Content-Type"] == "application/problem+json"
    named = [(error.get("pointer"), error["code"]) for error in response.json()["errors"]]
    assert named == errors
