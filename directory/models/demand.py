"""What was asked and found fewer than five: counts of combinations by week, and of nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection, models
from django.db.models import F, Func, IntegerField, Q, Sum

FEWEST_SHOWN: Final = 10  # a smaller count is never shown, and goes when its period is over
PERIOD_WEEKS: Final = 4
KEPT_WEEKS: Final = 104
#: Periods of four weeks follow each other from this Monday on. They never move, so two of them never overlap.
FIRST_MONDAY: Final = dt.date(2024, 1, 1)
#: Somebody else's count of the same cell is done in a moment; an answer never waits longer for it.
LONGEST_WAIT: Final = "200ms"

#: State, session format, concern and insurance plan, as codes; a concern or plan that nobody named is "".
Combination = tuple[str, str, str, str]
COMBINATION: Final = ("jurisdiction", "session_format", "concern", "insurance_plan")


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def period_under_way(on: dt.date) -> dt.date:
    """The Monday on which the four weeks began that the day is in."""
    return FIRST_MONDAY + (on - FIRST_MONDAY) // dt.timedelta(weeks=PERIOD_WEEKS) * dt.timedelta(weeks=PERIOD_WEEKS)


class DemandCellQuerySet(models.QuerySet["DemandCell"]):
    def add(self, combinations: Iterable[Combination], *, on: dt.date) -> None:
        """Count each combination once more in the week of that day. Raises DatabaseError, also when it would wait.

        One statement in sorted order: two answers that count the same cells never wait for each other in a circle.
        Call it in a transaction of its own.
        """
        asked = sorted(set(combinations))
        if not asked:
            return
        columns = [list(column) for column in zip(*asked, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute(
                "INSERT INTO directory_demandcell AS cell"
                " (week, jurisdiction, session_format, concern, insurance_plan, asked)"
                " SELECT %s, asked.*, 1 FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) asked"
                " ON CONFLICT (week, jurisdiction, session_format, concern, insurance_plan)"
                " DO UPDATE SET asked = cell.asked + 1",
                [monday_of(on), *columns],
            )

    def shown(self, *, on: dt.date, weeks: int) -> models.QuerySet[Any, dict[str, Any]]:
        """The counts that may be seen: combinations of periods of four weeks, each asked at least ten times in it.

        Rows are {"period": number, "jurisdiction", "session_format", "concern", "insurance_plan", "total"}. The only
        way to any page, chart or file. Periods under way are left out, and periods never overlap: so the difference of
        two pages, or of one page on two days, is never a smaller count than ten.
        """
        end = period_under_way(on)
        return (
            self.filter(week__gte=end - dt.timedelta(weeks=weeks), week__lt=end)
            ._by_period()
            .filter(total__gte=FEWEST_SHOWN)
            .order_by("-total", "period", *COMBINATION)
        )

    def never_shown_again(self, *, on: dt.date) -> models.QuerySet[DemandCell]:
        """Rows that have no use any more: of periods that are over with fewer than ten, and those too old to show."""
        over = self.filter(week__lt=period_under_way(on))
        small = over._by_period().filter(total__lt=FEWEST_SHOWN)
        too_old = Q(week__lt=monday_of(on) - dt.timedelta(weeks=KEPT_WEEKS))
        its = {name: models.OuterRef(name) for name in ("period", *COMBINATION)}
        return self.annotate(period=_PERIOD).filter(too_old | models.Exists(small.filter(**its)))

    def move(self, vocabulary_field: str, gone: str, into: str) -> None:
        """Count what was asked under one code under another one, as after a merge."""
        columns = ["week", *COMBINATION]
        read = ", ".join("%s" if name == vocabulary_field else name for name in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH moved AS (DELETE FROM directory_demandcell WHERE {vocabulary_field} = %s RETURNING *)"  # noqa: S608
                f" INSERT INTO directory_demandcell AS cell ({', '.join(columns)}, asked)"
                f" SELECT {read}, asked FROM moved"
                f" ON CONFLICT ({', '.join(columns)}) DO UPDATE SET asked = cell.asked + excluded.asked",
                [gone, into],
            )

    def _by_period(self) -> models.QuerySet[Any, Any]:
        return self.annotate(period=_PERIOD).values("period", *COMBINATION).annotate(total=Sum("asked"))


_PERIOD: Final = Func(
    F("week"),
    template=f"((%(expressions)s - DATE '{FIRST_MONDAY}') / {PERIOD_WEEKS * 7})",
    output_field=IntegerField(),
)


class DemandCell(models.Model):
    """How often one combination was asked in one week and found fewer than five. It knows no person and no hour."""

    week = models.DateField(help_text="The Monday.")
    jurisdiction = models.CharField(max_length=64)
    session_format = models.CharField(max_length=64)
    concern = models.CharField(max_length=64, blank=True)
    insurance_plan = models.CharField(max_length=64, blank=True)
    asked = models.PositiveIntegerField()

    objects = DemandCellQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "demand without supply"
        constraints = [
            models.UniqueConstraint(
                fields=["week", "jurisdiction", "session_format", "concern", "insurance_plan"],
                name="one_demand_cell_per_week_and_combination",
            ),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="demand_is_counted_by_week"),
            models.CheckConstraint(condition=Q(asked__gte=1), name="demand_was_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.session_format} {self.concern} {self.insurance_plan}: {self.asked}"
