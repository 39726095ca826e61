"""ECR-RS: a profile of each relationship, and the global one across them. Worked examples and laws."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.relationships import LEAST_RELATIONSHIPS, score_relationships
from assessments.scoring import InvalidResponse, score
from tests.assessments.test_scoring import CLOSENESS, INSTRUMENTS, keyed

ECR_RS = INSTRUMENTS["ecr-rs"]
EVERYONE = ("mother", "father", "partner", "friend")

Answers = dict[str, dict[str, float | None]]


@st.composite
def answers_about_several(draw: st.DrawFn) -> Answers:
    answer = st.one_of(st.none(), *[st.integers(1, 7)] * 8)
    people = draw(st.lists(st.sampled_from(EVERYONE), unique=True, min_size=1))
    return {code: {item.id: draw(answer) for item in ECR_RS.items} for code in people}


def levels(**about: tuple[int | None, int | None]) -> Answers:
    """levels(mother=(6, 2)): keyed answers of anxiety 6 and avoidance 2 throughout about the mother."""
    return {code: keyed(ECR_RS, anxiety=anxiety, avoidance=avoidance) for code, (anxiety, avoidance) in about.items()}


def test_key_is_the_published_one_and_is_asked_about_four_people() -> None:
    assert ECR_RS.asked_about == EVERYONE
    # Avoidance is the mean of items 1 to 6 with 1 to 4 reversed, anxiety of 7 to 9.
    profile = score(ECR_RS, {"1": 7, "2": 7, "3": 7, "4": 7, "5": 1, "6": 2, "7": 5, "8": 6, "9": 7})
    assert profile.avoidance is not None
    assert profile.anxiety is not None
    assert profile.avoidance.score == pytest.approx(7 / 6)
    assert profile.anxiety.score == 6


def test_global_score_is_the_mean_of_the_relationships_each_counting_the_same() -> None:
    found = score_relationships(ECR_RS, levels(mother=(6, 2), father=(5, 3), partner=(2, 1), friend=(1, 4)))
    overall = found.overall
    assert overall.anxiety is not None
    assert overall.avoidance is not None
    assert overall.anxiety.score == 3.5
    assert overall.avoidance.score == 2.5
    assert (overall.anxiety.answered, overall.anxiety.items) == (12, 12)
    assert (overall.avoidance.answered, overall.avoidance.items) == (24, 24)
    assert overall.notes == ("mean_of_relationships", "standard_error_of_independent_relationships", "not_normed")


def test_global_error_is_that_of_a_mean_of_independent_errors() -> None:
    found = score_relationships(ECR_RS, levels(mother=(6, 2), father=(5, 3), partner=(2, 1), friend=(1, 4)))
    # Equal answers claim the least error that is believed: 0.1 of the range / sqrt(answers), in each relationship.
    assert found.each["mother"].anxiety is not None
    assert found.each["mother"].anxiety.standard_error == pytest.approx(0.6 / math.sqrt(3))
    assert found.overall.anxiety is not None
    assert found.overall.anxiety.standard_error == pytest.approx(0.6 / math.sqrt(3) / 2)


@pytest.mark.parametrize(
    ("description", "answers", "anxiety", "notes"),
    [
        (
            "two of four are averaged, and it says that some are missing",
            levels(mother=(6, 2), friend=(2, 2)),
            4,
            {"anxiety_without_some_relationships", "avoidance_without_some_relationships"},
        ),
        (
            "one alone says nothing about the others",
            levels(mother=(6, 2)),
            None,
            {"anxiety_too_few_relationships", "avoidance_too_few_relationships"},
        ),
        (
            "a scale without a score in one relationship is averaged over the others",
            levels(mother=(6, 2), father=(None, 2), partner=(2, 2), friend=(4, 2)),
            4,
            {"anxiety_without_some_relationships"},
        ),
        ("nobody", {}, None, {"anxiety_too_few_relationships", "avoidance_too_few_relationships"}),
    ],
)
def test_few_relationships_are_told(description: str, answers: Answers, anxiety: float | None, notes: set[str]) -> None:
    overall = score_relationships(ECR_RS, answers).overall
    assert (overall.anxiety and overall.anxiety.score) == anxiety
    assert {note for note in overall.notes if note.endswith("_relationships") and "_independent_" not in note} == {
        "mean_of_relationships",
        *notes,
    }
    assert (overall.style is None) is (anxiety is None)


def test_another_range_is_that_of_every_relationship() -> None:
    found = score_relationships(
        ECR_RS, {code: dict.fromkeys(map(str, range(1, 10)), 5) for code in EVERYONE}, range=(1, 5)
    )
    assert found.overall.range == found.each["friend"].range == (1, 5)
    assert "asked_on_another_range" in found.overall.notes


def test_answer_that_cannot_be_scored_is_named() -> None:
    with pytest.raises(InvalidResponse, match="Item 7 must be a whole number"):
        score_relationships(ECR_RS, {"mother": {"7": 8}})


@pytest.mark.parametrize(("instrument", "code"), [(ECR_RS, "boss"), (CLOSENESS, "mother")])
def test_only_the_published_relationships_make_the_global_score(instrument: Any, code: str) -> None:
    with pytest.raises(ValueError, match=f"is not asked about {code}"):
        score_relationships(instrument, {code: {}})


@given(answers_about_several())
def test_each_relationship_is_scored_as_if_it_were_alone(answers: Answers) -> None:
    found = score_relationships(ECR_RS, answers)
    assert found.each == {code: score(ECR_RS, responses) for code, responses in answers.items()}
    assert list(found.each) == [code for code in EVERYONE if code in answers]


@given(answers_about_several(), st.randoms())
def test_order_of_the_relationships_does_not_matter(answers: Answers, random: Any) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert score_relationships(ECR_RS, dict(shuffled)).to_json() == score_relationships(ECR_RS, answers).to_json()


@given(answers_about_several(), st.sampled_from(["anxiety", "avoidance"]))
def test_global_score_lies_between_the_relationships_and_is_never_less_sure_than_the_least_sure(
    answers: Answers, scale: str
) -> None:
    found = score_relationships(ECR_RS, answers)
    known = [one for profile in found.each.values() if (one := getattr(profile, scale)) is not None]
    overall = getattr(found.overall, scale)
    if len(known) < LEAST_RELATIONSHIPS:
        assert overall is None
        return
    scores, errors = [one.score for one in known], [one.standard_error for one in known]
    assert overall.score == pytest.approx(statistics.fmean(scores))
    assert overall.standard_error == pytest.approx(math.sqrt(sum(error**2 for error in errors)) / len(errors))
    assert 0 < overall.standard_error < max(errors)


@given(answers_about_several())
def test_turning_every_relationship_mirrors_the_global_score(answers: Answers) -> None:
    turned = {
        code: {item: None if value is None else 8 - value for item, value in responses.items()}
        for code, responses in answers.items()
    }
    before, after = score_relationships(ECR_RS, answers).overall, score_relationships(ECR_RS, turned).overall
    assert (before.anxiety is None) == (after.anxiety is None)
    if before.anxiety is not None and after.anxiety is not None:
        assert after.anxiety.score == pytest.approx(8 - before.anxiety.score)
        assert after.anxiety.standard_error == pytest.approx(before.anxiety.standard_error)


def test_global_chances_agree_with_drawing_the_relationships_at_random() -> None:
    """Independent of our code: draw each relationship's true scores, average them, count the quadrants."""
    import numpy as np

    found = score_relationships(ECR_RS, levels(mother=(5, 4), father=(5, 5), partner=(4, 3), friend=(3, 5)))
    random = np.random.default_rng(3)
    means = {}
    for scale in ("anxiety", "avoidance"):
        known = [getattr(profile, scale) for profile in found.each.values()]
        draws = [random.normal(one.score, one.standard_error, 200_000) for one in known]
        means[scale] = np.mean(draws, axis=0)
    anxious, avoidant = means["anxiety"] > 4, means["avoidance"] > 4
    assert found.overall.styles is not None
    for style, inside in {
        "secure": ~anxious & ~avoidant,
        "anxious": anxious & ~avoidant,
        "avoidant": ~anxious & avoidant,
        "disorganized": anxious & avoidant,
    }.items():
        assert found.overall.styles[style] == pytest.approx(inside.mean(), abs=0.006)  # 5 standard errors of the count
