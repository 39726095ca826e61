"""Where a therapist sees people."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from directory.models.taxonomy import Jurisdiction


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
