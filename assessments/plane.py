"""The attachment plane as geometry: where the point and its ellipses lie in a drawing of 300 by 300 units. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from assessments.scoring import AttachmentProfile

SIDE = 300.0
# Half-axes of an ellipse that holds a share of two independent normal errors: sqrt(-2 ln(1 - share)) standard errors.
SIXTY_EIGHT = math.sqrt(-2 * math.log(1 - 0.68))
NINETY_FIVE = math.sqrt(-2 * math.log(1 - 0.95))


@dataclass(frozen=True, kw_only=True)
class Ellipse:
    rx: float
    ry: float


@dataclass(frozen=True, kw_only=True)
class Plane:
    """x grows with anxiety, to the right; y falls with avoidance, so that more avoidance is higher on the page."""

    x: float
    y: float
    likely: Ellipse  # holds the true point with 68 %
    wide: Ellipse  # with 95 %


def plane_of(profile: AttachmentProfile) -> Plane | None:
    """The drawing of a profile; None when one of the two scores is missing."""
    anxiety, avoidance = profile.anxiety, profile.avoidance
    if anxiety is None or avoidance is None:
        return None
    low, high = profile.range
    unit = SIDE / (high - low)

    def ellipse(errors: float) -> Ellipse:
        return Ellipse(
            rx=round(errors * anxiety.standard_error * unit, 1), ry=round(errors * avoidance.standard_error * unit, 1)
        )

    return Plane(
        x=round((anxiety.score - low) * unit, 1),
        y=round(SIDE - (avoidance.score - low) * unit, 1),
        likely=ellipse(SIXTY_EIGHT),
        wide=ellipse(NINETY_FIVE),
    )
