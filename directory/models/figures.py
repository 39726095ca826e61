"""How the directory stood on one day: what would take too long to count whenever somebody looks."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from directory.lifetimes import AVAILABILITY


class DirectoryFiguresQuerySet(models.QuerySet["DirectoryFigures"]):
    def newest(self) -> DirectoryFigures | None:
        """The last day that was counted, or None."""
        return self.order_by("-day").first()

    def for_public(self, *, on: dt.date) -> DirectoryFigures | None:
        """The last count of a listed directory that still counts: a figure ages as the openings it is about do."""
        return self.filter(day__gte=on - dt.timedelta(days=AVAILABILITY.days), day__lte=on, listed__gt=0).newest()

    def until(self, on: dt.date, *, days: int) -> Self:
        """What was counted in the `days` up to that day, the oldest first."""
        return self.filter(day__gt=on - dt.timedelta(days=days), day__lte=on).order_by("day")


class DirectoryFigures(models.Model):
    """One day's counts, written by `record_figures` and never by hand. They name nobody.

    `listed`: profiles that were shown. `accepting_fresh`: those of them that take new clients, said so while it still
    counts, and name an opening that is not past. `by_life` {life: profiles}, `by_state` {jurisdiction: listed},
    `fresh` and `past` {lifetime: listed whose facts of that group counted, or did not count any more}; the rest of
    `listed` never said on which day.
    """

    day = models.DateField(unique=True)
    listed = models.PositiveIntegerField()
    accepting_fresh = models.PositiveIntegerField()
    by_life = models.JSONField(default=dict)
    by_state = models.JSONField(default=dict)
    fresh = models.JSONField(default=dict)
    past = models.JSONField(default=dict)

    objects = DirectoryFiguresQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "figures of the directory"
        constraints = [
            models.CheckConstraint(
                condition=Q(accepting_fresh__lte=F("listed")), name="appointable_listings_are_listed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day.isoformat()}: {self.listed} listed"

    @property
    def appointable_rate(self) -> float | None:
        """Share of listings with a fresh opening, 0 to 1; None while nobody is listed."""
        return self.accepting_fresh / self.listed if self.listed else None

    @property
    def appointable_of_100(self) -> int | None:
        """The same in whole listings of 100, rounded down: the page promises no more than there is."""
        return 100 * self.accepting_fresh // self.listed if self.listed else None
