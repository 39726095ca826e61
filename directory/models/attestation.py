"""What a therapist says without an account: the link they come by, what they ask to correct, when they are reminded."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q

LINK_DAYS = 14
LINKS_KEPT = dt.timedelta(days=30)  # after they expired, to tell who was sent one when
REMINDERS_KEPT = dt.timedelta(days=400)  # longer than the consent, so that each is asked for once


class AttestationLink(models.Model):
    """A link that lets one therapist confirm or correct their listing, once.

    Only the SHA-256 of its secret is kept, so nobody can make the link out of this row.
    """

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="attestation_links")
    digest = models.BinaryField(unique=True, editable=False)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="When a newer link took its place.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="link_ends_after_it_is_made"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(ended_at__isnull=True), name="used_link_is_not_ended_as_well"
            ),
            models.UniqueConstraint(
                fields=["therapist"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="one_open_link_per_therapist",
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.made_at:%Y-%m-%d}"

    def is_open(self, at: dt.datetime) -> bool:
        """Whether it may be used at that moment."""
        return self.used_at is None and self.ended_at is None and at < self.expires_at


class Correction(models.Model):
    """Something a therapist says is different, and that a curator compares with a source before it counts."""

    class Field(models.TextChoices):
        NAME = "name", "Name"
        EMAIL = "email", "Email address on record"
        LICENSE = "license", "License"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=10, choices=Field)
    old = models.CharField(max_length=254, blank=True)
    new = models.CharField(max_length=254, blank=True)
    note = models.CharField(max_length=1000, blank=True, help_text="In the therapist's own words.")
    asked_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open") | (~Q(reason="") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="decided_correction_has_reason_author_and_time",
            ),
            models.CheckConstraint(
                condition=Q(field__in=["name", "email", "license"]), name="correction_field_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "accepted", "declined"]), name="correction_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(new="") | ~Q(note=""), name="correction_says_something"),
            models.UniqueConstraint(
                fields=["therapist", "field"],
                condition=Q(state="open"),
                name="one_open_correction_per_therapist_and_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} of {self.therapist}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def waiting(self) -> Self:
        """Reminders that are neither sent nor no longer needed."""
        return self.filter(sent_at__isnull=True, dropped_at__isnull=True)

    def to_send(self, *, at: dt.datetime) -> Self:
        """Waiting ones whose turn it is: after a failure each waits a while."""
        return self.waiting().filter(Q(next_try_at__isnull=True) | Q(next_try_at__lte=at))


class Reminder(models.Model):
    """One reason to write to one therapist. `manage.py run_due` queues and sends them."""

    class Kind(models.TextChoices):
        ATTESTATION = "attestation", "Attestation due"
        OPENINGS = "openings", "Openings stale"
        CONSENT = "consent", "Consent due"
        LICENSE = "license", "License expiring"
        ASKED = "asked", "Link asked for"

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=11, choices=Kind)
    due_on = models.DateField()
    asked_by = models.CharField(max_length=150, default="run_due", editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True, help_text="When it was no longer needed.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=80, blank=True, help_text="The kind of the last failure.")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "kind", "due_on"], name="one_reminder_per_therapist_kind_and_day"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["attestation", "openings", "consent", "license", "asked"]),
                name="reminder_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(dropped_at__isnull=True), name="sent_reminder_is_not_dropped"
            ),
        ]
        indexes = [
            models.Index(
                fields=["therapist"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="reminders_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.due_on.isoformat()}"
