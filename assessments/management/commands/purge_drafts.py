"""manage.py purge_drafts: delete the drafts that nobody may read any more. Run it every hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from assessments.models import Draft


class Command(BaseCommand):
    help = "Delete questionnaire drafts that were idle for 24 hours or are 7 days old."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted, _ = Draft.objects.expired(at=timezone.now()).delete()
        self.stdout.write(f"{deleted} expired drafts deleted.")
