"""manage.py purge: delete all that has come to its end. Run it every hour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from directory.models import Allowance, AttestationLink, DemandCell, PastCard, ProblemReport, Reminder
from directory.models.attestation import LINKS_KEPT, REMINDERS_KEPT


class Command(BaseCommand):
    help = (
        "Delete expired drafts, past cards and counts of demand, old sessions of staff, failed sign-ins and other "
        "counts that count no more, old links and reminders, and reports of visitors once they are settled."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("purge_drafts", stdout=self.stdout)
        call_command("clearsessions")
        # django-axes deletes them only when somebody signs in.
        AccessAttempt.objects.filter(
            attempt_time__lte=timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
        ).delete()
        now = timezone.now()
        PastCard.objects.expired(now).delete()
        Allowance.objects.filter(ends_at__lte=now).delete()
        AttestationLink.objects.filter(expires_at__lte=now - LINKS_KEPT).delete()
        Reminder.objects.filter(due_on__lte=(now - REMINDERS_KEPT).date()).delete()
        ProblemReport.objects.forget(now)
        DemandCell.objects.never_shown_again(on=timezone.localdate()).delete()
