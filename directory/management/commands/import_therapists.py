"""manage.py import_therapists FILE.csv [--dry-run] [--publish --verified-by NAME]"""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Self

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import reset_queries
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from directory.curation.bulk_publish import NotPublished
from directory.curation.csv_import import Problem
from directory.curation.imports import ImportRejected, News, Report, import_therapists
from directory.curation.profile_writes import Difference

LINE_EVERY = 10_000  # rows


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
        with file, _Progress(self.stderr, size) as progress:

            def tell(news: News) -> None:
                match news:
                    case Problem():
                        progress.say(self.stderr, str(news))
                    case NotPublished():
                        progress.say(self.stdout, _refusal(news))
                    case Difference() if options["dry_run"]:
                        progress.say(self.stdout, _difference(news))

            def advance(rows: int) -> None:
                progress.advance(rows, file.tell())
                reset_queries()  # with DEBUG Django keeps every statement in memory

            try:
                report = import_therapists(
                    file,
                    by=verified_by or getpass.getuser(),
                    on=timezone.localdate(),
                    dry_run=options["dry_run"],
                    publish=options["publish"],
                    verified_by=verified_by,
                    tell=tell,
                    progress=advance,
                )
            except ImportRejected as rejected:
                raise CommandError(
                    f"{path.name}: {_count(rejected.problems.count, 'problem')}. Nothing was imported."
                ) from None
        self._sum_up(report, dry_run=options["dry_run"])

    def _sum_up(self, report: Report, *, dry_run: bool) -> None:
        self.stdout.write(f"{report.created:,} new, {report.changed:,} changed, {report.unchanged:,} unchanged.")
        if report.flagged:
            self.stdout.write(f"{_count(report.flagged, 'new question')} of the harmful-practice screen.")
        if report.to_verify:
            self.stdout.write(f"{_count(report.to_verify, 'license')} must be verified again.")
        if report.published or report.not_published:
            self.stdout.write(f"{report.published:,} published, {report.not_published:,} not.")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was written.")


class _Progress:
    """How far the import is, on stderr: a bar on a terminal, elsewhere a plain line every 10,000 rows."""

    def __init__(self, stderr: OutputWrapper, size: int) -> None:
        self.stderr, self.size, self.rows = stderr, size, 0
        console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("Importing"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rows]:,} rows"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self.task = self.bar.add_task("", total=size or None, rows=0)

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.bar.stop()

    def advance(self, rows: int, read: int) -> None:
        """So many more rows are done; so many bytes of the file are read."""
        before, self.rows = self.rows, self.rows + rows
        self.bar.update(self.task, completed=read, rows=self.rows)
        if self.bar.disable and before // LINE_EVERY != self.rows // LINE_EVERY:
            self.stderr.write(f"{self.rows:,} rows, {read / self.size:.0%} of the file …")

    def say(self, stream: OutputWrapper, text: str) -> None:
        """Write to stdout or stderr; where both are this terminal, above the bar."""
        if self.bar.disable or not stream.isatty():
            stream.write(text)
        else:
            self.bar.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _difference(difference: Difference) -> str:
    therapist, values = difference.profile.therapist, difference.row.values
    if difference.profile.is_new:
        return f"+ {values['external_id']}  {values['name']} (new)"
    changes = (f"{x.column}: {_readable(x.old)} → {_readable(x.new)}" for x in difference.changes.values())
    return "\n    ".join((f"~ {values['external_id']}  {therapist.name}", *changes))


def _refusal(refused: NotPublished) -> str:
    return "\n    ".join((f"Not published: {refused.external_id}  {refused.name}", *refused.reasons))


def _readable(value: Any) -> str:
    if isinstance(value, tuple):
        value = "; ".join(value)
    elif isinstance(value, bool):
        value = "yes" if value else "no"
    text = " ".join(str(value).split()) if value not in (None, "") else "not stated"
    return text if len(text) <= 200 else text[:197] + "…"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
