"""A long import: it reads as it writes, is all or nothing however it ends, and nobody who searches waits for it."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from directory.curation import imports
from directory.curation.imports import ImportRejected, import_therapists
from directory.curation.seen_keys import SeenKeys
from directory.management.commands import import_therapists as command
from directory.models import Change, SearchCard, SearchRow, Therapist
from directory.roster.current import current
from directory.roster.requirements import Requirements
from tests.directory.test_import import ADA, csv_of
from tests.factories import TODAY, TherapistFactory

ROOT = Path(__file__).resolve().parents[2]
BATCH = 10


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", BATCH)


def people(count: int, *, last: dict[str, str] | None = None) -> bytes:
    """So many who can be published; the last one with these cells."""
    rows = [
        {**ADA, "external_id": f"p{n}", "name": f"Person {n}", "npi": "", "license_number": f"{n}"}
        for n in range(count)
    ]
    rows[-1] |= last or {}
    return csv_of(*rows)


class CountedLines:
    """A file that knows how many of its lines were asked for."""

    def __init__(self, content: bytes) -> None:
        self.lines = content.splitlines(keepends=True)
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self.lines:
            self.read += 1
            yield line


def load(file: Any, **options: Any) -> imports.Report:
    options = {"publish": True, "verified_by": "BreEZe", **options}
    return import_therapists(file, by="Cora", on=TODAY, **options)


# --- As it reads ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_more_of_the_file_is_read_than_the_batch_that_is_written_next() -> None:
    file = CountedLines(people(45))
    done, waiting = 0, []

    def progress(rows: int) -> None:
        nonlocal done
        done += rows
        waiting.append(file.read - 1 - done)  # without the header

    load(file, progress=progress)
    assert done == 45
    assert waiting == [0, 0, 0, 0, 0]
    assert Therapist.objects.count() == 45


@pytest.mark.django_db
def test_an_id_of_the_first_batch_is_still_known_in_the_last() -> None:
    with pytest.raises(ImportRejected) as rejected:
        load(CountedLines(people(35, last={"external_id": "p0"})))
    assert [str(problem) for problem in rejected.value.problems.shown] == [
        "line 36, external_id: The same id stands on line 2."
    ]


def test_keys_are_told_apart_by_all_their_parts() -> None:
    seen = SeenKeys()
    assert seen.line_of(("npi", "1"), 2) is None
    assert seen.line_of(("external_id", "1"), 3) is None
    assert seen.line_of(("license_number", "lmft", "1", "CA"), 4) is None
    assert seen.line_of(("license_number", "lmft", "1", "NY"), 5) is None
    assert [seen.line_of(("npi", "1"), 6), seen.line_of(("license_number", "lmft", "1", "NY"), 7)] == [2, 5]


@pytest.mark.django_db
def test_every_problem_is_told_though_two_hundred_are_kept(tmp_path: Path) -> None:
    path, err = tmp_path / "bad.csv", StringIO()
    path.write_bytes(b"external_id,name,gender\n" + b"".join(b"x%d,Ada,z\n" % n for n in range(250)))
    with pytest.raises(CommandError, match="250 problems"):
        call_command("import_therapists", str(path), stderr=err)
    lines = [line for line in err.getvalue().splitlines() if line.startswith("line ")]
    assert [line.split(",")[0] for line in lines] == [f"line {n}" for n in range(2, 252)]


# --- All or nothing ---------------------------------------------------------------------------------------------------


def nothing_was_written() -> bool:
    kept = (Therapist, Therapist.history, Change, SearchRow, SearchCard)
    return not any(getattr(one, "objects", one).exists() for one in kept)


@pytest.mark.usefixtures("committed")
def test_a_bad_last_row_keeps_everybody_out() -> None:
    with pytest.raises(ImportRejected):
        load(CountedLines(people(45, last={"gender": "z"})))
    assert nothing_was_written()


@pytest.mark.usefixtures("committed")
def test_who_interrupts_it_at_the_last_row_keeps_everybody_out() -> None:
    def interrupt(news: Any) -> None:
        if news.row.values["external_id"] == "p44":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(CountedLines(people(45)), tell=interrupt)
    assert nothing_was_written()


# --- Beside others ----------------------------------------------------------------------------------------------------

IMPORT_FROM_STDIN = f"""
import datetime as dt, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from directory.curation import imports
imports.BATCH = {BATCH}
imports.import_therapists(
    sys.stdin.buffer, by="Cora", on=dt.date.fromisoformat(sys.argv[2]), publish=True, verified_by="BreEZe",
    progress=lambda rows: print(rows, flush=True),
)
"""


@pytest.fixture
def half_way(committed: None) -> Iterator[Popen[bytes]]:
    """An import in a process of its own: 25 of 45 rows have arrived, 20 are written, nothing is committed."""
    content = people(45, last={"external_id": "old", "name": "Old Name", "license_number": "old"})
    lines = content.splitlines(keepends=True)
    lines.insert(1, lines.pop())  # the one who is there already comes first
    process = Popen(
        [sys.executable, "-c", IMPORT_FROM_STDIN, connection.settings_dict["NAME"], TODAY.isoformat()],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        try:
            process.stdin.write(b"".join(lines[:26]))
            process.stdin.flush()
            assert process.stdout.readline() == process.stdout.readline() == b"10\n"
            process.rest_of_the_file = b"".join(lines[26:])  # type: ignore[attr-defined]
            yield process
        finally:
            process.kill()


@pytest.fixture
def listed(committed: None) -> Therapist:
    """Somebody whom the file changes."""
    return TherapistFactory(external_id="old", name="Old Name", slug="old-name", headline="As it was")


@pytest.fixture
def never_waiting(committed: None) -> Iterator[None]:
    """Whoever would have to wait for a lock fails at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def headlines(client: Client) -> set[str]:
    """What every way of asking shows of those who are listed."""
    roster = current()
    ids = roster.select(Requirements(on=TODAY)).ids
    cards = SearchCard.objects.in_order_of(ids)
    published = Therapist.objects.published(on=TODAY)
    assert len(cards) == len(published) == Change.objects.values("therapist_id").distinct().count()
    shown = {card["headline"] for card in cards} & {therapist.headline for therapist in published}
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC), tick=False):
        for page in ("/therapists/", "/therapists/old-name/"):
            response = client.get(page)
            assert response.status_code == 200
            assert any(headline in response.content.decode() for headline in shown)
    return shown


