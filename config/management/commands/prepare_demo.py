"""manage.py prepare_demo [--port P]: all that `make demo` does before it serves, and how to get in."""

from __future__ import annotations

import hashlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from directory.actions import issue_key
from directory.curation.figures import record_figures
from directory.models import Partner, PartnerKey
from directory.roles import LEAD

# Printed for all to see: it opens only a demo that nobody but this machine may call.
CURATOR, PASSWORD = "curator", "demo-of-the-directory"
PARTNER = "Demo partner"


class Command(BaseCommand):
    help = (
        "Migrates, loads the vocabularies, invents therapists, makes a curator and a partner key, and prints how to "
        "get in. Running it again is quick and keeps the data. Only on a machine without settings."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--therapists", type=int, default=2000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL:
            raise CommandError("This is not a demo: settings name a server. Its people get accounts of their own.")
        call_command("migrate", verbosity=0)
        call_command("load_taxonomy", verbosity=0)
        call_command("seed_demo", therapists=options["therapists"], seed=1)
        record_figures(timezone.localdate())
        with transaction.atomic():
            _let_the_curator_in()
            key = _demo_key(settings.BASE_DIR / ".demo_key")
        site = f"http://127.0.0.1:{options['port']}"
        self.stdout.write(
            f"""
  Site        {site}/
  Find a fit  {site}/match/
  Directory   {site}/therapists/
  API docs    {site}/api/v1/docs/

  Curator     {site}/admin/  (a lead: may publish, and issue keys)
              user      {CURATOR}
              password  {PASSWORD}

  Partner     {key}
              curl -H "Authorization: Bearer {key}" "{site}/api/v1/therapists/?state=CA&session_format=couple"

  Invented therapists only. Stop with Ctrl-C; the data stays in .postgres/.
"""
        )


def _let_the_curator_in() -> None:
    curator, is_new = get_user_model().objects.get_or_create(username=CURATOR, defaults={"is_staff": True})
    if is_new:
        curator.set_password(PASSWORD)
        curator.save()
    curator.groups.add(Group.objects.get(name=LEAD))


def _demo_key(path: Path) -> str:
    """The key kept beside the demo, or a new one when it opens nothing (any more)."""
    if path.exists():
        key = path.read_text().strip()
        row = PartnerKey.objects.filter(prefix=key.partition(".")[0]).first()
        if row and row.is_live(timezone.now()) and bytes(row.digest) == hashlib.sha256(key.encode()).digest():
            return key
    partner, _ = Partner.objects.get_or_create(name=PARTNER)
    key = issue_key(partner=partner)
    path.touch(mode=0o600)
    path.write_text(key + "\n")
    return key
