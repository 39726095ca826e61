"""Fits by kind: the same numbers as one by one, whatever is asked and whoever is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import kinds, ranking
from matching.criteria import asked_criteria
from matching.intake import Intake
from matching.kinds import fits_of
from matching.ranking import Scored
from tests.matching.drawing import intakes, needs, profiles, selected, therapists

FACTS = {"jurisdictions": ["CA"], "accepting": "yes", "delivery_methods": ["telehealth"]}
FACTS |= {"session_formats": ["individual"]}


@settings(max_examples=100, deadline=None)
@given(intakes(musts=False), profiles(), st.lists(therapists(), min_size=1, max_size=12))
def test_by_kind_and_one_by_one_give_the_same(intake: Any, profile: Any, directory: list[dict[str, Any]]) -> None:
    its_needs = needs(intake, profile)
    candidates = selected(directory * 40, its_needs)
    everybody = np.arange(len(candidates))
    for criterion in asked_criteria(its_needs):
        by_kind = fits_of(criterion.fit, candidates, its_needs, many=1)
        one_by_one = fits_of(criterion.fit, candidates, its_needs, many=len(candidates) + 1)
        assert one_by_one.kinds is None
        np.testing.assert_array_equal(by_kind.of(everybody), one_by_one.of(everybody))


def test_scores_of_many_are_those_of_few(monkeypatch: Any) -> None:
    asked = Intake(
        state="CA",
        delivery=("telehealth",),
        session_format="individual",
        languages=("es",),
        fee_max=100,
        genders=("woman",),
    )
    its_needs = needs(asked)
    directory = [
        {**FACTS, "languages": spoken, "approaches": approaches, "gender": gender, "fee_from": fee}
        for spoken in ([], ["es"], ["en"])
        for approaches in ([], ["emdr"], ["cognitive-behavioral"])
        for gender in (None, "woman", "man")
        for fee in (None, 80, 90, 100, 110)
    ] * 20
    candidates = selected(directory, its_needs)
    one_by_one = Scored(candidates, its_needs)
    monkeypatch.setattr(ranking, "fits_of", lambda *asked: fits_of(*asked, many=1))
    by_kind = Scored(candidates, its_needs)
    assert by_kind.scores.tolist() == one_by_one.scores.tolist()
    best = by_kind.best(30, seed=1)
    assert by_kind.ranked(best) == one_by_one.ranked(best)


def test_what_has_too_many_kinds_is_worked_out_one_by_one() -> None:
    its_needs = needs(
        Intake(state="CA", delivery=("telehealth",), session_format="individual", fee_max=100, languages=("es",))
    )
    candidates = selected([FACTS | {"fee_from": fee} for fee in range(50, 250)], its_needs)
    found = {
        criterion.code: fits_of(criterion.fit, candidates, its_needs, many=1) for criterion in asked_criteria(its_needs)
    }
    assert len(candidates) // kinds.CANDIDATES_PER_KIND < 200
    assert found["cost"].kinds is None
    assert len(found["language"].values) == 4
