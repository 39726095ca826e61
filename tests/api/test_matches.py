"""POST /matches/: the whole document, the laws that partners lean on, and errors that name their place."""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.conftest import expected
from tests.factories import TODAY, TherapistFactory

pytestmark = pytest.mark.django_db

MATCHES = "/api/v1/matches/"
SMALL = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual"}
FULL: dict[str, Any] = {
    "state": "CA",
    "delivery": ["telehealth", "in_person"],
    "near": {"zip": "90012", "within": 25},
    "session_format": "couple",
    "populations": ["adults", "couples"],
    "concerns": {"trust-and-abandonment": 3, "childhood-trauma": 2},
    "trauma": True,
    "safe_at_home": True,
    "signs": ["relationships_the_catalyst", "same_patterns", "wants_to_understand_why"],
    "attachment": {"anxiety": 5.4, "avoidance": 2.1, "range": [1, 7], "standard_error": {"anxiety": 0.4}},
    "partner_attachment": {"anxiety": 2.0, "avoidance": 5.9, "range": [1, 7]},
    "approaches": ["emotionally-focused"],
    "insurance": ["aetna"],
    "fee_max": 150,
    "languages": ["es"],
    "genders": ["woman"],
    "opening_within_days": 14,
    "must": ["insurance"],
    "limit": 10,
    "facets": False,
}


@pytest.fixture
def small_directory() -> None:
    """Ada fits best, Ben states little, Cleo takes another plan, Dora is not licensed in California."""
    stated = {
        "availability_as_of": TODAY - dt.timedelta(days=3),
        "fees_as_of": TODAY - dt.timedelta(days=3),
        "insurance_as_of": TODAY - dt.timedelta(days=3),
        "specialties_as_of": TODAY - dt.timedelta(days=3),
    }
    TherapistFactory(
        slug="ada-okafor",
        name="Ada Okafor",
        pronouns="she/her",
        gender="woman",
        headline="Couples who want to trust again",
        years_in_practice=12,
        fee_min=140,
        fee_max=180,
        next_opening_on=TODAY + dt.timedelta(days=6),
        session_formats=["couple", "individual"],
        delivery_methods=["telehealth", "in_person"],
        trained_in=["emotionally-focused"],
        approaches=["trauma-informed"],
        concerns=["communication", "childhood-trauma"],
        focus_concerns=["trust-and-abandonment"],
        populations=["adults", "couples"],
        languages=["en", "es"],
        insurance_plans=["aetna"],
        licenses=[{"number": "100"}],
        zips=["90012"],
        **stated,
    )
    TherapistFactory(
        slug="ben-silver",
        name="Ben Silver",
        session_formats=["couple"],
        insurance_plans=["aetna", "cigna"],
        fee_min=200,
        licenses=[{"number": "200", "license_type": "associate", "expires_on": TODAY + dt.timedelta(days=20)}],
    )
    TherapistFactory(
        slug="cleo-marsh", name="Cleo Marsh", session_formats=["couple"], insurance_plans=["cigna"], **stated
    )
    TherapistFactory(
        slug="dora-bell",
        name="Dora Bell",
        session_formats=["couple"],
        insurance_plans=["aetna"],
        licenses=[{"number": "300", "jurisdiction": "NY"}],
    )


def ask(partner: APIClient, intake: dict[str, Any], **changes: Any) -> dict[str, Any]:
    response = partner.post(MATCHES, {**intake, **changes}, format="json")
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def test_the_whole_document_of_a_couple(partner: APIClient, small_directory: None) -> None:
    seen = ask(partner, FULL)
    seen["sequence"] = 0  # the database counts on from test to test
    assert seen == expected("matches", seen)


def test_the_whole_document_of_the_shortest_intake(partner: APIClient, small_directory: None) -> None:
    seen = ask(partner, SMALL, facets=True)
    seen["sequence"] = 0
    assert seen == expected("matches_short_intake", seen)


