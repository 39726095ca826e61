"""What visitors say is wrong with a listing, and how many may say so. Neither knows who said it."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Case, Q, When

TEXT_KEPT = dt.timedelta(days=90)  # after the decision
REPORT_KEPT = dt.timedelta(days=365)  # after it came, decided or not
LONGEST_TEXT = 1000


class ProblemReportQuerySet(models.QuerySet["ProblemReport"]):
    def open(self) -> Self:
        """Reports on which nobody has decided."""
        return self.filter(state=ProblemReport.State.OPEN)

    def gravest_first(self) -> Self:
        """Harmful practice before all else, then the oldest."""
        gravity = Case(When(kind=ProblemReport.Kind.HARMFUL, then=0), default=1)
        return self.order_by(gravity, "received_on", "pk")

    def forget(self, at: dt.datetime) -> None:
        """Empty the texts that were decided on long ago, and delete reports after their year."""
        self.filter(decided_at__lte=at - TEXT_KEPT).exclude(text="").update(text="")
        self.filter(received_on__lte=(at - REPORT_KEPT).date()).delete()


class ProblemReport(models.Model):
    """A visitor says that a listing is wrong. It changes nothing by itself: a curator looks, and decides."""

    class Kind(models.TextChoices):
        PHONE = "phone", "The phone number or email does not work"
        NOT_ACCEPTING = "not-accepting", "They are not taking new clients"
        MOVED = "moved", "They moved or closed"
        LICENSE = "license", "The license looks wrong"
        TEXT = "text", "Something they say here is not true"
        HARMFUL = "harmful", "They offer something that can harm people"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RESOLVED = "resolved", "Resolved"

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="problem_reports")
    kind = models.CharField(max_length=13, choices=Kind)
    text = models.CharField(max_length=LONGEST_TEXT, blank=True)
    received_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects = ProblemReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | (~Q(reason="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="resolved_report_has_reason_author_and_time",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "resolved"]), name="report_state_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "not-accepting", "moved", "license", "text", "harmful", "other"]),
                name="report_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.received_on.isoformat()}"


class Allowance(models.Model):
    """How often something was done within a span of time, under a name that tells neither who nor about whom.

    `digest` mixes SECRET_KEY, the span, and what is counted: the next span's digest of the same caller is another one.
    """

    digest = models.BinaryField(unique=True, editable=False)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at:%Y-%m-%d %H:%M}"
