"""manage.py seed_demo --therapists N --seed S"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from directory.demo.loading import seed_demo


class Command(BaseCommand):
    help = "Adds invented, published therapists for a demo or a benchmark; the same seed gives the same people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--therapists", type=int, default=2000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, seed = options["therapists"], options["seed"]
        if wanted < 1 or seed < 0:
            raise CommandError("--therapists takes a number from 1, --seed a number from 0.")
        console = Console(stderr=True)
        bar = Progress(
            TextColumn("Inventing therapists"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal or options["verbosity"] == 0,
            transient=True,
        )
        began = time.monotonic()
        with bar:
            task = bar.add_task("", total=wanted)
            try:
                added = seed_demo(
                    therapists=wanted,
                    seed=seed,
                    on=timezone.localdate(),
                    progress=lambda count: bar.advance(task, count),
                )
            except LookupError as error:
                raise CommandError(str(error)) from None
        if options["verbosity"]:
            seconds = time.monotonic() - began
            self.stdout.write(f"Seed {seed}: {added:,} invented therapists added in {seconds:.1f} s.")
