"""manage.py import_therapists FILE.csv [--dry-run] [--publish --verified-by NAME]"""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from directory.curation.csv_import import PROBLEMS_SHOWN, Problems
from directory.curation.imports import ImportRejected, Report, import_therapists
from directory.curation.profile_writes import Difference


class Command(BaseCommand):
    help = "Imports therapists from a CSV (docs/import.md): all of the file or nothing, and nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
        parser.add_argument("--publish", action="store_true", help="publish the rows that meet all conditions")
        parser.add_argument("--verified-by", metavar="NAME", default="", help="who confirmed the licenses and facts")

    def handle(self, *args: Any, **options: Any) -> None:
        verified_by = options["verified_by"].strip()
        if options["publish"] and not verified_by:
            raise CommandError("--publish needs --verified-by NAME: who confirmed the licenses and facts of the file?")
        if verified_by and not options["publish"]:
            raise CommandError("--verified-by goes with --publish.")
        path: Path = options["file"]
        try:
            size = path.stat().st_size
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        with file, _progress() as progress:
            task = progress.add_task("Importing", total=size or None)
            try:
                report = import_therapists(
                    file,
                    by=verified_by or getpass.getuser(),
                    on=timezone.localdate(),
                    dry_run=options["dry_run"],
                    publish=options["publish"],
                    verified_by=verified_by,
                    tell=self._tell if options["dry_run"] else None,
                    progress=lambda _: progress.update(task, completed=file.tell()),
                )
            except ImportRejected as rejected:
                self._show(rejected.problems)
                raise CommandError(
                    f"{path.name}: {_count(rejected.problems.count, 'problem')}. Nothing was imported."
                ) from None
        self._sum_up(report, dry_run=options["dry_run"])

    def _tell(self, difference: Difference) -> None:
        therapist = difference.profile.therapist
        values = difference.row.values
        if difference.profile.is_new:
            self.stdout.write(f"+ {values['external_id']}  {values['name']} (new)")
            return
        self.stdout.write(f"~ {values['external_id']}  {therapist.name}")
        for change in difference.changes.values():
            self.stdout.write(f"    {change.column}: {_readable(change.old)} → {_readable(change.new)}")

    def _show(self, problems: Problems) -> None:
        for problem in problems.shown:
            self.stderr.write(str(problem))
        if problems.count > PROBLEMS_SHOWN:
            self.stderr.write(f"… and {problems.count - PROBLEMS_SHOWN:,} more.")

    def _sum_up(self, report: Report, *, dry_run: bool) -> None:
        for refused in report.not_published:
            self.stdout.write(f"Not published: {refused.external_id}  {refused.name}")
            for reason in refused.reasons:
                self.stdout.write(f"    {reason}")
        self.stdout.write(f"{report.created:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged.")
        if report.flagged:
            self.stdout.write(f"{_count(report.flagged, 'new question')} of the harmful-practice screen.")
        if report.to_verify:
            self.stdout.write(f"{_count(report.to_verify, 'license')} must be verified again.")
        if report.published or report.not_published:
            self.stdout.write(f"{report.published:,} published, {len(report.not_published):,} not.")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was written.")


def _progress() -> Progress:
    """A progress bar on a terminal, silence elsewhere; never on stdout, which belongs to the result."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not Console(stderr=True).is_terminal,
        transient=True,
    )


def _readable(value: Any) -> str:
    if isinstance(value, tuple):
        value = "; ".join(value)
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    text = " ".join(str(value).split()) if value not in (None, "") else "not stated"
    return text if len(text) <= 200 else text[:197] + "…"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