def test_who_searches_meanwhile_sees_what_was_and_waits_for_nobody(
    listed: Therapist, half_way: Popen[bytes], never_waiting: None, client: Client
) -> None:
    assert headlines(client) == {"As it was"}
    process = half_way
    process.communicate(process.rest_of_the_file, timeout=120)  # type: ignore[attr-defined]
    assert process.returncode == 0
    assert headlines(client) == {ADA["headline"]}
    assert Therapist.objects.published(on=TODAY).count() == 45


def test_who_changes_somebody_else_meanwhile_waits_for_nobody(
    listed: Therapist, half_way: Popen[bytes], never_waiting: None
) -> None:
    other = TherapistFactory(name="Other", slug="other")
    Therapist.objects.filter(pk=other.pk).update(headline="Changed meanwhile")
    assert SearchCard.objects.get(therapist_id=other.pk).card["headline"] == "Changed meanwhile"
    half_way.communicate(half_way.rest_of_the_file, timeout=120)  # type: ignore[attr-defined]
    sequences = Change.objects.order_by("sequence").values_list("slug", flat=True)
    assert list(sequences)[:3] == ["old-name", "other", "other"]  # the import came after, and so do its numbers
    assert len(sequences) == 48


def test_a_killed_import_leaves_nothing(listed: Therapist, half_way: Popen[bytes], client: Client) -> None:
    half_way.kill()
    half_way.wait(60)
    assert headlines(client) == {"As it was"}
    assert list(Therapist.objects.values_list("external_id", flat=True)) == ["old"]
    # And it holds nobody up: the server ended its transaction.
    Therapist.objects.filter(pk=listed.pk).update(headline="Free again")
    assert headlines(client) == {"Free again"}


# --- How far it is ----------------------------------------------------------------------------------------------------


@pytest.fixture
def file_of_45(tmp_path: Path) -> str:
    path = tmp_path / "therapists.csv"
    path.write_bytes(people(45))
    return str(path)


@pytest.mark.django_db
def test_elsewhere_than_on_a_terminal_progress_is_a_line_now_and_then(
    file_of_45: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "LINE_EVERY", 20)
    out, err = StringIO(), StringIO()
    call_command("import_therapists", file_of_45, stdout=out, stderr=err)
    lines = err.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == ["20 rows", "40 rows"]
    assert all("% of the file" in line for line in lines)
    assert out.getvalue() == "45 new, 0 changed, 0 unchanged.\n"


@pytest.mark.django_db
def test_on_a_terminal_progress_is_a_bar_that_leaves_stdout_alone(
    file_of_45: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    call_command("import_therapists", file_of_45)
    captured = capsys.readouterr()
    assert "Importing" in captured.err
    assert captured.out == "45 new, 0 changed, 0 unchanged.\n"
