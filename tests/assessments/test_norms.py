"""Percentiles: only beside a named sample that answered on the same range, and never sure of the ends."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.instruments import BrokenInstrument, Instrument, parse
from assessments.norms import share_below
from assessments.scoring import profile_from_scores, score
from tests.assessments.test_instruments import CODES, change, shipped
from tests.assessments.test_scoring import administrations

ECR = parse(shipped("ecr"))
ECR_S = parse(shipped("ecr-s"))
SAMPLE = "Open-Source Psychometrics Project, 2018-03-01: 46,610 self-selected web visitors"


def answers(instrument: Instrument, value: int) -> dict[str, float | None]:
    """Every keyed answer is `value` of 1 to 5."""
    return {item.id: 6 - value if item.reverse_keyed else value for item in instrument.items}


def test_percentiles_name_the_sample_and_lie_between_its_quantiles() -> None:
    profile = score(ECR, answers(ECR, 3), range=(1, 5))
    # anxiety 3.0 between the quartile 2.5 and the median 3.111; avoidance 3.0 between the median 2.444 and 3.167
    assert profile.to_json()["percentiles"] == {
        "anxiety": pytest.approx(0.25 + 0.25 * (3 - 2.5) / (3.111 - 2.5), abs=0.005),
        "avoidance": pytest.approx(0.5 + 0.25 * (3 - 2.444) / (3.167 - 2.444), abs=0.005),
        "sample": SAMPLE,
    }
    assert "percentiles_by_normal_curve" not in profile.notes


def test_percentiles_of_a_short_form_follow_the_normal_curve_and_say_so() -> None:
    profile = score(ECR_S, answers(ECR_S, 3), range=(1, 5))
    # From a table of the normal curve, for z = (3 - 3.0884) / 0.8448 = -0.105 and z = (3 - 2.4401) / 0.8502 = 0.659
    assert profile.to_json()["percentiles"] == {
        "anxiety": 0.46,
        "avoidance": 0.74,
        "sample": f"{SAMPLE}; these six items within the 36 of the ECR",
    }
    assert "percentiles_by_normal_curve" in profile.notes


@pytest.mark.parametrize("code", CODES)
def test_no_instrument_has_percentiles_on_its_own_range(code: str) -> None:
    """The only samples that we know answered on 1 to 5, and all instruments are asked on 1 to 7."""
    instrument = parse(shipped(code))
    assert score(instrument, {item.id: 3 for item in instrument.items}).percentiles is None


@pytest.mark.parametrize("code", ["closeness-12", "ecr-r", "ecr-rs"])
def test_without_norms_there_are_no_percentiles_on_any_range(code: str) -> None:
    instrument = parse(shipped(code))
    profile = score(instrument, {item.id: 3 for item in instrument.items}, range=(1, 5))
    assert profile.percentiles is None
    assert "not_normed" in profile.notes


def test_scores_brought_along_have_no_percentiles() -> None:
    assert profile_from_scores(anxiety=3.1, avoidance=2.6, range=(1, 5)).percentiles is None


def test_scale_without_a_score_has_no_percentile() -> None:
    only_anxiety = {item.id: 3.0 for item in ECR.items if item.scale == "anxiety"}
    percentiles = score(ECR, only_anxiety, range=(1, 5)).to_json()["percentiles"]
    assert (percentiles["anxiety"], percentiles["avoidance"]) == (0.45, None)
    assert score(ECR, {}, range=(1, 5)).percentiles is None


def test_two_samples_are_both_named() -> None:
    document = shipped("ecr-s")
    document["scoring"]["scales"]["anxiety"]["reliability"]["sample"] = "Another sample"
    instrument = parse(document)
    percentiles = score(instrument, answers(instrument, 3), range=(1, 5)).percentiles
    assert percentiles is not None
    assert percentiles.sample == f"Another sample / {SAMPLE}; these six items within the 36 of the ECR"


@pytest.mark.parametrize("instrument", [ECR, ECR_S], ids=lambda instrument: instrument.code)
def test_ends_of_the_range_are_neither_nobody_nor_everybody(instrument: Instrument) -> None:
    for scale in instrument.scales:
        assert scale.reliability is not None
        assert share_below(1, scale.reliability) >= 0.01
        assert share_below(5, scale.reliability) <= 0.99
    lowest = scale_reliability(ECR, "anxiety")
    assert (share_below(1, lowest), share_below(5, lowest)) == (0.01, 0.99)


def scale_reliability(instrument: Instrument, code: str) -> Any:
    return next(scale.reliability for scale in instrument.scales if scale.code == code)


@pytest.mark.parametrize(("share", "value"), scale_reliability(ECR, "anxiety").quantiles.items())
def test_quantile_gives_its_own_share(share: float, value: float) -> None:
    assert share_below(value, scale_reliability(ECR, "anxiety")) == pytest.approx(share, abs=0.005)


@given(
    st.sampled_from([ECR, ECR_S]),
    st.sampled_from(["anxiety", "avoidance"]),
    st.floats(1, 5, allow_nan=False),
    st.floats(1, 5, allow_nan=False),
)
def test_higher_score_never_has_a_lower_percentile(instrument: Instrument, code: str, one: float, other: float) -> None:
    known = scale_reliability(instrument, code)
    low, high = sorted([one, other])
    assert 0.01 <= share_below(low, known) <= share_below(high, known) <= 0.99


@given(administrations())
def test_percentiles_only_on_the_range_of_the_sample(
    administration: tuple[Instrument, dict[str, float | None], tuple[int, int]],
) -> None:
    instrument, responses, limits = administration
    profile = score(instrument, responses, range=limits)
    scored = profile.anxiety is not None or profile.avoidance is not None
    assert (profile.percentiles is not None) == (limits == (1, 5) and instrument.normed and scored)


@pytest.mark.parametrize(
    ("description", "quantiles"),
    [
        ("a list", [1.5, 2.5]),
        ("one alone", {"0.5": 3.0}),
        ("a share of one", {"0.5": 3.0, "1.0": 4.0}),
        ("a share in percent", {"25": 2.0, "0.5": 3.0}),
        ("falling", {"0.25": 3.0, "0.5": 2.0}),
        ("equal", {"0.25": 2.0, "0.5": 2.0}),
        ("outside the range", {"0.25": 2.0, "0.5": 5.5}),
        ("on the end of the range", {"0.25": 1, "0.5": 3}),
        ("a text", {"0.25": "2", "0.5": 3.0}),
        ("no number", {"0.25": float("nan"), "0.5": 3.0}),
    ],
)
def test_quantiles_that_cannot_be_are_refused(description: str, quantiles: Any) -> None:
    document = copy.deepcopy(shipped("ecr"))
    change("scoring.scales.anxiety.reliability.quantiles", quantiles)(document)
    with pytest.raises(BrokenInstrument, match=r"scoring\.scales\.anxiety\.reliability\.quantiles must go from shares"):
        parse(document)


def test_order_of_the_quantiles_in_the_document_does_not_matter() -> None:
    document = shipped("ecr")
    figures = document["scoring"]["scales"]["anxiety"]["reliability"]
    figures["quantiles"] = dict(reversed(figures["quantiles"].items()))
    shuffled = scale_reliability(parse(document), "anxiety")
    assert list(shuffled.quantiles) == sorted(shuffled.quantiles)
    assert shuffled == dataclasses.replace(scale_reliability(ECR, "anxiety"))
