"""The only thing kept of a questionnaire: an encrypted, expiring draft."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models


class DraftQuerySet(models.QuerySet["Draft"]):
    def expired(self, *, at: dt.datetime) -> Self:
        """Drafts that nobody may read any more: idle for 24 hours, or older than 7 days."""
        return self.filter(models.Q(idle_until__lte=at) | models.Q(hard_until__lte=at))


class Draft(models.Model):
    """Ciphertext and the digest by which it is found. The key is only in the visitor's cookie."""

    digest = models.BinaryField(max_length=32, unique=True)
    ciphertext = models.BinaryField()
    idle_until = models.DateTimeField()
    hard_until = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["idle_until"], name="draft_idle_until")]  # for purge_drafts

    def __str__(self) -> str:
        return f"draft {self.pk}"
