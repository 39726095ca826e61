"""manage.py issue_key "Partner name" [--scope S …] [--expires-in-days D]"""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from directory.actions import UnknownScope, issue_key
from directory.models import Partner, Scope


class Command(BaseCommand):
    help = "Prints a new key for a partner, this once and alone on stdout. The partner is created when new."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("partner", nargs="?", metavar="PARTNER", help="the partner's name")
        parser.add_argument(
            "--scope",
            nargs="+",
            action="extend",
            default=[],
            metavar="S",
            help=f"{' or '.join(Scope.values)}, or both; without it: all",
        )
        parser.add_argument("--expires-in-days", type=int, metavar="D", help="without it the key does not expire")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        scopes, days = list(options["scope"]), options["expires_in_days"]
        name = (options["partner"] or "").strip()
        if options["partner"] is None and len(scopes) > 1 and scopes[-1] not in Scope.values:
            name = scopes.pop().strip()  # in `--scope S "Partner name"` the option takes all that follows
        if not name or len(name) > 120:
            raise CommandError("The partner needs a name of at most 120 characters.")
        if days is not None and not 1 <= days <= 3650:
            raise CommandError("--expires-in-days takes a number from 1 to 3650.")
        partner, is_new = Partner.objects.get_or_create(name=name)
        try:
            key = issue_key(
                partner=partner,
                scopes=scopes,
                expires_at=None if days is None else timezone.now() + dt.timedelta(days=days),
            )
        except UnknownScope as unknown:
            raise CommandError(str(unknown)) from None
        opens = ", ".join(scopes or Scope.values)
        self.stderr.write(
            f"{'New partner' if is_new else 'Partner'} {name}: {opens}. Keep the key now: it is not shown again."
        )
        self.stdout.write(key)
