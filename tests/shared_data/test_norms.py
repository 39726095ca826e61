"""Percentiles against the people themselves: how far the share below a score is from the share that was counted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from assessments.instruments import parse
from assessments.scoring import score
from tests.shared_data.test_ecr_sample import ROOT, SHARED_DATA, Row, rows  # noqa: F401

KEYS = json.loads((SHARED_DATA / "instruments_keys.json").read_text())


@pytest.mark.parametrize(("code", "furthest"), [("ecr", 0.03), ("ecr-s", 0.06), ("ecr-12", 0.08)])
def test_percentiles_are_near_the_counted_ones(rows: list[Row], code: str, furthest: float) -> None:  # noqa: F811
    instrument = parse(json.loads((ROOT / "fixtures" / "instruments" / f"{code}.json").read_text()))
    columns = {str(item["n"]): f"Q{item.get('ecr_item', item['n'])}" for item in KEYS[code]["items"]}
    profiles = [score(instrument, {id: int(row[q]) or None for id, q in columns.items()}, range=(1, 5)) for row in rows]
    for scale in ("anxiety", "avoidance"):
        found = [
            (getattr(profile, scale).score, getattr(profile.percentiles, scale))
            for profile in profiles
            if getattr(profile, scale) is not None
        ]
        assert len(found) > 3_900
        scores, percentiles = np.array(found).T
        counted = ((scores[:, None] > scores).mean(axis=1) + (scores[:, None] >= scores).mean(axis=1)) / 2
        distance = np.abs(percentiles - counted).max()
        assert distance < furthest, (scale, distance)
