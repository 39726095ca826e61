"""manage.py audit_ranking: who gets the first places, over a sample of invented intakes."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matching import rulebook
from matching.audit.findings import summary_of
from matching.audit.report import report_of
from matching.audit.running import audit_ranking
from matching.intake import MOST_MATCHES
from matching.management.arguments import ruleset
from matching.management.progress import progress


class Command(BaseCommand):
    help = (
        "Lets invented clients search the directory as it is, and counts who gets the first places: by gender, "
        "language, license, years, state and place, with supply gaps apart. Reads only; no client's answer is in it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--intakes", type=int, default=2000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="the same seed invents the same clients")
        parser.add_argument("--places", type=int, default=3, metavar="K", help="places of a list that count; default 3")
        parser.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="default: today")
        parser.add_argument("--ruleset", metavar="R", help="a released code or the file of a draft; default: in force")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
        parser.add_argument("--html", type=Path, metavar="FILE", help="write the report with plots")

    def handle(self, *args: Any, **options: Any) -> None:
        intakes, seed, places = options["intakes"], options["seed"], options["places"]
        if intakes < 1 or seed < 0 or not 1 <= places <= MOST_MATCHES:
            raise CommandError(
                f"--intakes takes a number from 1, --seed a number from 0, --places one from 1 to {MOST_MATCHES}."
            )
        on = options["on"] or timezone.localdate()
        rules = ruleset(options["ruleset"]) if options["ruleset"] else rulebook.in_force(on)
        bar = progress("Asking the directory", verbosity=options["verbosity"])
        with bar:
            task = bar.add_task("", total=intakes)
            audit = audit_ranking(
                intakes=intakes,
                seed=seed,
                places=places,
                on=on,
                ruleset=rules,
                progress=lambda: bar.advance(task),
            )
        if not audit.listed:
            raise CommandError("Nobody is listed on that day, so there is nothing to audit.")
        for file, text in (
            (options["json"], lambda: json.dumps(audit.to_json(), indent=1, ensure_ascii=False) + "\n"),
            (options["html"], lambda: report_of(audit)),
        ):
            if file is not None:
                file.write_text(text(), encoding="utf-8")
        if options["verbosity"]:
            self.stdout.write("\n".join(summary_of(audit)))
