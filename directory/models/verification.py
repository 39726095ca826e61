"""The verification log: every check of a license or privilege, with its source, method, day, hand and result."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Method(models.TextChoices):
    """How somebody checked."""

    REGISTER = "register", "looked up in the public register"
    LETTER = "letter", "letter or e-mail from the board"
    NPPES = "nppes", "read in NPPES, the national provider registry"
    DOCUMENT = "document", "saw the document"
    IMPORTED = "imported", "checked by who sent the file"
    EARLIER = "earlier", "noted before there was a log"
    INVENTED = "invented", "invented for the demo"


class Result(models.TextChoices):
    """What the check showed. Only `CONFIRMED` lets a license count."""

    CONFIRMED = "confirmed", "Confirmed"
    NOT_FOUND = "not_found", "Not found there"
    DIFFERS = "differs", "The source says something else"
    EXPIRED = "expired", "Expired"
    DISCIPLINED = "disciplined", "Suspended, revoked or limited by the board"


class Verification(models.Model):
    """One check. Written once: the database refuses to change it, and deletes it only with the whole therapist.

    `license` or `privilege` may be gone; `subject` says what it was.
    """

    therapist = models.ForeignKey(
        # The database itself deletes these rows with the therapist (migration 0010): Django would delete them first,
        # which the trigger refuses.
        "directory.Therapist",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="verifications",
    )
    license = models.ForeignKey(
        "directory.License",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="verifications",
    )
    privilege = models.ForeignKey(
        "directory.CompactPrivilege",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="verifications",
    )
    subject = models.CharField(max_length=200, help_text="What was checked, as it stood that day.")
    source = models.CharField(max_length=200)
    method = models.CharField(max_length=10, choices=Method)
    result = models.CharField(max_length=12, choices=Result)
    checked_on = models.DateField()
    expires_on = models.DateField(null=True, help_text="The last day that the source showed.")
    by = models.CharField(max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True
    )
    note = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(license__isnull=True) ^ Q(privilege__isnull=True),
                name="verification_is_of_a_license_or_a_privilege",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="verification_names_its_source"),
            models.CheckConstraint(condition=~Q(by=""), name="verification_names_who_checked"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="verification_method_is_known"),
            models.CheckConstraint(condition=Q(result__in=Result.values), name="verification_result_is_known"),
        ]
        indexes = [
            models.Index(fields=["license"], name="verification_of_license", condition=Q(license__isnull=False)),
            models.Index(fields=["privilege"], name="verification_of_privilege", condition=Q(privilege__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.checked_on}: {self.subject}: {self.get_result_display().lower()}"
