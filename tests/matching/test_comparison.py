"""Why A stands above B: the differences add up, the places are those of the matches, and the words say what decided."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.roster.columns import Columns
from matching.comparison import NOT_MET, CannotCompare, Comparison, Side
from matching.explanation import Explanation
from matching.intake import Intake, InvalidIntake
from matching.matchmaking import compare, find_matches
from matching.needs import Needs
from matching.ranking import rank
from matching.reasons import Reason
from matching.standings import Standing, standings
from tests.factories import TODAY, TherapistFactory
from tests.matching.drawing import CODES, intakes, needs, profiles, therapists

directories = st.lists(therapists(), min_size=2, max_size=6)
many = settings(max_examples=60, deadline=None)


def side(standing: Standing) -> Side:
    """With no words, which change nothing."""
    silent = tuple(Reason(code="", text="") for _ in standing.weighed.findings)
    name = f"Therapist {standing.weighed.therapist_id}"
    return Side(
        standing=standing,
        card={"name": name, "slug": name},
        explanation=Explanation(findings=silent, reasons=(), cautions=(), questions=()),
    )


def compared(a: Standing, b: Standing, its_needs: Needs) -> Comparison:
    return Comparison(ruleset="", seed="", sequence=0, on=TODAY, needs=its_needs, a=side(a), b=side(b))


@many
@given(intakes(), profiles(), directories, st.integers(0, 2**64 - 1))
def test_for_any_two_the_differences_sum_to_that_of_the_scores_and_places_and_findings_are_those_of_the_matches(
    intake: Any, profile: Any, directory: list[dict[str, Any]], seed: int
) -> None:
    its_needs = needs(intake, profile)
    roster = Columns.from_records(directory * 2, codes=CODES)
    selection = roster.select(its_needs.requirements)
    ranked = {match.therapist_id: match for match in rank(selection, its_needs, seed=seed, limit=100)}
    everybody = standings(roster, range(1, len(directory) * 2 + 1), its_needs, seed=seed)
    assert everybody.keys() == {*range(1, len(directory) * 2 + 1)}

    for therapist_id, its in everybody.items():
        assert standings(roster, [therapist_id], its_needs, seed=seed) == {therapist_id: its}
        match = ranked.get(therapist_id)
        assert its.rank == (match and match.rank)
        assert bool(its.not_met) is (match is None)
        if match is not None:
            assert (its.weighed.score, its.weighed.findings) == (match.score, match.findings)
            assert (its.weighed.confidence, its.weighed.miles) == (match.confidence, match.miles)
    for name, count in selection.removed_by.items():
        assert sum(name in its.not_met for its in everybody.values()) == count

    for one, other in itertools.permutations(everybody.values(), 2):
        its = compared(one, other, its_needs)
        assert sum(row.difference for row in its.rows) == its.difference == one.weighed.score - other.weighed.score
        assert its.difference == -compared(other, one, its_needs).difference


@many
@given(intakes(), profiles(), directories, st.integers(0, 2**64 - 1))
def test_what_decides_agrees_with_who_stands_above(
    intake: Any, profile: Any, directory: list[dict[str, Any]], seed: int
) -> None:
    its_needs = needs(intake, profile)
    roster = Columns.from_records(directory * 2, codes=CODES)
    everybody = standings(roster, range(1, len(directory) * 2 + 1), its_needs, seed=seed)
    for one, other in itertools.permutations(everybody.values(), 2):
        its = compared(one, other, its_needs)
        if its.above is None or its.below is None:
            assert its.decided_by == "requirement"
            assert one.not_met
            assert other.not_met
            continue
        above, below = its.above.standing, its.below.standing
        assert not above.not_met
        match its.decided_by:
            case "requirement":
                assert below.not_met
            case "score":
                assert above.weighed.score > below.weighed.score
            case "known":
                assert above.weighed.score == below.weighed.score
                assert above.weighed.known > below.weighed.known
            case "turn":
                assert (above.weighed.score, above.weighed.known) == (below.weighed.score, below.weighed.known)
        assert below.rank is None or (above.rank is not None and above.rank < below.rank)


# --- The whole way, with the database ---------------------------------------------------------------------------------

PLAIN = Intake(state="CA", delivery=("telehealth",), session_format="individual")
WISHING = replace(PLAIN, fee_max=120, languages=("es",), insurance=("aetna",))
ANA: dict[str, Any] = {"name": "Ana Demo", "slug": "ana-demo"}
BO: dict[str, Any] = {"name": "Bo Demo", "slug": "bo-demo"}


def ana_and_bo(intake: Intake, on: dt.date = TODAY) -> Comparison:
    return compare(intake, ("ana-demo", "bo-demo"), on=on)


@pytest.mark.django_db
def test_the_findings_of_two_shown_therapists_are_those_of_the_matches_word_by_word() -> None:
    TherapistFactory(**ANA, languages=["es"], fee_min=100, trained_in=["emdr"])
    TherapistFactory(**BO, languages=["en"], insurance_plans=["aetna"])
    intake = replace(WISHING, trauma=True, concerns={"grief": 2})
    matches = {match["therapist"]["slug"]: match for match in find_matches(intake, on=TODAY).to_json()["matches"]}

    its = ana_and_bo(intake).to_json()

    for letter, slug in (("a", "ana-demo"), ("b", "bo-demo")):
        assert [row[letter] for row in its["findings"]] == matches[slug]["findings"]
        for name in ("rank", "score", "confidence", "therapist", "cautions"):
            assert its[letter][name] == matches[slug][name], name
    for name in ("ruleset", "seed", "sequence", "on"):
        assert its[name] == find_matches(intake, on=TODAY).to_json()[name]


@pytest.mark.django_db
def test_the_score_decides_and_the_sentence_says_on_what_each_is_ahead() -> None:
    TherapistFactory(**ANA, languages=["es"], fee_min=100, insurance_plans=["cigna"])
    TherapistFactory(**BO, languages=["en"], fee_min=200, insurance_plans=["aetna"])

    its = ana_and_bo(WISHING)

    # Of 100 points: evidence 20, cost 8, language 6, insurance 6 of 40 in all.
    assert its.decided_by == "score"
    assert {row.name: row.difference for row in its.rows} == {
        "Evidence for the approach": 0,
        "Cost": 2000,
        "Language": 1500,
        "Insurance": -1500,
    }
    assert its.text == (
        "Ana Demo stands above Bo Demo by 20.00 points. Ana Demo is ahead on “Cost” by 20.00 and “Language” by 15.00. "
        "Bo Demo is ahead on “Insurance” by 15.00."
    )
    turned = compare(WISHING, ("bo-demo", "ana-demo"), on=TODAY)
    assert turned.text == its.text
    assert turned.difference == -its.difference


@pytest.mark.django_db
def test_of_equal_scores_the_one_of_whom_more_is_known_stands_above() -> None:
    TherapistFactory(**ANA)
    TherapistFactory(**BO, approaches=["existential"])  # no study is listed: 0.3, as for saying nothing
    its = ana_and_bo(PLAIN)
    assert its.decided_by == "known"
    assert its.text == (
        "Both have 30.00 points. Bo Demo comes first since more of what you asked about is known of them."
    )


@pytest.mark.django_db
def test_equals_take_turns_and_the_sentence_says_so() -> None:
    TherapistFactory(**ANA)
    TherapistFactory(**BO)
    firsts = set()
    for day in range(2):
        its = ana_and_bo(PLAIN, on=TODAY + dt.timedelta(days=day))
        assert its.decided_by == "turn"
        assert its.above is not None
        name = its.above.card["name"]
        assert its.text == (
            "Both have 30.00 points, and as much is known of one as of the other. Equals take turns from day to day. "
            f"Today {name} comes first."
        )
        firsts.add(name)
    assert firsts == {"Ana Demo", "Bo Demo"}


@pytest.mark.django_db
def test_who_does_not_meet_a_must_is_compared_and_the_sentence_names_it() -> None:
    TherapistFactory(**ANA, insurance_plans=["aetna"], fee_min=300)
    TherapistFactory(**BO, insurance_plans=["cigna"], fee_min=90, accepting_clients="waitlist")
    its = ana_and_bo(replace(WISHING, must=("insurance",)))
    assert its.decided_by == "requirement"
    assert (its.a.standing.rank, its.b.standing.rank) == (1, None)
    assert its.b.standing.not_met == ("insurance", "accepting")
    assert its.text == (
        "Ana Demo is among your matches, and Bo Demo is not. Bo Demo does not list your insurance and does not say "
        "that there is room for new clients. Points do not make up for that."
    )


@pytest.mark.django_db
def test_of_two_who_are_no_matches_neither_stands_above() -> None:
    TherapistFactory(**ANA, licenses=[{"jurisdiction": "NY"}])
    TherapistFactory(**BO, session_formats=["couple"])
    its = ana_and_bo(PLAIN)
    assert (its.decided_by, its.above, its.to_json()["above"]) == ("requirement", None, None)
    assert its.text == (
        "Neither is among your matches. Ana Demo may not see clients where you will be. "
        "Bo Demo does not offer the kind of session we looked for."
    )


@pytest.mark.django_db
def test_two_of_one_name_are_told_apart() -> None:
    TherapistFactory(**ANA, languages=["es"])
    TherapistFactory(**BO | {"name": "Ana Demo"}, languages=["en"])
    assert "Ana Demo (the first) stands above Ana Demo (the second)" in ana_and_bo(WISHING).text


def test_every_requirement_has_its_words() -> None:
    everything = needs(
        Intake.from_json(
            {"state": "CA", "delivery": ["in_person"], "session_format": "individual", "populations": ["adults"]}
            | {"concerns": {"grief": 1}, "approaches": ["emdr"], "insurance": ["aetna"], "fee_max": 100}
            | {"languages": ["es"], "genders": ["woman"], "opening_within_days": 7}
            | {"near": {"zip": "90012", "within": 5}}
            | {"must": ["populations", "concerns", "approaches", "insurance", "fee_max", "languages", "genders"]}
        )
    )
    everything = replace(everything, requirements=replace(everything.requirements, opening_within_days=7))
    asked = Columns.from_records([], codes=CODES).select(everything.requirements).removed_by
    assert asked.keys() == NOT_MET.keys()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("description", "slugs", "places"),
    [
        ("nobody has the first", ("no-one", "ana-demo"), ["0"]),
        ("the second was suspended", ("ana-demo", "gone-demo"), ["1"]),
        ("neither is listed", ("no-one", "gone-demo"), ["0", "1"]),
        ("one twice", ("ana-demo", "ana-demo"), ["1"]),
    ],
)
def test_who_cannot_be_compared_is_named_by_place(description: str, slugs: tuple[str, str], places: list[str]) -> None:
    TherapistFactory(**ANA)
    TherapistFactory(name="Gone Demo", slug="gone-demo", life="suspended")
    with pytest.raises(CannotCompare) as raised:
        compare(PLAIN, slugs, on=TODAY)
    assert [problem.path for problem in raised.value.problems] == [(place,) for place in places], description


@pytest.mark.django_db
def test_an_intake_that_does_not_hold_is_refused_as_for_matches() -> None:
    with pytest.raises(InvalidIntake):
        compare(replace(PLAIN, state="BC"), ("ana-demo", "bo-demo"), on=TODAY)
