"""manage.py nppes_match FILE [--date DAY] [--complete]"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import reset_queries
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from directory.curation.nppes_match import NotAWholeFile, Report, Source, match_file
from directory.curation.nppes_rows import ColumnsMissing, RowBroken

LINE_EVERY = 500_000  # rows, where there is no terminal
FIRST_DAY = "20050523"  # with which the names of whole files begin; weekly ones begin with the week's
KINDS = {
    "add": "that we lack something",
    "differs": "that differ",
    "deactivated": "deactivated",
    "not_found": "not found",
}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A file of providers, wherever it lay: its own name, its size in bytes when unpacked, and its day on the disk."""

    lines: IO[bytes]
    name: str
    size: int
    changed_on: dt.date


class Command(BaseCommand):
    help = "Compares our therapists with a file of NPPES and writes proposals for curators (docs/nppes.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="npidata_pfile_….csv, or the .zip it came in")
        parser.add_argument("--date", type=_day, help="day of the file (2026-11-24); else it is read from its name")
        parser.add_argument(
            "--complete", action="store_true", help="everybody is in the file: propose whom it does not have"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with opened(options["file"]) as file:
            source = self._source(file, options["date"], complete=options["complete"])
            console = Console(stderr=True)
            with Progress(
                TextColumn("Reading"),
                BarColumn(),
                DownloadColumn(),
                TextColumn("{task.fields[rows]:,} rows"),
                TimeRemainingColumn(),
                console=console,
                disable=not console.is_terminal,
                transient=True,
            ) as bar:
                task, told = bar.add_task("", total=file.size or None, rows=0), 0

                def progress(rows: int, read: int) -> None:
                    nonlocal told
                    bar.update(task, completed=read, rows=rows)
                    if bar.disable and rows // LINE_EVERY != told // LINE_EVERY:
                        told = rows
                        self.stderr.write(f"{rows:,} rows, {read / max(file.size, 1):.0%} of the file …")
                    reset_queries()  # with DEBUG Django keeps every statement in memory

                try:
                    report = match_file(file.lines, source=source, progress=progress)
                except (ColumnsMissing, RowBroken, NotAWholeFile) as problem:
                    raise CommandError(f"{file.name}: {problem}") from None
                except (OSError, EOFError, zipfile.BadZipFile) as problem:
                    raise CommandError(f"{file.name} cannot be read to its end: {problem}") from None
        self._sum_up(report, source)

    def _source(self, file: Opened, date: dt.date | None, *, complete: bool) -> Source:
        days = re.findall(r"(?<!\d)(?:19|20)\d{6}(?!\d)", file.name)
        if complete and len(days) == 2 and days[0] != FIRST_DAY:
            raise CommandError(f"{file.name} is a weekly file: most therapists are not in it. Leave --complete out.")
        if date is None and days:
            try:
                date = dt.datetime.strptime(days[-1], "%Y%m%d").replace(tzinfo=dt.UTC).date()
            except ValueError:
                date = None
        if date is None:
            date = file.changed_on
            self.stderr.write(f"The name tells no day: taken as of {date}, when the file was written. --date sets it.")
        return Source(name=file.name, date=date, complete=complete)

    def _sum_up(self, report: Report, source: Source) -> None:
        self.stdout.write(
            f"{source.name}, {source.date}: {report.rows:,} rows: {report.people:,} people,"
            f" {report.organizations:,} organizations, {report.deactivated:,} deactivated or blank."
        )
        self.stdout.write(f"{report.matched:,} rows are about therapists of ours; {report.ours:,} of ours have an NPI.")
        kinds = [f"{report.new[kind]:,} {words}" for kind, words in KINDS.items() if report.new[kind]]
        self.stdout.write(f"{report.new.total():,} new proposals{': ' if kinds else ''}{', '.join(kinds)}.")
        for count, words in (
            (report.known, "are there already, open or decided"),
            (report.refreshed, "were open and are in this newer file as well"),
            (report.replaced, "open ones of an earlier file no longer hold and are gone"),
            (report.older, "rows were passed by: a newer file has spoken of them"),
            (report.wrong_npis, "rows were passed by: their NPI has a wrong check digit"),
        ):
            if count:
                self.stdout.write(f"{count:,} {words}.")


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """The file of providers, unpacked on the way if it lies in a zip. Raises CommandError."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                member = _member(packed, path)
                with packed.open(member) as lines:
                    changed_on = dt.date(*member.date_time[:3])
                    yield Opened(
                        lines=lines, name=Path(member.filename).name, size=member.file_size, changed_on=changed_on
                    )
            return
        facts = path.stat()
        with path.open("rb") as lines:
            changed_on = dt.datetime.fromtimestamp(facts.st_mtime, tz=dt.UTC).date()
            yield Opened(lines=lines, name=path.name, size=facts.st_size, changed_on=changed_on)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error
    except NotImplementedError as error:
        raise CommandError(f"{path} is packed in a way that Python cannot unpack. Unzip it first.") from error


def _member(packed: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo:
    files = [
        x for x in packed.infolist() if x.filename.lower().endswith(".csv") and "fileheader" not in x.filename.lower()
    ]
    providers = [x for x in files if "npidata" in x.filename.lower()] or files
    if len(providers) != 1:
        raise CommandError(
            f"{path} holds {len(providers)} files of providers (npidata_pfile_….csv); there has to be one."
        )
    return providers[0]


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
