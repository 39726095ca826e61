"""The evaluation of 4,000 real people against the figures of the 46,610 whom they were drawn from.

Tolerances are four standard errors of a sample of 4,000, unless they say otherwise.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from assessments.evaluation import Evaluation, evaluate
from assessments.instruments import parse
from tests.shared_data.test_ecr_sample import QUADRANTS, ROOT, SHARED_DATA, Row, rows  # noqa: F401

REFERENCE: dict[str, Any] = json.loads((SHARED_DATA / "instruments_keys.json").read_text())["ecr"]["reference_sample"]
DOCUMENT = (ROOT / "docs" / "assessments.md").read_text()


@pytest.fixture(scope="module")
def evaluation(rows: list[Row]) -> Evaluation:  # noqa: F811
    ecr = parse(json.loads((ROOT / "fixtures" / "instruments" / "ecr.json").read_text()))
    people = [{str(n): int(row[f"Q{n}"]) or None for n in range(1, 37)} for row in rows]
    return evaluate(ecr, people, range=(1, 5))


@pytest.mark.parametrize(("place", "scale"), [(0, "anxiety"), (1, "avoidance")])
def test_scales_have_the_reference_figures(evaluation: Evaluation, place: int, scale: str) -> None:
    figures = evaluation.scales[place]
    assert figures.code == scale
    n, sd = figures.scored, REFERENCE[scale]["sd"]
    assert figures.mean == pytest.approx(REFERENCE[scale]["mean"], rel=0, abs=4 * sd / math.sqrt(n))
    assert figures.sd == pytest.approx(sd, rel=0, abs=4 * sd / math.sqrt(2 * n))
    alpha = REFERENCE["alpha"][scale]
    # Standard error of alpha, Feldt: (1 - alpha) * sqrt(2k / ((k - 1) n))
    allowed = 4 * (1 - alpha) * math.sqrt(2 * 18 / (17 * figures.complete))
    assert figures.alpha == pytest.approx(alpha, rel=0, abs=allowed)
    assert figures.standard_error == pytest.approx(REFERENCE["sem"][scale], rel=0, abs=0.01)
    assert figures.split_half == pytest.approx(alpha, rel=0, abs=0.02)


def test_scales_hardly_correlate(evaluation: Evaluation) -> None:
    allowed = 4 / math.sqrt(evaluation.scored)
    assert evaluation.correlation == pytest.approx(REFERENCE["r_avoidance_anxiety"], rel=0, abs=allowed)


def test_quadrants_have_the_reference_shares(evaluation: Evaluation) -> None:
    for name, share in REFERENCE["styles"]["styles_midpoint_gt3"].items():
        allowed = 4 * math.sqrt(share * (1 - share) / evaluation.scored)
        assert evaluation.quadrants[QUADRANTS[name]] == pytest.approx(share, rel=0, abs=allowed)


def test_one_in_eight_has_no_clear_style_and_halves_often_disagree(evaluation: Evaluation) -> None:
    assert evaluation.styles["unclear"] == pytest.approx(0.123, abs=0.001)
    assert evaluation.crossing == pytest.approx(0.57, abs=0.01)
    assert evaluation.same_quadrant == pytest.approx(0.66, abs=0.01)


def test_documentation_shows_what_the_command_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("evaluate_instrument", SHARED_DATA / "ecr_2018_sample.csv", svg=tmp_path)
    printed = capsys.readouterr().out.strip()
    assert printed in {block.strip() for block in re.findall(r"```\n(.*?)```", DOCUMENT, re.DOTALL)}
    for drawing in tmp_path.iterdir():
        assert drawing.read_text() == (ROOT / "docs" / "images" / drawing.name).read_text()
        assert f"images/{drawing.name}" in DOCUMENT
