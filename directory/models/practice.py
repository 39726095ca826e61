"""Where a therapist sees people."""

from __future__ import annotations

import math
from typing import Self

from django.db import models
from django.db.models import F, FloatField, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Radians, Sin, Sqrt
from simple_history.models import HistoricalRecords

from directory.models.taxonomy import Jurisdiction
from directory.roster.distance import EARTH_RADIUS, bounding_box


def miles_between(latitude: float, longitude: float) -> Combinable:
    """Great-circle miles from a point (degrees) to a row's latitude and longitude.

    The formula of directory/roster/distance.py, step by step, so that both say the same to the last bits.
    """
    half_north = Sin(Radians(F("latitude") - Value(latitude)) / Value(2.0))
    half_east = Sin(Radians(F("longitude") - Value(longitude)) / Value(2.0))
    square = half_north * half_north + (
        Value(math.cos(math.radians(latitude))) * Cos(Radians(F("latitude"))) * half_east * half_east
    )
    return Value(2 * EARTH_RADIUS) * ASin(Least(Value(1.0), Sqrt(square)), output_field=FloatField())


class PracticeLocationQuerySet(models.QuerySet["PracticeLocation"]):
    def within(self, miles: float, *, latitude: float, longitude: float) -> Self:
        """Offices at most `miles` (great circle) from a point in degrees."""
        south, north, west, east = bounding_box(latitude, longitude, miles)
        boxed = self.filter(latitude__range=(south, north), longitude__range=(west, east))
        return boxed.alias(miles=miles_between(latitude, longitude)).filter(miles__lte=miles)


class PracticeLocation(models.Model):
    """An office. Coordinates are those of the middle of its ZIP area, never of the house."""

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="locations")
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, null=True, blank=True)
    zip = models.CharField(max_length=5)
    latitude = models.FloatField(editable=False)
    longitude = models.FloatField(editable=False)

    history = HistoricalRecords()
    objects = PracticeLocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "street", "zip"], name="one_location_per_therapist_street_and_zip"
            ),
            models.CheckConstraint(condition=Q(zip__regex=r"^\d{5}$"), name="zip_has_five_digits"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)),
                name="coordinates_are_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, self.city, self.zip) if part)
