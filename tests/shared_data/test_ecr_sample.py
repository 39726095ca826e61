"""The engine on real answers: 4,000 people's ECR, against reference scores that others computed."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from assessments.instruments import parse
from assessments.scoring import AttachmentProfile, score

ROOT = Path(__file__).parents[2]
SHARED_DATA = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
QUADRANTS = {"preoccupied": "anxious", "dismissing": "avoidant", "fearful": "disorganized", "secure": "secure"}
MINIMUM = 14  # of 18

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    path = SHARED_DATA / "ecr_2018_sample.csv"
    assert path.is_file(), f"{path} is missing: set SHARED_DATA to the folder of the shared data"
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def profiles(rows: list[Row]) -> list[AttachmentProfile]:
    ecr = parse(json.loads((ROOT / "fixtures" / "instruments" / "ecr.json").read_text()))
    return [score(ecr, {str(n): int(row[f"Q{n}"]) or None for n in range(1, 37)}, range=(1, 5)) for row in rows]


def test_every_person_with_enough_answers_gets_the_reference_means(
    rows: list[Row], profiles: list[AttachmentProfile]
) -> None:
    compared = 0
    for row, profile in zip(rows, profiles, strict=True):
        for scale, result in (("avoidance", profile.avoidance), ("anxiety", profile.anxiety)):
            if int(row[f"answered_{scale}"]) < MINIMUM:
                assert result is None
                continue
            assert result is not None
            assert result.answered == int(row[f"answered_{scale}"])
            assert result.score == pytest.approx(float(row[f"{scale}_mean"]), abs=1e-6, rel=0)
            compared += 1
    assert compared > 7_900


def test_every_person_with_enough_answers_falls_in_the_reference_quadrant(
    rows: list[Row], profiles: list[AttachmentProfile]
) -> None:
    compared = 0
    for row, profile in zip(rows, profiles, strict=True):
        if min(int(row["answered_avoidance"]), int(row["answered_anxiety"])) >= MINIMUM:
            assert profile.quadrant == QUADRANTS[row["quadrant_midpoint"]]
            compared += 1
    assert compared == 3_987


def test_a_verdict_for_everybody_would_often_be_wrong(profiles: list[AttachmentProfile]) -> None:
    crossing = [
        any(
            abs(result.score - profile.midpoint) < 1.96 * result.standard_error
            for result in (profile.anxiety, profile.avoidance)
            if result is not None
        )
        for profile in profiles
        if profile.styles is not None
    ]
    assert sum(crossing) / len(crossing) == pytest.approx(0.57, abs=0.03)
