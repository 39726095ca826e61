"""What would change the order: worked out over everybody, and the same as ranking again with other weights."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import weighing
from matching.intake import Intake
from matching.ranking import Scored, rank
from matching.ruleset import Ruleset
from matching.weighing import OrderChange, order_changes
from tests.factories import TODAY
from tests.matching.drawing import RULES, intakes, needs, profiles, selected, therapists

LISTED = {
    "jurisdictions": ["CA"],
    "license_types": ["lmft"],
    "delivery_methods": ["telehealth"],
    "session_formats": ["individual"],
    "accepting": "yes",
    "approaches": ["cognitive-behavioral"],
}
# Weighs 20 for the evidence, which all share, 8 for cost and 6 for language.
COST_AND_SPANISH = needs(
    Intake(state="CA", delivery=("telehealth",), session_format="individual", fee_max=100, languages=("es",))
)
DEAR_IN_SPANISH = {**LISTED, "fee_from": 180, "languages": ["es"]}
CHEAP_IN_ENGLISH = {**LISTED, "fee_from": 90, "languages": ["en"]}


def changes(directory: list[dict[str, Any]], its_needs: Any = COST_AND_SPANISH) -> tuple[OrderChange, ...]:
    scored = Scored(selected(directory, its_needs), its_needs)
    return order_changes(scored, scored.best(20, seed=1), seed=1)


def said(found: tuple[OrderChange, ...]) -> list[tuple[str, str, int]]:
    return [(change.criterion.code, change.counts, change.therapist_id) for change in found]


def test_the_other_one_would_come_first_if_cost_mattered_less_or_language_more() -> None:
    assert said(changes([DEAR_IN_SPANISH, CHEAP_IN_ENGLISH])) == [("cost", "half", 1), ("language", "twice", 1)]


def test_a_change_is_told_in_a_sentence() -> None:
    [change, _] = changes([DEAR_IN_SPANISH, CHEAP_IN_ENGLISH])
    assert change.to_json({"slug": "ana-demo", "name": "Ana Demo"}) == {
        "criterion": "cost",
        "counts": "half",
        "first": {"slug": "ana-demo", "name": "Ana Demo"},
        "text": "If “Cost” counted half as much, Ana Demo would come first.",
    }


def test_nothing_changes_for_one_who_is_best_in_everything() -> None:
    assert changes([{**CHEAP_IN_ENGLISH, "languages": ["es"]}, DEAR_IN_SPANISH, CHEAP_IN_ENGLISH]) == ()


def test_nothing_changes_when_there_is_one_or_nobody_or_one_criterion() -> None:
    assert changes([CHEAP_IN_ENGLISH]) == changes([]) == ()
    one_criterion = needs(Intake(state="CA", delivery=("telehealth",), session_format="individual"))
    assert changes([DEAR_IN_SPANISH, CHEAP_IN_ENGLISH], one_criterion) == ()


def weighed_anew(criterion: str, counts: str) -> Ruleset:
    factors = dict.fromkeys(RULES.weights, 1 if counts == "twice" else 2)
    factors[criterion] = 2 if counts == "twice" else 1
    return replace(RULES, weights={code: weight * factors[code] for code, weight in RULES.weights.items()})


@settings(max_examples=150, deadline=None)
@given(intakes(musts=False), profiles(), st.lists(therapists(), min_size=2, max_size=12), st.integers(0, 2**64 - 1))
def test_it_is_what_ranking_with_other_weights_gives(
    intake: Any, profile: Any, directory: list[dict[str, Any]], seed: int
) -> None:
    its_needs = needs(intake, profile)
    candidates = selected(directory, its_needs)
    scored = Scored(candidates, its_needs)
    before = rank(candidates, its_needs, seed=seed, limit=1)
    expected = []
    for criterion in scored.criteria:
        for counts in ("half", "twice"):
            other_rules = replace(its_needs, ruleset=weighed_anew(criterion.code, counts))
            [*after] = rank(candidates, other_rules, seed=seed, limit=1)
            if [place.therapist_id for place in after] != [place.therapist_id for place in before]:
                expected.append((criterion.code, counts, after[0].therapist_id))
    assert said(order_changes(scored, scored.best(1, seed=seed), seed=seed)) == expected


@pytest.mark.parametrize("draw", range(12))
def test_leaving_out_whom_no_change_could_put_first_leaves_out_nobody_who_would_be(draw: int) -> None:
    rng = np.random.default_rng(draw)
    its_needs = needs(
        Intake(
            state="CA",
            delivery=("telehealth",),
            session_format="individual",
            fee_max=100,
            languages=("es",),
            insurance=("aetna",),
            genders=("woman",),
            opening_within_days=7,
        )
    )
    directory = [
        {
            **LISTED,
            "fee_from": int(rng.choice([90, 150])),
            "sliding_scale": bool(rng.random() < 0.3),
            "languages": [str(rng.choice(["es", "en"]))],
            "insurance_plans": [str(rng.choice(["aetna", "cigna"]))],
            "gender": str(rng.choice(["woman", "man"])),
            "opening_on": TODAY + dt.timedelta(days=int(rng.integers(0, 40))),
            "approaches": [str(rng.choice(["cognitive-behavioral", "solution-focused", "existential"]))],
        }
        for _ in range(80)
    ]
    scored = Scored(selected(directory, its_needs), its_needs)
    [first] = scored.best(1, seed=draw)
    everybody = np.arange(len(scored.scores))
    rivals = {weights: rows for _, _, weights, rows in weighing._rivals(scored, first)}
    assert all(len(rows) < len(everybody) for rows in rivals.values())
    for _, _, weights in weighing._changed_weights(scored.weights):
        few = rivals.get(weights, np.array([first]))
        assert weighing._first(scored, few, weights, seed=draw) == weighing._first(
            scored, everybody, weights, seed=draw
        )
