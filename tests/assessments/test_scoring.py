"""Scores, their errors and the style probabilities: worked examples and laws."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import Instrument, parse
from assessments.scoring import (
    LEAST_SPREAD,
    STYLES,
    InvalidResponse,
    InvalidScore,
    profile_from_scores,
    score,
)
from tests.assessments.test_instruments import CODES, shipped

INSTRUMENTS = {code: parse(shipped(code)) for code in CODES}
CLOSENESS = INSTRUMENTS["closeness-12"]
ECR = INSTRUMENTS["ecr"]


def keyed(instrument: Instrument, **levels: int | None) -> dict[str, float | None]:
    """Responses that give each scale one keyed answer throughout: keyed(CLOSENESS, anxiety=6, avoidance=2)."""
    low, high = instrument.range
    answers: dict[str, float | None] = {}
    for item in instrument.items:
        level = levels[item.scale]
        answers[item.id] = low + high - level if item.reverse_keyed and level is not None else level
    return answers


@st.composite
def administrations(draw: st.DrawFn) -> tuple[Instrument, dict[str, float | None], tuple[int, int]]:
    instrument = INSTRUMENTS[draw(st.sampled_from(CODES))]
    low, high = draw(st.sampled_from([(1, 7), (1, 5), (0, 10)]))
    answer = st.one_of(st.none(), st.integers(low, high), st.integers(low, high), st.integers(low, high))
    return instrument, {item.id: draw(answer) for item in instrument.items}, (low, high)


@pytest.mark.parametrize(
    ("description", "anxiety", "avoidance", "style"),
    [
        ("low on both is secure", 2, 2, "secure"),
        ("high anxiety alone is anxious", 6, 2, "anxious"),
        ("high avoidance alone is avoidant", 2, 6, "avoidant"),
        ("high on both is disorganized", 6, 6, "disorganized"),
        ("the midpoint of both is unclear", 4, 4, "unclear"),
        ("one midpoint is unclear", 6, 4, "unclear"),
    ],
)
def test_style_of_a_plain_person(description: str, anxiety: int, avoidance: int, style: str) -> None:
    profile = score(CLOSENESS, keyed(CLOSENESS, anxiety=anxiety, avoidance=avoidance))
    assert profile.anxiety is not None
    assert profile.avoidance is not None
    assert (profile.anxiety.score, profile.avoidance.score) == (anxiety, avoidance)
    assert profile.style == style


@pytest.mark.parametrize(
    ("anxiety", "avoidance", "quadrant"),
    [(3, 3, "secure"), (4, 4, "secure"), (5, 4, "anxious"), (4, 5, "avoidant"), (5, 5, "disorganized")],
)
def test_quadrant_counts_the_midpoint_as_low(anxiety: int, avoidance: int, quadrant: str) -> None:
    assert score(CLOSENESS, keyed(CLOSENESS, anxiety=anxiety, avoidance=avoidance)).quadrant == quadrant


def test_error_comes_from_the_published_reliability_on_the_range_of_this_administration() -> None:
    answers = dict.fromkeys((str(n) for n in range(1, 37)), 3.0)
    on_five = score(ECR, answers, range=(1, 5))
    on_seven = score(ECR, answers)
    assert on_five.anxiety is not None
    assert on_seven.anxiety is not None
    published = 0.8034 * math.sqrt(1 - 0.916)
    assert on_five.anxiety.standard_error == pytest.approx(published)
    assert on_seven.anxiety.standard_error == pytest.approx(published * 6 / 4)
    assert on_five.notes == ("standard_error_from_published_reliability", "asked_on_another_range")
    assert on_seven.notes == ("standard_error_from_published_reliability",)


def test_error_without_published_reliability_comes_from_the_spread_of_the_own_answers() -> None:
    anxiety = [1.0, 7.0, 2.0, 6.0, 3.0, 5.0]
    answers: dict[str, float | None] = keyed(CLOSENESS, anxiety=4, avoidance=4)
    for item, value in zip(CLOSENESS.scales[0].items, anxiety, strict=True):
        answers[item.id] = 8 - value if item.reverse_keyed else value
    profile = score(CLOSENESS, answers)
    assert profile.anxiety is not None
    assert profile.anxiety.standard_error == pytest.approx(statistics.stdev(anxiety) / math.sqrt(6))
    assert profile.notes == ("standard_error_from_own_answers", "not_normed")


def test_equal_answers_still_have_an_error() -> None:
    profile = score(CLOSENESS, keyed(CLOSENESS, anxiety=6, avoidance=2))
    assert profile.anxiety is not None
    assert profile.anxiety.standard_error == pytest.approx(LEAST_SPREAD * 6 / math.sqrt(6))


def test_saying_the_same_to_everything_is_no_style() -> None:
    for answer in range(1, 8):
        profile = score(CLOSENESS, {item.id: answer for item in CLOSENESS.items})
        assert profile.style == "unclear"


@pytest.mark.parametrize(
    ("code", "scale", "minimum"),
    [
        ("closeness-12", "anxiety", 5),
        ("ecr", "avoidance", 14),
        ("ecr-r", "anxiety", 14),
        ("ecr-rs", "anxiety", 3),
        ("ecr-rs", "avoidance", 5),
        ("ecr-s", "anxiety", 5),
        ("ecr-12", "avoidance", 5),
    ],
)
def test_too_few_answers_give_no_score_and_say_so(code: str, scale: str, minimum: int) -> None:
    instrument = INSTRUMENTS[code]
    answers = keyed(instrument, anxiety=5, avoidance=5)
    items = [item.id for item in instrument.items if item.scale == scale]
    enough = {**answers, **dict.fromkeys(items[minimum:])}
    too_few = {**answers, **dict.fromkeys(items[minimum - 1 :])}
    result = getattr(score(instrument, enough), scale)
    assert (result.answered, result.items) == (minimum, len(items))
    profile = score(instrument, too_few)
    assert getattr(profile, scale) is None
    assert f"{scale}_too_few_answers" in profile.notes
    assert profile.styles is None
    assert profile.style is None
    assert profile.quadrant is None


def test_no_answers_at_all_are_no_error() -> None:
    assert score(CLOSENESS, {}).to_json() == {
        "instrument": "closeness-12",
        "anxiety": None,
        "avoidance": None,
        "range": [1, 7],
        "styles": None,
        "style": None,
        "normed": False,
        "percentiles": None,
        "notes": ["anxiety_too_few_answers", "avoidance_too_few_answers", "not_normed"],
    }


def test_profile_in_json_has_exactly_the_keys_of_the_contract() -> None:
    assert score(CLOSENESS, keyed(CLOSENESS, anxiety=6, avoidance=2)).to_json() == {
        "instrument": "closeness-12",
        "anxiety": {"score": 6.0, "standard_error": 0.244949, "answered": 6, "items": 6},
        "avoidance": {"score": 2.0, "standard_error": 0.244949, "answered": 6, "items": 6},
        "range": [1, 7],
        "styles": {"secure": 0.0, "anxious": 1.0, "avoidant": 0.0, "disorganized": 0.0},
        "style": "anxious",
        "normed": False,
        "percentiles": None,
        "notes": ["standard_error_from_own_answers", "not_normed"],
    }


@pytest.mark.parametrize(
    ("description", "responses", "item", "code"),
    [
        ("an item of another measure", {"99": 3}, "99", "unknown_item"),
        ("above the range", {"1": 8}, "1", "out_of_range"),
        ("below the range", {"1": 0}, "1", "out_of_range"),
        ("between two answers", {"1": 3.5}, "1", "out_of_range"),
        ("true is no number", {"1": True}, "1", "out_of_range"),
        ("text is no number", {"1": "4"}, "1", "out_of_range"),
        ("not a number", {"1": math.nan}, "1", "out_of_range"),
        ("infinite", {"1": math.inf}, "1", "out_of_range"),
    ],
)
def test_response_that_cannot_be_scored_is_named(
    description: str, responses: dict[str, Any], item: str, code: str
) -> None:
    with pytest.raises(InvalidResponse) as invalid:
        score(CLOSENESS, {"2": 4, **responses})
    assert (invalid.value.item, invalid.value.code) == (item, code)


def test_range_belongs_to_the_administration() -> None:
    with pytest.raises(InvalidResponse, match="from 1 to 5"):
        score(ECR, {"1": 6}, range=(1, 5))
    assert score(ECR, {"1": 6}).range == (1, 7)


# --- laws -------------------------------------------------------------------------------------------------------------


@given(administrations())
def test_scores_lie_in_the_range(administration: tuple[Instrument, dict[str, float | None], tuple[int, int]]) -> None:
    instrument, responses, limits = administration
    profile = score(instrument, responses, range=limits)
    for result in (profile.anxiety, profile.avoidance):
        if result is not None:
            assert limits[0] <= result.score <= limits[1]
            assert result.standard_error > 0


@given(administrations(), st.randoms())
def test_order_of_the_responses_does_not_matter(
    administration: tuple[Instrument, dict[str, float | None], tuple[int, int]], random: Any
) -> None:
    instrument, responses, limits = administration
    shuffled = list(responses.items())
    random.shuffle(shuffled)
    assert score(instrument, dict(shuffled), range=limits) == score(instrument, responses, range=limits)


@given(administrations())
def test_unsure_is_the_same_as_not_asked(
    administration: tuple[Instrument, dict[str, float | None], tuple[int, int]],
) -> None:
    instrument, responses, limits = administration
    given_ones = {id: value for id, value in responses.items() if value is not None}
    assert score(instrument, given_ones, range=limits) == score(instrument, responses, range=limits)


@given(administrations())
def test_turning_every_answer_mirrors_the_profile(
    administration: tuple[Instrument, dict[str, float | None], tuple[int, int]],
) -> None:
    instrument, responses, (low, high) = administration
    turned = {id: None if value is None else low + high - value for id, value in responses.items()}
    here = score(instrument, responses, range=(low, high))
    there = score(instrument, turned, range=(low, high))
    for one, other in ((here.anxiety, there.anxiety), (here.avoidance, there.avoidance)):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert one.score + other.score == pytest.approx(low + high)
            assert one.standard_error == pytest.approx(other.standard_error)
    if here.styles is not None and there.styles is not None:
        opposite = {"secure": "disorganized", "anxious": "avoidant", "avoidant": "anxious", "disorganized": "secure"}
        for code, probability in here.styles.items():
            assert there.styles[opposite[code]] == pytest.approx(probability, abs=2e-4)


@given(st.sampled_from(["ecr", "ecr-s", "ecr-12", "closeness-12", "ecr-r"]), st.data())
def test_each_missing_answer_widens_the_error(code: str, data: st.DataObject) -> None:
    instrument = INSTRUMENTS[code]
    scale = data.draw(st.sampled_from(instrument.scales))
    responses: dict[str, float | None] = {item.id: data.draw(st.integers(1, 7)) for item in scale.items}
    before = getattr(score(instrument, responses), scale.code).standard_error
    for item in scale.items[scale.minimum_answered :]:
        responses[item.id] = None
        after = getattr(score(instrument, responses), scale.code).standard_error
        assert after > before
        before = after


@given(administrations())
def test_probabilities_sum_to_one_and_decide_the_word(
    administration: tuple[Instrument, dict[str, float | None], tuple[int, int]],
) -> None:
    instrument, responses, limits = administration
    document = score(instrument, responses, range=limits).to_json()
    styles = document["styles"]
    if styles is None:
        assert document["style"] is None
        return
    assert set(styles) == set(STYLES)
    assert all(0 <= probability <= 1 for probability in styles.values())
    assert sum(round(probability * 10_000) for probability in styles.values()) == 10_000
    assert sum(styles.values()) == pytest.approx(1, abs=1e-12)
    clear = [code for code, probability in styles.items() if probability >= 0.6]
    assert document["style"] == (clear[0] if clear else "unclear")


# --- scores brought along ---------------------------------------------------------------------------------------------


def test_scores_brought_along_give_a_profile() -> None:
    profile = profile_from_scores(
        anxiety=5.4, avoidance=2.1, range=(1, 7), standard_error={"anxiety": 0.4, "avoidance": 0.4}
    )
    assert profile.instrument is None
    assert profile.style == "anxious"
    assert profile.notes == ("scores_brought_along", "not_normed")
    document = profile.to_json()
    assert document["anxiety"] == {"score": 5.4, "standard_error": 0.4, "answered": None, "items": None}


def test_scores_without_error_get_an_assumed_one_and_say_so() -> None:
    profile = profile_from_scores(anxiety=4.3, avoidance=2.1, range=(1, 7))
    assert profile.anxiety is not None
    assert profile.anxiety.standard_error == pytest.approx(0.54)
    assert "standard_error_assumed" in profile.notes
    assert profile.styles is not None
    assert 0.6 < profile.styles["anxious"] < 0.8


def test_error_of_zero_is_certain() -> None:
    exact = {"anxiety": 0.0, "avoidance": 0.0}
    high = profile_from_scores(anxiety=4.1, avoidance=4.1, range=(1, 7), standard_error=exact)
    middle = profile_from_scores(anxiety=4, avoidance=4, range=(1, 7), standard_error=exact)
    assert high.styles == {"secure": 0, "anxious": 0, "avoidant": 0, "disorganized": 1}
    assert middle.styles == dict.fromkeys(STYLES, 0.25)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"anxiety": 8}, "anxiety"),
        ({"avoidance": 0}, "avoidance"),
        ({"anxiety": math.nan}, "anxiety"),
        ({"range": (7, 1)}, "range"),
        ({"standard_error": {"anxiety": -1.0}}, "standard_error.anxiety"),
        ({"standard_error": {"avoidance": math.inf}}, "standard_error.avoidance"),
    ],
)
def test_scores_that_cannot_be_true_are_named(values: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidScore) as invalid:
        profile_from_scores(**{"anxiety": 4, "avoidance": 4, "range": (1, 7), **values})
    assert invalid.value.name == name
