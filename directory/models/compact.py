"""Compacts between states: who has joined, since when they are in operation, and where that stands to read."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from directory.models.taxonomy import Jurisdiction


class Compact(models.Model):
    """An agreement under which a license of one member state can open the others."""

    id = models.SmallAutoField(primary_key=True)
    code = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    meaning = models.CharField(max_length=300, help_text="One plain sentence for clients.")
    license_types = ArrayField(models.CharField(max_length=64), help_text="Codes of the license types it is for.")
    credential = models.CharField(
        max_length=120, blank=True, help_text="The personal number it takes, e.g. “APIT number”. Empty: none."
    )
    register_url = models.URLField(blank=True, help_text="Where anybody can look a privilege up.")
    source = models.CharField(max_length=400)
    as_of = models.DateField(help_text="When the source was last read.")

    def __str__(self) -> str:
        return self.name


class CompactMembership(models.Model):
    """One state in one compact. A date that no source gives is empty, never guessed.

    A law that is enacted opens nothing: privileges count from `operational_on`.
    """

    compact = models.ForeignKey(Compact, on_delete=models.CASCADE, related_name="memberships")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    enacted_on = models.DateField(null=True, blank=True, help_text="The day on which the law was signed.")
    operational_on = models.DateField(
        null=True,
        blank=True,
        verbose_name="in operation from",
        help_text="The first day that a source shows. Empty: not in operation, or not known.",
    )
    left_on = models.DateField(
        null=True,
        blank=True,
        help_text="The first day on which it is out. Privileges end the day before, for good.",
    )
    note = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=400)
    as_of = models.DateField(help_text="When the source was last read.")
    curated = models.BooleanField(
        default=False, editable=False, help_text="Changed at the desk: load_taxonomy leaves it alone."
    )

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compact", "jurisdiction"], name="one_membership_per_compact_and_state"),
            models.CheckConstraint(condition=~Q(source=""), name="membership_names_its_source"),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(operational_on__isnull=True)
                | Q(left_on__gte=F("operational_on")),
                name="membership_ends_after_it_begins",
                violation_error_message="A state cannot leave before it is in operation.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} in {self.compact}"

    def is_operational(self, on: dt.date) -> bool:
        """Whether privileges of this state hold on that day. Runs no query."""
        return (
            self.operational_on is not None
            and self.operational_on <= on
            and (self.left_on is None or on < self.left_on)
        )
