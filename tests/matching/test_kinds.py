"""Fits by kind: the same numbers as one by one, whatever is asked and whoever is there."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import kinds, ranking
from matching.criteria import asked_criteria
from matching.intake import Intake
from matching.kinds import fits_of
from matching.ranking import Scored
from tests.matching.drawing import TODAY, intakes, needs, profiles, selected, therapists

FACTS = {"jurisdictions": ["CA"], "accepting": "yes", "delivery_methods": ["telehealth"]}
FACTS |= {"session_formats": ["individual"]}
PLAIN_SOON = Intake(state="CA", delivery=("telehealth",), session_format="individual", opening_within_days=14)


@settings(max_examples=100, deadline=None)
@given(intakes(musts=False), profiles(), st.lists(therapists(), min_size=1, max_size=12))
def test_by_kind_and_one_by_one_give_the_same(intake: Any, profile: Any, directory: list[dict[str, Any]]) -> None:
    its_needs = needs(intake, profile)
    candidates = selected(directory * 40, its_needs)
    fits = [criterion.fit for criterion in asked_criteria(its_needs)]
    by_kind = fits_of(fits, candidates, its_needs, many=1)
    [one_by_one] = fits_of(fits, candidates, its_needs, many=len(candidates) + 1)
    assert one_by_one.kinds is None
    assert sorted(place for some in by_kind for place in some.places) == [*one_by_one.places]
    everybody = np.arange(len(candidates))
    for some in by_kind:
        np.testing.assert_array_equal(some.of(everybody), one_by_one.of(everybody)[some.places])


@settings(max_examples=100, deadline=None)
@given(intakes(musts=False), profiles(), st.lists(therapists(), min_size=1, max_size=12))
def test_whoever_else_is_there_a_fit_is_the_same(intake: Any, profile: Any, directory: list[dict[str, Any]]) -> None:
    its_needs = needs(intake, profile)
    fits = [criterion.fit for criterion in asked_criteria(its_needs)]
    alone = [fits_of(fits, selected([facts], its_needs), its_needs) for facts in directory]
    [together] = fits_of(fits, selected(directory, its_needs), its_needs)
    np.testing.assert_array_equal(np.hstack([its.values for [its] in alone]), together.values)


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
    asked = asked_criteria(its_needs)
    fits = fits_of([criterion.fit for criterion in asked], candidates, its_needs, many=1)
    found = {asked[place].code: some for some in fits for place in some.places}
    assert len(candidates) // kinds.CANDIDATES_PER_KIND < 200
    assert found["cost"].kinds is None
    assert found["language"].kinds is not None
    assert found["language"].values.shape == (len(found["language"].places), 4)


def test_a_number_that_few_state_is_one_kind_more_and_not_thousands() -> None:
    its_needs = needs(PLAIN_SOON)
    days = [TODAY + dt.timedelta(days=day) for day in range(-3, 40)]
    candidates = selected([FACTS | {"opening_on": day} for day in [None, *days]] * 20, its_needs)
    [opening] = [one for one in asked_criteria(its_needs) if one.code == "opening"]
    [by_kind] = fits_of([opening.fit], candidates, its_needs, many=1)
    assert by_kind.values.shape == (1, len(days) + 1)
    everybody = np.arange(len(candidates))
    np.testing.assert_array_equal(by_kind.of(everybody)[0], opening.fit(candidates, its_needs))


def test_a_column_in_which_nobody_states_anything_has_one_kind() -> None:
    its_needs = needs(PLAIN_SOON)
    candidates = selected([FACTS] * 40, its_needs)
    [opening] = [one for one in asked_criteria(its_needs) if one.code == "opening"]
    [by_kind] = fits_of([opening.fit], candidates, its_needs, many=1)
    assert by_kind.values.shape == (1, 1)
    assert np.isnan(by_kind.of(np.arange(40))).all()
