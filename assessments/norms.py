"""Where a score lies among the people of a named sample. Pure; without figures of such a sample there is no answer."""

from __future__ import annotations

import dataclasses
import itertools
import statistics
from collections.abc import Mapping
from typing import Any

from assessments.instruments import Instrument, Range, Reliability

SMALLEST, LARGEST = 0.01, 0.99
"""The figures of a sample do not reach beyond these shares, and nobody is "below everyone"."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Percentiles:
    """The share of the sample that scored lower, 0.01 to 0.99, per scale; None for a scale without a score or figures.

    `by_normal_curve` says that for some scale only mean and SD are known.
    """

    anxiety: float | None
    avoidance: float | None
    sample: str
    by_normal_curve: bool

    def to_json(self) -> dict[str, Any]:
        return {"anxiety": self.anxiety, "avoidance": self.avoidance, "sample": self.sample}


def percentiles_of(instrument: Instrument, scores: Mapping[str, float], range: Range) -> Percentiles | None:
    """Compare scale code to score, on `range`, with the samples of the instrument's scales.

    None when no score can be compared. Figures of a sample that answered on another range say nothing here: people
    answer five choices otherwise than seven.
    """
    figures = {
        scale.code: scale.reliability
        for scale in instrument.scales
        if scale.code in scores and scale.reliability is not None and scale.reliability.range == range
    }
    if not figures:
        return None
    shares = {code: share_below(scores[code], known) for code, known in figures.items()}
    return Percentiles(
        anxiety=shares.get("anxiety"),
        avoidance=shares.get("avoidance"),
        sample=" / ".join(dict.fromkeys(known.sample for known in figures.values())),
        by_normal_curve=any(not known.quantiles for known in figures.values()),
    )


def share_below(score: float, known: Reliability) -> float:
    """Return the share below a score on the sample's own range: along its quantiles, else along a normal curve."""
    if known.quantiles:
        low, high = known.range
        points = [(float(low), 0.0), *((value, share) for share, value in known.quantiles.items()), (float(high), 1.0)]
        share = next(
            before + (after - before) * (score - left) / (right - left)
            for (left, before), (right, after) in itertools.pairwise(points)
            if score <= right
        )
    else:
        share = statistics.NormalDist(known.mean, known.sd).cdf(score)
    return min(max(round(share, 2), SMALLEST), LARGEST)
