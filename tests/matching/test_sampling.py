"""Invented intakes: the same for a seed, of the mix that is written down, and asking for nothing unknown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import pytest
from django.conf import settings

from directory.demo.people import world
from matching import clientele
from matching.intake import Intake, Scores
from matching.paths import TOGETHER
from matching.sampling import sample_intakes

COUNT = 1500


def shipped_codes() -> dict[str, list[str]]:
    folder = settings.FIXTURES / "taxonomy"
    return {path.stem: [row["code"] for row in json.loads(path.read_text())] for path in folder.glob("*.json")}


CODES = shipped_codes()
ZIPS = {"CA": ["90012", "94103"], "NY": ["10001"]}


@pytest.fixture(scope="module")
def intakes() -> list[Intake]:
    return sample_intakes(COUNT, seed=1, codes=CODES, zips=ZIPS)


def share(counted: int, of: int = COUNT) -> float:
    return counted / of


def test_the_same_seed_gives_the_same_intakes_and_another_seed_others(intakes: list[Intake]) -> None:
    shuffled = {vocabulary: terms[::-1] for vocabulary, terms in CODES.items()}
    assert sample_intakes(20, seed=1, codes=shuffled, zips=ZIPS) == intakes[:20]
    assert sample_intakes(20, seed=2, codes=CODES, zips=ZIPS) != intakes[:20]


def test_a_larger_sample_begins_with_a_smaller_one(intakes: list[Intake]) -> None:
    assert sample_intakes(7, seed=1, codes=CODES, zips=ZIPS) == intakes[:7]
    assert sample_intakes(0, seed=1, codes=CODES) == []


def test_no_two_intakes_ask_the_same(intakes: list[Intake]) -> None:
    assert len({intake.canonical() for intake in intakes}) > 0.98 * COUNT


def test_states_come_by_their_residents(intakes: list[Intake]) -> None:
    counted = Counter(intake.state for intake in intakes)
    residents = {code: facts[0] for code, facts in world()["states"].items()}
    assert share(counted["CA"]) == pytest.approx(residents["CA"] / sum(residents.values()), abs=0.03)
    assert len(counted) > 40


def test_the_mix_is_the_one_that_is_written_down(intakes: list[Intake]) -> None:
    couples = [intake for intake in intakes if intake.session_format == "couple"]
    assert share(len(couples)) == pytest.approx(clientele.COMERS["couple"], abs=0.03)
    for described, counted, expected in (
        ("insurance", sum(bool(intake.insurance) for intake in intakes), clientele.INSURED),
        ("genders", sum(bool(intake.genders) for intake in intakes), clientele.NAMES_GENDER),
        ("budget", sum(intake.fee_max is not None for intake in intakes), clientele.HAS_BUDGET),
        ("hurry", sum(intake.opening_within_days is not None for intake in intakes), clientele.IN_A_HURRY),
        ("only in person", sum(intake.delivery == ("in_person",) for intake in intakes), 0.2),
    ):
        assert share(counted) == pytest.approx(expected, abs=0.04), described
    asked = [intake for intake in intakes if intake.insurance]
    musts = sum("insurance" in intake.must for intake in asked)
    assert share(musts, len(asked)) == pytest.approx(clientele.MUSTS["insurance"], abs=0.06)


def test_everything_that_an_intake_may_say_is_said_by_some(intakes: list[Intake]) -> None:
    silent = [name for name in Intake.__dataclass_fields__ if len({str(getattr(one, name)) for one in intakes}) == 1]
    assert silent == ["limit", "facets"]  # they say how much of the answer is wanted
    assert {importance for intake in intakes for importance in intake.concerns.values()} == {1, 2, 3}
    assert {name for intake in intakes for name in intake.must} == set(clientele.MUSTS)
    assert {intake.safe_at_home for intake in intakes if intake.session_format in TOGETHER} == {True, False, None}


def test_many_a_style_stays_unclear(intakes: list[Intake]) -> None:
    from matching.matchmaking import profile_of

    scored = [intake.attachment for intake in intakes if isinstance(intake.attachment, Scores)]
    styles = Counter(profile.style for one in scored if (profile := profile_of(one)) is not None)
    assert styles.keys() == {"secure", "anxious", "avoidant", "disorganized", "unclear"}
    assert 0.1 < styles["unclear"] / len(scored) < 0.5


def test_a_plan_of_few_states_is_asked_for_there_only(intakes: list[Intake]) -> None:
    local: Mapping[str, list[str]] = world()["plans_only_in"]
    asked = {(plan, intake.state) for intake in intakes for plan in intake.insurance if plan in local}
    assert asked
    assert all(state in local[plan] for plan, state in asked)


def test_nothing_is_asked_that_the_directory_has_no_word_for() -> None:
    few = {
        "jurisdictions": ["NY", "VT"],
        "populations": ["adults"],
        "concerns": ["grief"],
        "insurance_plans": ["aetna"],
        "languages": ["en"],
        "approaches": [],
    }
    for intake in sample_intakes(200, seed=3, codes=few):
        assert intake.state in few["jurisdictions"]
        assert {*intake.concerns} <= {"grief"}
        assert {*intake.populations} <= {"adults"}
        assert {*intake.insurance} <= {"aetna"}
        assert (intake.languages, intake.approaches, intake.near) == ((), (), None)


def test_a_place_is_named_by_those_who_would_meet_in_person_and_lies_in_their_state(intakes: list[Intake]) -> None:
    placed = [intake for intake in intakes if intake.near]
    assert placed
    for intake in placed:
        assert intake.near is not None
        assert intake.near.zip in ZIPS[intake.state]
        assert "in_person" in intake.delivery
