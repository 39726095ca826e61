"""What is kept: the encrypted, expiring draft of a visitor, and the wording that an operator imported."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models


class DraftQuerySet(models.QuerySet["Draft"]):
    def expired(self, *, at: dt.datetime) -> Self:
        """Drafts that nobody may read any more: idle for 24 hours, or older than 7 days."""
        return self.filter(models.Q(idle_until__lte=at) | models.Q(hard_until__lte=at))

    def with_digest(self, digest: bytes) -> Self:
        """The draft found by the digest of its cookie: one or none."""
        return self.filter(digest=digest)


class Draft(models.Model):
    """Ciphertext and the digest by which it is found. The key is with the visitor."""

    digest = models.BinaryField(max_length=32, unique=True)
    ciphertext = models.BinaryField()
    idle_until = models.DateTimeField()
    hard_until = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["idle_until"], name="draft_idle_until")]  # for purge_drafts

    def __str__(self) -> str:
        return f"draft {self.pk}"

    def has_expired(self, *, at: dt.datetime) -> bool:
        """Whether nobody may read it any more; the same rule as `expired`."""
        return self.idle_until <= at or self.hard_until <= at


class StoredInstrument(models.Model):
    """An instrument that an operator imported: the document as it was read. Never about a person."""

    code = models.SlugField(max_length=64, unique=True)
    document = models.JSONField()
    imported_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.code
