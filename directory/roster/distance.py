"""Distance on the earth's surface, in miles, by haversine. The same formula in SQL: directory/models/practice.py."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS: Final = 3958.7613  # miles; mean radius of the IUGG, 6371.0088 km
MARGIN: Final = 1e-9  # degrees, a tenth of a millimetre: rounding must not push a place out of the box


def miles_between(
    latitude: float, longitude: float, latitudes: NDArray[np.float64], longitudes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Great-circle miles from one point to each of many, all in degrees."""
    # Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984); least() guards antipodes against rounding.
    half_north = np.sin(np.radians(latitudes - latitude) / 2)
    half_east = np.sin(np.radians(longitudes - longitude) / 2)
    square = half_north * half_north + (
        math.cos(math.radians(latitude)) * np.cos(np.radians(latitudes)) * half_east * half_east
    )
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.minimum(1.0, np.sqrt(square))), dtype=np.float64)


def bounding_box(latitude: float, longitude: float, miles: float) -> tuple[float, float, float, float]:
    """South, north, west, east of a box (degrees) that holds every point within `miles`.

    A circle that touches a pole or crosses the antimeridian (Alaska's Aleutians) gets all longitudes: the box only
    spares work, the distance decides.
    """
    reach = math.degrees(miles / EARTH_RADIUS) + MARGIN
    south, north = latitude - reach, latitude + reach
    if south <= -90 or north >= 90:
        return max(south, -90.0), min(north, 90.0), -180.0, 180.0
    # The circle's widest point lies nearer to the pole than its middle.
    aside = math.degrees(math.asin(math.sin(math.radians(reach)) / math.cos(math.radians(latitude)))) + MARGIN
    west, east = longitude - aside, longitude + aside
    if west < -180 or east > 180:
        west, east = -180.0, 180.0
    return south, north, west, east
