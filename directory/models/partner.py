"""Who may read the API: partners and their keys. Only digests are stored."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models, router


class Scope(models.TextChoices):
    DIRECTORY_READ = "directory:read", "Read the directory"
    MATCHES_CREATE = "matches:create", "Ask for matches"


class Partner(models.Model):
    """A site that shows our therapists to its own visitors."""

    name = models.CharField(max_length=120, unique=True)
    contact_email = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class PartnerKey(models.Model):
    """A key `prefix.secret`: shown once, kept as a digest, found by its prefix."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=16, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(scopes__len__gt=0), name="partner_key_has_a_scope"),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=["directory:read", "matches:create"]),
                name="partner_key_scopes_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.partner}"

    @classmethod
    def with_prefix(cls, prefix: str) -> PartnerKey | None:
        """The key that begins like this, if there is one."""
        columns = [field.attname for field in cls._meta.concrete_fields]
        database = router.db_for_read(cls)
        # Beside the ORM: every request asks this, and to make the statement would cost more than its answer.
        with connections[database].cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)} FROM directory_partnerkey WHERE prefix = %s", [prefix])  # noqa: S608  our own names
            row = cursor.fetchone()
        return None if row is None else cls.from_db(database, columns, row)

    def is_live(self, at: dt.datetime) -> bool:
        """Whether the key opens anything at that moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
