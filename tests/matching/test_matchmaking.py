"""The whole way from an intake to ranked therapists, with the database."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from directory.cards import cards_by_id
from directory.models import InsurancePlan, Therapist
from directory.vocabulary import names
from matching import matchmaking
from matching.intake import Answers, Intake, InvalidIntake, Near
from matching.matches import Match
from matching.matchmaking import find_matches, seed_of
from matching.ranking import TURNS
from tests.factories import TODAY, TherapistFactory
from tests.matching.drawing import RULES

pytestmark = pytest.mark.django_db

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
COUPLE = Intake(
    state="CA",
    delivery=("telehealth",),
    session_format="couple",
    concerns={"trust-and-abandonment": 3, "childhood-trauma": 2},
    trauma=True,
    safe_at_home=True,
    insurance=("aetna",),
    must=("insurance",),
)


def names_of(matches: Any) -> list[str]:
    return [match.card["name"] for match in matches.matches]


def test_the_trained_therapist_stands_before_the_one_who_ticked_and_the_one_who_did_neither() -> None:
    for name, facts in {
        "Ada Ticked": {"approaches": ["emotionally-focused", "trauma-informed"]},
        "Bea Trained": {"trained_in": ["emotionally-focused", "trauma-informed"]},
        "Cleo Neither": {"approaches": ["narrative"]},
    }.items():
        TherapistFactory(
            name=name,
            session_formats=["couple"],
            insurance_plans=["aetna"],
            concerns=["trust-and-abandonment", "childhood-trauma"],
            **facts,
        )
    assert names_of(find_matches(COUPLE, on=TODAY)) == ["Bea Trained", "Ada Ticked", "Cleo Neither"]


@pytest.mark.parametrize(
    ("description", "facts", "requirement"),
    [
        ("licensed elsewhere", {"licenses": [{"jurisdiction": "NY"}]}, "state"),
        ("only in person", {"delivery_methods": ["in_person"]}, "delivery"),
        ("no couples", {"session_formats": ["individual"]}, "session_format"),
        ("a waiting list", {"accepting_clients": "waitlist"}, "accepting"),
        ("does not say whether there is a place", {"accepting_clients": ""}, "accepting"),
        ("another plan", {"insurance_plans": ["cigna"]}, "insurance"),
        ("does not say which plans", {"insurance_plans": []}, "insurance"),
    ],
)
def test_who_does_not_meet_a_requirement_is_counted_and_not_shown(
    description: str, facts: dict[str, Any], requirement: str
) -> None:
    TherapistFactory(**{"session_formats": ["couple"], "insurance_plans": ["aetna"]} | facts)
    matches = find_matches(COUPLE, on=TODAY)
    assert matches.total == 0, description
    assert matches.matches == ()
    assert [name for name, count in matches.removed_by.items() if count] == [requirement]
    eased = [relaxation.requirements for relaxation in matches.relaxations]
    assert eased == ([] if requirement in ("state", "accepting") else [(requirement,)])


def test_an_expired_license_is_no_candidate() -> None:
    TherapistFactory(licenses=[{"expires_on": TODAY}])
    assert find_matches(PLAIN, on=TODAY).total == 1
    assert find_matches(PLAIN, on=TODAY + dt.timedelta(days=1)).total == 0


def test_only_the_shown_therapists_are_read_from_the_database(django_assert_num_queries: Any) -> None:
    for _ in range(30):
        TherapistFactory()
    find_matches(PLAIN, on=TODAY)  # loads the roster, the names and the evidence
    names()
    # The roster asks what changed; cards.
    with django_assert_num_queries(2) as context:
        assert len(find_matches(replace(PLAIN, limit=5), on=TODAY).matches) == 5
    assert [query["sql"].count("directory_therapist") for query in context.captured_queries] == [0, 0]
    with django_assert_num_queries(3):  # and where the ZIP is
        find_matches(replace(PLAIN, near=Near(zip="90012", within=25), limit=30), on=TODAY)


def test_a_change_is_seen_by_the_next_search() -> None:
    therapist = TherapistFactory(languages=["en"])
    spanish = replace(PLAIN, languages=("es",), must=("languages",))
    assert find_matches(spanish, on=TODAY).total == 0
    therapist.languages.add(therapist.languages.model.objects.get(code="es"))
    assert find_matches(spanish, on=TODAY).total == 1


def test_a_code_that_a_curator_has_just_added_can_be_asked_for() -> None:
    find_matches(PLAIN, on=TODAY)  # keeps the names
    plan = InsurancePlan.objects.create(code="new-plan", name="New Plan")
    TherapistFactory().insurance_plans.add(plan)
    assert find_matches(replace(PLAIN, insurance=("new-plan",), must=("insurance",)), on=TODAY).total == 1
    names.forget()


def seed(intake: Intake, on: dt.date = TODAY) -> str:
    return seed_of(intake, on=on, ruleset=RULES)


def test_the_seed_follows_from_wishes_day_and_ruleset() -> None:
    assert seed(PLAIN) == seed(replace(PLAIN, limit=3), on=TODAY)
    assert seed(PLAIN) != seed(PLAIN, on=TODAY + dt.timedelta(days=1))
    assert seed(PLAIN) != seed(replace(PLAIN, trauma=False), on=TODAY)
    assert seed(PLAIN) != seed_of(PLAIN, on=TODAY, ruleset=replace(RULES, code="2027.1"))
    assert len(seed(PLAIN)) == 16


def test_the_seed_counts_the_days_and_keeps_its_shuffle() -> None:
    today, tomorrow = (int(seed(PLAIN, on=TODAY + dt.timedelta(days=days)), 16) for days in (0, 1))
    assert (tomorrow - today) % TURNS == 1
    assert today // TURNS == tomorrow // TURNS


def test_nobody_outside_can_work_out_a_seed(settings: Any) -> None:
    before = seed(PLAIN)
    settings.SECRET_KEY = "another site"
    assert seed(PLAIN) != before


def test_a_couple_that_is_not_safe_gets_individual_trauma_informed_support() -> None:
    TherapistFactory(name="Ada Couples", session_formats=["couple"])
    TherapistFactory(name="Bea Alone", session_formats=["individual"], approaches=["trauma-informed"])
    matches = find_matches(replace(COUPLE, safe_at_home=False, must=()), on=TODAY)
    assert names_of(matches) == ["Bea Alone"]
    assert matches.to_json()["safety"][0]["code"] == "unsafe_at_home"
    assert matches.to_json()["session_format"] == "individual"


def match_of(intake: Intake, **facts: Any) -> Match:
    TherapistFactory(**facts)
    [match] = find_matches(intake, on=TODAY).matches
    return match


def test_answers_become_a_profile() -> None:
    from assessments import catalogue

    items = catalogue.get("closeness-12").items
    answers = {item.id: (2 if item.reverse_keyed else 6) for item in items if item.scale == "anxiety"}
    answers |= {item.id: (6 if item.reverse_keyed else 2) for item in items if item.scale == "avoidance"}
    TherapistFactory(approaches=["attachment-based"])
    matches = find_matches(replace(PLAIN, attachment=Answers(instrument="closeness-12", responses=answers)), on=TODAY)
    assert matches.profile is not None
    assert matches.profile.style == "anxious"
    assert "style_fit" in [finding.criterion.code for finding in matches.matches[0].ranked.findings]


def test_a_style_that_is_unclear_asks_nothing() -> None:
    intake = Intake.from_json(PLAIN.to_json() | {"attachment": {"anxiety": 4.1, "avoidance": 3.9, "range": [1, 7]}})
    match = match_of(intake, approaches=["attachment-based"])
    assert "style_fit" not in [finding.criterion.code for finding in match.ranked.findings]


@pytest.mark.parametrize(
    ("description", "change", "path"),
    [
        ("a state abroad", {"state": "BC"}, ("state",)),
        ("a way to meet", {"delivery": ("pigeon",)}, ("delivery",)),
        ("a format", {"session_format": "crowd"}, ("session_format",)),
        ("a population", {"populations": ("martians",)}, ("populations",)),
        ("a concern", {"concerns": {"gravity": 1}}, ("concerns", "gravity")),
        ("an approach", {"approaches": ("phrenology",)}, ("approaches",)),
        ("a plan", {"insurance": ("nowhere-health",)}, ("insurance",)),
        ("a language", {"languages": ("tlh",)}, ("languages",)),
        ("a gender", {"genders": ("robot",)}, ("genders",)),
        ("a ZIP", {"near": Near(zip="00000", within=5)}, ("near", "zip")),
        (
            "an instrument",
            {"attachment": Answers(instrument="tea-leaves", responses={})},
            ("attachment", "instrument"),
        ),
        (
            "an item",
            {"partner_attachment": Answers(instrument="closeness-12", responses={"x": 3})},
            ("partner_attachment", "responses", "x"),
        ),
    ],
)
def test_what_does_not_exist_is_named(description: str, change: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidIntake) as raised:
        find_matches(replace(PLAIN, **change), on=TODAY)
    assert [problem.path for problem in raised.value.problems] == [path], description


def test_who_left_while_we_ranked_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    TherapistFactory(name="Ada Stays")
    gone = TherapistFactory(name="Bea Gone")
    monkeypatch.setattr(
        matchmaking, "cards_by_id", lambda ids, on: cards_by_id([id for id in ids if id != gone.pk], on=on)
    )
    matches = find_matches(PLAIN, on=TODAY)
    assert names_of(matches) == ["Ada Stays"]
    assert Therapist.objects.count() == matches.total == 2
