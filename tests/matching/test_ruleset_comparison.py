"""Two rulesets over the same intakes: the counting by hand, and the command on an invented directory."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Therapist
from matching import rulebook
from matching.intake import Intake
from matching.ranking import Scored, rank
from matching.ruleset_comparison import DEPTH, Comparing, differences, kendall
from tests.factories import TODAY
from tests.factories import TherapistFactory as Create
from tests.matching.drawing import needs, selected

RULES = rulebook.get("2026.1")
DRAFT = RULES.with_weights({"cost": 16})


def compared(*pairs: tuple[list[int], list[int]]) -> Comparing:
    comparing = Comparing(RULES, DRAFT)
    for before, after in pairs:
        comparing.add(np.array(before, dtype=np.int64), np.array(after, dtype=np.int64))
    return comparing


def test_moves_are_counted_by_hand() -> None:
    found = compared(([1, 2, 3, 4], [2, 1, 3, 4]), ([5, 6], [5, 6]), ([7], [7]), ([], [])).outcome()
    assert (found.intakes, found.choices) == (4, 2)
    first, three, twenty = found.tops
    assert (first.size, first.order_changes, first.people_change, first.overlap) == (1, 0.5, 0.5, 0.5)
    assert (three.size, three.order_changes, three.people_change, three.overlap) == (3, 0.5, 0, 1)
    assert (twenty.size, twenty.order_changes, twenty.people_change) == (20, 0.5, 0)
    assert found.mean_move == pytest.approx(2 / 6)
    assert found.largest_move == 1
    assert found.kendall == pytest.approx((2 * 5 / 6 - 1 + 1) / 2)
    assert [(one.therapist_id, one.gained) for one in found.gain] == [(2, 1)]
    assert [(one.therapist_id, one.gained) for one in found.lose] == [(1, -1)]


def test_who_leaves_the_first_twenty_counts_as_the_twenty_first() -> None:
    order = [*range(1, 26)]
    [gains] = compared((order, [25, *order[:24]])).outcome().gain
    assert (gains.therapist_id, gains.gained, gains.before, gains.after) == (25, 20, 0, 1)


def test_who_is_further_down_than_we_look_counts_as_just_behind() -> None:
    order = [*range(DEPTH)]
    found = compared((order, [999, *order[:-1]])).outcome()
    assert found.largest_move == DEPTH
    assert found.tops[-1].overlap == 19 / 20


def test_without_a_choice_nothing_is_said() -> None:
    found = compared(([1], [1])).outcome()
    assert (found.choices, found.mean_move, found.kendall, found.gain, found.lose) == (0, 0, None, (), ())


@given(st.permutations(range(8)), st.permutations(range(8)))
def test_a_comparison_reads_the_same_from_both_ends(one: list[int], other: list[int]) -> None:
    there, back = compared((one, other)).outcome(), compared((other, one)).outcome()
    assert there.tops == back.tops
    assert there.mean_move == back.mean_move
    assert there.kendall == pytest.approx(back.kendall)
    assert {m.therapist_id: m.gained for m in there.gain} == {m.therapist_id: -m.gained for m in back.lose}
    assert (there.mean_move == 0) == (one == other)


@pytest.mark.parametrize(
    ("places", "expected"), [([1, 2, 3], 1.0), ([3, 2, 1], -1.0), ([1, 3, 2], 1 / 3), ([9, 4], -1.0)]
)
def test_kendall_by_hand(places: list[int], expected: float) -> None:
    assert kendall(places) == pytest.approx(expected)


def test_every_kind_of_difference_is_named() -> None:
    changed = replace(
        DRAFT,
        fits=replace(DRAFT.fits, neutral=0.2),
        grades={**DRAFT.grades, "C": 0.4},
        approaches={**DRAFT.approaches, "trauma": ("emdr",)},
        edition="2031.1",
    )
    assert [one.what for one in differences(RULES, changed)] == [
        "weight cost",
        "fit neutral",
        "grade C",
        "approaches for trauma",
        "edition of the evidence",
    ]
    assert [*differences(RULES, RULES)] == []


def test_where_nothing_that_is_asked_weighs_anything_all_are_equal() -> None:
    asked = needs(Intake(state="CA", delivery=("telehealth",), session_format="individual"))
    nothing = replace(asked, ruleset=RULES.with_weights(dict.fromkeys(RULES.weights, 0) | {"cost": 1}))
    facts = {"jurisdictions": ["CA"], "accepting": "yes"}
    facts |= {"delivery_methods": ["telehealth"], "session_formats": ["individual"]}
    candidates = selected([facts, facts | {"approaches": ["emdr"]}], nothing)
    assert Scored(candidates, nothing).scores.tolist() == [0, 0]
    assert [(one.score, one.confidence, one.findings) for one in rank(candidates, nothing, seed=1, limit=5)] == [
        (0, 0, ()),
        (0, 0, ()),
    ]


# --- The command ------------------------------------------------------------------------------------------------------
def draft(path: Path, **changes: Any) -> str:
    document = json.loads((settings.FIXTURES / "rulesets" / "2026.1.json").read_text())
    path.write_text(json.dumps(document | {"code": "draft"} | changes))
    return str(path)


@pytest.fixture
def people(db: None) -> None:
    """In the three largest states: one is cheap, one is dear and fits better, one says nothing of fees."""
    everywhere = [{"jurisdiction": state} for state in ("CA", "TX", "FL")]
    for number, (name, facts) in enumerate(
        {
            "Ada Cheap": {"fee_min": 40},
            "Bea Dear": {"fee_min": 900, "trained_in": ["cognitive-behavioral", "trauma-informed", "attachment-based"]},
            "Cleo Silent": {"approaches": ["cognitive-behavioral"]},
        }.items()
    ):
        # The turn of equals follows from the id: without one of their own it would depend on the tests before.
        Create(id=700_001 + number, name=name, slug=name.lower().replace(" ", "-"), licenses=everywhere, **facts)


def run(before: str, after: str, file: Path) -> tuple[dict[str, Any], str]:
    out = io.StringIO()
    call_command("compare_rulesets", before, after, intakes=400, on=TODAY, json=file, stdout=out)
    return json.loads(file.read_text()), out.getvalue()


def test_the_same_rules_move_nobody(people: None, tmp_path: Path) -> None:
    data, words = run("2026.1", draft(tmp_path / "same.json"), tmp_path / "out.json")
    assert data["choices"] > 20
    assert {(top["order_changes"], top["people_change"], top["overlap"]) for top in data["tops"]} == {(0, 0, 1)}
    assert (data["mean_move"], data["largest_move"], data["gain"], data["lose"]) == (0, 0, [], [])
    assert "The rulesets have the same numbers." in words


def test_rules_that_care_for_cost_only_move_the_cheap_up(people: None, tmp_path: Path) -> None:
    nothing_else = dict.fromkeys(RULES.weights, 0) | {"cost": 20}
    data, words = run("2026.1", draft(tmp_path / "cost.json", weights=nothing_else), tmp_path / "out.json")
    assert data["gain"][0]["slug"] == "ada-cheap"  # then those who gain where cost is not asked and all are equal
    assert "bea-dear" in {mover["slug"] for mover in data["lose"]}
    assert data["tops"][0]["order_changes"] > 0.3
    assert {"what": "weight cost", "before": 8, "after": 20} in data["differences"]
    assert "ada-cheap" in words
    assert "weight trauma_informed" in words


def test_a_therapist_who_left_meanwhile_has_no_name(
    people: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Therapist.objects, "filter", lambda **_: Therapist.objects.none())
    nothing_else = dict.fromkeys(RULES.weights, 0) | {"cost": 20}
    data, _ = run("2026.1", draft(tmp_path / "cost.json", weights=nothing_else), tmp_path / "out.json")
    assert data["gain"][0]["slug"] == "(left the directory)"


@pytest.mark.parametrize(
    ("description", "named", "message"),
    [
        ("never released", "1999.1", "There is no ruleset '1999.1'. Released are: 2026.1"),
        ("no file", "missing.json", "missing.json: cannot be read"),
    ],
)
def test_a_ruleset_that_does_not_exist_is_refused(description: str, named: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("compare_rulesets", "2026.1", named)


def test_a_broken_draft_is_refused_and_every_field_named(tmp_path: Path) -> None:
    broken = draft(tmp_path / "broken.json", weights=RULES.weights | {"cost": -1}, grades={"A": 1, "B": 0.8})
    with pytest.raises(CommandError) as raised:
        call_command("compare_rulesets", "2026.1", broken)
    assert str(raised.value).splitlines() == [
        "broken.json: weights.cost: must be a whole number from 0 to 1000.",
        "broken.json: grades: C is missing.",
    ]


@pytest.mark.parametrize("wrong", [{"intakes": 0}, {"seed": -1}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="--intakes takes a number from 1"):
        call_command("compare_rulesets", "2026.1", "2026.1", **wrong)
