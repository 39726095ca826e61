"""The right to practise: which licence, where, until when, checked against which source."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from directory.boards import boards
from directory.models.compact import Compact
from directory.models.taxonomy import Jurisdiction, LicenseType
from directory.models.verification import Method

ASSOCIATE = "associate"  # the type of those who practise under supervision


class LicenseQuerySet(models.QuerySet["License"]):
    def current(self, *, on: dt.date) -> LicenseQuerySet:
        """Licences that are active, verified against a named source, and not past their last day."""
        return self.filter(status=License.Status.ACTIVE, verified_on__isnull=False, expires_on__gte=on)

    def without_supervisor(self) -> LicenseQuerySet:
        """Licences of associates of which nobody has said who supervises them."""
        return self.filter(license_type__code=ASSOCIATE, supervisor_name="")

    def unlike_their_board(self) -> LicenseQuerySet:
        """Licences whose number does not look like those of their board, where we know what those look like.

        The same as `directory.boards.number_doubt`, but for numbers that are invented.
        """
        odd = Q(pk__in=[])
        for (jurisdiction, license_type), board in boards().items():
            if board.number_pattern:
                there = Q(jurisdiction__code=jurisdiction, license_type__code=license_type)
                odd |= there & ~Q(number__iregex=rf"^\s*{board.number_pattern.strip('^$')}\s*$")
        return self.filter(odd).exclude(method=Method.INVENTED)


class License(models.Model):
    """One licence of one therapist in one jurisdiction.

    `verified_on`, `source` and `method` are those of the newest check, while it confirmed what stands here; the
    verification log has them all.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        SUSPENDED = "suspended", "Suspended"
        REVOKED = "revoked", "Revoked"

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="licenses")
    license_type = models.ForeignKey(LicenseType, on_delete=models.PROTECT)
    number = models.CharField(max_length=40)
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    expires_on = models.DateField(null=True, blank=True, help_text="Last day on which it is valid.")
    verified_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="Where it was checked, e.g. the board's register.")
    method = models.CharField(max_length=10, blank=True, choices=Method)
    supervisor_name = models.CharField(max_length=120, blank=True, help_text="Who supervises an associate.")
    supervisor_license = models.CharField(
        max_length=120, blank=True, help_text="Type, number and state, e.g. “LMFT 12345 (CA)”."
    )

    history = HistoricalRecords()
    objects = LicenseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "license_type", "number"],
                name="one_license_number_per_jurisdiction_and_type",
                violation_error_message="This license number is already listed for this jurisdiction and type.",
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | ~Q(source=""),
                name="verified_license_names_its_source",
                violation_error_message="Name the source in which the license was verified.",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="license_has_a_number"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "suspended", "revoked"]), name="license_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.license_type} {self.number} ({self.jurisdiction.code})"

    @property
    def is_supervised(self) -> bool:
        """Whether it only gives the right to practise under supervision. Reads `license_type`."""
        return self.license_type.code == ASSOCIATE

    def is_current(self, on: dt.date) -> bool:
        """Whether it gives the right to practise on that day, as far as was verified. Runs no query."""
        return (
            self.status == self.Status.ACTIVE
            and self.verified_on is not None
            and self.expires_on is not None
            and self.expires_on >= on
        )


class CompactPrivilege(models.Model):
    """A dated right to see clients in another jurisdiction under an interstate compact.

    It holds only while the therapist also has a current licence at home.
    """

    therapist = models.ForeignKey("directory.Therapist", on_delete=models.CASCADE, related_name="compact_privileges")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT)
    compact = models.ForeignKey(
        Compact, on_delete=models.PROTECT, null=True, blank=True, help_text="Empty only in what a file brought."
    )
    credential_number = models.CharField(
        max_length=40, blank=True, help_text="The personal number, where the compact takes one: PSYPACT's APIT."
    )
    expires_on = models.DateField(null=True, blank=True, help_text="Empty: as long as the licence at home.")
    verified_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=10, blank=True, choices=Method)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["therapist", "jurisdiction"], name="one_compact_privilege_per_therapist_and_jurisdiction"
            ),
            models.CheckConstraint(
                condition=Q(verified_on__isnull=True) | ~Q(source=""), name="verified_privilege_names_its_source"
            ),
        ]

    def __str__(self) -> str:
        return f"privilege in {self.jurisdiction.code}"

    def is_current(self, on: dt.date) -> bool:
        """Whether it was verified and has not run out by that day; a license at home aside. Runs no query."""
        return self.verified_on is not None and (self.expires_on is None or self.expires_on >= on)
