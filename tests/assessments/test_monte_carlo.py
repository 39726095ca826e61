"""The closed formulas against an independent computation: people drawn at random, counted, with none of our code."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest

from assessments.plane import SIDE, Ellipse, Plane, plane_of
from assessments.scoring import STYLES, AttachmentProfile, profile_from_scores, score
from tests.assessments.test_scoring import INSTRUMENTS, keyed

SEED = 20261124
DRAWS = 200_000
SIGMAS = 4.5  # each comparison fails by chance once in 150,000; the seed is fixed, so that it does not in practice


def error_of_share(share: float, draws: int = DRAWS) -> float:
    return SIGMAS * math.sqrt(max(share * (1 - share), 1 / draws) / draws)


def brought(anxiety: float, avoidance: float, errors: tuple[float, float], range: tuple[int, int]) -> AttachmentProfile:
    return profile_from_scores(
        anxiety=anxiety,
        avoidance=avoidance,
        range=range,
        standard_error={"anxiety": errors[0], "avoidance": errors[1]},
    )


def unsure(instrument: str, missing: int, **levels: int) -> AttachmentProfile:
    """A profile from answers, with the first items of each scale left out."""
    responses = keyed(INSTRUMENTS[instrument], **levels)
    for scale in INSTRUMENTS[instrument].scales:
        responses.update({item.id: None for item in scale.items[:missing]})
    return score(INSTRUMENTS[instrument], responses)


PROFILES = [
    pytest.param(brought(4.3, 3.9, (0.4, 0.6), (1, 7)), id="near both midpoints"),
    pytest.param(brought(5.4, 2.1, (0.4, 0.5), (1, 7)), id="plainly anxious"),
    pytest.param(brought(4.0, 6.2, (0.3, 1.1), (1, 7)), id="on one midpoint, and one error wide"),
    pytest.param(brought(3.2, 2.6, (0.23, 0.21), (1, 5)), id="on 1 to 5 with the errors of the ECR"),
    pytest.param(brought(1.0, 5.0, (0.9, 0.9), (1, 5)), id="in a corner"),
    pytest.param(unsure("ecr", 4, anxiety=4, avoidance=5), id="from answers to the ECR, four missing of each scale"),
    pytest.param(unsure("closeness-12", 1, anxiety=5, avoidance=4), id="from answers to our own, one missing"),
]


def true_points(profile: AttachmentProfile) -> tuple[Any, Any]:
    """Where the person may truly be: each score plus a normal error of its own."""
    anxiety, avoidance = profile.anxiety, profile.avoidance
    assert anxiety is not None
    assert avoidance is not None
    random = np.random.default_rng(SEED)
    return (
        anxiety.score + anxiety.standard_error * random.standard_normal(DRAWS),
        avoidance.score + avoidance.standard_error * random.standard_normal(DRAWS),
    )


@pytest.mark.parametrize("profile", PROFILES)
def test_style_probabilities_are_the_counted_shares(profile: AttachmentProfile) -> None:
    anxiety, avoidance = true_points(profile)
    low, high = profile.range
    anxious, avoidant = anxiety > (low + high) / 2, avoidance > (low + high) / 2
    counted = {
        "secure": float((~anxious & ~avoidant).mean()),
        "anxious": float((anxious & ~avoidant).mean()),
        "avoidant": float((~anxious & avoidant).mean()),
        "disorganized": float((anxious & avoidant).mean()),
    }
    assert profile.styles is not None
    for style in STYLES:
        rounding = 0.0002  # four places, and the largest takes what rounding left over
        assert profile.styles[style] == pytest.approx(
            counted[style], rel=0, abs=error_of_share(counted[style]) + rounding
        )


def inside(plane: Plane, ellipse: Ellipse, profile: AttachmentProfile, anxiety: Any, avoidance: Any) -> float:
    """The share of points that lie inside an ellipse as it is drawn."""
    low, high = profile.range
    x, y = (anxiety - low) / (high - low) * SIDE, SIDE - (avoidance - low) / (high - low) * SIDE
    return float((((x - plane.x) / ellipse.rx) ** 2 + ((y - plane.y) / ellipse.ry) ** 2 <= 1).mean())


@pytest.mark.parametrize("profile", PROFILES)
def test_ellipses_hold_68_and_95_percent(profile: AttachmentProfile) -> None:
    plane = plane_of(profile)
    assert plane is not None
    points = true_points(profile)
    rounding = 0.004  # the drawing rounds to a tenth of a unit, at most 0.5 % of the smallest half-axis here
    assert min(plane.likely.rx, plane.likely.ry) > 10
    for ellipse, share in ((plane.likely, 0.68), (plane.wide, 0.95)):
        assert inside(plane, ellipse, profile, *points) == pytest.approx(
            share, rel=0, abs=error_of_share(share) + rounding
        )


def test_an_ellipse_of_another_size_would_be_noticed() -> None:
    """The check is sharp: half-axes of one and of two errors, a common mistake, hold 39 and 86 percent."""
    profile = brought(3.2, 2.6, (0.23, 0.21), (1, 5))
    plane = plane_of(profile)
    assert plane is not None
    unit = SIDE / 4
    for errors, share in ((1, 0.393), (2, 0.865)):
        mistaken = Ellipse(rx=errors * 0.23 * unit, ry=errors * 0.21 * unit)
        assert inside(plane, mistaken, profile, *true_points(profile)) == pytest.approx(share, abs=0.01)


def test_ellipse_of_what_was_measured_holds_the_truth_as_often_as_it_says() -> None:
    """The other way round: one true person, measured again and again. Each measurement draws an ellipse of its own."""
    random = np.random.default_rng(SEED)
    times = 5_000
    true_anxiety, true_avoidance, errors = 3.3, 2.4, (0.25, 0.3)
    held = {"likely": 0, "wide": 0}
    for noise in random.standard_normal((times, 2)):
        measured = brought(true_anxiety + errors[0] * noise[0], true_avoidance + errors[1] * noise[1], errors, (1, 5))
        plane = plane_of(measured)
        assert plane is not None
        for name in held:
            held[name] += (
                inside(plane, getattr(plane, name), measured, np.array(true_anxiety), np.array(true_avoidance)) > 0
            )
    assert held["likely"] / times == pytest.approx(0.68, abs=error_of_share(0.68, times) + 0.004)
    assert held["wide"] / times == pytest.approx(0.95, abs=error_of_share(0.95, times) + 0.004)


@pytest.mark.parametrize("instrument", ["ecr", "ecr-s", "ecr-12"])
def test_each_missing_answer_widens_the_ellipses(instrument: str) -> None:
    fewest = min(scale.length - scale.minimum_answered for scale in INSTRUMENTS[instrument].scales)
    planes = [plane_of(unsure(instrument, missing, anxiety=5, avoidance=3)) for missing in range(fewest + 1)]
    sizes = [(plane.likely.rx, plane.likely.ry, plane.wide.rx, plane.wide.ry) for plane in planes if plane is not None]
    assert len(sizes) == fewest + 1 >= 2
    for fuller, emptier in itertools.pairwise(sizes):
        assert all(after > before for before, after in zip(fuller, emptier, strict=True))


def test_one_missing_answer_fewer_than_needed_leaves_no_ellipse() -> None:
    assert plane_of(unsure("ecr", 5, anxiety=5, avoidance=3)) is None


def test_word_unclear_follows_the_counted_share() -> None:
    """A person is named when 60 percent of the draws agree, and not a little below."""
    for anxiety, named in ((3.05, False), (3.1, True)):
        profile = brought(anxiety, 1.2, (0.23, 0.21), (1, 5))
        drawn, _ = true_points(profile)
        share = float((drawn > 3).mean())
        assert abs(share - 0.6) > error_of_share(share)
        assert (share >= 0.6) is named
        assert profile.style == ("anxious" if named else "unclear")