def test_points_sum_to_the_score(partner: APIClient, small_directory: None) -> None:
    for match in ask(partner, FULL)["matches"]:
        assert sum(finding["points"] for finding in match["findings"]) == pytest.approx(match["score"], abs=1e-9)
        assert sum(finding["most_points"] for finding in match["findings"]) == pytest.approx(100, abs=1e-9)
        whole = sum(finding["weight"] for finding in match["findings"])
        for finding in match["findings"]:
            fit = 0.3 if finding["fit"] is None else finding["fit"]
            assert finding["stated"] == (finding["fit"] is not None)
            assert finding["points"] == pytest.approx(100 * finding["weight"] / whole * fit, abs=0.02)


def test_an_intake_with_a_relaxation_finds_as_many_more_as_was_said(partner: APIClient, small_directory: None) -> None:
    before = ask(partner, FULL)
    [relaxation] = before["relaxations"]
    assert ask(partner, FULL, **relaxation["change"])["total"] == before["total"] + relaxation["more"]


def test_enough_matches_have_no_relaxations(partner: APIClient) -> None:
    for _ in range(10):
        TherapistFactory()
    TherapistFactory(delivery_methods=["in_person"])
    assert ask(partner, SMALL)["relaxations"] == []


def test_the_same_intake_gives_the_same_bytes(partner: APIClient, small_directory: None) -> None:
    one, other = (partner.post(MATCHES, FULL, format="json") for _ in range(2))
    assert one.content == other.content
    assert one["Cache-Control"] == "no-store"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_and_items_does_not_matter(partner: APIClient, small_directory: None, seed: int) -> None:
    shuffle = random.Random(seed)

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = shuffle.sample(sorted(value.items()), len(value))
            return {key: item if key == "range" else shuffled(item) for key, item in items}
        return shuffle.sample(value, len(value)) if isinstance(value, list) else value

    straight = partner.post(MATCHES, json.dumps(FULL), content_type="application/json")
    mixed = partner.post(MATCHES, json.dumps(shuffled(FULL)), content_type="application/json")
    assert mixed.content == straight.content


def test_a_higher_limit_does_not_change_the_order(partner: APIClient) -> None:
    for number in range(12):
        TherapistFactory(slug=f"twin-{number}")
    everybody = [match["therapist"]["slug"] for match in ask(partner, SMALL, limit=100)["matches"]]
    assert len(everybody) == 12
    for limit in (1, 5, 11):
        assert [match["therapist"]["slug"] for match in ask(partner, SMALL, limit=limit)["matches"]] == everybody[
            :limit
        ]


def test_names_and_synonyms_are_understood(partner: APIClient, small_directory: None) -> None:
    by_words = ask(partner, FULL, approaches=["EFT"], insurance=["Aetna"], state="California")
    assert by_words == ask(partner, FULL)


def test_null_says_the_same_as_leaving_out(partner: APIClient, small_directory: None) -> None:
    optional = {name: None for name in FULL if name not in (*SMALL, "limit", "facets")}
    assert ask(partner, {**SMALL, **optional}) == ask(partner, SMALL)


def test_partner_answers_stay_private(partner: APIClient, small_directory: None) -> None:
    body = ask(partner, FULL)
    assert body["pairing"]["code"] == "pursue_withdraw"
    assert set(body["pairing"]) == {"code", "name", "text", "choosing", "evidence"}
    assert "5.9" not in json.dumps(body)


def test_a_pairing_carries_what_was_found_of_couples_who_meet_so(partner: APIClient, small_directory: None) -> None:
    evidence = ask(partner, FULL)["pairing"]["evidence"]
    assert {row["situation"] for row in evidence} == {"couple-pursue-withdraw"}
    assert {row["kind"] for row in evidence} == {"result", "link"}, "what shows no effect is there as well"
    assert all(row["finding"] and row["citation"] for row in evidence)
    steady = ask(partner, FULL, partner_attachment={"anxiety": 1.2, "avoidance": 1.2, "range": [1, 7]})
    assert (steady["pairing"]["code"], steady["pairing"]["evidence"]) == ("steady_ground", [])


