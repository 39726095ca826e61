"""manage.py purge: delete all that has come to its end. Run it every hour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from directory.models import PastCard


class Command(BaseCommand):
    help = "Delete expired drafts and past cards, old sessions of staff and failed sign-ins that count no more."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("purge_drafts", stdout=self.stdout)
        call_command("clearsessions")
        # django-axes deletes them only when somebody signs in.
        AccessAttempt.objects.filter(
            attempt_time__lte=timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
        ).delete()
        PastCard.objects.expired(timezone.now()).delete()
