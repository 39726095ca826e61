"""manage.py run_due [--on DATE] [--quick]: do what is due. All of it once a night, the letters every ten minutes."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from django.utils import timezone
from rich.console import Console
from rich.text import Text

from directory.curation.due import DUE


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day. Write it as year-month-day, such as 2026-11-24.") from None


class Command(BaseCommand):
    help = (
        "Do what is due: queue reminders, send letters, and the other duties of directory/curation/due.py. Safe to run "
        "twice, one by one or side by side. Fails at its end when a duty failed; the others are done all the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--quick", action="store_true", help="Without the duties that look at everybody: letters only, in short."
        )
        parser.add_argument("--on", type=_day, default=None, metavar="DATE", help="The day; today when it is left out.")

    def handle(self, *args: Any, on: dt.date | None = None, quick: bool = False, **options: Any) -> None:
        on = on or timezone.localdate()
        console = Console(file=cast(IO[str], self.stdout), highlight=False, soft_wrap=True)
        width = max(len(duty.name) for duty in DUE)
        failed = False
        for duty in DUE:
            if quick and duty.looks_at_all:
                continue
            try:
                outcome, style = str(duty.do(on)), "green"
            except Exception as error:  # the other duties shall be done
                failed = True
                outcome, style = f"failed: {_told(error)}", "red"
            console.print(Text.assemble(duty.name.ljust(width), "  ", (outcome, style)))
        if failed:
            sys.exit(1)


def _told(error: Exception) -> str:
    """Our own sentence, or the kind alone: the words of others may hold an address."""
    ours = type(error).__module__.startswith("directory.")
    return str(error) if ours else type(error).__name__
