"""The intake: what is the same wish, and what contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.intake import MUSTS, SIGN_CODES, Answers, Intake, InvalidIntake, Near, Scores

FULL = Intake(
    state="CA",
    delivery=("telehealth", "in_person"),
    session_format="couple",
    near=Near(zip="90012", within=25),
    populations=("couples", "adults"),
    concerns={"trust-and-abandonment": 3, "childhood-trauma": 2},
    trauma=True,
    safe_at_home=True,
    signs=("same_patterns", "relationships_the_catalyst"),
    attachment=Answers(instrument="closeness-12", responses={"b": 5, "a": None}),
    partner_attachment=Scores(anxiety=5.4, avoidance=2.1, range=(1, 7), standard_error={"anxiety": 0.4}),
    approaches=("gottman", "emotionally-focused"),
    insurance=("aetna",),
    fee_max=150,
    languages=("es", "en"),
    genders=("woman",),
    opening_within_days=14,
    must=("languages", "insurance"),
    limit=5,
    facets=True,
)


def shuffled(value: Any, random: Any) -> Any:
    """The same JSON with keys and list items in another order (ranges are pairs, not sets)."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: value[key] if key == "range" else shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, random) for item in value]
        random.shuffle(items)
        return items
    return value


@given(st.randoms(use_true_random=False))
def test_order_of_keys_and_items_does_not_matter(random: Any) -> None:
    other = Intake.from_json(shuffled(FULL.to_json(), random))
    assert other == FULL
    assert other.canonical() == FULL.canonical()


def test_repeats_do_not_matter() -> None:
    assert replace(FULL, languages=("es", "en", "es")) == FULL


@pytest.mark.parametrize("change", [{"limit": 100}, {"facets": False}])
def test_how_much_is_asked_for_is_not_part_of_the_wish(change: dict[str, Any]) -> None:
    assert replace(FULL, **change).canonical() == FULL.canonical()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "NY"},
        {"concerns": {"trust-and-abandonment": 2, "childhood-trauma": 2}},
        {"trauma": None},
        {"signs": None},
        {"signs": ()},
        {"must": ()},
        {"near": Near(zip="90012", within=10)},
        {"attachment": None},
        {"attachment": Answers(instrument="closeness-12", responses={"b": 5, "a": 1})},
    ],
)
def test_another_wish_is_another_text(change: dict[str, Any]) -> None:
    assert replace(FULL, **change).canonical() != FULL.canonical()


def test_the_partners_scores_are_in_no_text_that_the_other_is_shown_a_digest_of() -> None:
    scores = Scores(anxiety=6.2, avoidance=1.4, range=(1, 7))
    assert replace(FULL, partner_attachment=scores).canonical() == replace(FULL, partner_attachment=None).canonical()


def test_whole_numbers_and_decimals_are_the_same_answer() -> None:
    one = replace(FULL, attachment=Answers(instrument="ecr", responses={"1": 5}))
    other = replace(FULL, attachment=Answers(instrument="ecr", responses={"1": 5.0}))
    assert one.canonical() == other.canonical()


def test_json_round_trip() -> None:
    assert Intake.from_json(FULL.to_json()) == FULL
    small = Intake(state="NY", delivery=("in_person",), session_format="individual", signs=())
    assert Intake.from_json(small.to_json()) == small
    assert set(small.to_json()) == {"state", "delivery", "session_format", "signs", "limit", "facets"}


@pytest.mark.parametrize("name", MUSTS)
def test_a_must_needs_the_wish_it_hardens(name: str) -> None:
    empty: Any = {"concerns": {}}.get(name, None if name in ("near", "fee_max", "opening_within_days") else ())
    assert replace(FULL, must=(name,)).must == (name,)
    with pytest.raises(InvalidIntake) as raised:
        replace(FULL, must=(name,), **{name: empty})
    [problem] = raised.value.problems
    assert (problem.path, problem.code) == (("must",), "not_given")
    assert name in problem.detail


@pytest.mark.parametrize(
    ("description", "change", "path"),
    [
        ("no way to meet", {"delivery": ()}, ("delivery",)),
        ("a must that cannot be one", {"must": ("state",)}, ("must",)),
        ("no matches at all", {"limit": 0}, ("limit",)),
        ("more matches than anyone reads", {"limit": 101}, ("limit",)),
        ("a weight off the scale", {"concerns": {"grief": 4}}, ("concerns", "grief")),
        ("a sign nobody knows", {"signs": ("stars",)}, ("signs",)),
        ("a ZIP of four digits", {"near": Near(zip="9001", within=5)}, ("near", "zip")),
        ("no distance", {"near": Near(zip="90012", within=0)}, ("near", "within")),
        ("a negative fee", {"fee_max": -1}, ("fee_max",)),
        ("an opening in the past", {"opening_within_days": -1}, ("opening_within_days",)),
        (
            "a score beyond its range",
            {"attachment": Scores(anxiety=8, avoidance=2, range=(1, 7))},
            ("attachment", "anxiety"),
        ),
        (
            "a range upside down",
            {"partner_attachment": Scores(anxiety=3, avoidance=2, range=(7, 1))},
            ("partner_attachment", "range"),
        ),
        (
            "a negative standard error",
            {"attachment": Scores(anxiety=3, avoidance=2, range=(1, 7), standard_error={"avoidance": -1})},
            ("attachment", "standard_error", "avoidance"),
        ),
    ],
)
def test_what_contradicts_itself_is_named(description: str, change: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidIntake) as raised:
        replace(FULL, **change)
    assert [problem.path for problem in raised.value.problems] == [path], description


def test_there_are_six_signs_and_a_leading_question() -> None:
    assert SIGN_CODES[0] == "relationships_the_catalyst"
    assert len(SIGN_CODES) == 7