TEEN_IN_DANGER: dict[str, Any] = {
    "state": "CA",
    "delivery": ["telehealth"],
    "session_format": "family",
    "populations": ["adolescents", "parents"],
    "concerns": {"suicidal-thoughts": 3},
    "safe_at_home": True,
}


@pytest.fixture
def family_therapist() -> None:
    TherapistFactory(
        slug="ada-okafor",
        name="Ada Okafor",
        session_formats=["family"],
        trained_in=["attachment-based-family"],
        concerns=["suicidal-thoughts"],
        populations=["adolescents"],
    )


def test_the_whole_document_of_a_family_with_a_teen_in_danger(partner: APIClient, family_therapist: None) -> None:
    seen = ask(partner, TEEN_IN_DANGER)
    assert seen["safety"][0]["code"] == "crisis"
    seen["sequence"] = 0
    assert seen == expected("matches_family", seen)


def test_no_family_is_seen_where_none_is_spoken_of(partner: APIClient) -> None:
    assert ask(partner, SMALL)["family"] is None
    assert ask(partner, SMALL, populations=["parents"])["family"]["parent"]


@pytest.mark.parametrize(
    ("description", "change"),
    [
        ("not safe", {"safe_at_home": False}),
        ("violence named, and nobody asked", {"safe_at_home": None, "concerns": {"domestic-violence": 3}}),
    ],
)
def test_an_unsafe_couple_gets_the_line_first_and_nothing_that_is_for_couples(
    partner: APIClient, small_directory: None, description: str, change: dict[str, Any]
) -> None:
    TherapistFactory(
        slug="eve-stone",
        name="Eve Stone",
        session_formats=["individual", "couple"],
        approaches=["gottman", "trauma-informed"],
        insurance_plans=["aetna"],
    )
    wishes = {"approaches": ["emotionally-focused", "gottman"], "must": ["approaches", "populations", "insurance"]}
    body = ask(partner, FULL, **wishes, **{"populations": ["couples"], **change})
    first = body["safety"][0]
    assert first["code"] == "unsafe_at_home", description
    assert {link["url"] for link in first["links"]} == {"tel:+18007997233", "sms:88788?body=START"}
    assert (body["session_format"], body["pairing"]) == ("individual", None)
    assert body["guidance"]["attachment_focused"] == "worth_considering", "what is about one person stays"
    assert [match["therapist"]["slug"] for match in body["matches"]] == ["ada-okafor", "eve-stone"]
    assert "approach" not in body["removed_by"], "a must that is for couples keeps nobody away from help"
    for match in body["matches"]:
        criteria = {finding["criterion"] for finding in match["findings"]}
        assert "trauma_informed" in criteria
        assert not {"format_expertise", "approach_wish", "population"} & criteria
        rows = [row for finding in match["findings"] for row in finding["evidence"]]
        assert not [row for row in rows if row["situation"].startswith("couple")]
        assert not [question for question in match["questions"] if "us" in question.split()]


@pytest.mark.parametrize(
    ("description", "change", "pointer", "code"),
    [
        ("no state", {"state": None}, "/state", "null"),
        ("unknown state", {"state": "XX"}, "/state", "unknown_code"),
        ("unknown way to meet", {"delivery": ["telehealth", "pigeon"]}, "/delivery/1", "unknown_code"),
        ("no way to meet", {"delivery": []}, "/delivery", "min_length"),
        ("unknown format", {"session_format": "crowd"}, "/session_format", "unknown_code"),
        ("unknown concern", {"concerns": {"xyz": 1}}, "/concerns/xyz", "unknown_code"),
        ("weight off the scale", {"concerns": {"grief": 4}}, "/concerns/grief", "out_of_range"),
        ("weight as text", {"concerns": {"grief": "3"}}, "/concerns/grief", "out_of_range"),
        ("concerns as a list", {"concerns": ["grief"]}, "/concerns", "not_an_object"),
        ("unknown ZIP", {"near": {"zip": "00000", "within": 5}}, "/near/zip", "unknown_zip"),
        ("short ZIP", {"near": {"zip": "9001", "within": 5}}, "/near/zip", "invalid"),
        ("no distance", {"near": {"zip": "90012"}}, "/near/within", "required"),
        ("unknown sign", {"signs": ["stars"]}, "/signs/0", "invalid_choice"),
        ("unknown plan", {"insurance": ["nowhere"], "must": []}, "/insurance/0", "unknown_code"),
        ("unknown gender", {"genders": ["robot"]}, "/genders/0", "invalid_choice"),
        ("a must that cannot be", {"must": ["state"]}, "/must/0", "invalid_choice"),
        ("a must without its wish", {"insurance": []}, "/must", "not_given"),
        ("limit too small", {"limit": 0}, "/limit", "min_value"),
        ("limit too large", {"limit": 101}, "/limit", "max_value"),
        ("limit as text", {"limit": "20"}, "/limit", "not_a_number"),
        ("yes as text", {"trauma": "true"}, "/trauma", "invalid"),
        ("unknown key", {"budget": 100}, "/budget", "unknown_key"),
        ("unknown key below", {"near": {"zip": "90012", "within": 5, "km": 8}}, "/near/km", "unknown_key"),
        (
            "unknown instrument",
            {"attachment": {"instrument": "tea-leaves", "responses": {}}},
            "/attachment/instrument",
            "unknown_instrument",
        ),
        (
            "unknown item",
            {"attachment": {"instrument": "closeness-12", "responses": {"x": 3}}},
            "/attachment/responses/x",
            "unknown_item",
        ),
        (
            "score beyond its range",
            {"partner_attachment": {"anxiety": 8, "avoidance": 2, "range": [1, 7]}},
            "/partner_attachment/anxiety",
            "out_of_range",
        ),
        ("half a profile", {"attachment": {"anxiety": 3, "range": [1, 7]}}, "/attachment/avoidance", "required"),
        ("negative budget", {"fee_max": -1}, "/fee_max", "min_value"),
    ],
)
def test_errors_name_their_place(
    partner: APIClient, description: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    response = partner.post(MATCHES, {**FULL, **change}, format="json")
    assert response.status_code == 400, description
    assert response["Content-Type"] == "application/problem+json"
    assert [(error.get("pointer"), error["code"]) for error in response.json()["errors"]] == [(pointer, code)]


def test_all_errors_are_named_at_once(partner: APIClient) -> None:
    response = partner.post(MATCHES, {"state": "XX", "limit": 0, "colour": "red"}, format="json")
    pointers = {error["pointer"] for error in response.json()["errors"]}
    assert pointers == {"/state", "/limit", "/colour", "/delivery", "/session_format"}


@pytest.mark.parametrize("body", ["[]", '"intake"', "3", "null"])
def test_a_body_that_is_no_object_is_an_error(partner: APIClient, body: str) -> None:
    response = partner.post(MATCHES, body, content_type="application/json")
    assert response.status_code == 400


def test_an_order_change_names_somebody_who_is_not_first(partner: APIClient) -> None:
    listed = {"approaches": ["cognitive-behavioral"]}
    TherapistFactory(name="Ana Demo", slug="ana-demo", fee_min=180, languages=["es"], **listed)
    TherapistFactory(name="Bo Demo", slug="bo-demo", fee_min=90, languages=["en"], **listed)
    intake = {"state": "CA", "delivery": ["telehealth"], "session_format": "individual"}
    wishes = {"fee_max": 100, "languages": ["es"], "limit": 1}

    body = partner.post(MATCHES, intake | wishes, format="json").json()

    assert [match["therapist"]["slug"] for match in body["matches"]] == ["bo-demo"]
    assert body["order_changes"] == [
        {
            "criterion": criterion,
            "counts": counts,
            "first": {"slug": "ana-demo", "name": "Ana Demo"},
            "text": text,
        }
        for criterion, counts, text in (
            ("cost", "half", "If “Cost” counted half as much, Ana Demo would come first."),
            ("language", "twice", "If “Language” counted twice as much, Ana Demo would come first."),
        )
    ]
